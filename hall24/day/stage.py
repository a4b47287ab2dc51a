"""The whole hall on its simulated stage: hardware, broker, disks and every program, each one able to die."""

import sqlite3
import tomllib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hall24 import whole_hall
from hall24.day.disk import SPOOL, CentreWriter, SimulatedDisk
from hall24.day.eyes import Eyes
from hall24.day.machines import AskingMachine
from hall24.day.options import DayOptions
from hall24.day.program import Program, Run
from hall24.day.slip_reader import reader_of
from hall24.day.speech import CodedSynthesizer, Ear
from hall24.day.ticket_place import TicketPlace
from hall24.presets import county_hall
from hall24.whole_hall import AnyPassword
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.supervise import run_jobs
from hallkit.transports.url import MemoryListener, Sockets
from intake_server.app.centre import App as CentreApp
from mqtt_bridge.app.build import field_side
from mqtt_bridge.app.field import FieldApp
from mqtt_bridge.drivers.line_turns import EveryTurn
from queue_caller.app.engine import EngineApp
from queue_caller.screens import face_of
from simulators.call_pad_device import SimulatedCallPad
from simulators.chance import stream
from simulators.hall import Hardware, plug_in
from simulators.rating_pad import RatingPad

if TYPE_CHECKING:
    from hall24.day.platter import Drive

_STAGES = count(1)
PICTURES_KEPT = 2.0
"""Seconds of pictures a panel remembers: more than the one after which it is looked at."""


def day_hall(database: str = ":memory:") -> Hall:
    """Return the county hall with its real opening hours, its hardware on memory cables, one language on its panels."""
    text = county_hall(run="run")
    for scheme in ("pty:", "udp://", "tcp://"):
        text = text.replace(scheme, "memory:")
    more = f'[display]\nlanguages = ["zh"]\n\n[intake]\nweb = false\ndatabase = "sqlite:///{database}"\n'
    return parse(tomllib.loads(f"{text}\n{more}"), Hall)


class CentreDisk:
    """The centre's database, in memory or a folder; it outlives the program that opened it while this object does."""

    def __init__(self, folder: Path | None = None) -> None:
        memory = f"file:hall24-day-{next(_STAGES)}?mode=memory&cache=shared"
        self.url = f"{memory}&uri=true" if folder is None else str(folder / "centre.db")
        self._anchor = sqlite3.connect(memory, uri=True, check_same_thread=False)

    def close(self) -> None:
        """Let the database go."""
        self._anchor.close()


@dataclass(slots=True)
class Stage:
    """Everything of one simulated hall; programs are looked up by name, the parts people touch by kind."""

    options: DayOptions
    clock: LoopClock
    centre_disk: CentreDisk = field(init=False)
    hall: Hall = field(init=False)
    broker: MemoryBroker = field(init=False)
    disk: SimulatedDisk = field(init=False)
    sockets: Sockets = field(default_factory=Sockets)
    hardware: Hardware = field(default_factory=Hardware)
    programs: dict[str, Program] = field(default_factory=dict)
    clocks: dict[str, LoopClock] = field(default_factory=dict)
    pads: dict[int, RatingPad] = field(default_factory=dict)
    machines: list[TicketPlace] = field(default_factory=list)
    ears: dict[str, Ear] = field(default_factory=dict)
    desk: AskingMachine = field(default_factory=lambda: AskingMachine("manager-1"))
    engine: EngineApp | None = None
    centre: CentreApp | None = None
    eyes: Eyes = field(init=False)
    _unplugged: dict[str, MemoryListener] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        folder = self._folder()
        self.centre_disk = CentreDisk(folder)
        self.hall = day_hall(self.centre_disk.url)
        self.disk = SimulatedDisk(_drive(self.options), folder)
        self.broker = MemoryBroker(0.002, grants(self.hall))
        self.eyes = Eyes(self.hall, self.broker)

    def _folder(self) -> Path | None:
        """Return where the stores of a long time lie, outside this process's memory; None for a few hours' stores."""
        if not self.options.is_long:
            return None
        return Path(self._stack.enter_context(TemporaryDirectory(dir=SPOOL if SPOOL.is_dir() else None)))

    async def set_up(self) -> None:
        """Plug the hardware in and start every program."""
        self.hardware = await self._stack.enter_async_context(plug_in(self.hall, sockets=self.sockets))
        for panel in self.hardware.panels.values():
            panel.history.keeps = PICTURES_KEPT
        for name, users, build in self._parts():
            program = Program(name, users, build, self.disk, self.broker)
            self.programs[name] = program
            program.start()

    async def take_down(self) -> None:
        """Stop every program, last started first, and unplug the hardware."""
        for program in reversed(self.programs.values()):
            await program.stop()
        self.centre_disk.close()
        self.disk.close()
        await self._stack.aclose()

    def unplug(self, device: str) -> None:
        """Pull the cable of a panel."""
        name = _socket(self.hall.device[device])
        if (listener := self.sockets.unplug(name)) is not None:
            self._unplugged[name] = listener

    def plug_back(self, device: str) -> None:
        """Put the cable of a panel back."""
        name = _socket(self.hall.device[device])
        if (listener := self._unplugged.pop(name, None)) is not None:
            self.sockets.plug_back(name, listener)

    def caller(self, name: str) -> SimulatedCallPad:
        """Return a window's call pad."""
        entry = self.hall.device[name]
        return self.hardware.pad_lines[entry.gateway or ""].at(entry.address or 0)

    def pad(self, name: str) -> RatingPad:
        """Return a window's rating pad as it runs now."""
        return self.pads[self.hall.device[name].window or 0]

    def clock_of(self, host: str) -> LoopClock:
        """Return the wall clock of one machine of the hall."""
        return self.clocks[host]

    def _parts(self) -> list[tuple[str, tuple[str, ...], Callable[[int], Run]]]:
        hall = self.hall
        parts: list[tuple[str, tuple[str, ...], Callable[[int], Run]]] = [
            ("hall-store", ("hall-store", "uplink"), self._stores),
            ("queue-engine", ("queue-engine",), self._engine),
            ("intake", ("intake",), self._centre),
        ]
        parts += [(one.name, (one.name,), partial(self._bridge, one.name)) for one in hall.of_kind("bridge")]
        parts += [(one.name, (one.name,), self._displays) for one in hall.of_kind("display-controller")]
        parts += [(one.name, (one.name,), partial(self._pad, one.name)) for one in hall.of_kind("rating-pad")]
        parts += [(one.name, (one.name,), partial(self._machine, self._place(one.name)))
                  for one in hall.of_kind("ticket-machine")]  # fmt: skip
        parts += [(one.name, (one.name,), partial(self._voice, one.name)) for one in hall.of_kind("voice")]
        parts.append(("manager-1", ("manager-1",), self._desk))
        return parts

    def start(self, program: str, boot: int, host: str = "hall") -> Start:
        """Return one program's share of the hall; its chance is its own and another one at every boot."""
        clock = self.clocks.setdefault(host, LoopClock(self.clock.now(), self.clock.loop))
        chance = stream(self.options.seed, "program", program, boot)
        opener: Callable[[Path], sqlite3.Connection] = partial(self.disk.open, program)
        return Start(self.hall, AnyPassword(), clock, chance, self.broker.links(), opener)

    def _stores(self, boot: int) -> Run:
        jobs = whole_hall.stores(self.start("hall-store", boot))
        return lambda: run_jobs(jobs)

    def _engine(self, boot: int) -> Run:
        key = stream(self.options.seed, "signing key").randbytes(32)
        self.engine = whole_hall.engine(self.start("queue-engine", boot), key)
        return self.engine.run

    def _centre(self, boot: int) -> Run:
        self.centre = whole_hall.centre(self.start("intake", boot, "centre"), CentreWriter(self.disk))
        return self.centre.run

    def _bridge(self, name: str, boot: int) -> Run:
        start = self.start(name, boot)
        if self.options.every_poll:
            return field_side(start, self.hall.device[name], sockets=self.sockets, turns=EveryTurn()).run
        (app,) = whole_hall.bridges(start, self.sockets)
        self._wire(name, app)
        return app.run

    def _wire(self, name: str, app: FieldApp) -> None:
        if (pads := app.parts.pad_line) is not None:
            self.hardware.pad_lines[name].on_stir = pads.stir

    def _displays(self, boot: int) -> Run:
        (app,) = whole_hall.controllers(self.start("displays-1", boot), self.sockets)
        return app.run

    def _pad(self, name: str, boot: int) -> Run:
        entry = self.hall.device[name]
        pad = whole_hall.rating_pad(self.start(name, boot, name), entry)
        self.pads[entry.window or 0] = pad
        return pad.run

    def _voice(self, name: str, boot: int) -> Run:
        return whole_hall.voice(self.start(name, boot), self.hall.device[name], self.ears[name], CodedSynthesizer()).run

    def _desk(self, boot: int) -> Run:
        return self.desk.build(self.start("manager-1", boot))

    def _place(self, name: str) -> TicketPlace:
        hardware = self.hardware
        paper = reader_of(face_of(self.hall, self.hall.of_kind("ticket-machine")[0]))
        place = TicketPlace(name, hardware.printers[name], hardware.readers[name], self.sockets, paper)
        place.is_alive = lambda: self.programs[name].is_alive
        self.machines.append(place)
        return place

    def _machine(self, place: TicketPlace, boot: int) -> Run:
        return place.build(self.start(place.name, boot, place.name))


def _drive(options: DayOptions) -> "Drive | None":
    """Return the drive beneath the hall's stores, None where they are in memory."""
    if not options.has_drive:
        return None
    from hall24.day.platter import Drive

    return Drive(stream(options.seed, "drive"))


def _socket(device: DeviceEntry) -> str:
    """Return the name a device's cable has among the memory sockets."""
    return urlsplit(device.url or "").path
