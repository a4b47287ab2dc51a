"""One request at a time to an Onbon card, its answer checked, its bad moments waited out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from display_controller.drivers.line import Line
from display_controller.errors import RefusedError, SilentError, WireError
from display_controller.wire.bx_frame import Decoder
from display_controller.wire.bx_k import BxError
from hallkit.transports.stream import ByteStream


@dataclass(frozen=True)
class BxTiming:
    """Seconds for an answer and for a busy card to finish; how often each is tried before giving up.

    On a serial line `baud` adds the time the request itself takes at ten bits a byte; 0 is a network.
    """

    reply: float = 1.0
    busy: float = 0.2
    tries: int = 3
    busy_tries: int = 8
    baud: int = 0

    def reply_to(self, request: bytes) -> float:
        """Return within how many seconds of its sending a request is answered."""
        return self.reply + (len(request) * 10 / self.baud if self.baud else 0.0)


class Answer(Protocol):
    """A reply of either family."""

    @property
    def error(self) -> int:
        """Return why the card refuses, one of BxError."""

    @property
    def accepted(self) -> bool:
        """Tell whether the card did what it was asked."""


class BxLink:
    """An open line to a card; `parse` turns a checked body into an answer, or raises WireError."""

    def __init__(
        self, stream: ByteStream, parse: Callable[[bytes], Answer], on_lost: Callable[[], None], timing: BxTiming
    ) -> None:
        self._parse = parse
        self._timing = timing
        self._decoder = Decoder()
        self._bodies: list[bytes] = []
        self._arrived = asyncio.Event()
        self._on_lost = on_lost
        self.line = Line(stream, self._receive, self._lose)

    async def exchange(self, request: bytes) -> None:
        """Send one framed request until the card accepts it; RefusedError, SilentError or StreamClosedError if not."""
        unanswered = damaged = busy = 0
        while unanswered + damaged < self._timing.tries:
            answer = await self._ask(request)
            if answer is None:
                unanswered += 1
            elif answer.accepted:
                return await self._settle(unanswered)
            elif answer.error == BxError.CHECKSUM:
                damaged += 1
            elif answer.error == BxError.BUSY and busy < self._timing.busy_tries:
                busy += 1
                await asyncio.sleep(self._timing.busy)
            else:
                await self._settle(unanswered)
                raise RefusedError(_reason(answer.error))
        raise SilentError(unanswered + damaged)

    async def _ask(self, request: bytes) -> Answer | None:
        """Send once; return the answer, or None in silence. What came before the request answers nothing."""
        self._bodies.clear()
        self._decoder.clear()
        await self.line.write(request)
        return await self._answer_within(self._timing.reply_to(request))

    async def _settle(self, unanswered: int) -> None:
        """Wait for answers that are only late: replies carry no number, so the next request must not meet them."""
        for _ in range(unanswered):
            if await self._answer_within(2 * self._timing.reply) is None:
                return

    async def _answer_within(self, seconds: float) -> Answer | None:
        try:
            async with asyncio.timeout(seconds):
                return await self._answer()
        except TimeoutError:
            return None

    async def _answer(self) -> Answer:
        while True:
            while self._bodies:
                try:
                    return self._parse(self._bodies.pop(0))
                except WireError:
                    self._decoder.damaged += 1
            self.line.check()
            self._arrived.clear()
            await self._arrived.wait()

    def _receive(self, data: bytes) -> None:
        self._bodies += self._decoder.feed(data)
        self._arrived.set()

    def _lose(self) -> None:
        self._arrived.set()
        self._on_lost()


def _reason(error: int) -> str:
    try:
        return BxError(error).name.lower().replace("_", " ")
    except ValueError:
        return f"error {error}"
