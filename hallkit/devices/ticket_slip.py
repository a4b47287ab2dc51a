"""The number ticket on paper: usual, taken offline, reprinted."""

from dataclasses import dataclass, replace
from datetime import datetime

from hallkit.devices.print_job import PrintJob
from hallkit.devices.slip import Part, Sheet
from hallkit.text.fonts import FontLibrary

WEEKDAYS = "一二三四五六日"
DEMO = "演示 不作为办事凭据"
SHORT_NUMBER = 4
NUMBER_PX, LONG_NUMBER_PX = 196, 136
"""Dots of a number up to A999, and from A1000 to A99999 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSlip:
    """What a ticket says. `wait` is the range in minutes, None if it cannot be told; `link` is what the code opens;
    `taken_at` is None while the clock is not set: then no date is printed."""

    hall: str
    zone: str
    zone_name: str
    number: str
    machine: str
    helpline: str
    taken_at: datetime | None
    ahead: int | None = None
    wait: tuple[int, int] | None = None
    link: str | None = None
    late_by: int = 3
    is_offline: bool = False
    reprint: int = 0
    is_demo: bool = False


def ticket_sheet(ticket: TicketSlip, fonts: FontLibrary | None = None) -> Sheet:
    """Set `ticket`; MissingGlyphError if a name on it cannot be drawn."""
    sheet = Sheet(fonts)
    sheet.gap(29)
    sheet.text(Part(ticket.hall, 30, bold=True), leading=1.0)
    sheet.gap(14)
    sheet.bar(f"{ticket.zone} 区·{ticket.zone_name}", _mark(ticket))
    sheet.gap(31)
    sheet.text(number_part(ticket.number), leading=1.0)
    sheet.gap(5)
    sheet.rule()
    (_offline if ticket.is_offline else _queue)(sheet, ticket)
    sheet.rule(dashed=True)
    _foot(sheet, ticket)
    return sheet


def ticket_job(job_id: str, ticket: TicketSlip, fonts: FontLibrary | None = None) -> PrintJob:
    """Return the job that prints `ticket`, its copy number the one on the paper."""
    return PrintJob(job_id, ticket_sheet(ticket, fonts).commands(), ticket.reprint)


def number_part(number: str) -> Part:
    """Return a ticket's number, large enough to be read at arm's length and never broken over two lines."""
    return Part(number, NUMBER_PX if len(number) <= SHORT_NUMBER else LONG_NUMBER_PX, bold=True)


def reprint_of(ticket: TicketSlip, copy: int) -> TicketSlip:
    """Return `ticket` marked 补打 `copy`; the first reprint is 1."""
    return replace(ticket, reprint=copy)


def stamp(moment: datetime) -> str:
    """Return a time as printed: 2026-09-14 周一 10:12."""
    return f"{moment:%Y-%m-%d} 周{WEEKDAYS[moment.weekday()]} {moment:%H:%M}"


def _mark(ticket: TicketSlip) -> str:
    marks = ["离线取号"] * ticket.is_offline + [f"补打 {ticket.reprint}"] * (ticket.reprint > 0)
    return f"（{'·'.join(marks)}）" if marks else ""


def _queue(sheet: Sheet, ticket: TicketSlip) -> None:
    if ticket.ahead is not None:
        sheet.gap(14)
        sheet.row(
            (Part("前面", 30), Part(str(ticket.ahead), 52, bold=True), Part("人", 30)),
            _wait(ticket.wait),
        )
        sheet.gap(11)
        sheet.rule()
    if ticket.link is not None:
        sheet.gap(24)
        sheet.qr(
            ticket.link,
            (
                Part("扫码看排队", 32, bold=True),
                Part("可以先离开，\n快到您时会提醒。"),
                Part(f"晚到 {ticket.late_by} 个号以内有效"),
            ),
        )
        sheet.gap(8)
    sheet.gap(24)


def _wait(wait: tuple[int, int] | None) -> tuple[Part, ...]:
    if wait is None:
        return (Part("现在算不出要等多久", 30),)
    if wait[1] == 0:
        return (Part("现在就能办", 36, bold=True),)
    span = str(wait[0]) if wait[0] == wait[1] else f"{wait[0]}–{wait[1]}"
    return Part("约", 30), Part(span, 52, bold=True), Part("分钟", 30)


def _offline(sheet: Sheet, ticket: TicketSlip) -> None:
    sheet.gap(18)
    sheet.text(Part("号码有效，按取号时间排队。", 32, bold=True))
    sheet.gap(4)
    sheet.text(Part("现在算不出要等多久。", 28), leading=1.3)
    sheet.text(Part(f"请在 {ticket.zone} 区等候，听广播、看大屏。", 28), leading=1.3)
    sheet.gap(12)


def _foot(sheet: Sheet, ticket: TicketSlip) -> None:
    sheet.gap(22)
    taken = [Part(stamp(ticket.taken_at))] if ticket.taken_at is not None else []
    sheet.centred_row((*taken, Part(ticket.machine)))
    sheet.gap(5)
    if not ticket.is_offline:
        sheet.text(Part("请听广播、看大屏，叫到再去窗口"))
    sheet.text(Part(f"帮办电话 {ticket.helpline}"))
    if ticket.is_demo:
        sheet.gap(10)
        sheet.text(Part(DEMO, 24), leading=1.1)
