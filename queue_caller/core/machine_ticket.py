"""What a ticket machine keeps and shows of a ticket it gave."""

from datetime import date, datetime

import msgspec

from contract.queue import TicketStanding
from contract.queue_requests import TicketIssuedReply


class HeldTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A committed ticket; `span` is the leased block it came out of while the engine was away.

    `holder` is the masked name of whoever took it with a card, where the hall's file lets it be printed.
    """

    ticket: str
    service: str
    business_day: date
    taken_at: datetime
    link: str
    ahead: int | None = None
    low: int | None = None
    high: int | None = None
    serves_from: datetime | None = None
    come_back_at: datetime | None = None
    span: tuple[str, str] | None = None
    reprint: int = 0
    holder: str = ""

    @property
    def is_offline(self) -> bool:
        """Return whether the machine gave it by itself."""
        return self.span is not None

    @property
    def job(self) -> str:
        """Return the name of its print job."""
        return f"{self.business_day:%Y%m%d}-{self.ticket}"


def held(reply: TicketIssuedReply, holder: str = "") -> HeldTicket:
    """Return the ticket of the engine's answer."""
    told = reply.estimate
    return HeldTicket(
        ticket=reply.ticket, service=reply.service, business_day=reply.business_day, taken_at=reply.issued_at,
        link=reply.link, ahead=reply.ahead, low=told.low_minutes if told else None,
        high=told.high_minutes if told else None, serves_from=reply.serves_from, come_back_at=reply.come_back_at,
        holder=holder,
    )  # fmt: skip


def held_standing(one: TicketStanding) -> HeldTicket:
    """Return a ticket of the machine's own that only the engine knows how it stands."""
    told = one.estimate
    return HeldTicket(
        ticket=one.ticket, service=one.service, business_day=one.business_day, taken_at=one.issued_at, link=one.link,
        ahead=one.ahead, low=told.low_minutes if told else None, high=told.high_minutes if told else None,
        come_back_at=one.come_back_at,
    )  # fmt: skip
