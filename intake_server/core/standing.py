"""What the holder of a ticket may see of it on a phone."""

from dataclasses import dataclass
from datetime import datetime

from contract.queue import TicketStanding, TicketState
from intake_server.core.hall import Hall


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


def from_hall(hall: Hall, link: str) -> Standing | None:
    """Return what the centre last heard of the ticket with this link, None if it holds no such ticket."""
    ticket = hall.tickets.by_link.get(link)
    if ticket is None or hall.as_of is None:
        return None
    ahead = hall.tickets.ahead(ticket) if ticket.state is TicketState.WAITING else 0
    return Standing(ticket.key.ticket, ticket.service, ticket.state, ahead, hall.as_of, False, window=ticket.window)
