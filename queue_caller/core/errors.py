"""Errors of the queue engine's core."""

from datetime import datetime

from contract.queue import RefusalCode


class QueueError(Exception):
    """The queue engine cannot go on; never raised itself."""


class SiteError(QueueError):
    """The hall's configuration is wrong; one fault a line."""


class JournalError(QueueError):
    """A journal fact does not follow from those before it: restore the journal from its copy and start an epoch."""


class Refusal(QueueError):  # noqa: N818 - a decision, not a failure
    """A request is not granted; carried to the device as `QueueRefused`."""

    def __init__(self, code: RefusalCode, when: datetime | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.when = when


class DeskError(QueueError):
    """A clerk's desk was asked for something it does not know or that is incomplete."""
