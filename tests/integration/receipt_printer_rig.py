"""A receipt printer driver before a simulated printer, with a cable that can be pulled."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from hallkit.codecs.escpos import Cut, FeedDots, raster_bands
from hallkit.devices.print_job import Cause, PrintJob
from hallkit.devices.printer_settings import PrinterSettings
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.memory import Cable
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from simulators.receipt_printer import SimulatedReceiptPrinter, build, serve

ROWS = bytes(range(1, 73)) * 800


QUICK = PrinterSettings(
    answer_deadline=0.05,
    stall_deadline=0.15,
    chunk_bytes=2048,
    patience={Cause.COVER_OPEN: 0.05, Cause.HEAD_HOT: 0.3, Cause.CUTTER_JAM: 0.05},
)


def slip(job_id: str = "A042", reprint: int = 0) -> PrintJob:
    return PrintJob(job_id, (*raster_bands(ROWS), FeedDots(24), Cut()), reprint)


class Tap:
    """The driver's end of the line: remembers what was written, and may die as a pulled adapter does."""

    def __init__(self, good: ByteStream) -> None:
        self._good = good
        self.written: list[bytes] = []
        self.error: Exception | None = None

    async def read(self) -> bytes:
        data = await self._good.read()
        if self.error is not None:
            raise self.error
        return data

    async def write(self, data: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.written.append(data)
        await self._good.write(data)

    def close(self) -> None:
        self._good.close()


@dataclass
class Rig:
    """A driver, a simulated printer and the cable between them."""

    device: SimulatedReceiptPrinter
    cable: Cable = field(default_factory=Cable)
    sockets: Sockets = field(default_factory=Sockets)
    settings: PrinterSettings = QUICK
    serving: list[asyncio.Task[None]] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("printer", self.cable).on_accept = accept

    def unplug(self) -> None:
        self.sockets.unplug("printer")

    async def open(self) -> ByteStream:
        self.taps.append(Tap(await open_stream("memory:printer", self.sockets)))
        return self.taps[-1]

    async def half_way(self) -> None:
        """Let the slip come out slowly and return while it does."""
        while self.device.hanging.dots < 48:  # noqa: ASYNC110  paper tells nobody that it moves
            await asyncio.sleep(0.002)

    def printed(self) -> list[bool]:
        """Return for each piece in the tray whether it is the whole slip."""
        return [ROWS in piece.bits for piece in self.device.jobs]


@asynccontextmanager
async def hall(setup: str = "normal", settings: PrinterSettings = QUICK) -> AsyncIterator[tuple[ReceiptPrinter, Rig]]:
    rig = Rig(build(setup), settings=settings)
    rig.plug_in()
    clock = LoopClock(datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI), asyncio.get_running_loop())
    printer = ReceiptPrinter(rig.open, clock, settings=settings, backoff=Backoff(random.Random(0), 0.01, 0.02))
    running = asyncio.create_task(printer.run())
    try:
        yield printer, rig
    finally:
        running.cancel()
        for task in rig.serving:
            task.cancel()
        await asyncio.gather(running, *rig.serving, return_exceptions=True)


async def ready(printer: ReceiptPrinter) -> None:
    async with asyncio.timeout(30):
        await printer.wait_for(lambda view: view.can_print)


async def seen(printer: ReceiptPrinter, cause: Cause) -> None:
    async with asyncio.timeout(30):
        await printer.wait_for(lambda view: view.cause is cause)
