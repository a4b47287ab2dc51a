"""The programs of a hall in one process, on whatever clock, links and cables they are given."""

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from display_controller.app.build import controller
from display_controller.app.controller import ControllerApp
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import LinkFactory
from hallkit.runtime.store import open_database
from hallkit.runtime.supervise import Job
from hallkit.runtime.writer import InlineWriter, Writer
from hallkit.touch.screen import Screen
from hallkit.transports.url import Sockets, open_stream
from intake_server.app.build import centre as intake_centre
from intake_server.app.centre import App as CentreApp
from mqtt_bridge.app.build import field_side, store_jobs
from mqtt_bridge.app.field import FieldApp
from mqtt_bridge.drivers.line_turns import EffectiveTurns
from queue_caller.app.build import day_salts, places
from queue_caller.app.engine import EngineApp
from queue_caller.app.machine_display import Display
from queue_caller.app.ticket_machine import TicketMachineApp
from queue_caller.app.voice import VoiceApp
from queue_caller.config import ENGINE, queue_table, site_of
from queue_caller.drivers.block_signer import BlockSigner
from queue_caller.drivers.speaker import Speaker
from queue_caller.drivers.synthesizer import Synthesizer
from simulators.rating_pad import PadSetup, RatingPad


@dataclass(slots=True)
class MemoryDisk:
    """Databases in memory by path: they outlive the program that opened them, as a disk does."""

    databases: dict[Path, sqlite3.Connection] = field(default_factory=dict)

    def open(self, path: Path) -> sqlite3.Connection:
        """Return the database at `path`, empty the first time."""
        if path not in self.databases:
            self.databases[path] = open_database(":memory:")
        return self.databases[path]


class AnyPassword(dict[str, str]):
    """Passwords for a broker in memory, which asks for none."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return ""


def memory_start(hall: Hall, clock: Clock, chance: random.Random, links: LinkFactory, disk: MemoryDisk) -> Start:
    """Return a program's share of a hall that lives in memory."""
    return Start(hall, AnyPassword(), clock, chance, links, disk.open)


def engine(start: Start, signing_key: bytes | None = None) -> EngineApp:
    """Return the queue engine, committing inline; an engine that is started again needs the `signing_key` it had."""
    key = Ed25519PrivateKey.from_private_bytes(signing_key or start.chance.randbytes(32))
    return EngineApp(
        site_of(start.hall), queue_table(start.hall), places(start.hall), start.hall.address(ENGINE),
        start.password(ENGINE), database=start.database(ENGINE), writer=InlineWriter(), signer=BlockSigner(key),
        links=start.links, clock=start.clock, chance=start.chance, vouched=start.vouched,
        salts=day_salts(start),
    )  # fmt: skip


def bridges(start: Start, sockets: Sockets) -> list[FieldApp]:
    """Return the field bridges, asking their lines only when something happened there."""
    return [field_side(start, entry, sockets=sockets, turns=EffectiveTurns()) for entry in start.hall.of_kind("bridge")]


def controllers(start: Start, sockets: Sockets) -> list[ControllerApp]:
    """Return the display controllers, on cables that lose nothing."""
    entries = start.hall.of_kind("display-controller")
    return [controller(start, entry, sockets=sockets, lossless=True) for entry in entries]


def ticket_machine(
    start: Start, entry: DeviceEntry, sockets: Sockets, screen: Screen, display: type[Display] = Display
) -> TicketMachineApp:
    """Return one ticket machine with its printer and card reader on cables in memory, committing inline.

    It searches for cards on its card screen only: a search that finds nothing, three times a second, costs real time.
    """
    table, printer, reader = queue_table(start.hall), entry.printer, entry.reader
    return TicketMachineApp(
        entry, start.hall, start.password(entry.name), screen=screen, database=start.database(entry.name),
        opener=(lambda: open_stream(printer, sockets)) if printer is not None else None,
        reader_opener=(lambda: open_stream(reader, sockets)) if reader is not None else None,
        links=start.links, clock=start.clock, chance=start.chance, day_start=time.fromisoformat(table.day_start),
        display=display, vouched=start.vouched, reads_at_home=False,
    )  # fmt: skip


def voice(start: Start, entry: DeviceEntry, speaker: Speaker, synthesizer: Synthesizer) -> VoiceApp:
    """Return the voice of one zone, or of every zone if it has none."""
    zones = (entry.zone,) if entry.zone else tuple(zone.id for zone in start.hall.zones)
    return VoiceApp(
        start.hall.address(entry.name), start.password(entry.name), zones=zones, links=start.links, clock=start.clock,
        chance=start.chance, database=start.database(entry.name), speaker=speaker, synthesizer=synthesizer,
        engine=ENGINE,
    )  # fmt: skip


def rating_pad(start: Start, entry: DeviceEntry) -> RatingPad:
    """Return one window's rating pad."""
    zones = {zone.id: zone.name for zone in start.hall.zones}
    setup = PadSetup(entry.window or 0, entry.zone, zones.get(entry.zone or "", ""), demo=start.hall.hall.demo)
    return RatingPad(
        start.hall.address(entry.name), start.password(entry.name), setup, links=start.links, clock=start.clock,
        chance=start.chance, database=start.database(entry.name),
    )  # fmt: skip


def centre(start: Start, writer: Writer | None = None) -> CentreApp:
    """Return the central intake server, committing inline unless told otherwise."""
    return intake_centre(start, writer or InlineWriter())


def stores(start: Start) -> list[Job]:
    """Return the hall store and the uplink."""
    return list(store_jobs(start, InlineWriter()))
