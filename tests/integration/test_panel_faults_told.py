"""What the hall store is told of a panel's health stays true through every death of its controller."""

import asyncio
import random
import sqlite3
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from panel_rig import until

from contract import codec
from contract.body import Fact
from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from display_controller.app import controller as controller_module
from display_controller.app.controller import ControllerApp
from hall24.presets import one_window
from hall24.whole_hall import MemoryDisk, controllers, memory_start
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.url import Sockets
from simulators.hall import Hardware, plug_in

MORNING = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
PANEL = "display-01"


def _hall(panel: bool = True) -> Hall:
    text = one_window()
    for scheme in ("pty:run/dev/", "udp://", "tcp://"):
        text = text.replace(f'"{scheme}', '"memory:')
    before, kind, after = text.partition('kind = "window-display"')
    text = before + kind + after.replace('protocol = "ddp"', 'protocol = "bx-5e"', 1)
    if not panel:
        text = text.replace(f'name = "{PANEL}"', 'name = "spare"')
    return parse(tomllib.loads(text), Hall)


@dataclass
class _Rig:
    """One controller on a disk that outlives it, and a card that may fall silent."""

    clock: LoopClock
    hardware: Hardware
    sockets: Sockets
    disk: MemoryDisk = field(default_factory=MemoryDisk)
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    boots: int = 0

    @asynccontextmanager
    async def controller(self, hall: Hall | None = None) -> AsyncIterator[ControllerApp]:
        """Run the controller while the block runs; it ends as a killed one does, without a word."""
        self.boots += 1
        chance = random.Random(self.boots)
        app = controllers(
            memory_start(hall or _hall(), self.clock, chance, self.broker.links(), self.disk), self.sockets
        )[0]
        task = asyncio.ensure_future(app.run())
        try:
            yield app
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def silence(self, silent: bool) -> None:
        """Let the card hear nothing, or hear again."""
        self.hardware.panels[PANEL].faults.silent = silent

    def told(self, app: ControllerApp) -> list[tuple[str, str, Fault]]:
        """Return what waits for the hall store of the card, oldest first."""
        assert app.device.outbox is not None
        facts = [codec.body_of(codec.decode(row.payload), Fact) for row in app.device.outbox.rows(0, 1_000)]
        return [
            (type(one).__name__, one.subject, one.fault)
            for one in facts
            if isinstance(one, FaultRaised | FaultCleared) and one.subject == PANEL
        ]


@contextmanager
def _full(database: sqlite3.Connection) -> Iterator[None]:
    """Let the disk take no new fact while the block runs."""
    database.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    yield
    database.execute("DROP TRIGGER full")


def _day(main: Callable[[_Rig], Awaitable[None]]) -> None:
    async def body(clock: LoopClock) -> None:
        sockets = Sockets()
        async with plug_in(_hall(), sockets=sockets) as hardware:
            await main(_Rig(clock, hardware, sockets))

    run_virtual(body, MORNING)


RAISED = ("FaultRaised", PANEL, Fault.PANEL_SILENT)
CLEARED = ("FaultCleared", PANEL, Fault.PANEL_SILENT)


def test_a_card_that_falls_silent_while_nothing_changes_is_noticed_by_its_next_refresh() -> None:
    async def main(rig: _Rig) -> None:
        async with rig.controller() as app:
            await rig.clock.sleep(100)
            assert rig.told(app) == []
            rig.silence(True)
            await rig.clock.sleep(45)
            assert rig.told(app) == [RAISED]

    _day(main)


def test_a_card_that_recovers_while_its_controller_is_down_is_told_well_once() -> None:
    async def main(rig: _Rig) -> None:
        rig.silence(True)
        async with rig.controller() as app:
            await until(lambda: rig.told(app) == [RAISED])
        rig.silence(False)
        for _ in range(2):
            async with rig.controller() as app:
                await rig.clock.sleep(60)
                assert rig.told(app) == [RAISED, CLEARED]

    _day(main)


def test_a_card_that_stays_silent_through_a_restart_is_not_told_twice() -> None:
    async def main(rig: _Rig) -> None:
        rig.silence(True)
        for _ in range(2):
            async with rig.controller() as app:
                await rig.clock.sleep(60)
                assert rig.told(app) == [RAISED]

    _day(main)


def test_a_panel_taken_out_of_the_hall_takes_its_fault_with_it() -> None:
    async def main(rig: _Rig) -> None:
        rig.silence(True)
        async with rig.controller() as app:
            await until(lambda: rig.told(app) == [RAISED])
        async with rig.controller(_hall(panel=False)) as app:
            await rig.clock.sleep(1)
            assert rig.told(app) == [RAISED, CLEARED]

    _day(main)


def test_what_a_full_disk_did_not_take_is_told_once_there_is_room() -> None:
    async def main(rig: _Rig) -> None:
        async with rig.controller() as app:
            await rig.clock.sleep(60)
            database = next(one for path, one in rig.disk.databases.items() if path.stem == app.device.address.name)
            rig.silence(True)
            with _full(database):
                await rig.clock.sleep(60)
            assert rig.told(app) == []
            await rig.clock.sleep(controller_module.TRY_AGAIN + 1)
            assert rig.told(app) == [RAISED]

    _day(main)
