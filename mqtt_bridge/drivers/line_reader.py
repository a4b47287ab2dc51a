"""The receiving half of a polled line, and the life of a line that comes and goes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hallkit.errors import StreamClosedError, StreamError
from hallkit.runtime.clock import Clock
from hallkit.transports.stream import ByteStream

_LOGGER = logging.getLogger(__name__)

OpenLine = Callable[[], Awaitable[ByteStream]]
REOPEN_FIRST = 1.0
REOPEN_LONGEST = 30.0
GONE = "the field bus line is gone; check the adapter and its cable"


class LineReader:
    """Takes bytes from `stream` in one task that is never interrupted, so that no time limit loses a byte."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._received = bytearray()
        self._readable = asyncio.Event()
        self._gone = False

    async def run(self) -> None:
        """Take bytes until the line is gone."""
        try:
            while data := await self._stream.read():
                self._received += data
                self._readable.set()
        finally:
            self._gone = True
            self._readable.set()

    def forget(self) -> None:
        """Drop what came before now: a late answer is never taken for the next one."""
        self._received.clear()
        if not self._gone:
            self._readable.clear()

    def take(self) -> bytes:
        """Return what has come so far, perhaps nothing."""
        data = bytes(self._received)
        self._received.clear()
        if not self._gone:
            self._readable.clear()
        return data

    async def next(self) -> bytes:
        """Return what came next, at least one byte; raise StreamClosedError once the line is gone."""
        await self._readable.wait()
        if self._gone:
            raise StreamClosedError(GONE)
        self._readable.clear()
        data = bytes(self._received)
        self._received.clear()
        _LOGGER.debug("heard %s", data.hex())
        return data


async def keep_open(
    open_line: OpenLine,
    serve: Callable[[ByteStream, LineReader], Awaitable[None]],
    on_lost: Callable[[], None],
    clock: Clock,
) -> None:
    """Serve the line until cancelled; one that is gone is told and opened again, ever more patiently."""
    wait = REOPEN_FIRST
    while True:
        try:
            stream = await open_line()
            wait = REOPEN_FIRST
            await _serve_once(stream, serve)
        except StreamError as error:
            _LOGGER.warning("field bus line lost: %s", error)
        on_lost()
        await clock.sleep(wait)
        wait = min(wait * 2, REOPEN_LONGEST)


async def _serve_once(stream: ByteStream, serve: Callable[[ByteStream, LineReader], Awaitable[None]]) -> None:
    reader = LineReader(stream)
    receiving = asyncio.create_task(reader.run(), name="field bus reader")
    try:
        await serve(stream, reader)
    finally:
        stream.close()
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
