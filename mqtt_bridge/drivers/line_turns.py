"""How a master spends its time on a polled line: without pause, or only where something can be heard."""

import asyncio
from typing import Protocol, TypeVar

from hallkit.runtime.clock import Clock


class Timed(Protocol):
    """A turn of any schedule."""

    @property
    def at(self) -> float:
        """Return when the turn begins, in steady seconds."""


T_co = TypeVar("T_co", bound=Timed, covariant=True)
T = TypeVar("T", bound=Timed)


class Schedule(Protocol[T_co]):
    """A timetable that can be followed in full or in effect."""

    def next_poll(self, now: float) -> T_co | None:
        """Return the next turn of a master that polls without pause; None while there is nothing to ask."""

    def next_effective(self, now: float) -> T_co | None:
        """Return the next turn that can tell anything; None while there is none."""


class Turns(Protocol):
    """A way to follow a schedule."""

    async def next(self, schedule: Schedule[T], clock: Clock, wake: asyncio.Event) -> T | None:
        """Return the next turn when it is due, or None when `wake` was set before."""


class EveryTurn:
    """Polls without pause: the way of a real line, where a key press announces itself to nobody."""

    async def next(self, schedule: Schedule[T], clock: Clock, wake: asyncio.Event) -> T | None:
        """Return the next turn when it is due, or None when `wake` was set before."""
        now = clock.monotonic()
        return await _when_due(schedule.next_poll(now), now, wake)


class EffectiveTurns:
    """Takes the turns that can tell anything, at the time polling without pause would have reached them.

    For simulated lines, which say when something happened on them; between turns nothing runs.
    """

    async def next(self, schedule: Schedule[T], clock: Clock, wake: asyncio.Event) -> T | None:
        """Return the next turn when it is due, or None when `wake` was set before."""
        now = clock.monotonic()
        return await _when_due(schedule.next_effective(now), now, wake)


async def _when_due(turn: T | None, now: float, wake: asyncio.Event) -> T | None:
    if turn is None:
        await wake.wait()
        wake.clear()
        return None
    return turn if await _due(turn.at - now, wake) else None


async def _due(seconds: float, wake: asyncio.Event) -> bool:
    """Return True after `seconds`, False at once when `wake` is set."""
    if seconds <= 0:
        return True
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return True
    wake.clear()
    return False
