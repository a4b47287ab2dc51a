"""One kiosk with the hall's engine and store, the uplink and the centre, all in memory and in virtual time."""

import asyncio
import random
import tempfile
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.body import Fact
from contract.cases import CaseState
from hall24.day.stage import CentreDisk
from hall24.demo.night import NightCitizen
from hall24.presets import ALWAYS, one_window
from hall24.whole_hall import MemoryDisk, centre, engine, memory_start, stores
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.virtual_time import run_virtual
from hallkit.touch.screen import PictureScreen
from hallkit.transports.url import Sockets
from intake_server.app.centre import App as CentreApp
from intake_server.core.cases.case import Case
from kiosk.app.build import kiosk
from kiosk.app.kiosk import KioskApp
from kiosk.drivers.pinyin_file import read_words
from simulators.hall import Hardware, plug_in

SUNDAY_NIGHT = datetime(2026, 9, 13, 2, 30, tzinfo=SHANGHAI)
KIOSK = "kiosk-1"
SIGNING_KEY = bytes(32)
WORDS = read_words()
AUTHORITY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def kiosk_hall(folder: Path, database: str) -> Hall:
    """Return the smallest whole hall with a kiosk, its machines on cables in memory."""
    text = one_window(hours=ALWAYS, kiosks=1, run=str(folder))
    text = text.replace(f'"pty:{folder}/dev/', '"memory:').replace('"tcp://127.0.0.1:24038"', '"memory:power-1"')
    text = text.replace('"udp://127.0.0.1:', '"memory:udp-').replace('"tcp://127.0.0.1:', '"memory:tcp-')
    text = text.replace('"ipp://127.0.0.1:24037/ipp/print"', '"ipp://memory/sheets-1"')
    key = AUTHORITY.public_key().public_bytes_raw().hex()
    text += f'\n[intake]\nweb = false\ndatabase = "sqlite:///{database}"\n\n[kiosk]\nidentity_key = "{key}"\n'
    return parse(tomllib.loads(text), Hall)


@dataclass
class KioskRig:
    """The kiosk, its hardware, and the programs it speaks to; each can be killed and started again."""

    clock: LoopClock
    hall: Hall
    hardware: Hardware
    sockets: Sockets
    centre_disk: CentreDisk
    broker: MemoryBroker = field(init=False)
    kiosk_clock: LoopClock = field(init=False)
    """The kiosk's own wall clock, which may be wrong."""
    disk: MemoryDisk = field(default_factory=MemoryDisk)
    screen: PictureScreen = field(default_factory=PictureScreen)
    app: KioskApp | None = None
    centre: CentreApp | None = None
    said: list[bytes] = field(default_factory=list)
    _boots: int = 0
    _tasks: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broker = MemoryBroker(0.002, grants(self.hall))
        self.kiosk_clock = LoopClock(self.clock.now(), self.clock.loop)
        self.broker.taps.append(lambda topic, payload, retain: self.said.append(payload))

    async def start(self, *names: str) -> None:
        """Start programs on the disks they had: `engine`, `stores`, `centre`, `kiosk`."""
        for name in names:
            self._boots += 1
            chance = random.Random(self._boots)
            clock = self.kiosk_clock if name == "kiosk" else self.clock
            begun = memory_start(self.hall, clock, chance, self.broker.links(), self.disk)
            self._tasks[name] = asyncio.ensure_future(self._run(name, begun))
            await self.clock.sleep(1)
        await self.clock.sleep(6)

    async def _run(self, name: str, begun: object) -> None:
        match name:
            case "engine":
                await engine(begun, SIGNING_KEY).run()
            case "stores":
                await run_jobs(stores(begun))
            case "centre":
                self.centre = centre(begun)
                await self.centre.run()
            case _:
                self.app = kiosk(begun, KIOSK, self.screen, sockets=self.sockets, words=lambda entries: WORDS)
                await self.app.run()

    async def kill(self, name: str) -> None:
        """End a program."""
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def cut_power(self) -> None:
        """End the kiosk where it is; `kill` clears away what is left of it."""
        self._tasks["kiosk"].cancel()

    async def stop(self) -> None:
        """End everything; raise what a program died of."""
        for name in list(self._tasks):
            task = self._tasks.pop(name)
            task.cancel()
            for result in await asyncio.gather(task, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result

    @property
    def kiosk(self) -> KioskApp:
        """Return the kiosk as it runs."""
        assert self.app is not None
        return self.app

    def citizen(self) -> NightCitizen:
        """Return somebody who stands before the kiosk."""
        return NightCitizen(self.kiosk, self.screen, KIOSK, self.hardware, self.clock)

    async def cases(self) -> list[Case]:
        """Return every case the centre has."""
        assert self.centre is not None
        assert self.centre.cases is not None
        return await self.centre.cases.in_states(*CaseState)

    async def facts(self, kind: type[Fact]) -> list[Fact]:
        """Return the facts of one kind that the hall store has."""
        rows = self.disk.open(self.hall.hall.run / "hall-store.db").execute("SELECT payload FROM fact ORDER BY row")
        found = [codec.body_of(codec.decode(payload), Fact) for (payload,) in rows.fetchall()]
        return [one for one in found if isinstance(one, kind)]

    async def tap(self, action: str) -> None:
        """Touch what the screen offers for an action; KeyError names what it offers instead."""
        targets = self.kiosk.targets()
        if action not in targets:
            raise KeyError(f"{action!r} is not on {self.kiosk.session.state}: {sorted(targets)}")
        box = targets[action]
        self.screen.tap(box.x + box.width // 2, box.y + box.height // 2)
        await self.clock.sleep(0.2)


def kiosk_night(main: Callable[[KioskRig], Awaitable[None]], start: datetime = SUNDAY_NIGHT) -> None:
    """Run `main` with everything at work, in virtual time."""

    async def body(clock: LoopClock) -> None:
        disk, sockets = CentreDisk(), Sockets()
        with tempfile.TemporaryDirectory() as folder:
            hall = kiosk_hall(Path(folder), disk.url)
            async with plug_in(hall, sockets=sockets) as hardware:
                rig = KioskRig(clock, hall, hardware, sockets, disk)
                await rig.start("engine", "stores", "centre", "kiosk")
                try:
                    await main(rig)
                finally:
                    await rig.stop()
                    disk.close()

    run_virtual(body, start)
