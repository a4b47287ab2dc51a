"""A loop whose time jumps to the next timer when nothing is ready: a day in seconds, the same every time."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar, cast

from hallkit.errors import HallkitError
from hallkit.runtime.clock import LoopClock

T = TypeVar("T")
MANY = 100
"""Timers from which on the cancelled ones are cleared away, as asyncio does."""


class StandstillError(HallkitError):
    """Nothing can ever happen again: every task waits for another and no timer is set."""


class _Timer(asyncio.TimerHandle):
    """A timer like asyncio's, itself and no other."""

    __slots__ = ()
    __eq__, __hash__ = object.__eq__, object.__hash__


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time; it has no threads and no descriptors.

    It does what asyncio's own `_run_once` does, in the same order, and asks no selector. Its timers are pairs of moment
    and handle: a heap of them compares in C, and gives those of one moment in the order asyncio's heap does.
    """

    _ready: deque[asyncio.Handle]
    _scheduled: list[tuple[float, _Timer]]
    _timer_cancelled_count: int
    _clock_resolution: float
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back at a moment of virtual time."""
        timer: Any = _Timer(when, callback, args, self, context)
        heappush(self._scheduled, (when, timer))
        timer._scheduled = True
        return cast("asyncio.TimerHandle", timer)

    def _run_once(self) -> None:
        ready, timers = self._ready, self._pending()
        if not ready and not self._stopping:
            self._jump()
        due = self._now + self._clock_resolution
        while timers and timers[0][0] < due:
            timer: Any = heappop(timers)[1]
            timer._scheduled = False
            ready.append(timer)
        for _ in range(len(ready)):
            handle: Any = ready.popleft()
            if not handle._cancelled:
                handle._run()
        handle = timer = None

    def _pending(self) -> list[tuple[float, _Timer]]:
        """Return the timers without the cancelled ones at their head, without any if they are most of many."""
        timers = self._scheduled
        if len(timers) > MANY and self._timer_cancelled_count * 2 > len(timers):
            self._timer_cancelled_count = 0
            timers = self._scheduled = [one for one in timers if not one[1].cancelled()]
            heapify(timers)
        while timers and timers[0][1].cancelled():
            heappop(timers)
            self._timer_cancelled_count -= 1
        return timers

    def _jump(self) -> None:
        """Go on to the next timer."""
        if not self._scheduled:
            raise StandstillError("every task waits and no timer is set")
        when = self._scheduled[0][0]
        self._now = max(self._now + max(0.0, when - self._now), when)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """Refuse: a thread would bring real time in."""
        raise HallkitError("virtual time has no threads; use an InlineWriter")


def run_virtual(main: Callable[[LoopClock], Coroutine[Any, Any, T]], start: datetime) -> T:
    """Run `main(clock)` on virtual time from wall time `start`; raise StandstillError if it can never end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        clock = LoopClock(start, runner.get_loop())
        return runner.run(main(clock))
