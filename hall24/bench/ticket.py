"""From a press on the ticket machine to the first byte of the slip on the printer's line, the ticket committed between.

The machine is the real program on a screen in memory, the engine a process of its own, the printer a pseudo terminal.
"""

import asyncio
import random
from time import perf_counter

from hall24.bench.echo import echoes, one_commit, open_callers, open_rows
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, quantile, shown
from hall24.bench.rig import BenchHall, bench_hall
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import ThreadWriter
from hallkit.touch.screen import PictureScreen
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import open_stream
from queue_caller.app.ticket_machine import TicketMachineApp
from simulators import receipt_printer

MACHINE, SERVICE = "ticket-1", "A"
TICKETS, WARM_UP = 240, 20
SETTLE, PAPER, BETWEEN = 5.0, 0.12, 0.03


class WatchedPrinter:
    """The printer's end of the line; it knows when the first byte after a press came."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.first = 0.0

    def listen(self) -> None:
        """Wait for the next first byte."""
        self.first = 0.0

    async def read(self) -> bytes:
        """Return what the machine sends."""
        data = await self._stream.read()
        if not self.first:
            self.first = perf_counter()
        return data

    async def write(self, data: bytes) -> None:
        """Answer the machine."""
        await self._stream.write(data)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()


def figures() -> tuple[Figure, ...]:
    """Measure single tickets, each followed by an echo and a commit: all three meet a machine that was at rest."""
    return asyncio.run(_figures())


async def _figures() -> tuple[Figure, ...]:
    async with bench_hall() as rig:
        await rig.start_engine()
        await rig.start_echo()
        lines: list[WatchedPrinter] = []
        printer = receipt_printer.build()

        async def print_slips(stream: ByteStream) -> None:
            lines.append(WatchedPrinter(stream))
            await receipt_printer.serve(printer, lines[-1])

        async with serve(f"pty:{rig.run}/dev/printer-1", print_slips):
            app = _machine(rig)
            running = asyncio.ensure_future(app.run())
            await asyncio.sleep(SETTLE)
            times, limits = await _rounds(rig, app, lines[-1])
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return _told(times, limits)


def _machine(rig: BenchHall) -> TicketMachineApp:
    entry = rig.hall.device[MACHINE]
    return TicketMachineApp(
        entry, rig.hall, rig.passwords[MACHINE], screen=PictureScreen(),
        opener=lambda: open_stream(entry.printer or ""),
        database=open_database(rig.run / f"{MACHINE}.db"), links=rig.links(), clock=SystemClock(),
        chance=random.Random(1), writer=ThreadWriter(MACHINE),
    )  # fmt: skip


async def _rounds(
    rig: BenchHall, app: TicketMachineApp, line: WatchedPrinter
) -> tuple[list[float], tuple[list[float], list[float]]]:
    callers, rows = open_callers(rig.place, rig.passwords, 1), open_rows(rig.run)
    for _ in range(WARM_UP):
        await _take(app, line)
        one_commit(rows)
    times, there, kept = list[float](), list[float](), list[float]()
    for _ in range(TICKETS):
        times.append(await _take(app, line))
        there += await asyncio.to_thread(lambda: echoes(callers, 1)[1])
        kept.append(await asyncio.to_thread(one_commit, rows))
    callers[0].close()
    rows.close()
    return times, (there, kept)


async def _take(app: TicketMachineApp, line: WatchedPrinter) -> float:
    """Take one ticket and return the seconds until its slip began to arrive at the printer."""
    line.listen()
    start = perf_counter()
    app.press(f"pick:{SERVICE}")
    await asyncio.sleep(PAPER)
    if not line.first or app.session.ticket is None:
        raise BenchError(f"no slip came: the machine shows {app.session.state}")
    first = line.first
    async with asyncio.timeout(SETTLE):
        while any(app.paper.under_way.values()):  # noqa: ASYNC110 (a slip on its way tells nobody but its ticket)
            await asyncio.sleep(BETWEEN)
    app.press("done")
    await asyncio.sleep(BETWEEN)
    return first - start


def _told(times: list[float], limits: tuple[list[float], list[float]]) -> tuple[Figure, ...]:
    found = []
    for share, bar in ((0.5, Bar(ratio_most=4)), (0.99, Bar(most=5, ratio_most=4))):
        there, kept = (1000 * quantile(samples, share) for samples in limits)
        found.append(
            figure(
                f"press → committed → first byte at the printer, p{round(100 * share)}", 1000 * quantile(times, share),
                "ms", (f"QoS 1 echo + FULL commit, p{round(100 * share)}", there + kept), bar,
                f"{len(times)} tickets, echo {shown(there)} ms and commit {shown(kept)} ms at p{round(100 * share)}",
            )
        )  # fmt: skip
    return tuple(found)
