"""A byte stream that is always being read, so that a far end that goes away is noticed at once."""

import asyncio
from collections.abc import Callable

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream

WRITE_WITHIN = 10.0
"""Seconds a write may block before the far end counts as gone."""


class Line:
    """An open stream; `on_data` takes what arrives, `on_lost` is called once when the far end is gone."""

    def __init__(self, stream: ByteStream, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        self._stream = stream
        self._on_data = on_data
        self._on_lost = on_lost
        self._reading: asyncio.Task[None] | None = None
        self.lost = False

    async def __aenter__(self) -> "Line":
        self._reading = asyncio.create_task(self._read(), name="panel line")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stream.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def write(self, data: bytes | memoryview) -> None:
        """Send `data`; raise StreamClosedError if the far end is gone."""
        self.check()
        try:
            async with asyncio.timeout(WRITE_WITHIN):
                await self._stream.write(bytes(data))
        except TimeoutError as error:
            raise StreamClosedError("the panel takes no bytes; check its cable") from error

    def check(self) -> None:
        """Raise StreamClosedError if the far end is gone."""
        if self.lost:
            raise StreamClosedError("the panel hung up; check its power and cable")

    async def _read(self) -> None:
        while data := await self._stream.read():
            self._on_data(data)
        self.lost = True
        self._on_lost()
