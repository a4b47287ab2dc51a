"""The A4 printer by IPP: asks before it sends, follows the job, and never says printed before the printer did."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import count
from urllib.parse import urlsplit

from hallkit.devices.answer_line import GONE, Opener
from hallkit.devices.print_job import Printed
from hallkit.runtime.clock import Clock
from hallkit.transports.stream import ByteStream
from kiosk.drivers.a4_report import ADVICE, A4Cause, A4Outcome, A4View, JobState, view_of
from kiosk.errors import KioskError
from kiosk.wire.http_message import HttpDecoder, HttpError, HttpMessage, encode_post
from kiosk.wire.ipp import Attribute, Group, GroupTag, IppError, Message, Operation, Tag, decode, encode, request

_LOGGER = logging.getLogger(__name__)

FIRST_LOOK, LONGEST_LOOK = 0.5, 2.0
PIECE = 65_536
USER = "hall24"
PRINTER_ATTRIBUTES = ("printer-state", "printer-state-reasons", "document-format-supported")
JOB_ATTRIBUTES = ("job-id", "job-name", "job-state", "job-state-reasons", "job-impressions-completed")


class A4Error(KioskError):
    """The printer did not answer as it should; `cause` says how, `was_sent` whether it may have taken the document."""

    def __init__(self, cause: A4Cause, *, was_sent: bool = False) -> None:
        super().__init__(f"the A4 printer {ADVICE[cause]}")
        self.cause = cause
        self.was_sent = was_sent


class A4Printer:
    """One printer at `uri` (ipp://host/ipp/print); `opener` opens a new stream to it for every question.

    Seconds: `answer_deadline` for a question, `patience` for a job that does not get on.
    """

    def __init__(
        self, opener: Opener, clock: Clock, uri: str, *, answer_deadline: float = 5.0, patience: float = 60.0
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._uri = uri
        self._answer_deadline = answer_deadline
        self._patience = patience
        self._numbers = count(1)
        self._turn = asyncio.Lock()
        self.view = A4View()

    async def look(self) -> A4View:
        """Ask the printer how it is, keep it in `view` and return it."""
        asked = Attribute("requested-attributes", Tag.KEYWORD, PRINTER_ATTRIBUTES)
        try:
            printer = (await self._ask(Operation.GET_PRINTER_ATTRIBUTES, (asked,))).group(GroupTag.PRINTER)
        except A4Error as error:
            self.view = A4View(error.cause)
        else:
            state, reasons = printer.number("printer-state"), printer.words("printer-state-reasons")
            self.view = view_of(state, reasons, printer.words("document-format-supported"))
        return self.view

    async def print(self, name: str, document: bytes, kind: str = "application/pdf") -> A4Outcome:
        """Print `document` once as job `name`, which no other job may bear, and return how it ended."""
        async with self._turn:
            view = await self.look()
            if view.cause is not None:
                return A4Outcome(name, Printed.NO, view.cause)
            try:
                job = await self._send(name, document, kind)
            except A4Error as error:
                _LOGGER.warning("job %s: %s", name, error)
                return await self._settle(name, error) if error.was_sent else A4Outcome(name, Printed.NO, error.cause)
            return await self._follow(name, job)

    async def settle(self, name: str) -> A4Outcome:
        """Return what became of a job of an earlier run of the program; UNKNOWN if the printer does not know it."""
        async with self._turn:
            return await self._settle(name, A4Error(A4Cause.CANCELLED, was_sent=True))

    async def _send(self, name: str, document: bytes, kind: str) -> int:
        more = (
            Attribute("requesting-user-name", Tag.NAME, (USER,)),
            Attribute("job-name", Tag.NAME, (name,)),
            Attribute("document-format", Tag.MIME, (kind,)),
        )
        job = (await self._ask(Operation.PRINT_JOB, more, document)).group(GroupTag.JOB).number("job-id")
        if job is None:
            raise A4Error(A4Cause.GARBLED, was_sent=True)
        return job

    async def _settle(self, name: str, error: A4Error) -> A4Outcome:
        """Find a job by its name among those at work and those done, and follow it."""
        try:
            for which in ("not-completed", "completed"):
                more = (
                    Attribute("requesting-user-name", Tag.NAME, (USER,)),
                    Attribute("which-jobs", Tag.KEYWORD, (which,)),
                    Attribute("requested-attributes", Tag.KEYWORD, JOB_ATTRIBUTES),
                )
                jobs = (await self._ask(Operation.GET_JOBS, more)).groups
                for group in jobs:
                    number = group.number("job-id")
                    if group.words("job-name") == (name,) and number is not None:
                        return await self._follow(name, number)
        except A4Error as again:
            return A4Outcome(name, Printed.UNKNOWN, again.cause)
        return A4Outcome(name, Printed.UNKNOWN, error.cause)

    async def _follow(self, name: str, number: int) -> A4Outcome:
        """Ask after the job, ever less often, until it has ended or does not get on."""
        pause, seen, since = FIRST_LOOK, (0, 0), self._clock.monotonic()
        while True:
            try:
                job = await self._job(number)
            except A4Error as error:
                return A4Outcome(name, Printed.UNKNOWN, error.cause)
            state, sheets = job.number("job-state") or 0, job.number("job-impressions-completed") or 0
            if state == JobState.COMPLETED:
                return A4Outcome(name, Printed.YES)
            if state in (JobState.CANCELLED, JobState.ABORTED):
                return A4Outcome(name, _printed(sheets), A4Cause.CANCELLED)
            if (state, sheets) != seen:
                seen, since = (state, sheets), self._clock.monotonic()
            if self._clock.monotonic() - since >= self._patience:
                return await self._give_up(name, number, state, sheets)
            await self._clock.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK)

    async def _give_up(self, name: str, number: int, state: int, sheets: int) -> A4Outcome:
        """Take a job back that does not get on; nothing printed is only said if the printer took it back."""
        cause = (await self.look()).cause or (A4Cause.HELD if state == JobState.HELD else A4Cause.STALLED)
        try:
            await self._ask(Operation.CANCEL_JOB, (Attribute("job-id", Tag.INTEGER, (number,)),))
            sheets = (await self._job(number)).number("job-impressions-completed") or sheets
        except A4Error as error:
            _LOGGER.warning("job %s could not be taken back: %s", name, error)
            return A4Outcome(name, Printed.UNKNOWN, cause)
        return A4Outcome(name, _printed(sheets), cause)

    async def _job(self, number: int) -> Group:
        more = (
            Attribute("job-id", Tag.INTEGER, (number,)),
            Attribute("requested-attributes", Tag.KEYWORD, JOB_ATTRIBUTES),
        )
        return (await self._ask(Operation.GET_JOB_ATTRIBUTES, more)).group(GroupTag.JOB)

    async def _ask(self, operation: Operation, more: Sequence[Attribute], data: bytes = b"") -> Message:
        number = next(self._numbers)
        parts = urlsplit(self._uri)
        asked = encode(request(operation, number, self._uri, more, data))
        answer = await self._post(encode_post(parts.netloc, parts.path or "/", asked))
        try:
            message = decode(answer.body)
        except IppError as error:
            raise A4Error(A4Cause.GARBLED, was_sent=True) from error
        if answer.status != 200 or message.request_id != number:
            raise A4Error(A4Cause.GARBLED, was_sent=True)
        if not message.is_good:
            _LOGGER.warning("A4 printer answers %s with %04x", operation.name, message.code)
            raise A4Error(A4Cause.REFUSED)
        return message

    async def _post(self, data: bytes) -> HttpMessage:
        try:
            stream = await self._opener()
        except GONE as error:
            raise A4Error(A4Cause.UNREACHABLE) from error
        try:
            return await self._exchange(stream, data)
        finally:
            stream.close()

    async def _exchange(self, stream: ByteStream, data: bytes) -> HttpMessage:
        decoder = HttpDecoder()
        try:
            for at in range(0, len(data), PIECE):
                async with asyncio.timeout(self._answer_deadline):
                    await stream.write(data[at : at + PIECE])
            async with asyncio.timeout(self._answer_deadline):
                while piece := await stream.read():
                    if answer := decoder.feed(piece):
                        return answer
            if answer := decoder.end():
                return answer
        except TimeoutError:
            raise A4Error(A4Cause.SILENT, was_sent=True) from None
        except HttpError as error:
            raise A4Error(A4Cause.GARBLED, was_sent=True) from error
        except GONE as error:
            raise A4Error(A4Cause.UNREACHABLE, was_sent=True) from error
        raise A4Error(A4Cause.UNREACHABLE, was_sent=True)


def _printed(sheets: int) -> Printed:
    return Printed.UNKNOWN if sheets else Printed.NO
