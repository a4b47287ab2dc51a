"""Rating pads on a link in virtual time, with the hall's own store at the other end."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from contract import codec, topics
from contract.body import Command, Fact, Result
from contract.envelope import Envelope
from contract.link import DeviceState
from contract.rating import AskRating
from contract.topics import Channel
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService
from simulators.rating_pad import PadSetup, RatingPad

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


HALL = "demo"


PAD = topics.address(HALL, "rating-pad", "pad-03")


ENGINE = topics.address(HALL, "queue-engine", "engine")


STORE = topics.address(HALL, "bridge", "store")


class Hall:
    """Broker, hall store, an engine that commands, and one pad whose disk outlives it."""

    def __init__(self, clock: LoopClock, setup: PadSetup) -> None:
        self.clock, self.setup = clock, setup
        self.broker = MemoryBroker(latency=0.002)
        self.disk = open_database(":memory:")
        self.store = HallStore(open_database(":memory:"), HALL, "store-inc")
        self.results: dict[str, Result] = {}
        self.engine = Device(
            ENGINE,
            "",
            links=self.broker.links(),
            clock=clock,
            chance=random.Random(1),
            hear={topics.every(HALL, Channel.RESULT): self._result},
        )
        self.service = self._service()
        self.pad = self.new_pad(7)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def _service(self) -> StoreService:
        chance = random.Random(3)
        links = self.broker.links()
        return StoreService(self.store, InlineWriter(), STORE, "", [PAD], links=links, clock=self.clock, chance=chance)

    def new_pad(self, seed: int) -> RatingPad:
        links, chance = self.broker.links(), random.Random(seed)
        return RatingPad(PAD, "", self.setup, links=links, clock=self.clock, chance=chance, database=self.disk)

    def start(self, name: str) -> None:
        runners = {"engine": self.engine.run, "store": self.service.run, "pad": self.pad.run}
        self.tasks[name] = asyncio.ensure_future(runners[name]())

    async def stop(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError), outcome

    def _result(self, message: LinkMessage) -> None:
        envelope = codec.decode(message.payload)
        assert envelope.corr
        self.results[envelope.corr] = codec.body_of(envelope, Result)

    async def command(self, command: Command, *, seconds: float = 60) -> Result | None:
        deadline = self.clock.now() + timedelta(seconds=seconds)
        data = self.engine.postmark.stamp(command, deadline=deadline)
        self.engine.link.publish(PAD.topic(Channel.COMMAND), data, qos=1)
        await asyncio.sleep(0.1)
        return self.results.get(codec.decode(data).id)

    async def ask(self, event: str, *, window: int = 3, seconds: float = 300) -> Result | None:
        until = self.clock.now() + timedelta(seconds=seconds)
        return await self.command(
            AskRating(service_event=event, window=window, ticket="A001", staff="1003", until=until)
        )

    def facts(self) -> list[Fact]:
        opened: list[Envelope] = [codec.decode(row.payload) for row in self.store.rows(0, 1000)]
        return [codec.body_of(one, Fact) for one in opened]

    def state(self) -> DeviceState:
        return codec.body_of(codec.decode(self.broker.retained[PAD.topic(Channel.STATE)]), DeviceState)


@asynccontextmanager
async def opened(clock: LoopClock, setup: PadSetup) -> AsyncIterator[Hall]:
    hall = Hall(clock, setup)
    for name in ("store", "engine", "pad"):
        hall.start(name)
    await asyncio.sleep(0.1)
    try:
        yield hall
    finally:
        for name in list(hall.tasks):
            await hall.stop(name)


def in_hall(story: Callable[[Hall], Awaitable[None]], setup: PadSetup | None = None) -> None:
    async def main(clock: LoopClock) -> None:
        async with opened(clock, setup or PadSetup(window=3, zone="A", zone_name="综合一窗", demo=True)) as hall:
            await story(hall)

    run_virtual(main, TEN)
