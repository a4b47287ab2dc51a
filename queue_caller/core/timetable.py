"""What happens by time alone, and when the engine must look again."""

from datetime import datetime
from heapq import heappop

from contract.board import QueueState
from contract.body import Fact
from contract.queue import ExpiryReason, TicketState
from contract.queue_facts import (
    AppointmentMissed,
    BusinessDayStarted,
    ModeChanged,
    QueueStateChanged,
    TicketExpired,
)
from queue_caller.core.hall import Hall, from_micros, micros
from queue_caller.core.openings import business_day, next_day_start, next_mode_change, opening_after, timetable_mode
from queue_caller.core.queue_state import forecast_state


class Timetable:
    """Knows what is due; keeps only what can be worked out again."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._changes: dict[str, datetime | None] = {}

    def due(self, now: datetime) -> tuple[Fact, ...]:
        """Return what is due, one kind at a time: the day, the mode, ended tickets, queue states."""
        return self.new_day(now) or self._new_mode(now) or self._timers(now) or self._states(now)

    def next_deadline(self, now: datetime) -> datetime | None:
        """Return when something is due: `now` or earlier if it is already, None if only requests change anything."""
        hall = self._hall
        if hall.touched and self._states(now):
            return now
        found = [next_day_start(hall, now), *self._changes.values()]
        if self.new_day(now) or self._new_mode(now):
            return now
        if not hall.record.mode_by_hand:
            found.append(next_mode_change(hall, now))
        if (timer := self._next_timer()) is not None:
            found.append(from_micros(timer, now))
        return min((one for one in found if one is not None), default=None)

    def new_day(self, now: datetime) -> tuple[Fact, ...]:
        """Return the start of the business day if it is due."""
        day, current = business_day(self._hall, now), self._hall.record.business_day
        if day == current:
            return ()
        return (BusinessDayStarted(business_day=day, at=now),)

    def _new_mode(self, now: datetime) -> tuple[Fact, ...]:
        record = self._hall.record
        mode = record.mode if record.mode_by_hand else timetable_mode(self._hall, now)
        return () if mode is record.mode else (ModeChanged(mode=mode, by_hand=False, at=now),)

    def _states(self, now: datetime) -> tuple[Fact, ...]:
        """Return the queue states that differ from those last told, looking only where something may have changed."""
        hall, facts = self._hall, []
        for service in hall.site.service:
            change = self._changes.get(service)
            if service not in hall.touched and (change is None or change > now):
                continue
            found = forecast_state(hall, service, now)
            self._changes[service] = found.changes_at
            hall.touched.discard(service)
            if found.state is not hall.state_of(service):
                reopens = opening_after(hall, service, now) if found.state in _SHUT else None
                facts.append(QueueStateChanged(service=service, state=found.state, at=now, reopens=reopens))
                hall.touched.add(service)
        return tuple(facts)

    def _next_timer(self) -> int | None:
        timers = self._hall.timers
        while timers and not self._is_valid(timers[0]):
            heappop(timers)
        return timers[0][0] if timers else None

    def _is_valid(self, timer: tuple[int, str]) -> bool:
        due, name = timer
        record = self._hall.record
        if (reservation := record.reservations.get(name)) is not None:
            return not reservation.is_missed and due == micros(reservation.start + self._hall.site.rules.check_in_late)
        ticket = record.tickets.get(name)
        ends = self._hall.expires(ticket) if ticket is not None else None
        return ends is not None and due == micros(ends)

    def _timers(self, now: datetime) -> tuple[Fact, ...]:
        """Return the end of the ticket or the appointment that is due first."""
        due = self._next_timer()
        if due is None or due > micros(now):
            return ()
        name = self._hall.timers[0][1]
        if (reservation := self._hall.record.reservations.get(name)) is not None:
            return (
                AppointmentMissed(
                    appointment=name, service=reservation.service, at=now, person=reservation.person
                ),
            )  # fmt: skip
        ticket = self._hall.record.tickets[name]
        missed = ticket.state is TicketState.MISSED
        reason = ExpiryReason.NOT_RETURNED if missed else ExpiryReason.TOO_OLD
        return (TicketExpired(ticket=ticket.ticket, business_day=ticket.business_day, at=now, reason=reason),)


_SHUT = (QueueState.FULL, QueueState.CLOSED)
