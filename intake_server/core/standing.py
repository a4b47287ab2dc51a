"""What the holder of a ticket may see of it on a phone."""

from dataclasses import dataclass
from datetime import datetime

from contract.queue import TicketStanding, TicketState
from intake_server.core.hall import Hall
from intake_server.core.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket now; `is_live` tells an answer of the hall itself from what the centre last heard."""

    ticket: str
    service: str
    state: TicketState
    ahead: int
    as_of: datetime
    is_live: bool
    low_minutes: int | None = None
    high_minutes: int | None = None
    window: int | None = None
    come_back_at: datetime | None = None


def from_engine(answer: TicketStanding, now: datetime) -> Standing:
    """Return what the queue engine says of a ticket."""
    span = answer.estimate
    return Standing(
        answer.ticket,
        answer.service,
        answer.state,
        answer.ahead,
        now,
        True,
        span.low_minutes if span else None,
        span.high_minutes if span else None,
        answer.window,
        answer.come_back_at,
    )


def from_hall(hall: Hall, link: str, now: datetime) -> Standing | None:
    """Return what the centre last heard of the ticket with this link, None if it holds no such ticket."""
    ticket = hall.tickets.by_link.get(link)
    if ticket is None or hall.as_of is None:
        return None
    waits = ticket.state is TicketState.WAITING
    ahead = hall.tickets.ahead(ticket) if waits else 0
    low, high = _rest(ticket, now) if waits else (None, None)
    as_of = hall.last_fact_at or hall.as_of
    return Standing(ticket.key.ticket, ticket.service, ticket.state, ahead, as_of, False, low, high, ticket.window)


def _rest(ticket: Ticket, now: datetime) -> tuple[int | None, int | None]:
    """Return what is left of the range printed on the slip; nothing once it is used up."""
    waited = int((now - ticket.issued_at).total_seconds() // 60)
    if ticket.estimate is None or ticket.estimate.high_minutes <= waited:
        return None, None
    return max(0, ticket.estimate.low_minutes - waited), ticket.estimate.high_minutes - waited
