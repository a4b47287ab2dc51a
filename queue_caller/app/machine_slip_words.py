"""The words of a ticket's slip, each part set on a sheet of its own."""

from collections.abc import Hashable, Sequence
from datetime import datetime

import msgspec

from hallkit.devices.slip import Part, Sheet
from hallkit.devices.ticket_slip import number_part, stamp
from queue_caller.core.machine_ticket import HeldTicket


def set_holder(sheet: Sheet, holder: str) -> None:
    """Set the line with the masked name of whoever took the ticket."""
    sheet.text(Part(f"取号人 {holder}", 30), leading=1.0)
    sheet.gap(20)


def set_number(sheet: Sheet, number: str) -> None:
    """Set the ticket's number and the line below it."""
    sheet.text(number_part(number), leading=1.0)
    sheet.gap(5)
    sheet.rule()


def set_row(sheet: Sheet, left: Sequence[Part], right: Sequence[Part]) -> None:
    """Set one row, words on the left and on the right, and the line below it."""
    sheet.gap(14)
    sheet.row(left, right)
    sheet.gap(11)
    sheet.rule()


def later(ticket: HeldTicket, more: int, low: int, high: int) -> HeldTicket:
    """Return what a ticket after this one may say of the queue."""
    ahead = (ticket.ahead or 0) + more
    if ticket.low is None or ticket.high is None:
        return msgspec.structs.replace(ticket, ahead=ahead)
    return msgspec.structs.replace(ticket, ahead=ahead, low=ticket.low + low, high=ticket.high + high)


def told(ticket: HeldTicket) -> tuple[Hashable, ...]:
    """Return what the wait on a slip is made of."""
    return ticket.low, ticket.high, ticket.serves_from, ticket.taken_at.date()


def wait_parts(ticket: HeldTicket) -> tuple[Part, ...]:
    """Return what is known of the wait."""
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


def set_stamp(sheet: Sheet, minute: datetime, number: str) -> None:
    """Set when and where the ticket was taken."""
    sheet.rule(dashed=True)
    sheet.gap(22)
    sheet.centred_row((Part(stamp(minute)), Part(f"取号机 {number}")))


def whole_minute(moment: datetime) -> datetime:
    """Return the minute a moment is in."""
    return moment.replace(second=0, microsecond=0)


def set_offline(sheet: Sheet, zone: str) -> None:
    """Set what holds of a number that the machine gave by itself."""
    sheet.gap(18)
    sheet.text(Part("号码有效，按取号时间排队。", 32, bold=True))
    sheet.gap(4)
    sheet.text(Part("现在算不出要等多久。", 28), leading=1.3)
    sheet.text(Part(f"请在 {zone} 区等候，听广播、看大屏。", 28), leading=1.3)
    sheet.gap(12)
