"""One visitor's way through the hall, retold from the ledger without a personal field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contract import queue_facts as facts
from contract.body import Fact
from contract.field import TicketPrinted, TicketPrintFailed
from contract.queue import TicketFact, TicketState
from contract.rating import RatingGiven
from intake_server.core.event import Event
from intake_server.core.kinds import LedgerKind, RectificationMoved
from intake_server.core.tickets import Tickets

_OF_TICKET = (TicketFact, facts.AppointmentCheckedIn, TicketPrinted, TicketPrintFailed)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: its ledger row, kind, type, and the plain values its sentence needs."""

    row: int
    at: datetime
    kind: LedgerKind
    type: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Journey:
    """A visitor's ticket, the state it is in, and every step in the order it happened."""

    ticket: str
    business_day: date
    service: str
    state: TicketState
    steps: tuple[Step, ...]
    ahead: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to the ticket itself."""
        return self.state in (TicketState.FINISHED, TicketState.CANCELLED, TicketState.EXPIRED)


def retell(events: Iterable[Event]) -> Journey | None:
    """Return the journey in the events of one ticket and its service events; None without a ticket."""
    ordered = sorted(events, key=lambda event: (event.at, event.row))
    tickets = Tickets()
    for event in sorted(ordered, key=lambda event: event.row):
        if isinstance(event.fact, TicketFact):
            tickets.apply(event.fact)
    if not tickets.by_key:
        return None
    ticket = next(iter(tickets.by_key.values()))
    steps = tuple(
        Step(event.row, event.at, event.kind, type(event.fact).__name__, _values(event.fact)) for event in ordered
    )
    return Journey(ticket.key.ticket, ticket.key.business_day, ticket.service, ticket.state, steps)


def subject(fact: Fact) -> tuple[date | None, str | None, str | None]:
    """Return the business day, ticket and service event a fact is about, so that a journey finds it."""
    event = getattr(fact, "service_event", None)
    if isinstance(fact, _OF_TICKET):
        return fact.business_day, fact.ticket, event
    return None, None, event


def link_of(fact: Fact) -> str | None:
    """Return the token on the ticket's slip by which its holder finds the journey."""
    if isinstance(fact, facts.TicketIssued):
        return fact.link or None
    return fact.offline.link or None if isinstance(fact, facts.OfflineTicketAccepted) else None


def _values(fact: Fact) -> dict[str, str]:
    values = {name: str(getattr(fact, name)) for name in _PLAIN if getattr(fact, name, None) not in (None, "")}
    if isinstance(fact, facts.TicketIssued) and fact.estimate is not None:
        values["range"] = f"{fact.estimate.low_minutes}–{fact.estimate.high_minutes}"
    if isinstance(fact, facts.ServiceFinished):
        values["minutes"] = str(max(1, round((fact.at - fact.started_at).total_seconds() / 60)))
    if isinstance(fact, RatingGiven):
        values["grade"] = str(int(fact.grade))
    if isinstance(fact, RectificationMoved):
        values["state"] = fact.state.value
    return values


_PLAIN = ("window", "service", "count", "ahead", "to_service", "next_service", "reprint")
