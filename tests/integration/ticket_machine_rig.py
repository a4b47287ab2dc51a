"""A ticket machine with the real engine and a simulated printer, in virtual time, and who stands before it."""

import asyncio
import random
import sqlite3
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.body import Body, Fact
from hall24.presets import ALWAYS, county_hall
from hallkit.devices.card_reader import Card
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from hallkit.touch.screen import PictureScreen
from hallkit.transports.memory import memory_pair
from hallkit.transports.stream import ByteStream
from queue_caller.app.build import places
from queue_caller.app.engine import EngineApp
from queue_caller.app.ticket_machine import TicketMachineApp
from queue_caller.config import queue_table, site_of
from queue_caller.drivers.block_signer import BlockSigner
from simulators.receipt_printer import SimulatedReceiptPrinter, serve

MORNING = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


SIGNER = BlockSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))


OPEN_HALL = parse(tomllib.loads(county_hall(hours=ALWAYS)), Hall)


@dataclass
class Rig:
    """A hall with its engine, one machine and its printer; the machine can be killed and started again."""

    clock: LoopClock
    hall: Hall = OPEN_HALL
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    engine_disk: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    machine_disk: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    printer: SimulatedReceiptPrinter = field(default_factory=SimulatedReceiptPrinter)
    screen: PictureScreen = field(default_factory=PictureScreen)
    boots: int = 0
    engine: EngineApp | None = None
    engine_task: "asyncio.Task[None] | None" = None
    machine_task: "asyncio.Task[None] | None" = None
    others: "list[asyncio.Task[None]]" = field(default_factory=list)

    async def start_engine(self) -> None:
        self.boots += 1
        self.engine = EngineApp(
            site_of(self.hall), queue_table(self.hall), places(self.hall), self.hall.address("queue-engine"), "x",
            database=self.engine_disk, writer=InlineWriter(), signer=SIGNER, links=self.broker.links(),
            clock=self.clock, chance=random.Random(self.boots),
        )  # fmt: skip
        self.engine_task = asyncio.ensure_future(self.engine.run())
        await self.clock.sleep(4)

    async def stop_engine(self) -> None:
        await _end(self.engine_task)

    async def start_machine(self, reader: "CardAt | None" = None) -> TicketMachineApp:
        self.boots += 1
        app = TicketMachineApp(
            self.hall.device["ticket-1"], self.hall, "x", screen=self.screen, opener=self.plug,
            database=self.machine_disk, links=self.broker.links(), clock=self.clock, chance=random.Random(self.boots),
            reader=reader,
        )  # fmt: skip
        self.machine_task = asyncio.ensure_future(app.run())
        await self.clock.sleep(5)
        return app

    async def kill_machine(self) -> None:
        await _end(self.machine_task)

    async def plug(self) -> ByteStream:
        near, far = memory_pair()
        self.others.append(asyncio.ensure_future(serve(self.printer, far)))
        return near

    def tap(self, app: TicketMachineApp, action: str) -> None:
        box = app.targets()[action]
        self.screen.tap(box.x + box.width // 2, box.y + box.height // 2)

    async def take(self, app: TicketMachineApp, service: str = "A") -> str:
        self.tap(app, f"pick:{service}")
        await self.clock.sleep(2.5)
        assert app.session.ticket is not None, app.session
        return app.session.ticket.ticket

    def engine_facts(self) -> list[Fact]:
        assert self.engine is not None
        rows = self.engine.keeper.journal.rows(0, 100_000)
        return [codec.body_of(codec.decode(row.payload), Fact) for row in rows]

    def machine_facts(self, app: TicketMachineApp) -> list[Body]:
        return [codec.body_of(codec.decode(row.payload), Fact) for row in app.store.outbox.rows(0, 10_000)]

    async def stop(self) -> None:
        for task in (self.machine_task, self.engine_task, *self.others):
            await _end(task)


async def _end(task: "asyncio.Task[None] | None") -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass
class CardAt:
    """A reader with one synthetic card lying on it."""

    number: str = "000000199001010016"

    async def read(self) -> Card:
        return Card(self.number)


def day(main: Callable[[Rig], Awaitable[None]], start: datetime = MORNING, hall: Hall = OPEN_HALL) -> None:
    async def body(clock: LoopClock) -> None:
        rig = Rig(clock, hall)
        await rig.start_engine()
        try:
            await main(rig)
        finally:
            await rig.stop()

    run_virtual(body, start)


def of(kind: type[Body], facts: "list[Body] | list[Fact]") -> list[Body]:
    return [fact for fact in facts if isinstance(fact, kind)]
