"""A loop whose time jumps to the next timer when nothing is ready: a day in seconds, the same every time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from hallkit.errors import HallkitError
from hallkit.runtime.clock import LoopClock

T = TypeVar("T")


class StandstillError(HallkitError):
    """Nothing can ever happen again: every task waits for another and no timer is set."""


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: hands the time it was asked to wait to the loop instead."""

    def __init__(self) -> None:
        super().__init__()
        self.jump: Callable[[float | None], None] = lambda _: None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Jump `timeout` seconds ahead; descriptors take no part in virtual time."""
        if timeout is None or timeout > 0:
            self.jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time; it has no threads and no descriptors."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.jump = self._jump
        self._now = 0.0

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._now

    def _jump(self, seconds: float | None) -> None:
        if seconds is None:
            raise StandstillError("every task waits and no timer is set")
        self._now += seconds
        scheduled = getattr(self, "_scheduled", None)
        if scheduled and scheduled[0].when() > self._now:
            self._now = scheduled[0].when()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """Refuse: a thread would bring real time in."""
        raise HallkitError("virtual time has no threads; use an InlineWriter")


def run_virtual(main: Callable[[LoopClock], Coroutine[Any, Any, T]], start: datetime) -> T:
    """Run `main(clock)` on virtual time from wall time `start`; raise StandstillError if it can never end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        clock = LoopClock(start, runner.get_loop())
        return runner.run(main(clock))
