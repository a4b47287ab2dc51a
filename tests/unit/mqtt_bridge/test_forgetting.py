"""The hall store forgets what the centre has had for days, and nothing else."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract import topics
from contract.rating import RatingGiven, RatingGrade
from contract.topics import Channel
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.kept_clock import FAR
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.forgetting import AT, BATCH
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService

START = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-03")
DAY = 86_400.0
A_DAY = 450
"""Facts that come each day: more than one batch."""


@dataclass
class _Hall:
    """A hall store at work that keeps three days, and a pad whose facts come straight to its tables."""

    clock: LoopClock
    database: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    deleted: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = HallStore(self.database, "demo", "STORE")
        forget = self.store.forget

        def watched(*some: object) -> int:
            self.deleted.append(count := forget(*some))  # type: ignore[arg-type]
            return count

        self.store.forget = watched  # type: ignore[method-assign]
        self._postmark = Postmark(PAD.name, self.clock, random.Random(3))
        service = StoreService(
            self.store, InlineWriter(), topics.address("demo", "hall-store", "hall-store"), "x", [PAD], keep_days=3,
            links=MemoryBroker().links(), clock=self.clock, chance=random.Random(1),
        )  # fmt: skip
        self.task = asyncio.ensure_future(service.run())

    def take(self, count: int) -> None:
        """Let facts arrive now."""
        first = self.store.mark(PAD, "PAD") + 1
        facts = [
            RatingGiven(rating=f"r{number}", service_event=f"s{number}", grade=RatingGrade.GOOD, at=START)
            for number in range(first, first + count)
        ]
        told = [self._postmark.stamp(one, inc="PAD", seq=seq) for seq, one in enumerate(facts, first)]
        self.store.take([examine(PAD.topic(Channel.FACTS), one) for one in told], self.clock.now().isoformat())

    def rows(self) -> tuple[int, int, int]:
        """Return the oldest and newest row, and how many there are."""
        found: tuple[int, int, int] = self.database.execute("SELECT min(row), max(row), count(*) FROM fact").fetchone()
        return found


def _days(main: Callable[[_Hall], Awaitable[None]]) -> None:
    async def body(clock: LoopClock) -> None:
        hall = _Hall(clock)
        await main(hall)
        hall.task.cancel()
        await asyncio.gather(hall.task, return_exceptions=True)

    run_virtual(body, START)


def test_facts_the_centre_has_go_after_their_days_in_small_commits_at_night() -> None:
    async def main(hall: _Hall) -> None:
        for _ in range(6):
            hall.take(A_DAY)
            hall.store.note_uplinked(hall.store.last)
            await hall.clock.sleep(DAY)
        # it is the seventh day at ten: those of the first three went in the nights after the fourth to the sixth
        assert hall.rows() == (3 * A_DAY + 1, 6 * A_DAY, 3 * A_DAY)
        assert max(hall.deleted) == BATCH
        assert sum(hall.deleted) == 3 * A_DAY

    _days(main)


def test_they_go_when_the_hall_is_empty_and_not_before() -> None:
    async def main(hall: _Hall) -> None:
        hall.take(10)
        hall.store.note_uplinked(hall.store.last)
        await hall.clock.sleep(3 * DAY)
        hall.take(10)
        hall.store.note_uplinked(hall.store.last)
        night = datetime.combine(hall.clock.now().date() + timedelta(days=1), AT, SHANGHAI)
        await hall.clock.sleep((night - hall.clock.now()).total_seconds() - 1)
        assert hall.rows() == (1, 20, 20)
        await hall.clock.sleep(2)
        assert hall.rows() == (11, 20, 10)

    _days(main)


def test_what_the_centre_does_not_have_stays_however_old() -> None:
    async def main(hall: _Hall) -> None:
        hall.take(A_DAY)
        hall.store.note_uplinked(100)
        await hall.clock.sleep(30 * DAY)
        assert hall.rows() == (100, A_DAY, A_DAY - 99)

    _days(main)


def test_a_store_that_forgot_goes_on_counting_and_knows_what_it_had() -> None:
    async def main(hall: _Hall) -> None:
        hall.take(10)
        hall.store.note_uplinked(hall.store.last)
        await hall.clock.sleep(10 * DAY)
        again = HallStore(hall.database, "demo", "STORE")
        assert (again.last, again.mark(PAD, "PAD")) == (10, 10)
        hall.store = again
        hall.take(1)
        assert hall.rows()[1] == 11

    _days(main)


def test_with_a_clock_that_cannot_be_right_nothing_is_forgotten() -> None:
    async def main(hall: _Hall) -> None:
        hall.take(10)
        hall.store.note_uplinked(hall.store.last)
        hall.clock.jump(FAR.total_seconds() + 10 * DAY)
        await hall.clock.sleep(2.5 * DAY)
        assert hall.rows() == (1, 10, 10)

    _days(main)
