"""What a zone shows: built from the hall, enumerated words only."""

from datetime import datetime

from contract.board import (
    CallOnBoard,
    QueueOnBoard,
    QueueState,
    WindowOnBoard,
    WindowState,
    ZoneBoard,
)
from contract.queue import PriorityClass, TicketState
from contract.queue_requests import AskQueues, ForecastScore, QueuesReply
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.evolve_tickets import RECENT_CALLS
from queue_caller.core.forecast import estimate, forecast
from queue_caller.core.hall import Hall
from queue_caller.core.openings import business_day, opening_after
from queue_caller.core.record import Seat
from queue_caller.core.site import ServiceWindow


def zone_board(hall: Hall, zone: str, now: datetime) -> ZoneBoard:
    """Return everything a zone's displays and voices need."""
    windows = [window for window in hall.site.windows if window.zone == zone]
    return ZoneBoard(
        zone=zone, business_day=hall.record.business_day or business_day(hall, now), as_of=now, mode=hall.record.mode,
        windows=tuple(_window(hall, window) for window in windows),
        queues=tuple(queue_on_board(hall, one.id, now) for one in hall.site.services if one.zone == zone),
        calls=_calls(hall, windows),
    )  # fmt: skip


def _calls(hall: Hall, windows: list[ServiceWindow]) -> tuple[CallOnBoard, ...]:
    calls = [call for window in windows for call in hall.record.recent.get(window.number, ())]
    return tuple(sorted(calls, key=lambda one: one.call, reverse=True)[:RECENT_CALLS])


def _window(hall: Hall, window: ServiceWindow) -> WindowOnBoard:
    seat = hall.record.seats.get(window.number)
    if seat is None or not (seat.is_open or seat.ticket):
        return WindowOnBoard(window=window.number, state=WindowState.CLOSED)
    if seat.ticket is not None:
        ticket = hall.record.tickets[seat.ticket]
        serving = ticket.state is TicketState.SERVING
        state = WindowState.SERVING if serving else WindowState.CALLING
        return WindowOnBoard(window=window.number, state=state, ticket=ticket.ticket, count=ticket.count)
    return _idle_window(seat)


def _idle_window(seat: Seat) -> WindowOnBoard:
    if seat.pause is None:
        return WindowOnBoard(window=seat.window, state=WindowState.FREE)
    return WindowOnBoard(window=seat.window, state=WindowState.PAUSED, until=seat.until, reason=seat.pause)


def queue_on_board(hall: Hall, service: str, now: datetime) -> QueueOnBoard:
    """Return one service with what an ordinary newcomer would wait; no forecast while no window serves it."""
    state = hall.state_of(service)
    found = forecast(hall, service, now, PriorityClass.ORDINARY)
    told = estimate(hall, service, now, found) if found.seconds is not None and state is not QueueState.CLOSED else None
    shut = state in (QueueState.CLOSED, QueueState.FULL)
    return QueueOnBoard(
        service=service, state=state, waiting=hall.waiting(service),
        low_minutes=told.low_minutes if told else None, high_minutes=told.high_minutes if told else None,
        reopens=opening_after(hall, service, now) if shut else None,
    )  # fmt: skip


def ask_queues(hall: Hall, request: AskQueues, asked: Asked) -> Decision:
    """Tell the whole hall at a glance, with how well it foretold today."""
    day = hall.record.business_day or business_day(hall, asked.now)
    today = hall.record.tallies.get(day.isoformat(), {})
    scores = tuple(
        ForecastScore(service=service, business_day=day, scored=tally.scored, covered=tally.covered)
        for service, tally in today.items()
    )
    queues = tuple(queue_on_board(hall, one.id, asked.now) for one in hall.site.services)
    reply = QueuesReply(business_day=day, mode=hall.record.mode, as_of=asked.now, queues=queues, scores=scores)
    return Decision((), reply)
