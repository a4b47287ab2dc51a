"""What facts about tickets do to the hall."""

from contract.board import CallOnBoard
from contract.queue import Place, ReturnOutcome, TicketFact, TicketState
from contract.queue_facts import (
    EstimateScored,
    OfflineTicketAccepted,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReturned,
    TicketSteppedAway,
    TicketTransferred,
)
from queue_caller.core.digest import digest_of
from queue_caller.core.errors import JournalError
from queue_caller.core.forecast import AT_ONCE
from queue_caller.core.hall import ASIDE, Hall, key_of, micros
from queue_caller.core.lanes import FRONT
from queue_caller.core.learn import learn_arrival, learn_call, learn_score
from queue_caller.core.lifecycle import LIFE, follow
from queue_caller.core.record import Counter, Ticket

RECENT_CALLS = 12


def _ticket(hall: Hall, fact: TicketFact) -> Ticket:
    key = key_of(fact.business_day, fact.ticket)
    if (ticket := hall.record.tickets.get(key)) is None:
        raise JournalError(f"{type(fact).__name__} names {key}, which is not live")
    return ticket


def _move(hall: Hall, fact: TicketFact, onward: bool = False) -> Ticket:
    """Take the ticket out of where it is and into its next state."""
    ticket = _ticket(hall, fact)
    state = follow(ticket.state, type(fact), onward)
    if ticket.state is TicketState.WAITING:
        hall.dequeue(ticket)
    elif ticket.state in ASIDE:
        hall.record.aside[ticket.service].remove(ticket.key)
    elif ticket.window is not None and state is not TicketState.CALLED and state is not TicketState.SERVING:
        _leave_window(hall, ticket, fact)
    ticket.state, ticket.entered = state, fact.at
    if state in ASIDE:
        hall.record.aside.setdefault(ticket.service, []).append(ticket.key)
        ticket.late_by = 0
    if LIFE[state]:
        hall.set_timer(ticket)
    return ticket


def _leave_window(hall: Hall, ticket: Ticket, fact: TicketFact) -> None:
    assert ticket.window is not None
    hall.record.seats[ticket.window].ticket = None
    if ticket.called_at is not None and not isinstance(fact, TicketReturned):
        learn_call(hall, ticket.service, (fact.at - ticket.called_at).total_seconds())
    ticket.window = ticket.called_at = ticket.started_at = ticket.service_event = None
    ticket.count = 0
    hall.touch(ticket.service)


def _wait(hall: Hall, ticket: Ticket, since: int, lane: str, keeps_order: bool = False) -> None:
    ticket.since, ticket.lane, ticket.late_by = since, lane, 0
    hall.enqueue(ticket, keeps_order)


def issued(hall: Hall, fact: TicketIssued) -> None:
    """A ticket joins its line; its number is used."""
    counter = hall.record.counters.setdefault(fact.business_day.isoformat(), {}).setdefault(fact.prefix, Counter())
    counter.issued = max(counter.issued, fact.number)
    ticket = Ticket(
        key=key_of(fact.business_day, fact.ticket), ticket=fact.ticket, business_day=fact.business_day,
        state=TicketState.WAITING, services=fact.services, priority=fact.priority, lane=fact.priority.value,
        since=micros(fact.since), order=0, entered=fact.at, issued_at=fact.at,
        lives_from=max(fact.at, fact.serves_from or fact.at), link=fact.link, channel=fact.channel, elder=fact.elder,
        person=fact.person, estimate=fact.estimate,
    )  # fmt: skip
    hall.add(ticket)
    hall.set_timer(ticket)
    hall.tally(fact.business_day, ticket.service).issued += 1
    learn_arrival(hall, ticket.service, fact.priority)
    if fact.appointment is not None:
        hall.record.reservations.pop(fact.appointment, None)


def offline_accepted(hall: Hall, fact: OfflineTicketAccepted) -> None:
    """A ticket taken while the engine was away joins its line by its age."""
    taken = fact.offline
    ticket = Ticket(
        key=key_of(fact.business_day, fact.ticket), ticket=fact.ticket, business_day=fact.business_day,
        state=TicketState.WAITING, services=taken.services, priority=taken.priority, lane=taken.priority.value,
        since=micros(fact.since), order=0, entered=fact.at, issued_at=fact.since, lives_from=fact.at,
        link=taken.link, channel=taken.channel, elder=taken.elder, person=taken.person,
    )  # fmt: skip
    hall.add(ticket)
    hall.set_timer(ticket)
    hall.record.blocks[fact.block].used[fact.ticket] = digest_of(taken)
    tally = hall.tally(fact.business_day, ticket.service)
    tally.issued += 1
    tally.offline += 1
    learn_arrival(hall, ticket.service, taken.priority)


def called(hall: Hall, fact: TicketCalled) -> None:
    """A ticket comes to a window; older ones it went before are counted as passed."""
    ticket = _move(hall, fact)
    is_first = ticket.call == 0
    for service in fact.among:
        for lane in hall.line(service).lanes.values():
            lane.go_before(ticket.standing)
    _count_late(hall, fact.service, ticket)
    ticket.window, ticket.called_at = fact.window, fact.at
    hall.record.seats[fact.window].ticket = ticket.key
    tally = hall.tally(ticket.business_day, fact.service)
    tally.calls += 1
    tally.passed += fact.passed
    if is_first:
        tally.first_calls += 1
        tally.waited_seconds += max(0, int((fact.at - ticket.issued_at).total_seconds()))
    _show_call(hall, ticket, fact, fact.window)


def _count_late(hall: Hall, service: str, called_ticket: Ticket) -> None:
    for key in hall.record.aside.get(service, ()):
        other = hall.record.tickets[key]
        if other.state is TicketState.MISSED or called_ticket.standing > other.standing:
            other.late_by += 1


def recalled(hall: Hall, fact: TicketRecalled) -> None:
    """The ticket in hand is shown and said again."""
    _show_call(hall, _move(hall, fact), fact, fact.window)


def _show_call(hall: Hall, ticket: Ticket, fact: TicketCalled | TicketRecalled, window: int) -> None:
    ticket.call, ticket.count = fact.call, fact.count
    hall.record.call = max(hall.record.call, fact.call)
    shown = CallOnBoard(call=fact.call, ticket=fact.ticket, window=window, count=fact.count, at=fact.at)
    calls = hall.record.recent.setdefault(window, [])
    calls.insert(0, shown)
    del calls[RECENT_CALLS:]


def started(hall: Hall, fact: ServiceStarted) -> None:
    """The person is at the window."""
    ticket = _move(hall, fact)
    ticket.started_at, ticket.service_event = fact.at, fact.service_event


def finished(hall: Hall, fact: ServiceFinished) -> None:
    """A service is done: the ticket ends, or waits for its next service."""
    ticket = _move(hall, fact, onward=fact.next_service is not None)
    tally = hall.tally(ticket.business_day, fact.service)
    tally.services_done += 1
    tally.served_seconds += max(0, int((fact.at - fact.started_at).total_seconds()))
    if fact.next_service is None or fact.since is None:
        tally.finished += 1
        hall.end(ticket)
        return
    ticket.services, ticket.estimate = ticket.services[1:], None
    _wait(hall, ticket, micros(fact.since), ticket.priority.value)


def missed(hall: Hall, fact: TicketMissed) -> None:
    """Nobody came: the ticket may still come back."""
    ticket = _move(hall, fact)
    ticket.estimate = None
    hall.tally(ticket.business_day, ticket.service).no_shows += 1


def stepped_away(hall: Hall, fact: TicketSteppedAway) -> None:
    """The holder is out of the hall; the forecast made at issue says nothing any more."""
    _move(hall, fact).estimate = None


def transferred(hall: Hall, fact: TicketTransferred) -> None:
    """The ticket waits for another service; what it had to do after this one stays."""
    ticket = _move(hall, fact)
    rest = tuple(one for one in ticket.services[1:] if one != fact.to_service)
    ticket.services, ticket.estimate = (fact.to_service, *rest), None
    _wait(hall, ticket, micros(fact.since), FRONT if fact.place is Place.FRONT else ticket.priority.value)


def held(hall: Hall, fact: TicketHeld) -> None:
    """The ticket is put aside."""
    _move(hall, fact).estimate = None


def returned(hall: Hall, fact: TicketReturned) -> None:
    """The ticket waits again."""
    ticket = _move(hall, fact)
    lane = FRONT if fact.outcome is ReturnOutcome.AT_FRONT else ticket.priority.value
    _wait(hall, ticket, micros(fact.since), lane, fact.outcome is ReturnOutcome.KEPT_PLACE)


def cancelled(hall: Hall, fact: TicketCancelled) -> None:
    """The ticket is given up."""
    ticket = _move(hall, fact)
    hall.tally(ticket.business_day, ticket.service).cancelled += 1
    hall.end(ticket)


def expired(hall: Hall, fact: TicketExpired) -> None:
    """The ticket's time is over."""
    ticket = _move(hall, fact)
    hall.tally(ticket.business_day, ticket.service).expired += 1
    hall.end(ticket)


def scored(hall: Hall, fact: EstimateScored) -> None:
    """A forecast met what happened; "at once" is too easy to count or to learn from."""
    if fact.estimate.high_minutes <= AT_ONCE:
        return
    tally = hall.tally(fact.business_day, fact.service)
    tally.scored += 1
    tally.covered += fact.covered
    learn_score(hall, fact.service, fact.covered)
