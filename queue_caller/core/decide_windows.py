"""Decisions on windows, the hall's mode and the business day."""

from contract.body import Fact
from contract.link import Done
from contract.queue import RefusalCode, ReturnOutcome, TicketState
from contract.queue_facts import (
    BusinessDayStarted,
    ModeChanged,
    TicketReturned,
    WindowClosed,
    WindowOpened,
    WindowPaused,
    WindowResumed,
)
from contract.queue_requests import CloseWindow, OpenWindow, PauseWindow, ResumeWindow, SetMode, StartBusinessDay
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.errors import Refusal
from queue_caller.core.hall import Hall, from_micros
from queue_caller.core.openings import timetable_mode
from queue_caller.core.record import Seat


def _open_seat(hall: Hall, window: int) -> Seat:
    seat = hall.seat(window)
    if not seat.is_open:
        raise Refusal(RefusalCode.WINDOW_CLOSED)
    return seat


def open_window(hall: Hall, request: OpenWindow, asked: Asked) -> Decision:
    """Seat staff; nobody serves what the window or the staff's own skills do not allow."""
    window = hall.site.window.get(request.window)
    if window is None:
        raise Refusal(RefusalCode.UNKNOWN_WINDOW)
    seat = hall.record.seats.get(request.window)
    if seat is not None and seat.is_open:
        raise Refusal(RefusalCode.WINDOW_OPEN)
    if seat is not None and seat.ticket is not None:
        raise Refusal(RefusalCode.WINDOW_BUSY)
    allowed = window.services + window.overflow
    chosen = request.services or window.services
    skills = allowed if request.skills is None else request.skills
    services = tuple(one for one in dict.fromkeys(chosen) if one in skills)
    if not services or any(one not in allowed for one in chosen):
        raise Refusal(RefusalCode.NOT_AUTHORISED)
    helps = tuple(one for one in window.overflow if one in skills and one not in services)
    fact = WindowOpened(window=request.window, staff=request.staff, services=services, overflow=helps, at=asked.now)
    return Decision((fact,), Done())


def pause_window(hall: Hall, request: PauseWindow, asked: Asked) -> Decision:
    """Stop calling at a window."""
    seat = _open_seat(hall, request.window)
    if seat.pause is not None:
        raise Refusal(RefusalCode.WINDOW_PAUSED, seat.until)
    fact = WindowPaused(
        window=request.window, staff=seat.staff, reason=request.reason, at=asked.now, until=request.until
    )
    return Decision((fact,), Done())


def resume_window(hall: Hall, request: ResumeWindow, asked: Asked) -> Decision:
    """Call again at a window."""
    seat = _open_seat(hall, request.window)
    if seat.pause is None:
        raise Refusal(RefusalCode.WINDOW_OPEN)
    return Decision((WindowResumed(window=request.window, staff=seat.staff, at=asked.now),), Done())


def close_window(hall: Hall, request: CloseWindow, asked: Asked) -> Decision:
    """Let staff go; nobody who was called is left standing."""
    seat = _open_seat(hall, request.window)
    facts: list[Fact] = []
    ticket = hall.record.tickets[seat.ticket] if seat.ticket is not None else None
    if ticket is not None and ticket.state is TicketState.CALLED:
        facts.append(
            TicketReturned(
                ticket=ticket.ticket, business_day=ticket.business_day, at=asked.now,
                outcome=ReturnOutcome.KEPT_PLACE, since=from_micros(ticket.since, asked.now),
            )
        )  # fmt: skip
    facts.append(WindowClosed(window=request.window, staff=seat.staff, at=asked.now))
    return Decision(tuple(facts), Done())


def set_mode(hall: Hall, request: SetMode, asked: Asked) -> Decision:
    """Set the mode by hand, or let the timetable have it back."""
    by_hand = request.mode is not None
    mode = request.mode if request.mode is not None else timetable_mode(hall, asked.now)
    if (mode, by_hand) == (hall.record.mode, hall.record.mode_by_hand):
        return Decision((), Done())
    return Decision((ModeChanged(mode=mode, by_hand=by_hand, at=asked.now),), Done())


def start_business_day(hall: Hall, request: StartBusinessDay, asked: Asked) -> Decision:
    """Start the day by hand, once a date and only where the clock does not."""
    day, current = asked.now.date(), hall.record.business_day
    if hall.site.rules.day_start is not None or (current is not None and day <= current):
        raise Refusal(RefusalCode.DAY_ALREADY_STARTED)
    return Decision((BusinessDayStarted(business_day=day, at=asked.now),), Done())
