"""A wall clock that is not believed when it cannot be right: a dead battery says 1970, a wrong hand says next year."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hallkit.runtime.clock import SHANGHAI, Clock

EARLIEST = datetime(2026, 1, 1, tzinfo=SHANGHAI)
"""No program of this release ran before."""

FAR = timedelta(days=30)
"""A clock that is farther from what is known cannot be right; hours, a daylight saving or NTP's steps can."""

LOOK_EVERY = 30.0
"""Seconds between two looks: nothing tells a program that somebody set the machine's clock."""


class KeptClock:
    """Gives the wall time while it can be right, else what it must be by the steady clock; `now` never leaps far.

    A program that starts knows no more than the time of its own newest fact, given to `not_before`. `vouched` is when
    an operator last said that this clock is right: while it is near that, a fact of long afterwards is not believed.
    """

    def __init__(self, clock: Clock, vouched: datetime | None = None) -> None:
        self._clock, self._vouched = clock, vouched
        self._floor: datetime | None = None
        self._began = clock.monotonic()
        self._seen: tuple[datetime, float] | None = None  # in one piece, for the writer's thread reads the time too

    def not_before(self, moment: datetime) -> None:
        """Hold what was read so far, and the next reading, against a moment that is past."""
        if moment < EARLIEST:
            return
        if self._vouched is not None and abs(self._clock.now() - self._vouched) <= FAR:
            moment = min(moment, self._vouched + FAR)
        self._floor = moment
        if self._seen is not None and self._seen[0] < moment - FAR:
            self._seen = None

    def now(self) -> datetime:
        """Return the wall time, or while that cannot be right the last one that could, and what passed since."""
        said, steady = self._clock.now(), self._clock.monotonic()
        if not self._can_be(said, steady):
            return self._reckoned(steady)
        self._seen = said, steady
        return said

    def monotonic(self) -> float:
        """Return steady seconds."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of steady time."""
        await self._clock.sleep(seconds)

    @property
    def is_right(self) -> bool:
        """Whether the wall clock can be right now."""
        return self._can_be(self._clock.now(), self._clock.monotonic())

    async def watch(self, on_change: Callable[[bool], None]) -> None:
        """Tell whenever the clock stops or begins to be believable, and at once if it is not; ends by cancellation."""
        told = True
        while True:
            if (is_right := self.is_right) is not told:
                told = is_right
                on_change(is_right)
            await self._clock.sleep(LOOK_EVERY)

    def _can_be(self, said: datetime, steady: float) -> bool:
        if said < EARLIEST:
            return False
        if self._seen is not None:
            return abs(said - self._reckoned(steady)) <= FAR
        return self._floor is None or said >= self._floor - FAR

    def _reckoned(self, steady: float) -> datetime:
        known, at = self._seen or (self._floor or EARLIEST, self._began)
        return known + timedelta(seconds=steady - at)
