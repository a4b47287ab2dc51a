"""The queue programs put together from a hall's file."""

from collections.abc import Awaitable, Callable
from datetime import time

from hallkit.errors import ConfigError
from hallkit.inventory.grants import ASKERS
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start
from hallkit.runtime.writer import ThreadWriter
from hallkit.touch.screen import Screen
from hallkit.transports.url import open_stream
from queue_caller.app.engine import EngineApp, EnginePlaces
from queue_caller.config import queue_table, site_of
from queue_caller.drivers.block_signer import load_signer

ENGINE = "queue-engine"
TICKET_MACHINE = "ticket-machine"


def places(hall: Hall) -> EnginePlaces:
    """Return who asks the engine and where the rating pads are."""
    askers = {hall.address(one.name): one.window for one in hall.devices if one.kind in ASKERS}
    askers[hall.address("intake")] = None
    pads = {one.window: hall.address(one.name) for one in hall.of_kind("rating-pad") if one.window is not None}
    return EnginePlaces(askers=askers, pads=pads)


def engine(start: Start) -> Callable[[], Awaitable[None]]:
    """Return the hall's queue engine, ready to run."""
    site, table = site_of(start.hall), queue_table(start.hall)
    writer = ThreadWriter(ENGINE)
    app = EngineApp(
        site, table, places(start.hall), start.hall.address(ENGINE), start.password(ENGINE),
        database=start.database(ENGINE), writer=writer, signer=load_signer(start.path("queue-engine.key")),
        links=start.links, clock=start.clock, chance=start.chance,
    )  # fmt: skip
    return app.run


def ticket_machine(start: Start, name: str, screen: Screen) -> Callable[[], Awaitable[None]]:
    """Return one of the hall's ticket machines on `screen`, ready to run; raise ConfigError if the hall has none so."""
    from queue_caller.app.ticket_machine import TicketMachineApp  # screens and slips, which no other program needs

    hall = start.hall
    entry = hall.device.get(name)
    if entry is None or entry.kind != TICKET_MACHINE:
        raise ConfigError(f"devices: no {TICKET_MACHINE} named {name!r}")
    table, printer = queue_table(hall), entry.printer
    app = TicketMachineApp(
        entry, hall, start.password(name), screen=screen, database=start.database(name), writer=ThreadWriter(name),
        opener=(lambda: open_stream(printer)) if printer is not None else None,
        links=start.links, clock=start.clock, chance=start.chance, day_start=time.fromisoformat(table.day_start),
    )  # fmt: skip
    return app.run
