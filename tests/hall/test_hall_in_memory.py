"""The main chain of a whole hall in one process and virtual time: ticket, call, screens, rating, hall store."""

import asyncio
import random
import tomllib
from datetime import datetime

from contract import codec
from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from contract.rating import RatingGrade
from display_controller.core.read import read_table, read_window
from hall24 import whole_hall
from hall24.presets import ALWAYS, county_hall
from hall24.whole_hall import MemoryDisk, memory_start
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.virtual_time import run_virtual
from hallkit.text.fonts import system_fonts
from hallkit.transports.url import Sockets
from mqtt_bridge.wire.call_pad_values import KeyCode, LampCode
from simulators.hall import Hardware, plug_in
from simulators.rating_pad import PadSetup, RatingPad

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)


def county() -> Hall:
    text = county_hall(run="run", hours=ALWAYS)
    for scheme in ("pty:", "udp://", "tcp://"):
        text = text.replace(scheme, "memory:")
    return parse(tomllib.loads(text), Hall)


def test_a_ticket_is_called_shown_served_rated_and_stored() -> None:
    async def main(clock: LoopClock) -> None:
        hall, sockets, disk = county(), Sockets(), MemoryDisk()
        broker = MemoryBroker(grants=grants(hall))
        start = memory_start(hall, clock, random.Random(1), broker.links(), disk)
        async with plug_in(hall, sockets=sockets) as hardware:
            engine = whole_hall.engine(start)
            (bridge,) = whole_hall.bridges(start, sockets)
            hardware.pad_lines["bridge-1"].on_stir = bridge.parts.pad_line.stir if bridge.parts.pad_line else print
            (displays,) = whole_hall.controllers(start, sockets)
            pad = RatingPad(
                hall.address("pad-01"), "", PadSetup(1, "A"), links=start.links, clock=clock,
                chance=random.Random(3), database=disk.open(start.path("pad-01.db")),
            )  # fmt: skip
            machine = Device(hall.address("ticket-1"), "", links=start.links, clock=clock, chance=random.Random(4))
            programs = asyncio.ensure_future(run_jobs([
                ("engine", engine.run), ("bridge", bridge.run), ("displays", displays.run), ("pad", pad.run),
                ("machine", machine.run), *whole_hall.stores(start),
            ]))  # fmt: skip
            await story(clock, hardware, machine, pad)
            rows = disk.open(start.path("hall-store.db")).execute("SELECT payload FROM fact ORDER BY row")
            types = [codec.decode(payload).type for (payload,) in rows]
            for wanted in ("TicketIssued", "TicketCalled", "ServiceStarted", "ServiceFinished", "RatingGiven"):
                assert types.count(wanted) == 1, wanted
            programs.cancel()
            await asyncio.gather(programs, return_exceptions=True)

    run_virtual(main, START)


async def story(clock: LoopClock, hardware: Hardware, machine: Device, pad: RatingPad) -> None:
    """A citizen takes a ticket, is called and shown, served, and rates."""
    await clock.sleep(5)
    issued = await machine.ask("queue", IssueTicket(services=("A",), channel=IssueChannel.TOUCH), key="p1")
    assert isinstance(issued, TicketIssuedReply)
    keys = hardware.pad_lines["bridge-1"].at(1)
    keys.press(KeyCode.NEXT)
    await clock.sleep(1)

    fonts = system_fonts()
    assert keys.ticket == issued.ticket
    assert keys.lamp is LampCode.CALLING
    hall_screen, window_screen = hardware.panels["hall-1"].picture, hardware.panels["display-01"].picture
    assert [(row.ticket, row.window) for row in read_table(hall_screen, fonts)] == [(issued.ticket, "1")]
    assert read_window(window_screen, fonts).window == "1"
    keys.press(KeyCode.START)
    await clock.sleep(300)
    keys.press(KeyCode.FINISH)
    await clock.sleep(1)
    await pad.press(RatingGrade.GOOD)
    await clock.sleep(5)
