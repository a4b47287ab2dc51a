"""The slip of a ticket, set in parts: what is the same on the next ticket is set once and kept.

Between a press and the first byte on the printer's line there are a few milliseconds, so only the number, the code and
what nobody could know before are set then. The paper is that of `hallkit.devices.ticket_slip`.
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

import msgspec
import segno
from PIL import ImageChops
from PIL.Image import Image

from hallkit.codecs.escpos import WIDTH_DOTS, Command, Raster, raster_bands
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
from queue_caller.core.machine_code import Matrix, QuickCode
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens.shown import Face

T = TypeVar("T")
Commands = tuple[Command, ...]
Rows = tuple[int, ...]
"""Dot rows of the paper's width, the left dot in the highest bit, 1 = black."""

Bands = tuple[tuple[int, int, int], ...]
"""The first row of each band, the row after its last, and its width in bytes."""

KEPT_PARTS = 512
QR_MASK = 3
"""One of the eight masks of ISO/IEC 18004; each is valid, and choosing the prettiest costs more than the whole slip."""

QR_TOP, QR_BELOW = 24, 32
WAITS = ((0, 0), (0, 1), (1, 1), (1, 2))
"""By how many minutes the least and the longest wait grow from one ticket to the next."""

LINK_LENGTH = 26
"""Characters of a token in an address."""

TALL = Part(" ", 52)
"""Nothing, as high as the number of people ahead."""

LATE_BY = 3
EXPECTED = 3
"""Numbers set in advance, and people ahead: other machines take some of them."""


class Slips:
    """Sets the slips of one machine."""

    def __init__(self, face: Face, fonts: FontLibrary) -> None:
        self._face, self._fonts = face, fonts
        self._kept: dict[Hashable, Commands] = {}
        self._halves: dict[Hashable, Image] = {}
        self._beside: dict[int, tuple[Rows, Bands]] = {}
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
        minute = _minute(ticket.taken_at)
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
                self._row(_later(ticket, more, low, high))
        self._stamp(_minute(ticket.taken_at) + timedelta(minutes=1))

    def _number(self, number: str) -> Commands:
        return self._keep(("number", number), lambda sheet: _number(sheet, number))

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
        return (*self._row(ticket), *self._code(ticket.link))

    def _row(self, ticket: HeldTicket) -> Commands:
        """Return who is ahead and how long that takes, put together of halves that many pairs share."""

        def joined() -> Commands:
            return picture_commands(ImageChops.logical_and(self._ahead(ticket.ahead or 0), self._wait(ticket)))

        return _kept(self._kept, ("row", ticket.ahead or 0, *_told(ticket)), joined)

    def _ahead(self, ahead: int) -> Image:
        left = (Part("前面", 30), Part(str(ahead), 52, bold=True), Part("人", 30))
        return _kept(self._halves, ahead, lambda: self._picture(lambda sheet: _row(sheet, left, ())))

    def _wait(self, ticket: HeldTicket) -> Image:
        right = _wait(ticket)
        return _kept(self._halves, _told(ticket), lambda: self._picture(lambda sheet: _row(sheet, (TALL,), right)))

    def _code(self, link: str) -> Commands:
        """Return the code with its words beside it; only the code is new."""
        modules = _code_rows(f"{self._face.public_url}/q/", link)
        across = len(modules)
        rows, bands = self._words_beside(across * QR_MODULE)
        lines, shift = [row.to_bytes(WIDTH_DOTS // 8) for row in rows], WIDTH_DOTS - QR_LEFT - across * QR_MODULE
        for place, modules_of_row in enumerate(modules):
            dots = _widened(modules_of_row, across) << shift
            for at in range(QR_TOP + place * QR_MODULE, QR_TOP + (place + 1) * QR_MODULE):
                lines[at] = (rows[at] | dots).to_bytes(WIDTH_DOTS // 8)
        return tuple(Raster(width, b"".join([line[:width] for line in lines[at:to]])) for at, to, width in bands)

    def _words_beside(self, side: int) -> tuple[Rows, Bands]:
        if side not in self._beside:
            rows = _beside(self._fonts, side)
            self._beside[side] = rows, _bands(rows, side)
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

    def _stamp(self, minute: datetime) -> Commands:
        return self._keep(("stamp", minute), lambda sheet: _stamp(sheet, minute, self._face.number))

    def _foot(self, sheet: Sheet, is_offline: bool) -> None:
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


def _row(sheet: Sheet, left: Sequence[Part], right: Sequence[Part]) -> None:
    sheet.gap(14)
    sheet.row(left, right)
    sheet.gap(11)
    sheet.rule()


def _later(ticket: HeldTicket, more: int, low: int, high: int) -> HeldTicket:
    """Return what a ticket after this one may say of the queue."""
    ahead = (ticket.ahead or 0) + more
    if ticket.low is None or ticket.high is None:
        return msgspec.structs.replace(ticket, ahead=ahead)
    return msgspec.structs.replace(ticket, ahead=ahead, low=ticket.low + low, high=ticket.high + high)


def _told(ticket: HeldTicket) -> tuple[Hashable, ...]:
    """Return what the wait on a slip is made of."""
    return ticket.low, ticket.high, ticket.serves_from, ticket.taken_at.date()


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


def _stamp(sheet: Sheet, minute: datetime, number: str) -> None:
    sheet.rule(dashed=True)
    sheet.gap(22)
    sheet.centred_row((Part(stamp(minute)), Part(f"取号机 {number}")))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


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


def _kept(kept: dict[Hashable, T], key: Hashable, make: Callable[[], T]) -> T:
    """Return what is kept under `key`, made now if it is not."""
    if key not in kept:
        while len(kept) >= KEPT_PARTS:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]


def _code_rows(start: str, link: str) -> tuple[int, ...]:
    """Return the modules of the code of an address, row by row, the left one in the highest bit."""
    if len(link) == LINK_LENGTH and link.isascii():
        return _quick_code(start).rows(link)
    return tuple(int("".join(str(module) for module in row), 2) for row in _matrix(start + link))


def _bands(rows: Rows, side: int) -> Bands:
    """Return how the rows beside a code go to the printer, wide enough for any code."""
    black, bands, at = ((1 << side) - 1) << (WIDTH_DOTS - QR_LEFT - side), [], 0
    inked = [row | black * (QR_TOP <= place < QR_TOP + side) for place, row in enumerate(rows)]
    for band in raster_bands(b"".join(row.to_bytes(WIDTH_DOTS // 8) for row in inked)):
        bands.append((at, at + band.rows, band.width_bytes))
        at += band.rows
    return tuple(bands)


@cache
def _quick_code(start: str) -> QuickCode:
    return QuickCode(_matrix, start, "0" * LINK_LENGTH)


def _matrix(address: str) -> Matrix:
    return segno.make_qr(address, error="m", mode="byte", mask=QR_MASK, boost_error=False).matrix


def _widened(row: int, side: int) -> int:
    """Return a row of modules as a row of dots."""
    return int(f"{row:0{side}b}".replace("0", "0" * QR_MODULE).replace("1", "1" * QR_MODULE), 2)
