"""One TCP connection of the broker: bytes to packets, packets to few large writes."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Final, Protocol

from hallkit.codecs.mqtt import Decoder, Packet, ProtocolError

WRITE_BUFFER: Final = 256 << 10
LINGER: Final = 5.0
MOST_KEPT: Final = 256
"""Packets written together; a flood is written in between, so that congestion shows at once."""


class Desk(Protocol):
    """What a peer reports to."""

    def opened(self, peer: "Peer") -> None:
        """Take note of a new connection."""

    def received(self, peer: "Peer", packets: Iterable[Packet], fault: ProtocolError | None) -> None:
        """Take packets in order, and what was wrong with the bytes after them."""

    def congested(self, peer: "Peer") -> None:
        """Take note that the far end does not read."""

    def relieved(self, peer: "Peer") -> None:
        """Take note that the far end reads again."""

    def lost(self, peer: "Peer") -> None:
        """Take note that the connection is gone."""


class Peer(asyncio.Protocol):
    """A connection by its number; what is `put` goes out with the next `flush`."""

    def __init__(self, number: int, desk: Desk, max_packet: int) -> None:
        self.number = number
        self._desk = desk
        self._decoder = Decoder(max_packet)
        self._out: list[bytes] = []
        self._is_congested = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Set the line up: no delay for small packets, an early sign when the far end stops reading."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        line = transport.get_extra_info("socket")
        if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        self._desk.opened(self)

    def data_received(self, data: bytes) -> None:
        """Cut the bytes into packets."""
        try:
            packets: Iterable[Packet] = self._decoder.feed(data)
        except ProtocolError as fault:
            self._desk.received(self, fault.packets, fault)
        else:
            self._desk.received(self, packets, None)

    def pause_writing(self) -> None:
        """Report a far end that does not read."""
        self._is_congested = True
        self._desk.congested(self)

    def resume_writing(self) -> None:
        """Report a far end that reads again."""
        self._is_congested = False
        self._desk.relieved(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Report the end."""
        self._desk.lost(self)

    def put(self, data: bytes) -> bool:
        """Keep `data` for the next flush; return whether it is the first since the last one."""
        if len(self._out) >= MOST_KEPT:
            self.flush()
        self._out.append(data)
        return len(self._out) == 1

    def flush(self) -> None:
        """Write all that was put, at once."""
        if self._out and not self._transport.is_closing():
            self._transport.write(b"".join(self._out))
        self._out.clear()

    def close(self) -> None:
        """Write what was put and close; a far end that does not read is cut off."""
        self.flush()
        if self._is_congested:
            self._transport.abort()
            return
        self._transport.close()
        if self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(LINGER, self._transport.abort)

    def abort(self) -> None:
        """Cut the line."""
        self._out.clear()
        self._transport.abort()
