"""The live hall: the record with the indexes that make every question quick."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from heapq import heappush

from contract.board import HallMode, QueueState
from contract.queue import RefusalCode, TicketState
from queue_caller.core.errors import JournalError, Refusal
from queue_caller.core.lanes import Line
from queue_caller.core.record import Counter, EndedTicket, Learned, Record, Seat, Tally, Ticket
from queue_caller.core.site import Service, Site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ASIDE = (TicketState.AWAY, TicketState.MISSED)


def micros(at: datetime) -> int:
    """Return an aware time as whole microseconds of the Unix era."""
    gone = at - _EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def from_micros(value: int, like: datetime) -> datetime:
    """Return the time of `micros`, in the zone of `like`."""
    return datetime.fromtimestamp(value // 1_000_000, like.tzinfo).replace(microsecond=value % 1_000_000)


def key_of(business_day: date, ticket: str) -> str:
    """Return the name of a ticket that no other ever has."""
    return f"{business_day.isoformat()}/{ticket}"


class Hall:
    """A record and its indexes; `touched` services may have changed their queue state."""

    def __init__(self, site: Site, record: Record | None = None) -> None:
        self.site = site
        self.record = record or Record()
        self.touched: set[str] = set(site.service)
        self.timers: list[tuple[int, str]] = []
        self._numbers: dict[str, list[str]] = {}
        self._links: dict[str, str] = {}
        self._persons: dict[str, list[str]] = {}
        self._reindex()

    def _reindex(self) -> None:
        for ticket in self.record.tickets.values():
            self._index(ticket)
            self.set_timer(ticket)
        for key, ended in self.record.ended.items():
            self._links[ended.link] = key
        for reservation in self.record.reservations.values():
            heappush(self.timers, (micros(reservation.start + self.site.rules.check_in_late), reservation.appointment))

    def _index(self, ticket: Ticket) -> None:
        self._numbers.setdefault(ticket.ticket, []).append(ticket.key)
        self._links[ticket.link] = ticket.key
        if ticket.person is not None:
            self._persons.setdefault(ticket.person, []).append(ticket.key)

    def add(self, ticket: Ticket) -> None:
        """Take a new ticket in, waiting."""
        if ticket.key in self.record.tickets or ticket.key in self.record.ended:
            raise JournalError(f"ticket {ticket.key} is issued twice")
        self.record.tickets[ticket.key] = ticket
        self._index(ticket)
        self.enqueue(ticket)

    def end(self, ticket: Ticket) -> None:
        """Let go of a ticket that is in one of its last states."""
        del self.record.tickets[ticket.key]
        self.record.ended[ticket.key] = EndedTicket(
            ticket.ticket, ticket.business_day, ticket.service, ticket.state, ticket.issued_at, ticket.link
        )
        _drop(self._numbers, ticket.ticket, ticket.key)
        if ticket.person is not None:
            _drop(self._persons, ticket.person, ticket.key)

    def forget_ended_before(self, day: date) -> None:
        """Forget ended tickets of business days before `day`."""
        for key, ended in list(self.record.ended.items()):
            if ended.business_day < day:
                del self.record.ended[key]
                self._links.pop(ended.link, None)

    def enqueue(self, ticket: Ticket, keeps_order: bool = False) -> None:
        """Put a waiting ticket into its lane, behind those taken at the same instant unless it keeps its order."""
        if not keeps_order:
            self.record.order += 1
            ticket.order = self.record.order
        self.record.lines.setdefault(ticket.service, Line()).lane(ticket.lane).join(ticket.standing)
        self.touch(ticket.service)

    def dequeue(self, ticket: Ticket) -> None:
        """Take a waiting ticket out of its lane."""
        self.line(ticket.service).lane(ticket.lane).leave(ticket.standing)
        self.touch(ticket.service)

    def set_timer(self, ticket: Ticket) -> None:
        """Wake up when the ticket's time in its present state is over."""
        if (due := self.expires(ticket)) is not None:
            heappush(self.timers, (micros(due), ticket.key))

    def expires(self, ticket: Ticket) -> datetime | None:
        """Return when the ticket ends by time alone, None while it is at a window."""
        if ticket.state in (TicketState.CALLED, TicketState.SERVING):
            return None
        if ticket.state is TicketState.MISSED:
            return ticket.entered + self.site.rules.missed_lifetime
        return ticket.lives_from + self.site.rules.ticket_lifetime

    def touch(self, service: str) -> None:
        """Note that a service, and those that share its windows, may have changed their queue state."""
        self.touched.update(self.site.peers.get(service, ()))

    def service(self, service: str) -> Service:
        """Return a configured service; refuse an unknown one."""
        if (found := self.site.service.get(service)) is None:
            raise Refusal(RefusalCode.UNKNOWN_SERVICE)
        return found

    def ticket(self, ticket: str, day: date | None) -> Ticket:
        """Return a live ticket by number, the oldest of that number unless a day is given; refuse an unknown one."""
        keys = self._numbers.get(ticket, [])
        if day is not None:
            keys = [key for key in keys if key == key_of(day, ticket)]
        if not keys:
            raise Refusal(RefusalCode.UNKNOWN_TICKET)
        return self.record.tickets[min(keys)]

    def is_live(self, ticket: str) -> bool:
        """Return whether a ticket of this number, of whatever day, is live."""
        return ticket in self._numbers

    def of_person(self, person: str) -> Iterator[Ticket]:
        """Yield the live tickets taken with a person token, oldest first."""
        for key in self._persons.get(person, ()):
            yield self.record.tickets[key]

    def key_of_link(self, link: str) -> str | None:
        """Return the key of the ticket with a link token."""
        return self._links.get(link)

    def seat(self, window: int) -> Seat:
        """Return a staffed window; refuse an unknown one and one that is closed with nothing in hand."""
        if window not in self.site.window:
            raise Refusal(RefusalCode.UNKNOWN_WINDOW)
        seat = self.record.seats.get(window)
        if seat is None or not (seat.is_open or seat.ticket):
            raise Refusal(RefusalCode.WINDOW_CLOSED)
        return seat

    def in_hand(self, window: int) -> Ticket:
        """Return the ticket a window has in hand; refuse if there is none."""
        key = self.seat(window).ticket
        if key is None:
            raise Refusal(RefusalCode.NO_TICKET_IN_HAND)
        return self.record.tickets[key]

    def line(self, service: str) -> Line:
        """Return the line of a service, to look at."""
        return self.record.lines.get(service) or Line()

    def waiting(self, service: str) -> int:
        """Return how many wait for a service."""
        line = self.record.lines.get(service)
        return 0 if line is None else len(line)

    def counter(self, day: date, prefix: str) -> Counter:
        """Return the numbers used of a prefix on a business day."""
        return self.record.counters.get(day.isoformat(), {}).get(prefix) or Counter()

    def tally(self, day: date, service: str) -> Tally:
        """Return the counts of a service on a business day."""
        return self.record.tallies.setdefault(day.isoformat(), {}).setdefault(service, Tally())

    def learned(self, service: str) -> Learned:
        """Return what is known of a service's times, the configured ones at first."""
        if (known := self.record.learned.get(service)) is None:
            found = self.site.service.get(service)
            mean, cv = (found.mean_minutes * 60.0, found.cv) if found else (600.0, 0.7)
            known = Learned(mean, (mean * cv) ** 2)
        return known

    def state_of(self, service: str) -> QueueState:
        """Return the queue state last told."""
        return self.record.states.get(service, QueueState.OPEN)

    def is_unattended(self) -> bool:
        """Return whether the hall is in unattended hours."""
        return self.record.mode is HallMode.UNATTENDED


def _drop(index: dict[str, list[str]], name: str, key: str) -> None:
    index[name].remove(key)
    if not index[name]:
        del index[name]
