"""The hours in which a hall is quiet enough to be updated."""

from datetime import datetime, time

from firmware.updates.errors import RolloutError


def read(text: str) -> tuple[time, time]:
    """Return the hours in `HH:MM-HH:MM`; equal ends mean all day; raise RolloutError for other text."""
    first, _, last = text.partition("-")
    try:
        return time.fromisoformat(first), time.fromisoformat(last)
    except ValueError as error:
        raise RolloutError(f"{text!r} is no span of hours: write 22:00-06:00") from error


def is_quiet(hours: str, now: datetime) -> bool:
    """Return whether `now` lies in the hours, which may cross midnight."""
    first, last = read(hours)
    moment = now.time()
    if first == last:
        return True
    return first <= moment < last if first < last else moment >= first or moment < last
