"""Notices and tickets onto paper: each once, and never called printed on a guess."""

from collections.abc import Callable

from contract.body import Fact
from contract.case_facts import NoticePrinted, NoticePrintFailed
from contract.cases import Notice
from contract.field import TicketPrinted, TicketPrintFailed
from contract.link import Fault
from contract.queue_requests import TicketIssuedReply
from hallkit.devices.notice_slip import NoticePlace, notice_job
from hallkit.devices.print_job import AlreadySentError, Cause, Printed, PrintJob, PrintOutcome
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.devices.ticket_slip import TicketSlip, ticket_job
from hallkit.runtime.device import Device
from hallkit.runtime.writer import Writer
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary
from kiosk.core.happening import SlipNews
from kiosk.core.session import Slip
from kiosk.drivers.kiosk_store import KioskStore, Paper

FAULTS = {
    Cause.PAPER_OUT: Fault.PAPER_OUT,
    Cause.COVER_OPEN: Fault.COVER_OPEN,
    Cause.CUTTER_JAM: Fault.CUTTER_JAM,
    Cause.SILENT: Fault.PRINTER_SILENT,
    Cause.GARBLED: Fault.PRINTER_SILENT,
    Cause.UNPLUGGED: Fault.PRINTER_SILENT,
}
_SLIPS = {Printed.YES: Slip.PRINTED, Printed.NO: Slip.NOT_PRINTED, Printed.UNKNOWN: Slip.UNKNOWN}


class SlipDesk:
    """Prints for one kiosk; the case or the ticket is committed before, whatever becomes of the paper."""

    def __init__(
        self, store: KioskStore, device: Device, writer: Writer, printer: ReceiptPrinter | None, place: NoticePlace,
        fonts: FontLibrary, ticket_of: Callable[[TicketIssuedReply], TicketSlip],
    ) -> None:  # fmt: skip
        self._store, self._device, self._writer, self._printer = store, device, writer, printer
        self._place, self._fonts, self._ticket_of = place, fonts, ticket_of

    async def print_notice(self, notice: Notice) -> SlipNews:
        """Print a notice and commit what became of it, with its fact."""
        try:
            outcome = await self._print(notice_job(notice.document, notice, self._place, self._fonts))
        except MissingGlyphError:
            outcome = None
        paper = Paper.PRINTED if outcome is not None and outcome.is_confirmed else Paper.FAILED
        await self._commit(_notice_fact(notice, outcome), notice.document, paper)
        return _news(notice.document, outcome)

    async def print_ticket(self, ticket: TicketIssuedReply) -> SlipNews:
        """Print a ticket and commit what became of it."""
        job = f"{ticket.business_day.isoformat()}/{ticket.ticket}"
        outcome = await self._print(ticket_job(job, self._ticket_of(ticket), self._fonts))
        await self._commit(_ticket_fact(job, ticket, outcome))
        return _news(job, outcome)

    async def settle(self) -> None:
        """Tell of the notices a crash left between answer and paper: nobody knows what came out."""
        for document in await self._writer.run(self._store.unprinted):
            fact = NoticePrintFailed(job=document, document=document, cause=Fault.PRINTER_FAULT)
            await self._commit(fact, document, Paper.LOST)

    async def _print(self, job: PrintJob) -> PrintOutcome | None:
        if self._printer is None:
            return None
        try:
            return await self._printer.print(job)
        except AlreadySentError:
            return None

    async def _commit(self, fact: Fact, document: str = "", paper: Paper = Paper.PRINTED) -> None:
        def work() -> None:
            with self._store.commit():
                if document:
                    self._store.set_paper(document, paper)
                self._device.add_fact(fact)

        await self._writer.run(work)
        self._device.facts_committed()


def fault_of(cause: Cause | None) -> Fault:
    """Return a printer's trouble as the hall names it."""
    return FAULTS.get(cause, Fault.PRINTER_FAULT) if cause is not None else Fault.PRINTER_FAULT


def _news(document: str, outcome: PrintOutcome | None) -> SlipNews:
    if outcome is None:
        return SlipNews(document, Slip.NOT_PRINTED, "unplugged")
    return SlipNews(document, _SLIPS[outcome.printed], outcome.cause.value if outcome.cause is not None else "")


def _notice_fact(notice: Notice, outcome: PrintOutcome | None) -> Fact:
    job = f"{notice.document}/{notice.copy}"
    if outcome is not None and outcome.is_confirmed:
        return NoticePrinted(job=job, document=notice.document, copy=notice.copy)
    return NoticePrintFailed(job=job, document=notice.document, cause=fault_of(outcome.cause if outcome else None))


def _ticket_fact(job: str, ticket: TicketIssuedReply, outcome: PrintOutcome | None) -> Fact:
    if outcome is not None and outcome.is_confirmed:
        return TicketPrinted(job=job, ticket=ticket.ticket, business_day=ticket.business_day)
    cause = fault_of(outcome.cause if outcome else None)
    return TicketPrintFailed(job=job, ticket=ticket.ticket, business_day=ticket.business_day, cause=cause)
