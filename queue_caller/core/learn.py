"""Learning from what happens: decayed means, so that today counts more than last month."""

from contract.queue import PriorityClass
from queue_caller.core.hall import Hall
from queue_caller.core.record import Learned

_PRIOR_WEIGHT = 10
"""Calls the configured service time is worth."""

_MEMORY = 80
"""Calls after which an old one hardly counts."""

_ARRIVAL_MEMORY = 50
_SHORTEST, _LONGEST = 1.0, 4 * 3600.0
_TARGET_MISS = 0.2
_STEP = 0.05
_NARROWEST, _WIDEST = 0.4, 6.0


def _known(hall: Hall, service: str) -> Learned:
    return hall.record.learned.setdefault(service, hall.learned(service))


def learn_call(hall: Hall, service: str, seconds: float) -> None:
    """Learn how long a call occupied a window, no-shows included, from call to free."""
    known = _known(hall, service)
    known.samples += 1
    weight = 1 / min(_PRIOR_WEIGHT + known.samples, _MEMORY)
    off = min(max(seconds, _SHORTEST), _LONGEST) - known.mean
    known.mean += weight * off
    known.variance = (1 - weight) * (known.variance + weight * off * off)


def learn_arrival(hall: Hall, service: str, priority: PriorityClass) -> None:
    """Learn which share of a service's tickets each priority class takes."""
    shares = _known(hall, service).shares
    shares.setdefault(priority, 0.0)
    for one in shares:
        shares[one] += ((one is priority) - shares[one]) / _ARRIVAL_MEMORY


def learn_score(hall: Hall, service: str, covered: bool) -> None:
    """Widen the band after a miss, narrow it after a hit, so that one estimate in five misses.

    I. Gibbs and E. Candès, Adaptive conformal inference under distribution shift, 2021.
    """
    known = _known(hall, service)
    known.width += _STEP * ((not covered) - _TARGET_MISS)
    known.width = min(max(known.width, _NARROWEST), _WIDEST)
