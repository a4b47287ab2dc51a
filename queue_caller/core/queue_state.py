"""Whether a service hands out tickets, forecast from the work that waits and the closing time."""

from datetime import MAXYEAR, datetime, timedelta
from typing import NamedTuple

from contract.board import QueueState
from contract.queue import PriorityClass
from queue_caller.core.forecast import forecast
from queue_caller.core.hall import Hall
from queue_caller.core.openings import closing, next_change


class StateForecast(NamedTuple):
    """A queue state, and when it changes by time alone."""

    state: QueueState
    changes_at: datetime | None


def forecast_state(hall: Hall, service: str, now: datetime) -> StateForecast:
    """Return the state a service is in now: full if a newcomer could not be served before it closes."""
    closes = closing(hall, service, now)
    change = next_change(hall, service, now)
    if closes is None:
        return StateForecast(QueueState.CLOSED, change)
    capacity = hall.site.service[service].capacity
    if capacity is not None and hall.waiting(service) >= capacity:
        return StateForecast(QueueState.FULL, change)
    if closes.year == MAXYEAR:
        return StateForecast(QueueState.OPEN, None)
    return _until_closing(hall, service, now, closes, change)


def _until_closing(hall: Hall, service: str, now: datetime, closes: datetime, change: datetime | None) -> StateForecast:
    rules = hall.site.rules
    found = forecast(hall, service, now, PriorityClass.ORDINARY)
    needed = timedelta(seconds=int((found.seconds or 0.0) + hall.learned(service).mean))
    if hall.state_of(service) is QueueState.FULL:
        needed += rules.reopening_margin
    if found.seconds is not None and now + needed > closes:
        return StateForecast(QueueState.FULL, change)
    state = QueueState.CLOSING if closes - now <= rules.closing_notice else QueueState.OPEN
    if found.seconds is None:
        return StateForecast(state, change)
    fills = closes - needed + timedelta(microseconds=1)
    return StateForecast(state, fills if change is None else min(fills, change))
