"""When a service is open, when it opens again, and the hall's mode by the timetable."""

from datetime import MAXYEAR, date, datetime, timedelta

from contract.board import HallMode
from queue_caller.core.hall import Hall

AHEAD = timedelta(days=30)
"""A business day that is more than this ahead was begun by a clock that was wrong."""


def business_day(hall: Hall, now: datetime) -> date:
    """Return the business day of `now`: the hall's own, never an earlier one than already begun.

    One that a wrong clock began far ahead is left again, if it is known which numbers `now`'s own day has used.
    """
    start, current = hall.site.rules.day_start, hall.record.business_day
    if start is None:
        return current or now.date()
    offset = timedelta(hours=start.hour, minutes=start.minute, seconds=start.second)
    day = (now - offset).date()
    if current is None or (current - day > AHEAD and hall.record.knows_numbers_of(day)):
        return day
    return max(current, day)


def next_day_start(hall: Hall, now: datetime) -> datetime | None:
    """Return when the next business day starts, None where that is done by hand."""
    start = hall.site.rules.day_start
    if start is None:
        return None
    return datetime.combine(business_day(hall, now) + timedelta(days=1), start, now.tzinfo)


def timetable_mode(hall: Hall, now: datetime) -> HallMode:
    """Return the mode the timetable gives."""
    closes = hall.site.attended.closes_at(now)
    if closes is None:
        return HallMode.UNATTENDED
    return HallMode.CLOSING if closes - now <= hall.site.rules.closing_notice else HallMode.OPEN


def present_mode(hall: Hall, now: datetime) -> HallMode:
    """Return the mode set by hand, else the timetable's."""
    return hall.record.mode if hall.record.mode_by_hand else timetable_mode(hall, now)


def closing(hall: Hall, service: str, now: datetime) -> datetime | None:
    """Return when an open service closes, None if it is closed now."""
    found = hall.site.service[service]
    closes = found.hours.closes_at(now)
    if found.self_service or closes is None:
        return closes
    if present_mode(hall, now) is HallMode.UNATTENDED:
        return None
    attended = hall.site.attended.closes_at(now)
    return closes if attended is None else min(closes, attended)


def reopening(hall: Hall, service: str, now: datetime) -> datetime | None:
    """Return when a closed service opens again, None if it is open or nobody can know."""
    if closing(hall, service, now) is not None:
        return None
    return opening_after(hall, service, now)


def opening_after(hall: Hall, service: str, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which a service begins to be served, None if none is near."""
    found = hall.site.service[service]
    tables = [found.hours] if found.self_service else [found.hours, hall.site.attended]
    at = now
    closes = [table.closes_at(now) for table in tables]
    if all(end is not None for end in closes):
        at = min(end for end in closes if end is not None)
        if at.year == MAXYEAR:
            return None
    for _ in range(60):
        shut = [table for table in tables if table.closes_at(at) is None]
        if not shut:
            return at
        later = [table.opens_at(at) for table in shut]
        if any(one is None for one in later):
            return None
        at = max(one for one in later if one is not None)
    return None


def is_staffed(hall: Hall, service: str, at: datetime) -> bool:
    """Return whether the timetable opens a service at a future time."""
    found = hall.site.service[service]
    attended = found.self_service or hall.site.attended.closes_at(at) is not None
    return attended and found.hours.closes_at(at) is not None


def next_change(hall: Hall, service: str, now: datetime) -> datetime | None:
    """Return when the timetable next opens or closes a service, or gives notice of its closing."""
    ends = closing(hall, service, now)
    if ends is None:
        return opening_after(hall, service, now)
    if ends.year == MAXYEAR:
        return None
    notice = ends - hall.site.rules.closing_notice
    return notice if notice > now else ends


def next_mode_change(hall: Hall, now: datetime) -> datetime | None:
    """Return when the timetable next changes the hall's mode."""
    ends = hall.site.attended.closes_at(now)
    if ends is None:
        return hall.site.attended.opens_at(now)
    if ends.year == MAXYEAR:
        return None
    notice = ends - hall.site.rules.closing_notice
    return notice if notice > now else ends
