"""Replay: each fact's effect, in one table."""

from collections.abc import Callable, Mapping
from typing import Any

from contract import queue_facts as facts
from contract.body import Fact
from queue_caller.core import evolve_hall, evolve_tickets
from queue_caller.core.errors import JournalError
from queue_caller.core.hall import Hall

EFFECTS: Mapping[type[Fact], Callable[[Hall, Any], None]] = {
    facts.TicketIssued: evolve_tickets.issued,
    facts.OfflineTicketAccepted: evolve_tickets.offline_accepted,
    facts.OfflineTicketRefused: evolve_hall.offline_refused,
    facts.TicketCalled: evolve_tickets.called,
    facts.TicketRecalled: evolve_tickets.recalled,
    facts.ServiceStarted: evolve_tickets.started,
    facts.ServiceFinished: evolve_tickets.finished,
    facts.TicketMissed: evolve_tickets.missed,
    facts.TicketSteppedAway: evolve_tickets.stepped_away,
    facts.TicketTransferred: evolve_tickets.transferred,
    facts.TicketHeld: evolve_tickets.held,
    facts.TicketReturned: evolve_tickets.returned,
    facts.TicketCancelled: evolve_tickets.cancelled,
    facts.TicketExpired: evolve_tickets.expired,
    facts.EstimateScored: evolve_tickets.scored,
    facts.WindowOpened: evolve_hall.window_opened,
    facts.WindowPaused: evolve_hall.window_paused,
    facts.WindowResumed: evolve_hall.window_resumed,
    facts.WindowClosed: evolve_hall.window_closed,
    facts.AppointmentBooked: evolve_hall.appointment_booked,
    facts.AppointmentCancelled: evolve_hall.appointment_over,
    facts.AppointmentCheckedIn: evolve_hall.appointment_over,
    facts.AppointmentMissed: evolve_hall.appointment_missed,
    facts.BlockLeased: evolve_hall.block_leased,
    facts.QueueStateChanged: evolve_hall.queue_state_changed,
    facts.ModeChanged: evolve_hall.mode_changed,
    facts.BusinessDayStarted: evolve_hall.business_day_started,
    facts.EpochStarted: evolve_hall.epoch_started,
    facts.RequestAnswered: evolve_hall.request_answered,
}


def evolve(hall: Hall, fact: Fact) -> None:
    """Let a fact have its effect; raise JournalError for one that does not follow from those before."""
    effect = EFFECTS.get(type(fact))
    if effect is None:
        raise JournalError(f"{type(fact).__name__} is no fact of the queue")
    effect(hall, fact)
