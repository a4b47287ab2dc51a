"""The slip of a ticket, set in parts: what is the same on the next ticket is set once and kept.

Between a press and the first byte on the printer's line there are a few milliseconds, so only the number, the code and
what nobody could know before are set then. The paper is that of `hallkit.devices.ticket_slip`.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from PIL import ImageChops
from PIL.Image import Image

from hallkit.codecs.escpos import WIDTH_DOTS, Command
from hallkit.devices.print_job import PrintJob
from hallkit.devices.slip import (
    CUT,
    FEED,
    Part,
    Sheet,
    picture_commands,
)
from hallkit.devices.ticket_slip import DEMO
from hallkit.errors import HallkitError
from hallkit.rules.numbering import parse_ticket, ticket_number
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary
from queue_caller.app.machine_slip_code import LINK_LENGTH, SlipCode
from queue_caller.app.machine_slip_words import (
    later,
    set_holder,
    set_number,
    set_offline,
    set_row,
    set_stamp,
    told,
    wait_parts,
    whole_minute,
)
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens.shown import Face

T = TypeVar("T")
Commands = tuple[Command, ...]
KEPT_PARTS = 512
WAITS = ((0, 0), (0, 1), (1, 1), (1, 2))
"""By how many minutes the least and the longest wait grow from one ticket to the next."""

TALL = Part(" ", 52)
"""Nothing, as high as the number of people ahead."""

EXPECTED = 3
"""Numbers set in advance, and people ahead: other machines take some of them."""


class Slips:
    """Sets the slips of one machine."""

    def __init__(self, face: Face, fonts: FontLibrary) -> None:
        self._face, self._fonts = face, fonts
        self._kept: dict[Hashable, Commands] = {}
        self._halves: dict[Hashable, Image] = {}
        self._code = SlipCode(fonts, f"{face.public_url}/q/")
        self._ready: tuple[HeldTicket, Commands] | None = None

    def job(self, ticket: HeldTicket) -> PrintJob:
        """Return the print job of a ticket; a reprint is marked 补打."""
        ready, self._ready = self._ready, None
        commands = ready[1] if ready is not None and ready[0] == ticket else self.commands(ticket)
        return PrintJob(ticket.job, commands, ticket.reprint)

    def prepare(self, ticket: HeldTicket) -> None:
        """Set the slip of a ticket that is being committed; what it cannot set, `job` refuses again."""
        self._ready = None
        with suppress(HallkitError, KeyError):
            self._ready = ticket, self.commands(ticket)

    def commands(self, ticket: HeldTicket) -> Commands:
        """Return what prints a ticket dot for dot and cuts it off; MissingGlyphError if a name cannot be drawn."""
        head = (ticket.service, ticket.is_offline, ticket.reprint)
        minute = whole_minute(ticket.taken_at)
        return (
            *self._keep(("head", *head), lambda sheet: self._head(sheet, ticket)),
            *self._number(ticket.ticket),
            *(self._offline(ticket) if ticket.is_offline else self._queue(ticket)),
            *self._holder(ticket.holder),
            *self._stamp(minute),
            *self._keep(("foot", ticket.is_offline), lambda sheet: self._foot(sheet, ticket.is_offline)),
            CUT,
        )

    def warm(self, now: datetime) -> None:
        """Set what the next tickets share, so that the first citizen waits no longer than the others."""
        for entry in self._face.services:
            first = HeldTicket(
                ticket=f"{entry.prefix}000", service=entry.id, business_day=now.date(), taken_at=now,
                link="0" * LINK_LENGTH, ahead=0, low=0, high=0,
            )  # fmt: skip
            self.commands(first)
            self.expect(first)

    def expect(self, ticket: HeldTicket) -> None:
        """Set what may come after a ticket, while nobody waits: numbers, people ahead, waits, the next minute."""
        prefix, number = parse_ticket(ticket.ticket)
        for more in range(1, EXPECTED + 1):
            self._number(ticket_number(prefix, number + more))
            for low, high in WAITS:
                self._row(later(ticket, more, low, high))
        self._stamp(whole_minute(ticket.taken_at) + timedelta(minutes=1))

    def _number(self, number: str) -> Commands:
        return self._keep(("number", number), lambda sheet: set_number(sheet, number))

    def _keep(self, key: Hashable, fill: Callable[[Sheet], None]) -> Commands:
        return _kept(self._kept, key, lambda: self._set(fill))

    def _set(self, fill: Callable[[Sheet], None]) -> Commands:
        return picture_commands(self._picture(fill))

    def _picture(self, fill: Callable[[Sheet], None]) -> Image:
        sheet = Sheet(self._fonts)
        fill(sheet)
        return sheet.picture().crop((0, 0, WIDTH_DOTS, sheet.y))

    def _head(self, sheet: Sheet, ticket: HeldTicket) -> None:
        service = self._face.service(ticket.service)
        marks = ["离线取号"] * ticket.is_offline + [f"补打 {ticket.reprint}"] * (ticket.reprint > 0)
        sheet.gap(29)
        sheet.text(Part(self._face.title, 30, bold=True), leading=1.0)
        sheet.gap(14)
        sheet.bar(f"{service.prefix} 区·{service.name}", f"（{'·'.join(marks)}）" if marks else "")
        sheet.gap(31)

    def _queue(self, ticket: HeldTicket) -> Commands:
        return (*self._row(ticket), *self._code.of(ticket.link))

    def _row(self, ticket: HeldTicket) -> Commands:
        """Return who is ahead and how long that takes, put together of halves that many pairs share."""

        def joined() -> Commands:
            return picture_commands(ImageChops.logical_and(self._ahead(ticket.ahead or 0), self._wait(ticket)))

        return _kept(self._kept, ("row", ticket.ahead or 0, *told(ticket)), joined)

    def _ahead(self, ahead: int) -> Image:
        left = (Part("前面", 30), Part(str(ahead), 52, bold=True), Part("人", 30))
        return _kept(self._halves, ahead, lambda: self._picture(lambda sheet: set_row(sheet, left, ())))

    def _wait(self, ticket: HeldTicket) -> Image:
        right = wait_parts(ticket)
        return _kept(self._halves, told(ticket), lambda: self._picture(lambda sheet: set_row(sheet, (TALL,), right)))

    def _offline(self, ticket: HeldTicket) -> Commands:
        zone = self._face.service(ticket.service).zone
        return self._keep(("offline", zone), lambda sheet: set_offline(sheet, zone))

    def _holder(self, holder: str) -> Commands:
        """Return the line with the masked name, which is never kept; none for a name no font can draw."""
        try:
            return self._set(lambda sheet: set_holder(sheet, holder)) if holder else ()
        except MissingGlyphError:
            return ()

    def _stamp(self, minute: datetime) -> Commands:
        return self._keep(("stamp", minute), lambda sheet: set_stamp(sheet, minute, self._face.number))

    def _foot(self, sheet: Sheet, is_offline: bool) -> None:
        sheet.gap(5)
        if not is_offline:
            sheet.text(Part("请听广播、看大屏，叫到再去窗口"))
        sheet.text(Part(f"帮办电话 {self._face.helpline}"))
        if self._face.demo:
            sheet.gap(10)
            sheet.text(Part(DEMO, 24), leading=1.1)
        sheet.gap(FEED)


def _kept(kept: dict[Hashable, T], key: Hashable, make: Callable[[], T]) -> T:
    """Return what is kept under `key`, made now if it is not."""
    if key not in kept:
        while len(kept) >= KEPT_PARTS:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]
