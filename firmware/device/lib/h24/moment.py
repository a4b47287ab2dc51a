"""Moments as milliseconds since 1970 UTC, written in RFC 3339 with the hall's +08:00. Pure."""

from h24.errors import MessageError

_ZONE_MINUTES = 480
_DAY = 86400000


def _days(year, month, day):
    """Return days since 1970-01-01 of a Gregorian date."""
    year -= month <= 2
    of_era = year % 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return (year // 400) * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _date(days):
    """Return year, month, day of days since 1970-01-01."""
    days += 719468
    era, of_era = divmod(days, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def write(ms):
    """Return a moment like 2026-09-14T09:30:00+08:00, with six digits of a second where it has any."""
    days, rest = divmod(ms + _ZONE_MINUTES * 60000, _DAY)
    seconds, part = divmod(rest, 1000)
    text = "%04d-%02d-%02dT" % _date(days) + "%02d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return text + (".%03d000" % part if part else "") + "+08:00"


def read(text):
    """Return the milliseconds of an RFC 3339 moment with a zone; raise MessageError for anything else."""
    try:
        return _read(text)
    except (ValueError, IndexError, TypeError, AttributeError):
        raise MessageError("moment", str(text)[:40])


def _read(text):
    if text[4] + text[7] + text[10] + text[13] + text[16] != "--T::":
        raise ValueError(text)
    year, month, day = _number(text[:4]), _number(text[5:7]), _number(text[8:10])
    hour, minute, second = _number(text[11:13]), _number(text[14:16]), _number(text[17:19])
    if _date(_days(year, month, day)) != (year, month, day) or hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    part, zone = _part_and_zone(text[19:])
    return _days(year, month, day) * _DAY + ((hour * 60 + minute - zone) * 60 + second) * 1000 + part


def _part_and_zone(rest):
    part = 0
    if rest[0] == ".":
        end = 1
        while rest[end].isdigit():
            end += 1
        part, rest = _number((rest[1:end] + "00")[:3]), rest[end:]
    if rest == "Z":
        return part, 0
    if rest[0] not in "+-" or rest[3] != ":" or len(rest) != 6:
        raise ValueError(rest)
    zone = _number(rest[1:3]) * 60 + _number(rest[4:6])
    return part, -zone if rest[0] == "-" else zone


def _number(digits):
    if not digits or not all(one in "0123456789" for one in digits):
        raise ValueError(digits)
    return int(digits)


def clock_text(ms):
    """Return the hall's time of day like 9:05."""
    minutes = (ms // 60000 + _ZONE_MINUTES) % 1440
    return "%d:%02d" % (minutes // 60, minutes % 60)


def spoken(ms, now):
    """Return a moment as words a display has pictures of: `8:30`, `tomorrow 8:30`, `9 month 21 day 8:30`."""
    shift = _ZONE_MINUTES * 60000
    days, today = (ms + shift) // _DAY, (now + shift) // _DAY
    if days == today:
        return clock_text(ms)
    if days == today + 1:
        return "tomorrow " + clock_text(ms)
    return "%d month %d day " % _date(days)[1:] + clock_text(ms)
