"""What leaves the hall store after days, at night: facts the centre has, a little at a time, and the quarantine."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from hallkit.runtime.kept_clock import KeptClock
from hallkit.runtime.writer import Writer
from mqtt_bridge.store.hall_store import HallStore

_LOGGER = logging.getLogger(__name__)

AT = time(3, 20)
"""When the hall is emptiest."""

BATCH = 200
"""Facts deleted in one commit: no device waits longer for its acknowledgement than such a commit takes."""

PAUSE = 0.5
"""Seconds between two such commits."""


class Forgetting:
    """Deletes delivered facts, and messages in quarantine, that came more than `days` days ago.

    It does so at the start and every night; `on_done` is told each time.
    """

    def __init__(self, store: HallStore, writer: Writer, clock: KeptClock, days: int) -> None:
        self._store, self._writer, self._clock, self._days = store, writer, clock, days
        self.on_done: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Forget until cancelled; a clock that cannot be right, or a full disk, makes nothing forgotten."""
        while True:
            if self._clock.is_right:
                try:
                    await self._forget()
                except sqlite3.Error as error:
                    _LOGGER.error("old facts stay in the hall store: %s; check the disk", error)
                self.on_done()
            await self._clock.sleep(_seconds_to_next(self._clock.now()))

    async def _forget(self) -> None:
        since = (self._clock.now() - timedelta(days=self._days)).date()
        forgotten, erased = 0, await self._writer.run(partial(self._store.forget_quarantine, since))
        while count := await self._writer.run(partial(self._store.forget, since, BATCH)):
            forgotten += count
            await self._clock.sleep(PAUSE)
        if forgotten or erased:
            _LOGGER.info("%d facts the centre has, and %d bad messages, of before %s were deleted",
                         forgotten, erased, since)  # fmt: skip


def _seconds_to_next(now: datetime) -> float:
    """Return the seconds to the next time of the night, a whole day if it is that time."""
    today = datetime.combine(now.date(), AT, now.tzinfo)
    return ((today if now < today else today + timedelta(days=1)) - now).total_seconds()
