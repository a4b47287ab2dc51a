"""Visitors at a ticket machine: they touch its screen, take their slip, and read its code with their telephone."""

import asyncio
import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image

from contract.queue_requests import AskTicket, TicketReply
from hall24.demo.fingers import UntouchedError
from hall24.demo.plan import Plan
from hall24.demo.witness import Witness
from hallkit.inventory.schema import DeviceEntry
from hallkit.runtime.clock import Clock
from hallkit.touch.box import Box
from hallkit.touch.frame import frame
from queue_caller.screens import home_targets
from simulators.hall import Hardware
from simulators.receipt_printer import SimulatedReceiptPrinter

SLIP_PATIENCE = 12.0
"""Seconds a visitor waits for a slip before touching again: longer than a screen that awaits nothing stays."""

TRIES = 3
"""Touches after which a visitor gives up."""

GLANCE = 0.5
"""Seconds a visitor looks at the screen."""

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Guest:
    """Whoever stands at one machine; one at a time."""

    machine: DeviceEntry
    printer: SimulatedReceiptPrinter
    free: asyncio.Lock


class Guests:
    """Takes tickets at the hall's machines as people do."""

    def __init__(self, plan: Plan, hardware: Hardware, witness: Witness, clock: Clock) -> None:
        self._plan, self._witness, self._clock = plan, witness, clock
        self._places = [
            Guest(machine, hardware.printers[machine.name], asyncio.Lock())
            for machine in plan.hall.of_kind("ticket-machine")
        ]
        self._next = 0

    async def take_ticket(self, service: str) -> str:
        """Return the number on the slip that came out, empty if the machine gave none."""
        place = self._places[self._next % len(self._places)]
        self._next += 1
        async with place.free:
            slip = await self._touch_until_a_slip_comes(place, service)
            if slip is None:
                return ""
            await self._clock.sleep(GLANCE)
            await self._touch(place.machine, frame(pointer=True).actions)
        return await self._number(slip)

    async def _touch_until_a_slip_comes(self, place: Guest, service: str) -> Image.Image | None:
        for _ in range(TRIES):
            before = len(place.printer.jobs)
            targets = home_targets(self._plan.hall, place.machine, self._clock.now())
            await self._touch(place.machine, targets[f"pick:{service}"])
            if (slip := await self._slip(place.printer, before)) is not None:
                return slip
            _LOGGER.warning("%s gave no slip within %g s", place.machine.name, SLIP_PATIENCE)
        return None

    async def _touch(self, machine: DeviceEntry, box: Box) -> None:
        try:
            await self._witness.fingers.press(self._plan.hall.address(machine.name), box)
        except UntouchedError as error:
            _LOGGER.warning("a touch went unheard: %s", error)

    async def _slip(self, printer: SimulatedReceiptPrinter, before: int) -> Image.Image | None:
        until = self._clock.monotonic() + SLIP_PATIENCE
        while len(printer.jobs) == before:
            if self._clock.monotonic() > until:
                return None
            await self._clock.sleep(0.1)
        return printer.jobs[before].image()

    async def _number(self, slip: Image.Image) -> str:
        """Return the ticket behind the slip's code, as the page behind the code would show it."""
        codes = zxingcpp.read_barcodes(slip.convert("L"))
        if not codes:
            _LOGGER.warning("a slip had no code that could be read")
            return ""
        link = urlsplit(codes[0].text).path.rsplit("/", 1)[-1]
        reply = await self._witness.device.ask("queue", AskTicket(link=link), patience=20)
        return reply.tickets[0].ticket if isinstance(reply, TicketReply) and reply.tickets else ""
