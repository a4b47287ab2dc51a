"""Many datagrams with one system call: Linux cuts one buffer into datagrams of equal length (UDP_SEGMENT)."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import urlsplit

from display_controller.drivers.line import Line
from hallkit.errors import StreamClosedError, StreamError
from hallkit.transports.stream import ByteStream

UDP_SEGMENT = 103
SEGMENTS_AT_ONCE = 44
"""44 datagrams of 1,450 bytes stay below the 65,507 of one call and the kernel's own limit of 64."""

NOT_OFFERED = {errno.EINVAL, errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.EMSGSIZE}


class PacketLine(Protocol):
    """Takes runs of datagrams: `stride` bytes each, only the last may be shorter; a run's bytes may change after."""

    waits: bool
    """Whether every run may have to wait; if so nothing is sent at once."""

    async def send(self, run: memoryview, stride: int) -> None:
        """Send a run; raise StreamClosedError if nobody is there."""

    def send_at_once(self, run: memoryview, stride: int) -> bool:
        """Send a whole run without waiting, or return False, part of it perhaps sent; errors as `send`."""

    def check(self) -> None:
        """Raise StreamClosedError if nobody is there."""

    async def close(self) -> None:
        """Let go of the line."""


class StreamPackets:
    """Runs over any byte stream, whose far end cuts it at the packets' own lengths."""

    waits = True

    def __init__(self, stream: ByteStream, on_lost: Callable[[], None]) -> None:
        self._line = Line(stream, lambda _: None, on_lost)

    async def open(self) -> "StreamPackets":
        """Start watching the stream."""
        await self._line.__aenter__()
        return self

    async def send(self, run: memoryview, stride: int) -> None:
        """Send a run; raise StreamClosedError if the far end is gone."""
        await self._line.write(bytes(run))

    def send_at_once(self, run: memoryview, stride: int) -> bool:
        """Refuse: a stream may always make its writer wait."""
        return not run

    def check(self) -> None:
        """Raise StreamClosedError if the far end is gone."""
        self._line.check()

    async def close(self) -> None:
        """Close the stream."""
        await self._line.__aexit__()


class Burst:
    """A connected UDP socket that sends whole runs, or datagram by datagram where the kernel cannot."""

    waits = False

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.segments = SEGMENTS_AT_ONCE
        """Datagrams per system call; 1 after the kernel refused more."""

    async def send(self, run: memoryview, stride: int) -> None:
        """Send a run; raise StreamClosedError if the host answered that nobody listens."""
        rest = self._send(run, stride)
        if rest:
            rest = memoryview(bytes(rest))
        while rest:
            await self._writable()
            rest = self._send(rest, stride)

    def send_at_once(self, run: memoryview, stride: int) -> bool:
        """Send a whole run, or return False when the kernel has no room; errors as `send`."""
        return not self._send(run, stride)

    def check(self) -> None:
        """Raise StreamClosedError if the host answered that nobody listens."""
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise StreamClosedError(f"the panel's host refuses: {errno.errorcode[code]}; check its address and power")

    async def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _send(self, run: memoryview, stride: int) -> memoryview:
        """Send what the kernel takes now; return the rest."""
        while run:
            piece = run[: self.segments * stride]
            try:
                self._send_piece(piece, stride)
            except BlockingIOError:
                return run
            except OSError as error:
                if error.errno not in NOT_OFFERED or self.segments == 1:
                    raise StreamClosedError(f"the panel's host refuses: {error}; check its address") from error
                self.segments = 1
                continue
            run = run[len(piece) :]
        return run

    def _send_piece(self, piece: memoryview, stride: int) -> None:
        if len(piece) <= stride:
            self._socket.send(piece)
        else:
            self._socket.sendmsg([piece], [(socket.SOL_UDP, UDP_SEGMENT, stride.to_bytes(2, "little"))])

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._socket, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(self._socket)


def open_burst(host: str, port: int) -> Burst:
    """Return a line of datagrams to `host`:`port`; raise StreamError with the cause."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        sock = socket.socket(family, kind, proto)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        sock.connect(address)
    except OSError as error:
        raise StreamError(f"cannot reach udp://{host}:{port}: {error}; check the address") from error
    return Burst(sock)


Open = Callable[[str], Awaitable[ByteStream]]


async def open_packets(url: str, open_stream: Open, on_lost: Callable[[], None]) -> PacketLine:
    """Open `url`: a burst for udp, else the stream `open_stream(url)` gives."""
    parts = urlsplit(url)
    if parts.scheme != "udp":
        return await StreamPackets(await open_stream(url), on_lost).open()
    if parts.hostname is None or parts.port is None:
        raise StreamError(f"{url} needs a host and a port")
    return open_burst(parts.hostname, parts.port)
