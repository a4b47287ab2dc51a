"""The receipt printer: prints each job at most once and says printed only when the printer said so."""

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace

from hallkit.codecs.escpos import PrinterStatus
from hallkit.devices.paper_roll import PaperRoll
from hallkit.devices.print_job import AlreadySentError, Cause, Printed, PrintJob, PrintOutcome, Stage, cause_in
from hallkit.devices.printer_line import GONE, PrinterError, PrinterLine
from hallkit.devices.printer_settings import PrinterSettings, PrinterView
from hallkit.devices.printing import Printing
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

Opener = Callable[[], Awaitable[ByteStream]]
_LOGGER = logging.getLogger(__name__)

REMEMBERED_JOBS = 4096
FIRST_PAUSE = 0.5


class ReceiptPrinter:
    """Prints jobs one after the other; `run` must be running, it holds the line and opens it again when it is gone.

    `left_unfinished` says that the last program run ended in mid-print, so that a piece of a slip hangs in the slot.
    """

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        *,
        settings: PrinterSettings | None = None,
        paper: PaperRoll | None = None,
        backoff: Backoff | None = None,
        left_unfinished: bool = False,
        on_change: Callable[[PrinterView], None] = lambda _: None,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._settings = settings or PrinterSettings()
        self._backoff = backoff or Backoff(random.Random(0), 0.5, 5.0)
        self._on_change = on_change
        self._printing: Printing | None = None
        self._turn = asyncio.Lock()
        self._handed_in: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._has_stub = left_unfinished
        self._changed = asyncio.Event()
        self.view = PrinterView(Cause.UNPLUGGED, None, paper or PaperRoll())

    async def run(self) -> None:
        """Hold the line for ever: open, look after, open again with growing pauses; ends by cancellation."""
        while True:
            try:
                stream = await self._opener()
            except GONE as error:
                _LOGGER.info("receipt printer cannot be opened: %s", error)
                self._show(None, Cause.UNPLUGGED)
                await self._clock.sleep(self._backoff.next())
                continue
            await self._hold(PrinterLine(stream, self._clock, self._show))
            await self._clock.sleep(self._backoff.next())

    async def wait_for(self, wanted: Callable[[PrinterView], bool]) -> PrinterView:
        """Return the view as soon as `wanted` holds for it."""
        while not wanted(self.view):
            self._changed.clear()
            await self._changed.wait()
        return self.view

    async def print(self, job: PrintJob, on_stage: Callable[[Stage], None] = lambda _: None) -> PrintOutcome:
        """Print `job` once and return how it ended; AlreadySentError if it was handed in before.

        Printer trouble is an outcome, never an exception, and nothing is ever sent a second time.
        """
        self._hand_in(job)
        on_stage(Stage.QUEUED)
        async with self._turn:
            outcome = await self._print(job, on_stage)
        if outcome.printed is Printed.NO:
            del self._handed_in[job.key]
        on_stage(outcome.stage)
        return outcome

    def _hand_in(self, job: PrintJob) -> None:
        if job.key in self._handed_in:
            raise AlreadySentError(f"{job.job_id} copy {job.reprint} was sent before; ask for a reprint (补打)")
        self._handed_in[job.key] = None
        if len(self._handed_in) > REMEMBERED_JOBS:
            self._handed_in.popitem(last=False)

    async def _hold(self, line: PrinterLine) -> None:
        self._printing = Printing(line, self._clock, self._settings)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.listen(), name="receipt printer ear")
                tasks.create_task(self._look_after(line, self._printing), name="receipt printer line")
        finally:
            self._printing = None
            line.close()
            self._show(None, Cause.UNPLUGGED)

    async def _look_after(self, line: PrinterLine, printing: Printing) -> None:
        """Ask for status until there is one, again whenever it is lost; sleep while it is known."""
        pause = FIRST_PAUSE
        try:
            while True:
                await self._greet(line, printing)
                if line.status is None:
                    await line.until(lambda: line.status is not None, pause)
                    pause = min(2 * pause, self._settings.probe_longest)
                else:
                    pause = FIRST_PAUSE
                    self._backoff.reset()
                    await line.until(lambda: line.status is None, None)
        except PrinterError:
            line.close()

    async def _greet(self, line: PrinterLine, printing: Printing) -> None:
        """Learn the status under our turn; PrinterError only if the line is gone."""
        async with self._turn:
            try:
                if line.status is None:
                    await printing.greet()
            except PrinterError as error:
                if error.cause is Cause.UNPLUGGED:
                    raise

    async def _print(self, job: PrintJob, on_stage: Callable[[Stage], None]) -> PrintOutcome:
        printing = self._printing
        if printing is None:
            return _failed(job, Cause.UNPLUGGED, Printed.NO)
        try:
            await printing.prepare()
        except PrinterError as error:
            return _failed(job, error.cause, Printed.NO)
        on_stage(Stage.SENDING)
        had_stub, self._has_stub = self._has_stub, True
        self._use_paper(job.dots)
        try:
            await printing.send(job, eject_stub=had_stub)
            on_stage(Stage.SENT)
            await printing.confirm()
        except PrinterError as error:
            await printing.abandon()
            return _failed(job, error.cause, Printed.UNKNOWN)
        self._has_stub = False
        return PrintOutcome(job.job_id, job.reprint, Stage.CONFIRMED, Printed.YES)

    def _use_paper(self, dots: int) -> None:
        self._update(replace(self.view, paper=self.view.paper.printed(dots)))

    def _show(self, status: PrinterStatus | None, cause: Cause | None) -> None:
        paper = self.view.paper if status is None else self.view.paper.sensed(status)
        self._update(PrinterView(cause if status is None else cause_in(status), status, paper))

    def _update(self, view: PrinterView) -> None:
        if view != self.view:
            self.view = view
            self._changed.set()
            self._on_change(view)


def _failed(job: PrintJob, cause: Cause, printed: Printed) -> PrintOutcome:
    return PrintOutcome(job.job_id, job.reprint, Stage.FAILED, printed, cause)
