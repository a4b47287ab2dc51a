"""Who comes to the hall on a day, when and for what: everything drawn from the seed before the day begins."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulators.chance import Quantiles, Weighted, exponential, happens, lognormal, stream, within

HOUR = 3_600_000
"""Milliseconds of an hour; the plan counts whole milliseconds since midnight."""

_ARRIVALS = (3, 2, 2, 1, 1, 2, 4, 8, 44, 186, 198, 99, 30, 54, 117, 90, 56, 9, 5, 4, 4, 3, 4, 5)
"""Per hour of the day: a weekday's profile with its peak from nine to eleven, and the few of the night."""

_GRADES = (5, 10, 25, 80, 880)
"""Per thousand ratings, grade 1 to 5."""

_RATES = 450
_NO_SHOWS = 60
_WALKERS_AWAY = 100


class Habit(StrEnum):
    """What sets a visitor apart."""

    PLAIN = "plain"
    ELDER = "elder"
    APPOINTMENT = "appointment"
    FAMILY = "family"
    PRESSES_TWICE = "presses_twice"
    NO_SHOW = "no_show"
    WALKS_AWAY = "walks_away"
    COMES_BACK = "comes_back"
    STEPS_OUT = "steps_out"


@dataclass(frozen=True, slots=True)
class Queue:
    """What the plan needs to know of a service: its share of visitors and its times in milliseconds."""

    id: str
    share: int
    mean: int
    cv_percent: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's day; times in milliseconds, `services` in the order wanted, `rates` the grade they would press.

    `patience` is how long a WALKS_AWAY visitor waits, `back_after` when a COMES_BACK or STEPS_OUT one returns.
    """

    number: int
    day: int
    arrives: int
    services: tuple[str, ...]
    habit: Habit
    machine: int
    walk: int
    services_take: tuple[int, ...]
    rates: int | None
    rating_pause: int
    presses_rating_twice: bool
    patience: int
    back_after: int
    with_card: bool


_HABITS = (
    (Habit.ELDER, 90),
    (Habit.APPOINTMENT, 60),
    (Habit.FAMILY, 40),
    (Habit.PRESSES_TWICE, 50),
    (Habit.NO_SHOW, _NO_SHOWS),
    (Habit.WALKS_AWAY, _WALKERS_AWAY),
    (Habit.COMES_BACK, 30),
    (Habit.STEPS_OUT, 30),
    (Habit.PLAIN, 540),
)
_HABIT = Weighted([share for _, share in _HABITS])
_HOUR = Weighted(_ARRIVALS)
_GRADE = Weighted(_GRADES)
_PATIENCE: Quantiles = exponential(25 * 60_000)


def plan_day(seed: int, day: int, visitors: int, queues: Sequence[Queue], machines: int) -> list[Visit]:
    """Return a day's visitors in the order they arrive."""
    shares = Weighted([queue.share for queue in queues])
    visits = [
        _visit(stream(seed, "visitor", day, number), number, day, queues, shares, machines)
        for number in range(visitors)
    ]
    return sorted(visits, key=lambda visit: (visit.arrives, visit.number))


def _visit(
    chance: random.Random, number: int, day: int, queues: Sequence[Queue], shares: Weighted, machines: int
) -> Visit:
    habit = _HABITS[_HABIT.draw(chance)][0]
    wanted = _wanted(chance, queues, shares, habit)
    rates = 1 + _GRADE.draw(chance) if happens(chance, _RATES) else None
    return Visit(
        number=number,
        day=day,
        arrives=_HOUR.draw(chance) * HOUR + chance.randrange(HOUR),
        services=tuple(queue.id for queue in wanted),
        habit=habit,
        machine=chance.randrange(machines),
        walk=within(chance, 4_000, 25_000),
        services_take=tuple(lognormal(queue.mean, queue.cv_percent).draw(chance) for queue in wanted),
        rates=rates,
        rating_pause=within(chance, 2_000, 40_000),
        presses_rating_twice=happens(chance, 80),
        patience=10 * 60_000 + _PATIENCE.draw(chance),
        back_after=within(chance, 3, 25) * 60_000,
        with_card=happens(chance, 500),
    )


def _wanted(chance: random.Random, queues: Sequence[Queue], shares: Weighted, habit: Habit) -> list[Queue]:
    wanted = [queues[shares.draw(chance)]]
    while habit is Habit.FAMILY and len(wanted) < 2:
        another = queues[shares.draw(chance)]
        if another not in wanted:
            wanted.append(another)
    return wanted
