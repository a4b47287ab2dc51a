"""TCP and UDP byte streams."""

import asyncio
import socket
from typing import cast

from hallkit.errors import StreamClosedError, StreamError

READ_SIZE = 65_536


class TcpStream:
    """A connected TCP socket, small writes sent at once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        raw = writer.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def read(self) -> bytes:
        """Return at least one byte; `b""` once the far end is gone."""
        try:
            return await self._reader.read(READ_SIZE)
        except (ConnectionError, OSError):
            return b""

    async def write(self, data: bytes) -> None:
        """Send `data`; raise StreamClosedError if the far end is gone."""
        if self._writer.is_closing():
            raise StreamClosedError("the connection is closed")
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (ConnectionError, OSError) as error:
            raise StreamClosedError(f"the far end is gone: {error}") from error

    def close(self) -> None:
        """Close the socket."""
        self._writer.close()


async def open_tcp(host: str, port: int) -> TcpStream:
    """Connect to `host`:`port`; raise StreamError with the cause."""
    try:
        return TcpStream(*await asyncio.open_connection(host, port))
    except OSError as error:
        raise StreamError(f"cannot reach tcp://{host}:{port}: {error}; check power, cable and address") from error


class UdpStream(asyncio.DatagramProtocol):
    """A UDP socket with one peer: one read or write is one datagram."""

    def __init__(self, peer: tuple[str, int] | None) -> None:
        self._peer = peer
        self._transport: asyncio.DatagramTransport | None = None
        self._received: asyncio.Queue[bytes] = asyncio.Queue(maxsize=4096)
        self.dropped = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep one datagram; count it as dropped when nobody reads."""
        if self._peer is None:
            self._peer = addr
        try:
            self._received.put_nowait(data)
        except asyncio.QueueFull:
            self.dropped += 1

    def error_received(self, exc: Exception) -> None:
        """Ignore a refused datagram: UDP promises nothing, the driver's own check finds a silent peer."""

    async def read(self) -> bytes:
        """Return one datagram; `b""` once closed."""
        if self._transport is None or (self._transport.is_closing() and self._received.empty()):
            return b""
        return await self._received.get()

    async def write(self, data: bytes) -> None:
        """Send one datagram; raise StreamClosedError when closed or nobody is known to send to."""
        if self._transport is None or self._transport.is_closing() or self._peer is None:
            raise StreamClosedError("the datagram socket is closed")
        self._transport.sendto(data, None if self._transport.get_extra_info("peername") else self._peer)

    def close(self) -> None:
        """Close the socket; a waiting read returns `b""`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            if self._received.empty():
                self._received.put_nowait(b"")


async def open_udp(host: str, port: int) -> UdpStream:
    """Return a socket that talks to `host`:`port`."""
    loop = asyncio.get_running_loop()
    try:
        _, stream = await loop.create_datagram_endpoint(lambda: UdpStream((host, port)), remote_addr=(host, port))
    except OSError as error:
        raise StreamError(f"cannot reach udp://{host}:{port}: {error}; check the address") from error
    return stream
