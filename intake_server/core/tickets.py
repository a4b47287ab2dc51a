"""Every ticket of a hall, folded from its facts: each in exactly one state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from contract import queue_facts as facts
from contract.queue import Estimate, TicketFact, TicketState

ENDED = (TicketState.FINISHED, TicketState.CANCELLED, TicketState.EXPIRED)


class TicketKey(NamedTuple):
    """A ticket's name: numbers repeat every business day."""

    business_day: date
    ticket: str


@dataclass(slots=True)
class Ticket:
    """How a ticket stands."""

    key: TicketKey
    service: str
    issued_at: datetime
    since: datetime
    state: TicketState = TicketState.WAITING
    link: str = ""
    window: int | None = None
    called_at: datetime | None = None
    calls: int = 0
    estimate: Estimate | None = None
    is_offline: bool = False
    service_event: str | None = None


class Tickets:
    """The tickets of one hall."""

    def __init__(self) -> None:
        self.by_key: dict[TicketKey, Ticket] = {}
        self.by_link: dict[str, Ticket] = {}
        self.strays = 0

    def apply(self, fact: TicketFact) -> None:
        """Take one fact; a fact about a ticket nobody issued is counted."""
        if isinstance(fact, facts.TicketIssued):
            self._add(fact, fact.services, fact.since, fact.link, fact.estimate)
        elif isinstance(fact, facts.OfflineTicketAccepted):
            offline = fact.offline
            self._add(fact, offline.services, fact.since, offline.link, None)
        elif (ticket := self.by_key.get(TicketKey(fact.business_day, fact.ticket))) is None:
            self.strays += 1
        else:
            self._change(ticket, fact)

    def _add(
        self, fact: TicketFact, services: tuple[str, ...], since: datetime, link: str, estimate: Estimate | None
    ) -> None:
        key = TicketKey(fact.business_day, fact.ticket)
        offline = isinstance(fact, facts.OfflineTicketAccepted)
        issued_at = fact.offline.taken_at if isinstance(fact, facts.OfflineTicketAccepted) else fact.at
        ticket = Ticket(
            key, services[0] if services else "", issued_at, since, link=link, estimate=estimate, is_offline=offline
        )
        self.by_key[key] = ticket
        if link:
            self.by_link[link] = ticket

    def _change(self, ticket: Ticket, fact: TicketFact) -> None:
        match fact:
            case facts.TicketCalled():
                ticket.state, ticket.window, ticket.service = TicketState.CALLED, fact.window, fact.service
                ticket.called_at, ticket.calls = fact.at, fact.count
            case facts.TicketRecalled():
                ticket.calls = fact.count
            case facts.ServiceStarted():
                ticket.state, ticket.window = TicketState.SERVING, fact.window
                ticket.service_event = fact.service_event
            case facts.ServiceFinished():
                self._finish(ticket, fact)
            case facts.TicketTransferred():
                ticket.service = fact.to_service
                self._wait(ticket, fact.since)
            case facts.TicketReturned():
                self._wait(ticket, fact.since)
            case _ if (state := _PLAIN.get(type(fact))) is not None:
                ticket.state, ticket.window = state, None

    def _finish(self, ticket: Ticket, fact: facts.ServiceFinished) -> None:
        if fact.next_service is None:
            ticket.state, ticket.window = TicketState.FINISHED, None
            return
        ticket.service = fact.next_service
        self._wait(ticket, fact.since or fact.at)

    def _wait(self, ticket: Ticket, since: datetime) -> None:
        ticket.state, ticket.window, ticket.since = TicketState.WAITING, None, since

    def counts(self, day: date | None = None) -> dict[TicketState, int]:
        """Return how many tickets (of a business day) are in each state; the sum is what was issued."""
        counts = dict.fromkeys(TicketState, 0)
        for ticket in self.by_key.values():
            if day is None or ticket.key.business_day == day:
                counts[ticket.state] += 1
        return counts

    def waiting(self, service: str) -> list[Ticket]:
        """Return the tickets that wait for a service, longest first."""
        found = [one for one in self.by_key.values() if one.state is TicketState.WAITING and one.service == service]
        return sorted(found, key=lambda one: (one.since, one.key))

    def ahead(self, ticket: Ticket) -> int:
        """Return how many tickets have waited longer for the same service; what the engine decides may differ."""
        return sum(other.since < ticket.since for other in self.waiting(ticket.service) if other is not ticket)

    def forget(self, before: date) -> None:
        """Drop tickets of earlier business days that have ended."""
        old = [key for key, one in self.by_key.items() if key.business_day < before and one.state in ENDED]
        for key in old:
            self.by_link.pop(self.by_key.pop(key).link, None)


_PLAIN: dict[type[TicketFact], TicketState] = {
    facts.TicketMissed: TicketState.MISSED,
    facts.TicketSteppedAway: TicketState.AWAY,
    facts.TicketHeld: TicketState.HELD,
    facts.TicketCancelled: TicketState.CANCELLED,
    facts.TicketExpired: TicketState.EXPIRED,
}
