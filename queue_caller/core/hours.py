"""Opening hours: spans of weekdays and single days, merged across midnight."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

_LOOK_AHEAD = 60
"""Days within which a next opening is looked for."""

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` to `closes` (00:00 is midnight at the end) on `weekdays`, 0 being Monday."""

    opens: time
    closes: time
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class SingleDay:
    """One date's own hours in place of its weekday's; no hours at all means closed, such as a public holiday."""

    day: date
    opens: time | None = None
    closes: time = _MIDNIGHT


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open; no spans means always, but for the single days."""

    spans: tuple[Span, ...] = ()
    days: tuple[SingleDay, ...] = ()

    def faults(self) -> list[str]:
        """Return what is wrong with these hours."""
        pairs = [(span.opens, span.closes) for span in self.spans]
        pairs += [(day.opens, day.closes) for day in self.days if day.opens is not None]
        wrong = [f"opens {a:%H:%M} after it closes {b:%H:%M}" for a, b in pairs if b != _MIDNIGHT and a >= b]
        bad_days = [span for span in self.spans if not set(span.weekdays) <= set(range(7))]
        return wrong + [f"weekdays {span.weekdays} are not 0 to 6" for span in bad_days]

    def closes_at(self, now: datetime) -> datetime | None:
        """Return when an opening that holds `now` ends; None if closed now, `datetime.max` if it never ends."""
        if not self.spans and not self.days:
            return datetime.max.replace(tzinfo=now.tzinfo)
        midnight = datetime.combine(now.date(), _MIDNIGHT, now.tzinfo)
        for start, stop in _openings(self, now.date()):
            if start <= now - midnight < stop:
                end = _end(self, now.date(), stop)
                return datetime.max.replace(tzinfo=now.tzinfo) if end is None else midnight + end
        return None

    def opens_at(self, now: datetime) -> datetime | None:
        """Return the next moment after `now` at which it opens, None if none is near or it is open now."""
        if self.closes_at(now) is not None:
            return None
        midnight = datetime.combine(now.date(), _MIDNIGHT, now.tzinfo)
        for ahead in range(_LOOK_AHEAD):
            for start, _ in _openings(self, now.date() + ahead * _DAY):
                begins = midnight + ahead * _DAY + start
                if begins > now:
                    return begins
        return None


ALWAYS = Hours()


def _offset(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


@lru_cache(maxsize=4096)
def _end(hours: Hours, day: date, stop: timedelta) -> timedelta | None:
    """Return how long after the midnight before `day` an opening until `stop` ends, None if it is never seen to."""
    for ahead in range(1, _LOOK_AHEAD):
        following = _openings(hours, day + ahead * _DAY)
        if stop < ahead * _DAY or not following or following[0][0]:
            return stop
        stop = ahead * _DAY + following[0][1]
    return None


@lru_cache(maxsize=4096)
def _openings(hours: Hours, day: date) -> tuple[tuple[timedelta, timedelta], ...]:
    """Return a date's openings from its midnight on, those that touch made one."""
    own = [single for single in hours.days if single.day == day]
    pairs = [(single.opens, single.closes) for single in own if single.opens is not None]
    if not own and not hours.spans:
        return ((timedelta(), _DAY),)
    if not own:
        pairs = [(span.opens, span.closes) for span in hours.spans if day.weekday() in span.weekdays]
    merged: list[tuple[timedelta, timedelta]] = []
    for start, stop in sorted((_offset(opens), _offset(closes) or _DAY) for opens, closes in pairs):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return tuple(merged)
