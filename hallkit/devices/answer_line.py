"""One open line to a device that speaks when it is asked: every question has a deadline, no late answer is taken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from hallkit.errors import HallkitError, StreamError
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

_LOGGER = logging.getLogger(__name__)

Opener = Callable[[], Awaitable[ByteStream]]
GONE = (StreamError, OSError, EOFError)
"""What a pulled cable may raise: StreamError from our transports, OSError (SerialException is one), EOFError."""

F_co = TypeVar("F_co", covariant=True)
F = TypeVar("F")


class LineCause(StrEnum):
    """Why there is no answer."""

    UNPLUGGED = "unplugged"
    SILENT = "silent"
    GARBLED = "garbled"
    CUT_SHORT = "cut_short"


ADVICE = {
    LineCause.UNPLUGGED: "the line is gone; plug the cable in again",
    LineCause.SILENT: "nothing answers; check that it is switched on and the cable is in",
    LineCause.GARBLED: "what it answers means nothing; check cable, baud rate and earth",
    LineCause.CUT_SHORT: "the answer broke off; check the cable",
}


class NoAnswerError(HallkitError):
    """A question was not answered; `cause` says how."""

    def __init__(self, cause: LineCause) -> None:
        super().__init__(ADVICE[cause])
        self.cause = cause


class Decoder(Protocol[F_co]):
    """Turns bytes, cut anyhow, into frames."""

    @property
    def discarded(self) -> int:
        """Return the bytes that belonged to no good frame."""

    @property
    def pending(self) -> int:
        """Return the bytes held of a frame that is not whole yet."""

    def feed(self, data: bytes) -> Sequence[F_co]:
        """Take `data`; return the frames that are whole by now."""

    def reset(self) -> None:
        """Drop what is held of a frame."""


class AnswerLine(Generic[F]):
    """One question at a time over one stream; `listen` must run for anything to be heard.

    `strays` counts frames nobody waited for: late answers, answers given twice, chatter. `on_gone` is told the end.
    """

    def __init__(self, stream: ByteStream, decoder: Decoder[F]) -> None:
        self._stream = stream
        self._decoder = decoder
        self._fits: Callable[[F], bool] = lambda _: False
        self._answer: asyncio.Future[F] | None = None
        self._gone = asyncio.Event()
        self.on_gone: Callable[[], None] = lambda: None
        self.strays = 0

    @property
    def is_gone(self) -> bool:
        """Say whether the far end is gone."""
        return self._gone.is_set()

    async def listen(self) -> None:
        """Hear the device until the line is gone."""
        try:
            while data := await self._stream.read():
                for frame in self._decoder.feed(data):
                    self._hear(frame)
        except GONE as error:
            _LOGGER.warning("line gone: %s", type(error).__name__)
        finally:
            self._lose()

    async def gone(self, seconds: float | None = None) -> bool:
        """Wait for the line to go; return whether it went within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        except TimeoutError:
            return False
        return True

    async def tell(self, order: bytes, seconds: float) -> None:
        """Write `order`, which nobody answers; NoAnswerError names why it was not taken in `seconds`."""
        if self.is_gone:
            raise NoAnswerError(LineCause.UNPLUGGED)
        try:
            async with asyncio.timeout(seconds):
                await self._stream.write(order)
        except TimeoutError:
            raise NoAnswerError(LineCause.SILENT) from None
        except GONE as error:
            self._lose()
            raise NoAnswerError(LineCause.UNPLUGGED) from error

    async def ask(self, question: bytes, fits: Callable[[F], bool], seconds: float) -> F:
        """Write `question` and return the first frame that fits; NoAnswerError names why there is none in `seconds`.

        May be cancelled: an answer that comes after that is a stray.
        """
        if self.is_gone:
            raise NoAnswerError(LineCause.UNPLUGGED)
        self._decoder.reset()
        noise = self._decoder.discarded
        self._fits, self._answer = fits, asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._stream.write(question)
                return await self._answer
        except TimeoutError:
            raise NoAnswerError(self._silence(noise)) from None
        except GONE as error:
            self._lose()
            raise NoAnswerError(LineCause.UNPLUGGED) from error
        finally:
            _forget(self._answer)
            self._answer = None

    def _silence(self, noise: int) -> LineCause:
        if self._decoder.pending:
            return LineCause.CUT_SHORT
        return LineCause.GARBLED if self._decoder.discarded > noise else LineCause.SILENT

    def _hear(self, frame: F) -> None:
        if self._answer is not None and not self._answer.done() and self._fits(frame):
            self._answer.set_result(frame)
        else:
            self.strays += 1

    def _lose(self) -> None:
        self._gone.set()
        self.on_gone()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(StreamError(ADVICE[LineCause.UNPLUGGED]))


async def hold_open(
    opener: Opener,
    serve: Callable[[ByteStream], Awaitable[None]],
    on_lost: Callable[[], None],
    clock: Clock,
    backoff: Backoff,
) -> None:
    """Serve the line for ever: one that is gone is told and opened again with growing pauses; ends by cancellation."""
    while True:
        try:
            stream = await opener()
        except GONE as error:
            _LOGGER.info("cannot be opened: %s", error)
        else:
            try:
                await serve(stream)
            finally:
                stream.close()
        on_lost()
        await clock.sleep(backoff.next())


async def attend(line: AnswerLine[F], look_after: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Listen to `line` and look after it until both end; `look_after` must end when the line is gone."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.listen(), name="line ear")
        tasks.create_task(look_after(), name="line care")


def _forget(answer: asyncio.Future[F]) -> None:
    """Let go of an answer nobody awaits any more, its error included."""
    if not answer.cancel() and not answer.cancelled():
        answer.exception()
