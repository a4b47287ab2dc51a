"""The slip of a ticket, set in parts: what is the same on the next ticket is set once and kept.

Between a press and the first byte on the printer's line there are a few milliseconds, so only the number, the code and
what nobody could know before are set then. The paper is that of `hallkit.devices.ticket_slip`.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import datetime, timedelta

import segno

from hallkit.codecs.escpos import WIDTH_DOTS, Command, raster_bands
from hallkit.devices.print_job import PrintJob
from hallkit.devices.slip import (
    CUT,
    FEED,
    INVERTED,
    QR_LEFT,
    QR_MODULE,
    QR_TEXT_GAP,
    RIGHT,
    Part,
    Sheet,
    picture_commands,
)
from hallkit.devices.ticket_slip import DEMO, number_part, stamp
from hallkit.errors import HallkitError
from hallkit.rules.numbering import parse_ticket, ticket_number
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens.shown import Face

Commands = tuple[Command, ...]
Rows = tuple[int, ...]
"""Dot rows of the paper's width, the left dot in the highest bit, 1 = black."""

KEPT_PARTS = 256
QR_MASK = 3
"""One of the eight masks of ISO/IEC 18004; each is valid, and choosing the prettiest costs more than the whole slip."""

QR_TOP, QR_BELOW = 24, 32
WIDE = (b"0" * QR_MODULE, b"1" * QR_MODULE)
"""One module, white or black, as binary digits."""

LATE_BY = 3
EXPECTED = 3
"""Numbers set in advance: other machines take some of them."""


class Slips:
    """Sets the slips of one machine."""

    def __init__(self, face: Face, fonts: FontLibrary) -> None:
        self._face, self._fonts = face, fonts
        self._kept: dict[Hashable, Commands] = {}
        self._beside: dict[int, Rows] = {}
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
        minute = ticket.taken_at - timedelta(seconds=ticket.taken_at.second, microseconds=ticket.taken_at.microsecond)
        return (
            *self._keep(("head", *head), lambda sheet: self._head(sheet, ticket)),
            *self._number(ticket.ticket),
            *(self._offline(ticket) if ticket.is_offline else self._queue(ticket)),
            *self._holder(ticket.holder),
            *self._keep(
                ("foot", minute, ticket.is_offline), lambda sheet: self._foot(sheet, minute, ticket.is_offline)
            ),
            CUT,
        )

    def warm(self, now: datetime) -> None:
        """Set what the next tickets share, so that the first citizen waits no longer than the others."""
        for entry in self._face.services:
            first = HeldTicket(
                ticket=f"{entry.prefix}000", service=entry.id, business_day=now.date(), taken_at=now, link="0" * 26,
                ahead=0, low=0, high=0,
            )  # fmt: skip
            self.commands(first)
            self.expect(first)

    def expect(self, ticket: HeldTicket) -> None:
        """Set the numbers that may come after a ticket's, while nobody waits for them."""
        prefix, number = parse_ticket(ticket.ticket)
        for ahead in range(1, EXPECTED + 1):
            self._number(ticket_number(prefix, number + ahead))

    def _number(self, number: str) -> Commands:
        return self._keep(("number", number), lambda sheet: _number(sheet, number))

    def _keep(self, key: Hashable, fill: Callable[[Sheet], None]) -> Commands:
        if key not in self._kept:
            while len(self._kept) >= KEPT_PARTS:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._set(fill)
        return self._kept[key]

    def _set(self, fill: Callable[[Sheet], None]) -> Commands:
        sheet = Sheet(self._fonts)
        fill(sheet)
        return picture_commands(sheet.picture().crop((0, 0, WIDTH_DOTS, sheet.y)))

    def _head(self, sheet: Sheet, ticket: HeldTicket) -> None:
        service = self._face.service(ticket.service)
        marks = ["离线取号"] * ticket.is_offline + [f"补打 {ticket.reprint}"] * (ticket.reprint > 0)
        sheet.gap(29)
        sheet.text(Part(self._face.title, 30, bold=True), leading=1.0)
        sheet.gap(14)
        sheet.bar(f"{service.prefix} 区·{service.name}", f"（{'·'.join(marks)}）" if marks else "")
        sheet.gap(31)

    def _queue(self, ticket: HeldTicket) -> Commands:
        told = (ticket.ahead, ticket.low, ticket.high, ticket.serves_from)
        row = self._keep(("row", *told), lambda sheet: _row(sheet, ticket))
        return (*row, *self._code(f"{self._face.public_url}/q/{ticket.link}"))

    def _code(self, link: str) -> Commands:
        """Return the code with its words beside it; only the code is new."""
        modules = segno.make_qr(link, error="m", mask=QR_MASK, boost_error=False).matrix
        side = len(modules) * QR_MODULE
        rows = list(self._words_beside(side))
        shift = WIDTH_DOTS - QR_LEFT - side
        for place, row in enumerate(modules):
            dots = int(b"".join(WIDE[module] for module in row), 2) << shift
            for at in range(QR_TOP + place * QR_MODULE, QR_TOP + (place + 1) * QR_MODULE):
                rows[at] |= dots
        return raster_bands(b"".join(row.to_bytes(WIDTH_DOTS // 8) for row in rows))

    def _words_beside(self, side: int) -> Rows:
        if side not in self._beside:
            self._beside[side] = _beside(self._fonts, side)
        return self._beside[side]

    def _offline(self, ticket: HeldTicket) -> Commands:
        zone = self._face.service(ticket.service).zone
        return self._keep(("offline", zone), lambda sheet: _offline(sheet, zone))

    def _holder(self, holder: str) -> Commands:
        """Return the line with the masked name, which is never kept; none for a name no font can draw."""
        try:
            return self._set(lambda sheet: _holder(sheet, holder)) if holder else ()
        except MissingGlyphError:
            return ()

    def _foot(self, sheet: Sheet, minute: datetime, is_offline: bool) -> None:
        sheet.rule(dashed=True)
        sheet.gap(22)
        sheet.centred_row((Part(stamp(minute)), Part(f"取号机 {self._face.number}")))
        sheet.gap(5)
        if not is_offline:
            sheet.text(Part("请听广播、看大屏，叫到再去窗口"))
        sheet.text(Part(f"帮办电话 {self._face.helpline}"))
        if self._face.demo:
            sheet.gap(10)
            sheet.text(Part(DEMO, 24), leading=1.1)
        sheet.gap(FEED)


def _holder(sheet: Sheet, holder: str) -> None:
    sheet.text(Part(f"取号人 {holder}", 30), leading=1.0)
    sheet.gap(20)


def _number(sheet: Sheet, number: str) -> None:
    sheet.text(number_part(number), leading=1.0)
    sheet.gap(5)
    sheet.rule()


def _row(sheet: Sheet, ticket: HeldTicket) -> None:
    sheet.gap(14)
    sheet.row((Part("前面", 30), Part(str(ticket.ahead or 0), 52, bold=True), Part("人", 30)), _wait(ticket))
    sheet.gap(11)
    sheet.rule()


def _wait(ticket: HeldTicket) -> tuple[Part, ...]:
    if ticket.serves_from is not None:
        when = ticket.serves_from
        day = "" if when.date() == ticket.taken_at.date() else f"{when.month}月{when.day}日 "
        return Part(f"{day}{when.hour}:{when.minute:02d}", 40, bold=True), Part("开始叫号", 30)
    if ticket.low is None or ticket.high is None:
        return (Part("现在算不出要等多久", 30),)
    if ticket.high == 0:
        return (Part("现在就能办", 36, bold=True),)
    span = str(ticket.low) if ticket.low == ticket.high else f"{ticket.low}–{ticket.high}"
    return Part("约", 30), Part(span, 52, bold=True), Part("分钟", 30)


def _offline(sheet: Sheet, zone: str) -> None:
    sheet.gap(18)
    sheet.text(Part("号码有效，按取号时间排队。", 32, bold=True))
    sheet.gap(4)
    sheet.text(Part("现在算不出要等多久。", 28), leading=1.3)
    sheet.text(Part(f"请在 {zone} 区等候，听广播、看大屏。", 28), leading=1.3)
    sheet.gap(12)


def _beside(fonts: FontLibrary, side: int) -> Rows:
    """Return the words beside a code of `side` dots, the code's place empty."""
    sheet = Sheet(fonts)
    x = QR_LEFT + side + QR_TEXT_GAP
    parts = (
        Part("扫码看排队", 32, bold=True), Part("可以先离开，\n快到您时会提醒。"), Part(f"晚到 {LATE_BY} 个号以内有效")
    )  # fmt: skip
    for part in parts:
        sheet.text(part, "left", x=x, right=RIGHT, leading=1.38)
    height = max(side, sheet.y)
    white = sheet.picture().crop((0, 0, WIDTH_DOTS, sheet.y)).tobytes().translate(INVERTED)
    words = [int.from_bytes(white[at : at + WIDTH_DOTS // 8]) for at in range(0, len(white), WIDTH_DOTS // 8)]
    above = QR_TOP + max(0, (side - sheet.y) // 2)
    return (*[0] * above, *words, *[0] * (QR_TOP + height + QR_BELOW - above - len(words)))
