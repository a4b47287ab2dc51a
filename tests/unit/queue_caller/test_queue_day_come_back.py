"""A business day that a wrong clock began far ahead is left again, and no number is given twice."""

from datetime import date, datetime, timedelta

from contract.queue_facts import BusinessDayStarted
from hallkit.runtime.clock import SHANGHAI
from queue_caller.core.evolve_hall import COUNTED_DAYS, business_day_started
from queue_caller.core.hall import Hall
from queue_caller.core.openings import AHEAD, business_day
from queue_caller.core.record import Counter, Tally
from queue_caller.core.site import Service, ServiceWindow, Site

SITE = Site(
    hall="demo",
    services=(Service(id="tax", zone="A", prefix="A"),),
    windows=(ServiceWindow(number=1, zone="A", services=("tax",)),),
)
TODAY = datetime(2026, 9, 14, 10, tzinfo=SHANGHAI)


def _start(hall: Hall, day: date) -> None:
    business_day_started(hall, BusinessDayStarted(business_day=day, at=TODAY))
    hall.record.counters[day.isoformat()] = {"A": Counter(issued=day.day)}
    hall.record.tallies[day.isoformat()] = {"A": Tally()}


def test_a_day_far_ahead_is_left_and_todays_numbers_go_on() -> None:
    hall = Hall(SITE)
    _start(hall, TODAY.date())
    for more in range(COUNTED_DAYS - 2):
        _start(hall, TODAY.date() + AHEAD + timedelta(days=30 + more))
    assert business_day(hall, TODAY) == TODAY.date()
    business_day_started(hall, BusinessDayStarted(business_day=TODAY.date(), at=TODAY))
    assert hall.record.counters[TODAY.date().isoformat()]["A"].issued == TODAY.day
    assert len(hall.record.counters) == COUNTED_DAYS - 1, "the days ahead will come, and their numbers are used"


def test_a_day_little_ahead_stays() -> None:
    hall = Hall(SITE)
    _start(hall, TODAY.date())
    _start(hall, TODAY.date() + AHEAD)
    assert business_day(hall, TODAY) == TODAY.date() + AHEAD


def test_a_day_whose_numbers_are_forgotten_is_not_come_back_to() -> None:
    hall = Hall(SITE)
    _start(hall, TODAY.date())
    ahead = [TODAY.date() + AHEAD + timedelta(days=30 + more) for more in range(2 * COUNTED_DAYS)]
    for day in ahead:
        _start(hall, day)
    assert business_day(hall, TODAY) == ahead[-1]
