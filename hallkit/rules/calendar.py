"""Working days of the mainland: weekends, statutory holidays and the weekdays they were exchanged for.

Source: the yearly holiday notices of the General Office of the State Council, as carried by `chinesecalendar`.
Past the last year the table covers, a weekday counts as a working day and the answer is provisional.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar

SATURDAY = 5


class DueDate(NamedTuple):
    """A counted day; `provisional` when the holidays of a year on the way are not published yet."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Holidays and shifted working days from `first_year` to `last_year`; `version` names the table for audits."""

    version: str
    first_year: int
    last_year: int
    holidays: frozenset[date]
    shifted: frozenset[date]

    def covers(self, day: date) -> bool:
        """Whether the table knows the holidays of the day's year."""
        return self.first_year <= day.year <= self.last_year

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`; only a guess from the weekday where the table does not cover it."""
        if day in self.shifted:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, start: date, workdays: int) -> DueDate:
        """Return the `workdays`th working day after `start`, which itself is not counted."""
        day, provisional = start, not self.covers(start)
        while workdays > 0:
            day += timedelta(days=1)
            provisional = provisional or not self.covers(day)
            workdays -= self.is_workday(day)
        return DueDate(day, provisional)

    def between(self, start: date, end: date) -> int:
        """Return the number of working days after `start` up to and including `end`; negative if `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))

    def changed(self, version: str, holidays: Iterable[date], shifted: Iterable[date], year: int) -> "WorkCalendar":
        """Return the calendar with one year's days replaced, as a new notice orders."""
        kept_holidays = {day for day in self.holidays if day.year != year}
        kept_shifted = {day for day in self.shifted if day.year != year}
        return WorkCalendar(
            version,
            min(self.first_year, year),
            max(self.last_year, year),
            frozenset(kept_holidays.union(holidays)),
            frozenset(kept_shifted.union(shifted)),
        )


@lru_cache(maxsize=1)
def published() -> WorkCalendar:
    """Return the calendar seeded from the published notices the installed `chinesecalendar` carries."""
    holidays, shifted = frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays)
    first, last = min(day.year for day in holidays), max(day.year for day in holidays)
    return WorkCalendar(f"chinesecalendar {first}-{last}", first, last, holidays, shifted)
