"""What facts about windows, days, blocks, appointments and answers do to the hall."""

from heapq import heappush

import msgspec

from contract.queue_facts import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCheckedIn,
    AppointmentMissed,
    BlockLeased,
    BusinessDayStarted,
    EpochStarted,
    ModeChanged,
    OfflineTicketRefused,
    QueueStateChanged,
    RequestAnswered,
    WindowClosed,
    WindowOpened,
    WindowPaused,
    WindowResumed,
)
from hallkit.rules.numbering import COUNTER_SERIES, LEASE_SERIES
from queue_caller.core.hall import Hall, micros
from queue_caller.core.record import Answer, Counter, LeasedBlock, LostRun, Reservation, Seat


def window_opened(hall: Hall, fact: WindowOpened) -> None:
    """Staff sits at a window that has nothing in hand."""
    hall.record.seats[fact.window] = Seat(fact.window, fact.staff, fact.services, fact.overflow)
    _touch_window(hall, fact.window)


def window_paused(hall: Hall, fact: WindowPaused) -> None:
    """The window calls nobody more."""
    seat = hall.record.seats[fact.window]
    seat.pause, seat.until = fact.reason, fact.until
    _touch_window(hall, fact.window)


def window_resumed(hall: Hall, fact: WindowResumed) -> None:
    """The window calls again."""
    seat = hall.record.seats[fact.window]
    seat.pause = seat.until = None
    _touch_window(hall, fact.window)


def window_closed(hall: Hall, fact: WindowClosed) -> None:
    """Staff is gone, or will be once the ticket in hand is finished."""
    seat = hall.record.seats[fact.window]
    seat.is_open, seat.pause, seat.until = False, None, None
    _touch_window(hall, fact.window)


def _touch_window(hall: Hall, window: int) -> None:
    seat = hall.record.seats[window]
    for service in seat.services + seat.overflow:
        hall.touch(service)


def appointment_booked(hall: Hall, fact: AppointmentBooked) -> None:
    """A time is reserved until shortly after it."""
    hall.record.reservations[fact.appointment] = Reservation(
        fact.appointment, fact.service, fact.start, fact.person, fact.elder
    )
    heappush(hall.timers, (micros(fact.start + hall.site.rules.check_in_late), fact.appointment))


def appointment_over(hall: Hall, fact: AppointmentCancelled | AppointmentCheckedIn) -> None:
    """A time is free again, or its person is here."""
    hall.record.reservations.pop(fact.appointment, None)


def appointment_missed(hall: Hall, fact: AppointmentMissed) -> None:
    """Nobody came: it is counted."""
    reservation = msgspec.structs.replace(hall.record.reservations[fact.appointment], is_missed=True)
    hall.record.reservations[fact.appointment] = reservation
    hall.tally(reservation.start.date(), fact.service).appointments_missed += 1


def block_leased(hall: Hall, fact: BlockLeased) -> None:
    """The numbers of a block are gone from the series."""
    block = fact.block
    hall.record.blocks[block.block] = LeasedBlock(block)
    counters = hall.record.counters.setdefault(block.business_day.isoformat(), {})
    counter = counters.setdefault(block.prefix, Counter())
    counter.leased = max(counter.leased, block.last)


def offline_refused(hall: Hall, fact: OfflineTicketRefused) -> None:
    """Nothing changes: the fact itself is what staff and the audit need."""


def queue_state_changed(hall: Hall, fact: QueueStateChanged) -> None:
    """The state that boards show and tickets obey."""
    hall.record.states[fact.service] = fact.state
    hall.touched.add(fact.service)


def mode_changed(hall: Hall, fact: ModeChanged) -> None:
    """How the hall is attended."""
    hall.record.mode, hall.record.mode_by_hand = fact.mode, fact.by_hand
    hall.touched.update(hall.site.service)


COUNTED_DAYS = 8
"""Business days whose numbers are remembered at least: a clock far ahead may begin some before anybody notices."""


def business_day_started(hall: Hall, fact: BusinessDayStarted) -> None:
    """Numbers start afresh; what only the days before the last one need is forgotten.

    A day that is earlier than the last one is come back to: its numbers go on.
    """
    record, day = hall.record, fact.business_day
    keep = record.previous_day = min(record.business_day or day, day)
    record.business_day = day
    hall.forget_ended_before(keep)
    lately = min(sorted(record.counters)[-COUNTED_DAYS:], default="")
    record.answers = {key: one for key, one in record.answers.items() if (one.business_day or day) >= keep}
    record.counters = {key: one for key, one in record.counters.items() if key >= min(keep.isoformat(), lately)}
    record.reservations = {key: one for key, one in record.reservations.items() if not one.is_missed}
    oldest = day - hall.site.rules.block_memory
    record.blocks = {key: one for key, one in record.blocks.items() if one.block.business_day >= oldest}
    record.lost = [one for one in record.lost if one.business_day >= oldest]
    for old in sorted(record.tallies)[: -hall.site.rules.summary_days]:
        del record.tallies[old]


def epoch_started(hall: Hall, fact: EpochStarted) -> None:
    """Skip every number that a lost fact may have used: one each from the counter, a block each from the leases."""
    record = hall.record
    record.epoch = fact.epoch
    record.epochs.append(fact.epoch)
    if not fact.missing:
        return
    for day in fact.days:
        counters = record.counters.setdefault(day.isoformat(), {})
        for prefix in fact.prefixes:
            counter = counters.setdefault(prefix, Counter())
            counter.issued = COUNTER_SERIES.skip(counter.issued, fact.missing)
            before, counter.leased = counter.leased, LEASE_SERIES.skip(counter.leased, fact.missing * fact.block_size)
            record.lost.append(LostRun(day, prefix, before, counter.leased))


def request_answered(hall: Hall, fact: RequestAnswered) -> None:
    """The reply a retry gets."""
    answer = Answer(fact.digest, fact.kind, fact.reply, hall.record.business_day)
    hall.record.answers[f"{fact.device}/{fact.key}"] = answer
