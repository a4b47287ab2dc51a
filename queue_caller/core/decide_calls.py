"""Decisions at a window: call, call again, start, finish, no-show, hold."""

from contract.board import HallMode
from contract.body import Fact
from contract.link import Done
from contract.queue import CallOrder, ChoiceReason, RefusalCode, TicketState
from contract.queue_facts import (
    EstimateScored,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketHeld,
    TicketMissed,
    TicketRecalled,
)
from contract.queue_requests import (
    CallNext,
    CallReply,
    CallTicket,
    FinishReply,
    FinishService,
    HoldTicket,
    MarkNoShow,
    Recall,
    StartService,
)
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.choose import due_first, heads, next_for, passed_by
from queue_caller.core.decide_tickets import meets
from queue_caller.core.errors import Refusal
from queue_caller.core.forecast import among, covers
from queue_caller.core.hall import Hall, from_micros, micros
from queue_caller.core.record import Seat, Ticket


def _ready_seat(hall: Hall, window: int) -> Seat:
    """Return a window that may call; refuse one that is closed, paused or has a ticket in hand."""
    seat = hall.seat(window)
    if hall.record.mode is HallMode.EMERGENCY:
        raise Refusal(RefusalCode.EMERGENCY)
    if seat.ticket is not None:
        raise Refusal(RefusalCode.WINDOW_BUSY)
    if seat.pause is not None:
        raise Refusal(RefusalCode.WINDOW_PAUSED, seat.until)
    return seat


def call_next(hall: Hall, request: CallNext, asked: Asked) -> Decision:
    """Call whoever the rule puts first."""
    seat = _ready_seat(hall, request.window)
    found = next_for(hall, seat, micros(asked.now))
    if found is None:
        raise Refusal(RefusalCode.NOBODY_WAITING)
    ticket, order = found
    return _call(hall, seat, ticket, order, among(hall, seat), asked)


def call_ticket(hall: Hall, request: CallTicket, asked: Asked) -> Decision:
    """Call one particular ticket, unless somebody older was already passed as often as the rule allows."""
    seat = _ready_seat(hall, request.window)
    ticket = hall.ticket(request.ticket, request.business_day)
    meets(ticket, TicketCalled)
    if ticket.service not in seat.services + seat.overflow:
        raise Refusal(RefusalCode.NOT_AUTHORISED)
    services = among(hall, seat)
    services += () if ticket.service in services else (ticket.service,)
    due = due_first(hall, heads(hall, services))
    if due is not None and due.standing < ticket.standing:
        raise Refusal(RefusalCode.OTHERS_DUE_FIRST)
    return _call(hall, seat, ticket, CallOrder.CHOSEN, services, asked, request.reason)


def _call(
    hall: Hall,
    seat: Seat,
    ticket: Ticket,
    order: CallOrder,
    services: tuple[str, ...],
    asked: Asked,
    reason: ChoiceReason | None = None,
) -> Decision:
    passed, oldest = passed_by(hall, services, ticket.standing)
    called = TicketCalled(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=seat.window, staff=seat.staff,
        service=ticket.service, call=hall.record.call + 1, order=order, among=services, passed=passed,
        oldest_passed=oldest, reason=reason,
    )  # fmt: skip
    facts: tuple[Fact, ...] = (called,)
    if ticket.estimate is not None and ticket.state is TicketState.WAITING:
        facts += (_score(ticket, asked),)
    return Decision(facts, _call_reply(hall, ticket, seat.window, called.call, 1))


def _score(ticket: Ticket, asked: Asked) -> EstimateScored:
    assert ticket.estimate is not None
    waited = max(0, (micros(asked.now) - micros(ticket.issued_at)) // 1_000_000)
    return EstimateScored(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, service=ticket.service,
        estimate=ticket.estimate, waited_seconds=waited, covered=covers(ticket.estimate, waited),
    )  # fmt: skip


def _call_reply(hall: Hall, ticket: Ticket, window: int, call: int, count: int, event: str | None = None) -> CallReply:
    return CallReply(
        window=window, ticket=ticket.ticket, business_day=ticket.business_day, service=ticket.service, call=call,
        count=count, calls_left=hall.site.rules.calls_per_ticket - count, elder=ticket.elder, service_event=event,
    )  # fmt: skip


def recall(hall: Hall, request: Recall, asked: Asked) -> Decision:
    """Call the ticket in hand again, up to the limit."""
    ticket = hall.in_hand(request.window)
    meets(ticket, TicketRecalled)
    if hall.record.mode is HallMode.EMERGENCY:
        raise Refusal(RefusalCode.EMERGENCY)
    if ticket.count >= hall.site.rules.calls_per_ticket:
        raise Refusal(RefusalCode.CALL_LIMIT)
    fact = TicketRecalled(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=request.window,
        call=hall.record.call + 1, count=ticket.count + 1,
    )  # fmt: skip
    return Decision((fact,), _call_reply(hall, ticket, request.window, fact.call, fact.count))


def start(hall: Hall, request: StartService, asked: Asked) -> Decision:
    """Begin a service event."""
    ticket = hall.in_hand(request.window)
    meets(ticket, ServiceStarted)
    fact = ServiceStarted(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=request.window,
        staff=hall.seat(request.window).staff, service=ticket.service, service_event=asked.ids(),
    )  # fmt: skip
    return Decision((fact,), _call_reply(hall, ticket, request.window, ticket.call, ticket.count, fact.service_event))


def finish(hall: Hall, request: FinishService, asked: Asked) -> Decision:
    """End a service event; a ticket with more to do waits for it by its age."""
    ticket = hall.in_hand(request.window)
    meets(ticket, ServiceFinished)
    assert ticket.started_at is not None
    assert ticket.service_event is not None
    following = ticket.services[1] if len(ticket.services) > 1 else None
    fact = ServiceFinished(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=request.window,
        staff=hall.seat(request.window).staff, service=ticket.service, service_event=ticket.service_event,
        started_at=ticket.started_at, next_service=following,
        since=from_micros(micros(ticket.issued_at), asked.now) if following else None,
    )  # fmt: skip
    reply = FinishReply(ticket=ticket.ticket, service_event=ticket.service_event, next_service=following)
    return Decision((fact,), reply)


def no_show(hall: Hall, request: MarkNoShow, asked: Asked) -> Decision:
    """Free the window of a person who did not come."""
    ticket = hall.in_hand(request.window)
    meets(ticket, TicketMissed)
    fact = TicketMissed(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=request.window,
        count=ticket.count,
    )  # fmt: skip
    return Decision((fact,), Done())


def hold(hall: Hall, request: HoldTicket, asked: Asked) -> Decision:
    """Put the ticket in hand aside."""
    ticket = hall.in_hand(request.window)
    meets(ticket, TicketHeld)
    fact = TicketHeld(
        ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now, window=request.window,
        reason=request.reason,
    )  # fmt: skip
    return Decision((fact,), Done())
