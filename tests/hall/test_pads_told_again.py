"""A rating pad asks for the grade it should, whoever was away when the service ended; in virtual time."""

import asyncio
import random
import tomllib
from datetime import datetime

from contract.body import Request
from contract.queue import IssueChannel
from contract.queue_requests import CallNext, FinishService, IssueTicket, OpenWindow, StartService
from contract.rating import RatingGrade
from hall24 import whole_hall
from hall24.presets import one_window
from hall24.whole_hall import MemoryDisk, memory_start
from hallkit.inventory.schema import Hall
from hallkit.pad.state import PadScreen
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.virtual_time import run_virtual

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
SERVED: tuple[Request, ...] = (
    OpenWindow(window=1, staff="0101"), IssueTicket(services=("A",), channel=IssueChannel.TOUCH), CallNext(window=1),
    StartService(window=1), FinishService(window=1),
)  # fmt: skip


class Chain:
    """An engine, a rating pad and whoever asks, each of which can be away."""

    def __init__(self, clock: LoopClock) -> None:
        self.hall, self.clock = parse(tomllib.loads(one_window()), Hall), clock
        self.start = memory_start(self.hall, clock, random.Random(1), MemoryBroker().links(), MemoryDisk())
        self.tasks: dict[str, asyncio.Future[None]] = {}
        self.desk = Device(
            self.hall.address("manager-1"), "", links=self.start.links, clock=clock, chance=random.Random(2)
        )
        self.run("desk", self.desk.run)
        self.run_engine()
        self.run_pad()

    def run(self, name, job) -> None:
        self.tasks[name] = asyncio.ensure_future(run_jobs([(name, job)]))

    def run_engine(self) -> None:
        self.engine = whole_hall.engine(self.start, bytes(32))
        self.run("engine", self.engine.run)

    def run_pad(self) -> None:
        self.pad = whole_hall.rating_pad(self.start, self.hall.device["pad-01"])
        self.run("pad", self.pad.run)

    async def end(self, *names: str) -> None:
        for name in names:
            self.tasks[name].cancel()
            await asyncio.gather(self.tasks.pop(name), return_exceptions=True)

    async def serve_one(self) -> None:
        for number, request in enumerate(SERVED):
            await self.desk.ask("queue", request, key=f"k{number}")


def test_a_pad_that_was_away_is_told_when_it_comes_back() -> None:
    async def main(clock: LoopClock) -> None:
        chain = Chain(clock)
        await clock.sleep(5)
        await chain.end("pad")
        await chain.serve_one()
        await clock.sleep(20)
        chain.run_pad()
        await clock.sleep(1)
        assert chain.pad.state.screen is PadScreen.GRADES
        assert chain.pad.state.staff == "0101"
        await chain.end(*chain.tasks)

    run_virtual(main, START)


def test_an_engine_that_died_before_it_told_the_pad_tells_it_when_it_is_back() -> None:
    async def main(clock: LoopClock) -> None:
        chain = Chain(clock)
        await clock.sleep(5)
        await chain.end("pad")
        await chain.serve_one()
        await chain.end("engine")
        chain.run_pad()
        await clock.sleep(5)
        assert chain.pad.state.screen is PadScreen.IDLE
        chain.run_engine()
        await clock.sleep(5)
        assert chain.pad.state.screen is PadScreen.GRADES
        assert chain.pad.state.staff == "0101"
        await chain.end(*chain.tasks)

    run_virtual(main, START)


def test_a_pad_is_not_asked_again_what_it_was_answered_or_what_is_over() -> None:
    async def main(clock: LoopClock) -> None:
        chain = Chain(clock)
        await clock.sleep(5)
        await chain.serve_one()
        await clock.sleep(1)
        assert await chain.pad.press(RatingGrade.GOOD)
        await clock.sleep(5)
        await chain.end("engine", "pad")
        chain.run_engine()
        chain.run_pad()
        await clock.sleep(5)
        assert chain.pad.state.screen is PadScreen.IDLE
        await chain.end("pad")
        await clock.sleep(60)
        chain.run_pad()
        await clock.sleep(5)
        assert chain.pad.state.screen is PadScreen.IDLE
        await chain.end(*chain.tasks)

    run_virtual(main, START)
