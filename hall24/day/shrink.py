"""The shortest list of faults that still breaks a promise."""

from collections.abc import Callable, Sequence

from hall24.day.fault_plan import FaultPlan


def shrink(plan: Sequence[FaultPlan], fails: Callable[[list[FaultPlan]], bool], tries: int = 40) -> list[FaultPlan]:
    """Return a short part of `plan` for which `fails` is true; `fails` is asked at most `tries` times.

    A. Zeller and R. Hildebrandt, Simplifying and isolating failure-inducing input, 2002 (delta debugging).
    """
    left, pieces = list(plan), 2
    while len(left) >= 1 and tries > 0:
        size = max(1, -(-len(left) // pieces))
        for start in range(0, len(left), size):
            rest = left[:start] + left[start + size :]
            tries -= 1
            if fails(rest):
                left, pieces = rest, max(2, pieces - 1)
                break
            if tries <= 0:
                return left
        else:
            if size == 1:
                return left
            pieces = min(len(left), pieces * 2)
    return left
