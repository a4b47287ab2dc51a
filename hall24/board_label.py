"""A board's label, as a picture and on a receipt printer."""

import asyncio
from pathlib import Path

from firmware.flasher.core import label
from firmware.flasher.core.label import Label
from hallkit.devices.print_job import Printed, PrintJob
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.errors import HallkitError
from hallkit.runtime.clock import SystemClock
from hallkit.transports.url import open_stream

PATIENCE = 60.0


class LabelError(HallkitError):
    """The label did not come out of the printer."""


def put_out(found: Label, folder: Path, printer: str) -> str:
    """Write the label's picture, and print it if a printer is named; return what was done. LabelError, OSError."""
    sheet = label.sheet(found)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.name}.png"
    sheet.picture().save(path)
    if not printer:
        return f"label: {path}"
    try:
        asyncio.run(
            asyncio.wait_for(_print(PrintJob(f"label-{found.serial[:16]}", sheet.commands(), 0), printer), PATIENCE)
        )
    except TimeoutError as error:
        raise LabelError(f"{printer}: the printer did not finish; the label's picture is {path}") from error
    return f"label: printed, and {path}"


async def _print(job: PrintJob, url: str) -> None:
    printer = ReceiptPrinter(lambda: open_stream(url), SystemClock())
    running = asyncio.ensure_future(printer.run())
    try:
        await printer.wait_for(lambda view: view.cause is None)
        outcome = await printer.print(job)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if outcome.printed is not Printed.YES:
        raise LabelError(f"{url}: the printer says {outcome.cause or 'nothing'}: look after it and provision again")
