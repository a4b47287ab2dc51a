"""The identity card reader inside a ticket machine: its line, and what its troubles mean for the machine."""

import random
from collections.abc import Callable

from contract.link import Fault
from hallkit.devices.answer_line import Opener
from hallkit.devices.id_reader import IdReader
from hallkit.devices.id_reader_card import Hint, ReaderView
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff


def reader_line(
    opener: Opener | None, clock: Clock, chance: random.Random, on_fault: Callable[[Fault | None], None],
    on_unread: Callable[[str], None],
) -> IdReader | None:  # fmt: skip
    """Return the machine's reader, None if it has none.

    `on_fault` hears whether the reader can be used, `on_unread` what is wrong with a card that was laid on.
    """
    if opener is None:
        return None

    def changed(view: ReaderView) -> None:
        on_fault(None if view.can_read else Fault.READER_SILENT)

    def hinted(hint: Hint) -> None:
        on_unread(hint.trouble.value)

    backoff = Backoff(chance, 0.5, 5.0)
    return IdReader(opener, clock, backoff=backoff, on_change=changed, on_hint=hinted)
