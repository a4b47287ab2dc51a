"""One open line to a receipt printer: everything it says is heard in one place, every question has a deadline."""

import asyncio
import logging
from collections.abc import Callable

from hallkit.codecs.escpos import (
    Answer,
    AnswerDecoder,
    AskStatus,
    AutoAnswer,
    AutoStatus,
    BuffersCleared,
    ClearBuffers,
    Init,
    PrinterStatus,
    ProcessEcho,
    RealTimeAnswer,
    SentStatus,
    encode,
)
from hallkit.codecs.escpos.status import REAL_TIME_KINDS, from_real_time
from hallkit.devices.print_job import Cause
from hallkit.errors import HallkitError, StreamError
from hallkit.runtime.clock import Clock
from hallkit.transports.stream import ByteStream

_LOGGER = logging.getLogger(__name__)

PROLOGUE = (Init(), AutoStatus())
QUESTIONS = encode(AskStatus(kind) for kind in REAL_TIME_KINDS)
GONE = (StreamError, OSError, EOFError)
"""What a pulled cable may raise: StreamError from our transports, OSError (SerialException is one), EOFError."""

ADVICE = {
    Cause.GARBLED: "what it answers means nothing; check cable, baud rate and earth",
    Cause.SILENT: "it does not answer; check that it is switched on and the cable is in",
}


class PrinterError(HallkitError):
    """The printer did not do its part; `cause` says how."""

    def __init__(self, cause: Cause, advice: str) -> None:
        super().__init__(f"receipt printer {cause}: {advice}")
        self.cause = cause


class PrinterLine:
    """Speaks to one printer over one stream; `listen` must run for anything to be heard."""

    def __init__(
        self, stream: ByteStream, clock: Clock, on_status: Callable[[PrinterStatus | None, Cause | None], None]
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._on_status = on_status
        self._decoder = AnswerDecoder()
        self._news = asyncio.Event()
        self._asking = False
        self._answers: list[int] = []
        self._owed = 0
        self._cleared = False
        self._writing: asyncio.Task[None] | None = None
        self.status: PrinterStatus | None = None
        self.heard_at = 0.0
        self.marks: list[bytes] = []
        self.is_gone = False
        self.unclaimed = 0

    @property
    def discarded(self) -> int:
        """Return the bytes heard so far that were no answer."""
        return self._decoder.discarded

    async def listen(self) -> None:
        """Hear the printer until the line is gone."""
        try:
            while data := await self._stream.read():
                for answer in self._decoder.feed(data):
                    self._hear(answer)
                self._news.set()
        except GONE as error:
            _LOGGER.warning("receipt printer line gone: %s", type(error).__name__)
        self._lost()

    def close(self) -> None:
        """Let go of the line."""
        self.drop()
        self._stream.close()

    async def until(self, ready: Callable[[], bool], seconds: float | None) -> bool:
        """Return whether `ready()` came true within `seconds`; PrinterError(UNPLUGGED) if the line went instead."""
        try:
            async with asyncio.timeout(seconds):
                while not ready():
                    if self.is_gone:
                        raise _unplugged()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return ready()
        return True

    async def write(self, data: bytes, seconds: float) -> None:
        """Hand a few bytes to the line; PrinterError SILENT if it does not take them within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._stream.write(data)
        except TimeoutError:
            raise self._no_answer(heard=False) from None
        except GONE as error:
            self._lost()
            raise _unplugged() from error

    def post(self, data: bytes) -> None:
        """Hand `data` to the line without waiting; `backlog` counts it until it is taken."""
        self._writing = asyncio.create_task(self._stream.write(data), name="receipt printer mouth")
        self._writing.add_done_callback(self._posted)

    @property
    def backlog(self) -> int:
        """Return the chunks not known to be on paper, plus one while the line has not taken the last."""
        return len(self.marks) + (self._writing is not None)

    @property
    def is_clogged(self) -> bool:
        """Return whether the line has not taken the last chunk yet."""
        return self._writing is not None

    def drop(self) -> None:
        """Stop handing over the last chunk and expect no mark any more."""
        self.marks.clear()
        if self._writing is not None:
            self._writing.cancel()

    async def clear(self, deadline: float) -> None:
        """Have the printer forget what it has not printed; PrinterError if it does not say so in time."""
        self.drop()
        self._cleared = False
        noise = self.discarded
        await self.write(ClearBuffers().encode(), deadline)
        if not await self.until(lambda: self._cleared, deadline):
            raise self._no_answer(heard=self.discarded > noise)

    async def query(self, deadline: float) -> PrinterStatus:
        """Ask all four status bytes and return what they say; PrinterError SILENT or GARBLED.

        The answers do not name their question, so while late ones may still come a surplus spoils the whole answer.
        """
        noise = self.discarded
        if self._owed:
            await self.until(lambda: not self._owed, deadline)
        suspect = self._owed > 0
        self._answers, self._asking = [], True
        try:
            await self.write(QUESTIONS, deadline)
            await self.until(lambda: len(self._answers) >= len(REAL_TIME_KINDS), deadline)
            if suspect:
                await self.until(lambda: len(self._answers) > len(REAL_TIME_KINDS), deadline)
        finally:
            self._asking = False
            self._owed = max(0, self._owed + len(REAL_TIME_KINDS) - len(self._answers))
        return self._conclude(noise)

    def _conclude(self, noise: int) -> PrinterStatus:
        if len(self._answers) < len(REAL_TIME_KINDS):
            raise self._no_answer(heard=bool(self._answers) or self.discarded > noise)
        first, second, third, fourth, *late = self._answers
        status = None if late else from_real_time((first, second, third, fourth))
        if status is None:
            raise self._no_answer(heard=True)
        self._owed = 0
        self._learn(status)
        return status

    def _no_answer(self, *, heard: bool) -> PrinterError:
        """Stop believing the last status: no status is not a good one."""
        cause = Cause.GARBLED if heard else Cause.SILENT
        self.status = None
        self._on_status(None, cause)
        self._news.set()
        return PrinterError(cause, ADVICE[cause])

    def _hear(self, answer: Answer) -> None:
        self.heard_at = self._clock.monotonic()
        match answer:
            case AutoAnswer(status):
                self._learn(status)
            case RealTimeAnswer(value) if self._asking:
                self._answers.append(value)
            case RealTimeAnswer() if self._owed:
                self._owed -= 1
            case ProcessEcho(value) if value in self.marks:
                del self.marks[: self.marks.index(value) + 1]
            case SentStatus() if self.marks:
                del self.marks[0]
            case BuffersCleared():
                self._cleared = True
            case _:
                self.unclaimed += 1

    def _learn(self, status: PrinterStatus) -> None:
        self.status = status
        self._on_status(status, None)

    def _posted(self, task: asyncio.Task[None]) -> None:
        if task is self._writing:
            self._writing = None
        if not task.cancelled() and task.exception() is not None:
            self._lost()
        self._news.set()

    def _lost(self) -> None:
        self.is_gone = True
        self.status = None
        self._on_status(None, Cause.UNPLUGGED)
        self._news.set()


def _unplugged() -> PrinterError:
    return PrinterError(Cause.UNPLUGGED, "the line is gone; plug the cable in again")
