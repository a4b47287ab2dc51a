"""Getting jobs onto paper over one open line: what to ask first, when to wait, when to give up."""

import asyncio
from collections.abc import Callable

from hallkit.codecs.escpos import Command, Cut, FeedDots, ProcessId, Recover, SendStatus, encode
from hallkit.devices.print_job import KNIFE_DOTS, Cause, Chunk, PrintJob, cause_in, chunks
from hallkit.devices.printer_line import PROLOGUE, PrinterError, PrinterLine
from hallkit.devices.printer_settings import Confirmation, PrinterSettings
from hallkit.runtime.clock import Clock

EJECT_STUB: tuple[Command, ...] = (FeedDots(KNIFE_DOTS), Cut())
"""Cuts off what an abandoned job left in the slot, so that no citizen gets a piece of another's slip."""


class Printing:
    """One line and what may still be in the printer's buffers; one caller at a time."""

    def __init__(self, line: PrinterLine, clock: Clock, settings: PrinterSettings) -> None:
        self._line = line
        self._clock = clock
        self._settings = settings
        self._is_dirty = True

    async def greet(self) -> None:
        """Empty the printer, switch its automatic status on, ask for its status; PrinterError if it stays unknown."""
        deadline = self._settings.answer_deadline
        try:
            await self._clean()
        except PrinterError as error:
            if error.cause is Cause.UNPLUGGED:
                raise
        await self._line.write(encode(PROLOGUE), deadline)
        await self._ask()

    async def prepare(self) -> None:
        """Return once the next byte would be printed, at once if the last status is good and fresh."""
        if self._is_dirty:
            await self._clean()
        age = self._clock.monotonic() - self._line.heard_at
        if self._line.status is None or age > self._settings.fresh_for:
            await self._ask()
        await self._outlast()

    async def send(self, job: PrintJob, *, eject_stub: bool) -> None:
        """Hand over all of `job`, never far ahead of the paper; PrinterError with what stopped it."""
        self._is_dirty = True
        prologue = (*PROLOGUE, *(EJECT_STUB if eject_stub else ()))
        for chunk in chunks(job, prologue, self._settings.chunk_bytes):
            await self._outlast()
            self._post(chunk)
            await asyncio.sleep(0)
            await self._drain(self._settings.window)

    async def confirm(self) -> None:
        """Return once the printer said that everything is on paper; PrinterError if it does not."""
        await self._drain(0)
        self._is_dirty = False

    async def abandon(self) -> bool:
        """Stop, empty the printer and return whether it said so; if not, the next job must first."""
        self._line.drop()
        try:
            await self._clean()
        except PrinterError:
            return False
        return True

    def _post(self, chunk: Chunk) -> None:
        by_id = self._settings.confirmation is Confirmation.PROCESS_ID
        self._line.marks.append(chunk.mark)
        self._line.post(chunk.data + (ProcessId(chunk.mark) if by_id else SendStatus()).encode())

    async def _clean(self) -> None:
        try:
            await self._line.clear(self._settings.answer_deadline)
        except PrinterError as error:
            if self._settings.confirms_clearing or error.cause is Cause.UNPLUGGED:
                raise
        self._is_dirty = False

    async def _ask(self) -> None:
        try:
            await self._line.query(self._settings.answer_deadline)
        except PrinterError as error:
            if error.cause is not Cause.GARBLED:
                raise
            await self._line.query(self._settings.answer_deadline)

    async def _outlast(self) -> None:
        """Wait for every cause as long as its patience; PrinterError with the cause that stays."""
        retries = self._settings.cutter_retries
        while cause := self._cause():
            if cause is Cause.CUTTER_JAM and retries:
                retries -= 1
                await self._line.write(Recover().encode(), self._settings.answer_deadline)
            if not await self._line.until(self._changes(cause), self._settings.patience.get(cause, 0.0)):
                raise PrinterError(cause, "see to the printer")

    async def _drain(self, most: int) -> None:
        """Wait until at most `most` chunks are under way; PrinterError names what stopped the printer."""
        while self._line.is_clogged or self._line.backlog > most:
            backlog = self._line.backlog
            await self._outlast()
            if not await self._line.until(self._moves(backlog), self._settings.stall_deadline):
                await self._explain_stall()

    async def _explain_stall(self) -> None:
        if not self._line.is_clogged:
            await self._ask()
            await self._outlast()
        raise PrinterError(Cause.SILENT, "it took the slip but does not confirm it")

    def _cause(self) -> Cause | None:
        return Cause.SILENT if self._line.status is None else cause_in(self._line.status)

    def _changes(self, cause: Cause) -> Callable[[], bool]:
        return lambda: self._cause() is not cause

    def _moves(self, backlog: int) -> Callable[[], bool]:
        return lambda: self._line.backlog < backlog or self._cause() is not None
