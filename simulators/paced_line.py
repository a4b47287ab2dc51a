"""A serial line as slow as its speed: ten bits a byte, both ways."""

import asyncio
from collections.abc import Callable

from hallkit.transports.stream import ByteStream

SLICE = 512
"""Bytes that cross at once, as a UART's interrupt hands them on."""
LATE = 0.004
"""Seconds this process may wake late without the line standing still meanwhile."""
SHORTEST = 0.002
"""Seconds too short to sleep for."""


class PacedLine:
    """A stream that takes as long as `baud()` says; `busy` counts the seconds bytes from the far end took."""

    def __init__(self, stream: ByteStream, baud: Callable[[], int]) -> None:
        self._stream, self._baud = stream, baud
        self._waiting = b""
        self._read_at = self._write_at = 0.0
        self.busy = 0.0

    async def read(self) -> bytes:
        """Return the next bytes once they have crossed; `b""` once the far end is gone."""
        if not self._waiting:
            self._waiting = await self._stream.read()
        data, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
        took = self._took(data)
        self.busy += took
        self._read_at = await _cross(self._read_at, took)
        return data

    async def write(self, data: bytes) -> None:
        """Send `data`, which has crossed when this returns; raise StreamClosedError if the far end is gone."""
        self._write_at = await _cross(self._write_at, self._took(data))
        await self._stream.write(data)

    def close(self) -> None:
        """Let go of the line."""
        self._stream.close()

    def _took(self, data: bytes) -> float:
        return len(data) * 10 / self._baud()


async def _cross(free_at: float, took: float) -> float:
    """Wait until the line carried something; return when it is free."""
    now = asyncio.get_running_loop().time()
    done = max(free_at, now - LATE) + took
    if done - now > SHORTEST:
        await asyncio.sleep(done - now)
    return done
