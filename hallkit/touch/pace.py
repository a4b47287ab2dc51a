"""When the screen is painted and when it ends: nothing runs while nothing changes."""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from hallkit.runtime.clock import Clock

MOMENT = 0.0005
"""Seconds that count as none: a timer may be that early."""


class Timed(Protocol):
    """A session whose screens may end by themselves."""

    @property
    def limit(self) -> int | None:
        """Return the seconds this screen lasts without a touch; None for ever."""


S = TypeVar("S", bound=Timed)
W = TypeVar("W")
S_in = TypeVar("S_in", contravariant=True)
W_in = TypeVar("W_in", contravariant=True)


class Paints(Protocol[S_in, W_in]):
    """Whatever shows a session and the world around it."""

    def paint(self, session: S_in, world: W_in, now: datetime, left: int | None, since: float) -> None:
        """Show a session; `left` is the seconds until its screen ends, `since` how long it has been there."""

    def next_look(self, session: S_in, now: datetime, left: float | None, since: float, still: bool) -> float:
        """Return the seconds until the picture changes by time alone."""


class Pace(Generic[S, W]):
    """Paints what `now` returns; `on_timeout` hears that a screen's time is over, `on_broken` why it is not painted.

    `is_still` tells whether nothing may move on a session's screen.
    """

    def __init__(
        self, display: Paints[S, W], clock: Clock, now: Callable[[], tuple[S, W]], *,
        is_still: Callable[[S, datetime], bool], on_timeout: Callable[[], None],
        on_broken: Callable[[Exception], None],
    ) -> None:  # fmt: skip
        self._display, self._clock, self._now, self._is_still = display, clock, now, is_still
        self._on_timeout, self._on_broken = on_timeout, on_broken
        self._since = self._touched_at = 0.0
        self._paint_at: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Wake for what time alone changes: the end of a screen, its seconds, the clock; ends by cancellation."""
        while True:
            try:
                async with asyncio.timeout(self._next_look()):
                    await self._changed.wait()
                self._changed.clear()
            except TimeoutError:
                self._tick()

    def touched(self) -> None:
        """Give the screen its whole time again."""
        self._touched_at = self._clock.monotonic()
        self._changed.set()

    def turned(self) -> None:
        """Note that another screen begins."""
        self._since = self._clock.monotonic()

    def paint_in(self, seconds: float) -> None:
        """Paint once, soon: what changes twice until then is painted once."""
        self._stop()
        self._paint_at = asyncio.get_running_loop().call_later(seconds, self.paint)

    def paint_soon(self) -> None:
        """Paint with what is about to be painted anyway, else at once."""
        if self._paint_at is None:
            self.paint_in(0.0)

    def paint_by(self, seconds: float) -> None:
        """Paint within `seconds`; what is to be painted sooner or by then anyway is not put off."""
        if self._paint_at is None:
            self.paint_in(seconds)

    def paint(self) -> None:
        """Paint now what differs from the last painting."""
        self._stop()
        session, world = self._now()
        left = self._left(session)
        whole = None if left is None else math.ceil(left - MOMENT)
        try:
            self._display.paint(session, world, self._clock.now(), whole, self._clock.monotonic() - self._since)
        except Exception as error:
            self._on_broken(error)

    def _stop(self) -> None:
        if self._paint_at is not None:
            self._paint_at.cancel()
            self._paint_at = None

    def _tick(self) -> None:
        left = self._left(self._now()[0])
        if left is None or left > MOMENT:
            self.paint()
            return
        self.touched()
        self._on_timeout()

    def _left(self, session: S) -> float | None:
        return None if session.limit is None else self._touched_at + session.limit - self._clock.monotonic()

    def _next_look(self) -> float:
        session, now = self._now()[0], self._clock.now()
        left, since = self._left(session), self._clock.monotonic() - self._since
        wait = self._display.next_look(session, now, left, since, self._is_still(session, now))
        return wait if left is None else max(min(wait, left), 0.0)
