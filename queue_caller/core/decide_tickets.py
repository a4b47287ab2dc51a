"""Decisions on tickets outside windows: issue, ask, cancel, leave, return, transfer."""

from datetime import date, datetime, timedelta

from contract.board import HallMode, QueueState
from contract.link import Done
from contract.queue import (
    Estimate,
    Place,
    RefusalCode,
    ReturnOutcome,
    TicketFact,
    TicketStanding,
    TicketState,
)
from contract.queue_facts import (
    TicketCancelled,
    TicketIssued,
    TicketReturned,
    TicketSteppedAway,
    TicketTransferred,
)
from contract.queue_requests import (
    AskTicket,
    CancelTicket,
    IssueTicket,
    ReturnTicket,
    StepAway,
    TicketIssuedReply,
    TicketReply,
    TransferTicket,
)
from hallkit.rules.numbering import COUNTER_SERIES, ticket_number
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.errors import Refusal
from queue_caller.core.forecast import estimate, forecast
from queue_caller.core.hall import Hall, from_micros
from queue_caller.core.lifecycle import allows
from queue_caller.core.openings import business_day, closing, opening_after, reopening
from queue_caller.core.queue_state import forecast_state
from queue_caller.core.record import Ticket


def issue(hall: Hall, request: IssueTicket, asked: Asked) -> Decision:
    """Give a ticket; a person who has a live one for that service gets that one again."""
    if not request.services:
        raise Refusal(RefusalCode.UNKNOWN_SERVICE)
    for service in request.services:
        hall.service(service)
    for ticket in hall.of_person(request.person) if request.person else ():
        if ticket.service == request.services[0]:
            return Decision((), _issued_again(hall, ticket, asked.now))
    refuse_if_shut(hall, request.services[0], asked.now)
    fact = new_ticket(hall, request, asked)
    return Decision((fact,), issued_reply(hall, fact))


def refuse_if_shut(hall: Hall, service: str, now: datetime) -> None:
    """Refuse a ticket in an emergency, for a full queue, and for a closed service that gives none in advance."""
    if hall.record.mode is HallMode.EMERGENCY:
        raise Refusal(RefusalCode.EMERGENCY)
    if closing(hall, service, now) is None:
        if not hall.site.service[service].first_at_opening:
            raise Refusal(RefusalCode.SERVICE_CLOSED, reopening(hall, service, now))
        capacity = hall.site.service[service].capacity
        if capacity is not None and hall.waiting(service) >= capacity:
            raise Refusal(RefusalCode.QUEUE_FULL, reopening(hall, service, now))
    elif forecast_state(hall, service, now).state is QueueState.FULL:
        raise Refusal(RefusalCode.QUEUE_FULL, opening_after(hall, service, now))


def next_number(hall: Hall, day: date, prefix: str) -> int:
    """Return the next number of a prefix, passing over those that still wait from an earlier day."""
    number = COUNTER_SERIES.run_after(hall.counter(day, prefix).issued)
    while number is not None and hall.is_live(ticket_number(prefix, number)):
        number = COUNTER_SERIES.run_after(number)
    if number is None:
        raise Refusal(RefusalCode.NUMBERS_EXHAUSTED)
    return number


def new_ticket(hall: Hall, request: IssueTicket, asked: Asked, appointment: str | None = None) -> TicketIssued:
    """Return the fact of a new ticket with its number and what its holder is told."""
    service = hall.service(request.services[0])
    day = business_day(hall, asked.now)
    number = next_number(hall, day, service.prefix)
    found = forecast(hall, service.id, asked.now, request.priority)
    return TicketIssued(
        ticket=ticket_number(service.prefix, number), business_day=day, at=asked.now, number=number,
        prefix=service.prefix, services=request.services, since=asked.now, channel=request.channel,
        priority=request.priority, link=asked.ids(), ahead=found.ahead, device=asked.device, elder=request.elder,
        person=request.person, estimate=estimate(hall, service.id, asked.now, found),
        serves_from=reopening(hall, service.id, asked.now), appointment=appointment,
    )  # fmt: skip


def issued_reply(hall: Hall, fact: TicketIssued) -> TicketIssuedReply:
    """Return what the machine prints."""
    return TicketIssuedReply(
        ticket=fact.ticket, service=fact.services[0], business_day=fact.business_day, issued_at=fact.at,
        ahead=fact.ahead, link=fact.link, estimate=fact.estimate,
        come_back_at=come_back_at(hall, fact.at, fact.estimate, fact.serves_from),
        serves_from=fact.serves_from, more_services=fact.services[1:],
    )  # fmt: skip


def _issued_again(hall: Hall, ticket: Ticket, now: datetime) -> TicketIssuedReply:
    stands = standing(hall, ticket, now)
    return TicketIssuedReply(
        ticket=ticket.ticket, service=ticket.service, business_day=ticket.business_day, issued_at=ticket.issued_at,
        ahead=stands.ahead, link=ticket.link, estimate=stands.estimate, come_back_at=stands.come_back_at,
        serves_from=reopening(hall, ticket.service, now), more_services=ticket.services[1:],
    )  # fmt: skip


def come_back_at(
    hall: Hall, now: datetime, told: Estimate | None, serves_from: datetime | None = None
) -> datetime | None:
    """Return when a holder who leaves should be back: a margin before the earliest call, None if that is at once."""
    if serves_from is not None:
        return serves_from
    if told is None:
        return None
    at = now + timedelta(minutes=told.low_minutes) - hall.site.rules.come_back_margin
    return at if at > now else None


def standing(hall: Hall, ticket: Ticket, now: datetime) -> TicketStanding:
    """Return what a holder may know now."""
    ahead, told, back = 0, None, None
    if ticket.state in (TicketState.WAITING, TicketState.AWAY):
        found = forecast(hall, ticket.service, now, ticket.priority, ticket.since)
        ahead, told = found.ahead, estimate(hall, ticket.service, now, found)
        back = come_back_at(hall, now, told, reopening(hall, ticket.service, now))
    window = hall.site.window.get(ticket.window) if ticket.window is not None else None
    return TicketStanding(
        ticket=ticket.ticket, business_day=ticket.business_day, service=ticket.service, state=ticket.state,
        issued_at=ticket.issued_at, link=ticket.link, ahead=ahead, estimate=told, come_back_at=back,
        window=ticket.window, zone=window.zone if window else None, more_services=ticket.services[1:],
    )  # fmt: skip


def ask(hall: Hall, request: AskTicket, asked: Asked) -> Decision:
    """Tell how the tickets stand that a link, a number or a person token names."""
    found: list[Ticket] = []
    if request.link is not None:
        key = hall.key_of_link(request.link)
        if key in hall.record.ended:
            return Decision((), TicketReply(tickets=(_ended(hall, key),)))
        found = [hall.record.tickets[key]] if key is not None else []
    elif request.ticket is not None:
        found = [hall.ticket(request.ticket, request.business_day)]
    elif request.person is not None:
        found = list(hall.of_person(request.person))
    if not found:
        raise Refusal(RefusalCode.UNKNOWN_TICKET)
    newest_first = sorted(found, key=lambda one: one.standing, reverse=True)
    return Decision((), TicketReply(tickets=tuple(standing(hall, one, asked.now) for one in newest_first)))


def _ended(hall: Hall, key: str) -> TicketStanding:
    one = hall.record.ended[key]
    return TicketStanding(
        ticket=one.ticket, business_day=one.business_day, service=one.service, state=one.state,
        issued_at=one.issued_at, link=one.link,
    )  # fmt: skip


def meets(ticket: Ticket, fact: type[TicketFact]) -> None:
    """Refuse what the ticket's present state does not allow."""
    if not allows(ticket.state, fact):
        raise Refusal(RefusalCode.NOT_IN_THIS_STATE)


def cancel(hall: Hall, request: CancelTicket, asked: Asked) -> Decision:
    """Give a ticket up, unless it is being served."""
    ticket = hall.ticket(request.ticket, request.business_day)
    meets(ticket, TicketCancelled)
    fact = TicketCancelled(ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, reason=request.reason)
    return Decision((fact,), Done())


def step_away(hall: Hall, request: StepAway, asked: Asked) -> Decision:
    """Let a holder leave the hall with the place kept."""
    ticket = hall.ticket(request.ticket, request.business_day)
    meets(ticket, TicketSteppedAway)
    return Decision((TicketSteppedAway(ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now),), Done())


def return_ticket(hall: Hall, request: ReturnTicket, asked: Asked) -> Decision:
    """Put an away, missed or held ticket back where the rule says."""
    ticket = hall.ticket(request.ticket, request.business_day)
    meets(ticket, TicketReturned)
    if ticket.state is TicketState.CALLED:
        raise Refusal(RefusalCode.NOT_IN_THIS_STATE)
    if ticket.state is TicketState.HELD:
        outcome, since = _held_place(request.place, ticket, asked.now)
    else:
        outcome, since = _late_place(hall, ticket, asked.now)
    fact = TicketReturned(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, outcome=outcome, since=since,
        late_by=ticket.late_by,
    )  # fmt: skip
    return Decision((fact,), Done())


def _held_place(place: Place, ticket: Ticket, now: datetime) -> tuple[ReturnOutcome, datetime]:
    match place:
        case Place.FRONT:
            return ReturnOutcome.AT_FRONT, now
        case Place.END:
            return ReturnOutcome.AT_END, now
        case Place.BY_AGE:
            return ReturnOutcome.KEPT_PLACE, from_micros(ticket.since, now)


def _late_place(hall: Hall, ticket: Ticket, now: datetime) -> tuple[ReturnOutcome, datetime]:
    """Return the place of one who left or did not come: kept, behind a few, or the end, by how late it is."""
    rules, late = hall.site.rules, ticket.late_by
    own = from_micros(ticket.since, now)
    if ticket.state is TicketState.AWAY and late <= rules.keeps_place_within:
        return ReturnOutcome.KEPT_PLACE, own
    if late > rules.returns_within:
        return ReturnOutcome.AT_END, now
    before = hall.line(ticket.service).oldest(rules.behind_others)
    since = max(ticket.since, before[-1][0]) if before else ticket.since
    return ReturnOutcome.BEHIND_OTHERS, from_micros(since, now)


def transfer(hall: Hall, request: TransferTicket, asked: Asked) -> Decision:
    """Send a ticket to another service."""
    ticket = hall.ticket(request.ticket, request.business_day)
    meets(ticket, TicketTransferred)
    target = hall.service(request.service)
    by_age = request.place is Place.BY_AGE
    fact = TicketTransferred(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, from_service=ticket.service,
        to_service=target.id, place=request.place, window=ticket.window,
        since=min(ticket.issued_at, asked.now) if by_age else asked.now,
    )  # fmt: skip
    return Decision((fact,), Done())
