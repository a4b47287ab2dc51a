"""Decisions on reserved times."""

from datetime import datetime

from contract.link import Done
from contract.queue import IssueChannel, PriorityClass, RefusalCode
from contract.queue_facts import AppointmentBooked, AppointmentCancelled, AppointmentCheckedIn
from contract.queue_requests import (
    AppointmentReply,
    BookAppointment,
    CancelAppointment,
    CheckIn,
    IssueTicket,
)
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.decide_tickets import issued_reply, new_ticket, refuse_if_shut
from queue_caller.core.errors import Refusal
from queue_caller.core.hall import Hall, micros
from queue_caller.core.openings import is_staffed
from queue_caller.core.record import Reservation


def book(hall: Hall, request: BookAppointment, asked: Asked) -> Decision:
    """Reserve a time in the future at which the service is staffed and its slot has room."""
    service = hall.service(request.service)
    rules = hall.site.rules
    if not asked.now < request.start <= asked.now + rules.booking_ahead:
        raise Refusal(RefusalCode.SERVICE_CLOSED)
    start = request.start.astimezone(asked.now.tzinfo)
    if not is_staffed(hall, service.id, start):
        raise Refusal(RefusalCode.SERVICE_CLOSED)
    if _booked(hall, service.id, start) >= service.slot_capacity:
        raise Refusal(RefusalCode.SLOT_FULL)
    fact = AppointmentBooked(
        appointment=asked.ids(), service=service.id, start=start, at=asked.now, person=request.person,
        elder=request.elder,
    )  # fmt: skip
    reply = AppointmentReply(
        appointment=fact.appointment, service=service.id, start=fact.start,
        check_in_from=fact.start - rules.check_in_early, check_in_until=fact.start + rules.check_in_late,
    )  # fmt: skip
    return Decision((fact,), reply)


def _booked(hall: Hall, service: str, start: datetime) -> int:
    slot = int(hall.site.rules.slot.total_seconds()) * 1_000_000
    others = (one for one in hall.record.reservations.values() if one.service == service and not one.is_missed)
    return sum(micros(one.start) // slot == micros(start) // slot for one in others)


def _reservation(hall: Hall, appointment: str) -> Reservation:
    if (found := hall.record.reservations.get(appointment)) is None:
        raise Refusal(RefusalCode.UNKNOWN_APPOINTMENT)
    return found


def cancel_appointment(hall: Hall, request: CancelAppointment, asked: Asked) -> Decision:
    """Give a time back."""
    found = _reservation(hall, request.appointment)
    return Decision((AppointmentCancelled(appointment=found.appointment, at=asked.now),), Done())


def check_in(hall: Hall, request: CheckIn, asked: Asked) -> Decision:
    """Give the ticket of an appointment: with its head start in time, an ordinary one when late."""
    found = _reservation(hall, request.appointment)
    rules = hall.site.rules
    earliest = found.start - rules.check_in_early
    if asked.now < earliest:
        raise Refusal(RefusalCode.TOO_EARLY, earliest)
    refuse_if_shut(hall, found.service, asked.now)
    in_time = asked.now <= found.start + rules.check_in_late
    wanted = IssueTicket(
        services=(found.service,), channel=IssueChannel.APPOINTMENT, elder=found.elder,
        person=request.person or found.person,
        priority=PriorityClass.APPOINTMENT if in_time else PriorityClass.ORDINARY,
    )  # fmt: skip
    issued = new_ticket(hall, wanted, asked, found.appointment)
    came = AppointmentCheckedIn(
        appointment=found.appointment, ticket=issued.ticket, business_day=issued.business_day, at=asked.now,
        in_time=in_time,
    )  # fmt: skip
    return Decision((issued, came), issued_reply(hall, issued))
