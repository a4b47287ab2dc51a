"""The legal clock: working days from acceptance to the due date, and why each day counts or not.

Source: Administrative Licensing Law, articles 42, 45 and 82: limits are working days, the day of acceptance does not
count, and neither do hearing, tender, auction, inspection, testing, quarantine, appraisal and expert review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from contract.cases import CountedDay, DayMark
from hallkit.rules.calendar import SATURDAY, WorkCalendar

LONGEST = 2_000
"""Calendar days a count may take at most."""

ANSWER_DAYS = 5
"""Working days in which an application must be answered; silence is acceptance (article 32)."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A special procedure: days from `since` to the day before `until` do not count; it lasts while `until` is None."""

    procedure: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day falls into it."""
        return self.since <= day and (self.until is None or day < self.until)


class Count(NamedTuple):
    """Where a count ends: None while it is suspended; `provisional` past the published table; every day of the way."""

    due: date | None
    provisional: bool
    days: tuple[CountedDay, ...]


def count(calendar: WorkCalendar, accepted: date, promised: int, suspensions: Sequence[Suspension] = ()) -> Count:
    """Count `promised` working days after `accepted`; with 0 it is due the same day, or on the next working day."""
    day, number = accepted, 0
    days = [_first(calendar, accepted, promised)]
    if promised == 0 and days[0].number:
        return Count(accepted, not calendar.covers(accepted), tuple(days))
    wanted = max(promised, 1)
    while number < wanted:
        day += timedelta(days=1)
        paused = next((one for one in suspensions if one.covers(day)), None)
        if (paused is not None and paused.until is None) or len(days) > LONGEST:
            return Count(None, any(one.provisional for one in days), tuple(days))
        counts = paused is None and calendar.is_workday(day)
        number += counts
        mark = DayMark.SUSPENDED if paused is not None else mark_of(calendar, day)
        shown = number if counts else 0
        days.append(CountedDay(day=day, mark=mark, number=shown, provisional=not calendar.covers(day)))
    return Count(day, any(one.provisional for one in days), tuple(days))


def mark_of(calendar: WorkCalendar, day: date) -> DayMark:
    """Return why a day counts or not: a working day, one exchanged for a holiday, a weekend, a holiday."""
    if calendar.is_workday(day):
        return DayMark.SHIFTED if day.weekday() >= SATURDAY else DayMark.COUNTED
    return DayMark.WEEKEND if day.weekday() >= SATURDAY and day not in calendar.holidays else DayMark.HOLIDAY


def first_counted(counted: Count) -> date | None:
    """Return the first day that counts, None if none does yet."""
    return next((one.day for one in counted.days if one.number), None)


def _first(calendar: WorkCalendar, accepted: date, promised: int) -> CountedDay:
    today_counts = promised == 0 and calendar.is_workday(accepted)
    mark = DayMark.START if not today_counts else mark_of(calendar, accepted)
    return CountedDay(day=accepted, mark=mark, number=int(today_counts), provisional=not calendar.covers(accepted))
