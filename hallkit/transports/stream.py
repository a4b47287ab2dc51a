"""The one seam to hardware that talks in bytes."""

from typing import Protocol


class ByteStream(Protocol):
    """Bytes both ways; on datagram transports one read or write is one datagram."""

    async def read(self) -> bytes:
        """Return at least one byte, or `b""` once the far end is gone."""

    async def write(self, data: bytes) -> None:
        """Hand `data` to the line; raise StreamClosedError if the far end is gone."""

    def close(self) -> None:
        """Let go of the line; a pending read returns `b""`."""
