"""The hall store says in its state how many messages it put aside, and that it is so."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from contract import codec, topics
from contract.link import DeviceState, Fault
from contract.topics import Channel
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import QUIET, StoreService

START = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-03")
STORE = topics.address("demo", "hall-store", "hall-store")


@dataclass
class _Hall:
    """A hall store that keeps three days, and a pad that sends what nobody can read."""

    clock: LoopClock
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    states: list[DeviceState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.broker.taps.append(self._tap)
        self.pad = Device(PAD, "x", links=self.broker.links(), clock=self.clock, chance=random.Random(2))
        self.service = StoreService(
            HallStore(open_database(":memory:"), "demo", "STORE"), InlineWriter(), STORE, "x", [PAD], keep_days=3,
            links=self.broker.links(), clock=self.clock, chance=random.Random(1),
        )  # fmt: skip
        self.tasks = [asyncio.ensure_future(run()) for run in (self.pad.run, self.service.run)]

    def _tap(self, topic: str, payload: bytes, retain: bool) -> None:
        if topic == STORE.topic(Channel.STATE) and retain:
            self.states.append(codec.body_of(codec.decode(payload), DeviceState))

    def send(self, count: int) -> None:
        """Send so many bad messages at once."""
        for _ in range(count):
            self.pad.link.publish(PAD.topic(Channel.FACTS), b"garbage")


def _day(main: Callable[[_Hall], Awaitable[None]]) -> None:
    async def body(clock: LoopClock) -> None:
        hall = _Hall(clock)
        await clock.sleep(1)
        await main(hall)
        for task in hall.tasks:
            task.cancel()
        await asyncio.gather(*hall.tasks, return_exceptions=True)

    run_virtual(body, START)


def test_the_state_tells_how_many_messages_are_aside_until_they_leave() -> None:
    async def main(hall: _Hall) -> None:
        assert (hall.states[-1].faults, hall.states[-1].quarantined) == ((), 0)
        hall.send(3)
        await hall.clock.sleep(2 * QUIET)
        assert (hall.states[-1].faults, hall.states[-1].quarantined) == ((Fault.QUARANTINE,), 3)
        await hall.clock.sleep(5 * 86_400)
        assert (hall.states[-1].faults, hall.states[-1].quarantined) == ((), 0)

    _day(main)


def test_a_flood_of_bad_messages_is_no_flood_of_states() -> None:
    async def main(hall: _Hall) -> None:
        hall.states.clear()
        for _ in range(100):
            hall.send(5)
            await hall.clock.sleep(0.1)
        await hall.clock.sleep(2 * QUIET)
        assert hall.states[-1].quarantined == 500
        assert len(hall.states) <= 6

    _day(main)
