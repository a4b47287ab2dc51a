"""The shortest list of faults that still breaks a promise."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hall24.day.fault_plan import FaultPlan


class Shrunk(NamedTuple):
    """What is left of a plan; `is_minimal` says that it fails no more without any single one of these faults."""

    faults: list[FaultPlan]
    is_minimal: bool
    tries: int


def shrink(
    plan: Sequence[FaultPlan],
    fails: Callable[[list[FaultPlan]], bool],
    tries: int = 60,
    has_time: Callable[[], bool] = lambda: True,
) -> Shrunk:
    """Return a short part of a `plan` that fails; `fails` is asked at most `tries` times, and while there is time.

    A. Zeller and R. Hildebrandt, Simplifying and isolating failure-inducing input, 2002 (delta debugging).
    """
    left, pieces, asked = list(plan), 1, 0
    while left:
        size = -(-len(left) // pieces)
        for start in range(0, len(left), size):
            if asked >= tries or not has_time():
                return Shrunk(left, False, asked)
            rest = left[:start] + left[start + size :]
            asked += 1
            if fails(rest):
                left, pieces = rest, max(2, pieces - 1)
                break
        else:
            if size == 1:
                break
            pieces = min(len(left), pieces * 2)
    return Shrunk(left, True, asked)
