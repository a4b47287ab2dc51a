"""Errors of the intake server."""

from hallkit.errors import HallkitError


class IntakeError(HallkitError):
    """The centre cannot do something; the message says what the operator should do."""


class LedgerStoreError(IntakeError):
    """The ledger's database could not be opened or written."""


class RectificationError(IntakeError):
    """A rectification step was asked for out of order, or for a rating that opened none."""


class ComplaintError(IntakeError):
    """A complaint cannot be answered like this; the message is the reason's code: unknown, answered, empty, names."""
