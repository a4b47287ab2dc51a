"""Tickets onto paper: printed once, reprinted only when asked, and never called printed on a guess."""

import asyncio
from collections.abc import Callable

from contract.body import Fact
from contract.field import TicketPrinted, TicketPrintFailed
from contract.link import Fault
from hallkit.devices.print_job import AlreadySentError, Cause, PrintOutcome
from hallkit.devices.printer_settings import PrinterSettings, PrinterView
from hallkit.devices.receipt_printer import Opener, ReceiptPrinter
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.writer import Writer
from queue_caller.app.machine_slip import Slips
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.drivers.machine_store import MachineStore, Paper

SETTINGS = PrinterSettings(
    stall_deadline=4.0, patience={Cause.OFFLINE: 2.0, Cause.CUTTER_JAM: 2.0, Cause.HEAD_HOT: 4.0}
)
"""A citizen waits a few seconds for a slip, not half a minute; the number is on the screen in any case."""

TIDY_EVERY = 16
"""Slips after which the store is tidied, while nobody waits; SQLite does it in a commit, about every hundredth."""

FAULTS = {
    Cause.PAPER_OUT: Fault.PAPER_OUT,
    Cause.COVER_OPEN: Fault.COVER_OPEN,
    Cause.CUTTER_JAM: Fault.CUTTER_JAM,
    Cause.SILENT: Fault.PRINTER_SILENT,
    Cause.GARBLED: Fault.PRINTER_SILENT,
    Cause.UNPLUGGED: Fault.PRINTER_SILENT,
}


def faults_of(view: PrinterView) -> tuple[Fault, ...]:
    """Return what is wrong with the printer as the hall names it."""
    found = [FAULTS.get(view.cause, Fault.PRINTER_FAULT)] if view.cause is not None else []
    if view.cause is None and view.paper.near_end:
        found.append(Fault.PAPER_NEAR_END)
    return tuple(found)


class PaperDesk:
    """Prints the tickets of one machine; `on_failed` is told of a slip that is not known to have come out."""

    def __init__(
        self, store: MachineStore, device: Device, writer: Writer, clock: Clock, slips: Slips, opener: Opener | None, *,
        on_view: Callable[[PrinterView], None], on_failed: Callable[[HeldTicket], None],
    ) -> None:  # fmt: skip
        self._store, self._device, self._writer, self._slips = store, device, writer, slips
        self._on_failed = on_failed
        self.printer = ReceiptPrinter(
            opener, clock, settings=SETTINGS, left_unfinished=store.may_hang(), on_change=on_view
        ) if opener else None  # fmt: skip
        self.under_way: dict[str, int] = {}
        self._since_tidy = 0

    async def run(self) -> None:
        """Hold the printer's line until cancelled."""
        if self.printer is None:
            await asyncio.Event().wait()
        else:
            await self.printer.run()

    async def print(self, ticket: HeldTicket) -> None:
        """Print a committed ticket and commit what became of it, with its fact; a copy's number is committed first."""
        self.under_way[ticket.job] = self.under_way.get(ticket.job, 0) + 1
        try:
            if ticket.reprint:
                await self._writer.run(lambda: self._store.set_paper(ticket, Paper.COMMITTED))
            outcome = await self._print(ticket)
            confirmed = outcome is not None and outcome.is_confirmed
            await self._commit(ticket, Paper.PRINTED if confirmed else Paper.FAILED, _fact(ticket, outcome))
            if not confirmed:
                self._on_failed(ticket)
            self._slips.expect(ticket)
            await self._tidy()
        finally:
            self.under_way[ticket.job] -= 1

    async def decline(self, ticket: HeldTicket) -> None:
        """Note that nobody claimed an offered slip; the ticket itself stays valid."""
        await self._writer.run(lambda: self._store.set_paper(ticket, Paper.DECLINED))

    async def offered(self) -> list[HeldTicket]:
        """Return tickets that a crash left between commit and paper, oldest first."""
        found = await self._writer.run(self._store.unprinted)
        return [ticket for ticket in found if not self.under_way.get(ticket.job)]

    async def _print(self, ticket: HeldTicket) -> PrintOutcome | None:
        if self.printer is None:
            return None
        try:
            return await self.printer.print(self._slips.job(ticket))
        except AlreadySentError:
            return None

    async def _tidy(self) -> None:
        self._since_tidy += 1
        if self._since_tidy >= TIDY_EVERY:
            self._since_tidy = 0
            await self._writer.run(self._store.tidy)

    async def _commit(self, ticket: HeldTicket, paper: Paper, fact: Fact) -> None:
        def work() -> None:
            with self._store.commit():
                self._store.set_paper(ticket, paper)
                self._device.add_fact(fact)

        await self._writer.run(work)
        self._device.facts_committed()


def _fact(ticket: HeldTicket, outcome: PrintOutcome | None) -> Fact:
    day = ticket.business_day
    job = f"{ticket.job}/{ticket.reprint}"
    if outcome is not None and outcome.is_confirmed:
        return TicketPrinted(job=job, ticket=ticket.ticket, business_day=day, reprint=ticket.reprint)
    cause = outcome.cause if outcome is not None else Cause.UNPLUGGED
    fault = FAULTS.get(cause, Fault.PRINTER_FAULT) if cause is not None else Fault.PRINTER_FAULT
    return TicketPrintFailed(job=job, ticket=ticket.ticket, business_day=day, cause=fault)
