"""A pair of wires as TCP: what one says everybody else hears, as on an RS-485 line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wires:
    """Connections to one port; `heard` counts the bytes that crossed."""

    def __init__(self) -> None:
        self._ends: list[asyncio.StreamWriter] = []
        self.heard = 0
        self.joined = asyncio.Event()

    @property
    def ends(self) -> int:
        """Return how many are on the line."""
        return len(self._ends)

    async def cut(self) -> None:
        """Close every connection."""
        ends = list(self._ends)
        for one in ends:
            one.close()
        await asyncio.gather(*(one.wait_closed() for one in ends), return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        self.joined.set()
        try:
            while data := await reader.read(256):
                self.heard += len(data)
                for other in self._ends:
                    if other is not writer:
                        other.write(data)
        except ConnectionError:
            return
        finally:
            self._ends.remove(writer)
            writer.close()


@asynccontextmanager
async def wires() -> AsyncIterator[tuple[Wires, int]]:
    """Lay the wires while entered; yield them and the port they begin at."""
    made = Wires()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    try:
        yield made, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await made.cut()
