"""The simulated call pad's line."""

import asyncio
import sys


class SimLine:
    """The RS-485 line as a TCP connection to whoever plays the wires."""

    def __init__(self, port):
        self._port, self._reader, self._writer = port, None, None

    async def read(self, seconds):
        """Return bytes from the line, none if nothing came within `seconds`."""
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            data = await asyncio.wait_for(self._reader.read(64), seconds)
        except asyncio.TimeoutError:
            return b""
        if not data:
            sys.exit(0)
        return data

    async def say(self, data, wait_us):
        """Put bytes on the line `wait_us` microseconds from now."""
        if wait_us:
            await asyncio.sleep(wait_us / 1000000)
        self._writer.write(data)
        await self._writer.drain()
