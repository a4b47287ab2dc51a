"""How long will it take: queue length times learned service time, over the windows that serve.

The queue-length predictor of R. Ibrahim and W. Whitt (Real-time delay estimation based on delay history, 2007), with
the work of services that share the windows and the priority tickets that will pass; only +, -, *, / and the square
root are used, so that every machine computes the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from typing import NamedTuple

from contract.queue import Estimate, EstimateBasis, PriorityClass
from queue_caller.core.hall import Hall, micros
from queue_caller.core.lanes import FRONT, Standing
from queue_caller.core.openings import reopening
from queue_caller.core.record import Seat

_ROUNDS = 2
"""Times the forecast is fed back, since who goes first depends on how long it takes."""

AT_ONCE = 2
"""Minutes that are told when a window is free."""

_DOUBT = 0.15
"""Relative error of the learned mean itself."""


class Forecast(NamedTuple):
    """People who go first and the mean wait in seconds, `busy` without a free window; None without staff."""

    ahead: int
    seconds: float | None
    rounds: float
    """Completions the wait consists of: the more, the surer."""


def serving_seats(hall: Hall, service: str) -> list[Seat]:
    """Return the open windows that call a service now."""
    helps = _overflows(hall, service)
    return [
        seat
        for seat in hall.record.seats.values()
        if seat.is_open and not seat.pause and (service in seat.services or (helps and service in seat.overflow))
    ]


def _overflows(hall: Hall, service: str) -> bool:
    found = hall.site.service.get(service)
    return found is not None and found.overflow_above is not None and hall.waiting(service) > found.overflow_above


def among(hall: Hall, seat: Seat) -> tuple[str, ...]:
    """Return the services a window chooses from now: its own, and those it helps out with when they are long."""
    return seat.services + tuple(one for one in seat.overflow if _overflows(hall, one))


def ahead_of(hall: Hall, service: str, priority: PriorityClass, since: int, called_at: int) -> int:
    """Return how many waiting tickets go before one that stands at `since` if that one is called at `called_at`."""
    classes = hall.site.rules.classes
    own = classes[priority]
    value = own.rate * (called_at - since) + _micro(own.head_start)
    count = 0
    for name, lane in hall.line(service).lanes.items():
        if name == FRONT:
            count += len(lane.standings)
            continue
        rule = classes[PriorityClass(name)]
        threshold = called_at - (value - _micro(rule.head_start)) // rule.rate
        count += lane.older_than(threshold)
    return count


def _micro(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def forecast(hall: Hall, service: str, now: datetime, priority: PriorityClass, since: int | None = None) -> Forecast:
    """Return the forecast for a ticket that stands at `since`, or comes now."""
    start = micros(now)
    stands = start + 1 if since is None else since
    seats = serving_seats(hall, service)
    seconds, ahead, rounds = 0.0, 0, 1.0
    guess = hall.waiting(service) * hall.learned(service).mean / max(1, len(seats))
    for _ in range(_ROUNDS):
        ahead = ahead_of(hall, service, priority, stands, start + int(guess * 1e6))
        if not seats:
            return Forecast(ahead, None, 1.0)
        others = sum(_shared_work(hall, service, seats, stands))
        seconds, rounds = _wait(hall, service, priority, ahead, others, seats)
        guess = seconds
    return Forecast(ahead, seconds, rounds)


def _wait(
    hall: Hall, service: str, priority: PriorityClass, ahead: int, others: float, seats: list[Seat]
) -> tuple[float, float]:
    """Return mean seconds and the completions they consist of."""
    known = hall.learned(service)
    if not ahead and not others and any(seat.ticket is None for seat in seats):
        return 0.0, 1.0
    work = ahead * known.mean + others
    turns = work / known.mean
    work += _passers(hall, service, priority, turns) * known.mean
    residual = (1 + known.variance / (known.mean * known.mean)) / 2 * known.mean
    return (work + residual) / len(seats), work / known.mean + 1


def _shared_work(hall: Hall, service: str, seats: list[Seat], stands: int) -> Iterator[float]:
    """Yield the seconds of work that older tickets for other services bring to these windows."""
    shared: dict[str, int] = {}
    for seat in seats:
        for one in seat.services:
            if one != service:
                shared[one] = shared.get(one, 0) + 1
    for one, here in shared.items():
        if older := sum(lane.older_than(stands) for lane in hall.line(one).lanes.values()):
            yield older * hall.learned(one).mean * here / max(1, len(serving_seats(hall, one)))


def _passers(hall: Hall, service: str, priority: PriorityClass, turns: float) -> float:
    """Return how many tickets that come later will go first; a class twice as fast passes in half of the wait."""
    classes = hall.site.rules.classes
    own = classes[priority].rate
    shares = hall.learned(service).shares
    expected = sum(share * turns * max(0.0, 1 - own / classes[one].rate) for one, share in shares.items())
    return min(expected, float(hall.site.rules.pass_cap))


def estimate(hall: Hall, service: str, now: datetime, found: Forecast) -> Estimate:
    """Return the range to tell a citizen: from the queue, from the head of the line, or from the next opening on."""
    known = hall.learned(service)
    if (opens := reopening(hall, service, now)) is not None:
        until = (opens - now).total_seconds()
        seats = max(1, sum(service in window.services for window in hall.site.windows))
        work = found.ahead * known.mean / seats
        return _band(known.width, work, found.ahead + 1.0, 0.7, until, EstimateBasis.OPENING)
    if found.seconds is not None:
        spread = known.variance / (known.mean * known.mean)
        return _band(known.width, found.seconds, found.rounds, spread, 0.0, EstimateBasis.QUEUE_LENGTH)
    if first := hall.line(service).oldest(1):
        return _band(known.width, _age(first[0], now), 1.0, 0.5, 0.0, EstimateBasis.HEAD_OF_LINE)
    return _band(known.width, known.mean, 1.0, 1.0, 0.0, EstimateBasis.PRIOR)


def _age(standing: Standing, now: datetime) -> float:
    return max(60.0, (micros(now) - standing[0]) / 1e6)


def _band(width: float, seconds: float, rounds: float, spread: float, after: float, basis: EstimateBasis) -> Estimate:
    """Return `after` + `seconds` with a band of `width` spreads around it, in whole minutes."""
    off = 1 + width * sqrt(spread / rounds + _DOUBT * _DOUBT)
    low, high = (after + seconds / off) / 60, (after + seconds * off) / 60
    return Estimate(low_minutes=floor(low), high_minutes=max(ceil(high), floor(low) + AT_ONCE), basis=basis)


def covers(told: Estimate, waited_seconds: int) -> bool:
    """Return whether a wait lies in what was told."""
    return told.low_minutes * 60 <= waited_seconds <= told.high_minutes * 60
