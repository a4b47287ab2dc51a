"""Time as an argument: the hall's wall clock, a steady clock and sleep."""

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Protocol

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """What a program knows of time."""

    def now(self) -> datetime:
        """Return the wall time, aware, in Asia/Shanghai."""

    def monotonic(self) -> float:
        """Return steady seconds."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of steady time."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the wall time, aware, in Asia/Shanghai."""
        return datetime.now(SHANGHAI)

    def monotonic(self) -> float:
        """Return the steady seconds every event loop counts by; also on a writer's thread, which has no loop."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of steady time."""
        await asyncio.sleep(seconds)


class LoopClock:
    """A wall clock that follows the running loop's time from `start`; `jump` moves it as a wrong clock would."""

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = self._loop = loop
        self._start = start.astimezone(SHANGHAI)
        self._origin = loop.time()
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the wall time, aware, in Asia/Shanghai."""
        return self._start + timedelta(seconds=self._loop.time() - self._origin) + self._offset

    def monotonic(self) -> float:
        """Return the loop's seconds."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of loop time."""
        await asyncio.sleep(seconds)

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward (or back) without touching steady time."""
        self._offset += timedelta(seconds=seconds)
