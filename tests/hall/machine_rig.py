"""One ticket machine with the hall's engine, a printer and an ID reader, all in memory and in virtual time."""

import asyncio
import random
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from contract import codec
from contract.body import Fact
from contract.queue_facts import TicketIssued
from hall24.presets import ALWAYS, OFFICE, county_hall
from hall24.whole_hall import MemoryDisk, engine, memory_start
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.virtual_time import run_virtual
from hallkit.touch.screen import PictureScreen
from hallkit.transports.url import Sockets, open_stream
from queue_caller.app.engine import EngineApp
from queue_caller.app.ticket_machine import TicketMachineApp
from simulators.hall import Hardware, plug_in

MORNING = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
MACHINE = "ticket-1"
SIGNING_KEY = bytes(32)


def in_memory(text: str) -> Hall:
    """Return a hall whose machines hang on cables in memory."""
    for scheme in ("pty:run/dev/", "udp://", "tcp://"):
        text = text.replace(f'"{scheme}', '"memory:')
    return parse(tomllib.loads(text), Hall)


OPEN_HALL = in_memory(county_hall(hours=ALWAYS))
OFFICE_HALL = in_memory(county_hall(hours=OFFICE))


@dataclass
class MachineRig:
    """The machine, its hardware and its engine; both programs can be killed and started again."""

    clock: LoopClock
    hardware: Hardware
    sockets: Sockets
    hall: Hall
    name_on_slip: bool = False
    broker: MemoryBroker = field(init=False)
    disk: MemoryDisk = field(default_factory=MemoryDisk)
    screen: PictureScreen = field(default_factory=PictureScreen)
    engine: EngineApp | None = None
    app: TicketMachineApp | None = None
    said: list[bytes] = field(default_factory=list)
    _boots: int = 0
    _tasks: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broker = MemoryBroker(grants=grants(self.hall))

    async def start_engine(self, vouched: datetime | None = None) -> EngineApp:
        """Start the engine on the disk it had."""
        self._boots += 1
        start = memory_start(self.hall, self.clock, random.Random(self._boots), self.broker.links(), self.disk)
        self.engine = engine(replace(start, vouched=vouched), SIGNING_KEY)
        self._tasks["engine"] = asyncio.ensure_future(self.engine.run())
        await self.clock.sleep(5)
        return self.engine

    async def start_machine(self, name: str = MACHINE) -> TicketMachineApp:
        """Start a machine on the disk it had."""
        self._boots += 1
        entry = self.hall.device[name]
        self.app = TicketMachineApp(
            entry, self.hall, "x", screen=self.screen, opener=lambda: open_stream(entry.printer or "", self.sockets),
            reader_opener=lambda: open_stream(entry.reader or "", self.sockets), name_on_slip=self.name_on_slip,
            database=self.disk.open(self.hall.hall.run / f"{name}.db"), links=self.broker.links(), clock=self.clock,
            chance=random.Random(self._boots),
        )  # fmt: skip
        self._tasks["machine"] = asyncio.ensure_future(self.app.run())
        await self.clock.sleep(8)
        return self.app

    async def kill(self, name: str) -> None:
        """End `engine` or `machine`."""
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        """End everything."""
        for name in list(self._tasks):
            await self.kill(name)

    def tap(self, action: str) -> None:
        """Touch what the screen offers for an action."""
        assert self.app is not None
        box = self.app.targets()[action]
        self.screen.tap(box.x + box.width // 2, box.y + box.height // 2)

    def issued(self) -> list[TicketIssued]:
        """Return the tickets the engine made."""
        return [fact for fact in self.engine_facts() if isinstance(fact, TicketIssued)]

    def engine_facts(self) -> list[Fact]:
        """Return every fact of the engine."""
        assert self.engine is not None
        rows = self.engine.keeper.journal.rows(0, 100_000)
        return [codec.body_of(codec.decode(row.payload), Fact) for row in rows]


def machine_day(
    main: Callable[[MachineRig], Awaitable[None]], start: datetime = MORNING, hall: Hall = OPEN_HALL,
    *, name_on_slip: bool = False,
) -> None:  # fmt: skip
    """Run `main` with the engine and the machine at work, in virtual time."""

    async def body(clock: LoopClock) -> None:
        sockets = Sockets()
        async with plug_in(hall, sockets=sockets) as hardware:
            rig = MachineRig(clock, hardware, sockets, hall, name_on_slip)
            rig.broker.taps.append(lambda topic, payload, retain: rig.said.append(payload))
            try:
                await rig.start_engine()
                await rig.start_machine()
                await main(rig)
            finally:
                await rig.stop()

    run_virtual(body, start)
