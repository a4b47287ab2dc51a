"""A ticket machine put together from a hall's file: screens and slips, which no other queue program needs."""

import os
from collections.abc import Awaitable, Callable
from datetime import time

from hallkit.errors import ConfigError
from hallkit.inventory.start import Start
from hallkit.runtime.writer import ThreadWriter
from hallkit.touch.screen import NoScreen, PygameScreen, Screen
from hallkit.transports.url import open_stream
from queue_caller.app.ticket_machine import TicketMachineApp
from queue_caller.config import machine_table, queue_table

TICKET_MACHINE = "ticket-machine"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")


def shown_machine(start: Start, name: str, window: bool, headless: bool) -> Callable[[], Awaitable[None]]:
    """Return a ticket machine on the display if there is one; without it the live page shows the scene's picture."""
    if headless or not any(os.environ.get(one) for one in DISPLAYS):
        return ticket_machine(start, name, NoScreen())
    return ticket_machine(start, name, PygameScreen(full_screen=not window, title=name))


def ticket_machine(start: Start, name: str, screen: Screen) -> Callable[[], Awaitable[None]]:
    """Return one of the hall's ticket machines on `screen`, ready to run; raise ConfigError if the hall has none so."""
    hall = start.hall
    entry = hall.device.get(name)
    if entry is None or entry.kind != TICKET_MACHINE:
        raise ConfigError(f"devices: no {TICKET_MACHINE} named {name!r}")
    table, machines = queue_table(hall), machine_table(hall)
    printer, reader = entry.printer, entry.reader
    app = TicketMachineApp(
        entry, hall, start.password(name), screen=screen, database=start.database(name), writer=ThreadWriter(name),
        opener=(lambda: open_stream(printer)) if printer is not None else None,
        reader_opener=(lambda: open_stream(reader)) if reader is not None else None, name_on_slip=machines.name_on_slip,
        links=start.links, clock=start.clock, chance=start.chance, day_start=time.fromisoformat(table.day_start),
        vouched=start.vouched,
    )  # fmt: skip
    return app.run
