"""A cable in memory: two ends, with the faults of a real one."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass

from hallkit.errors import StreamClosedError


@dataclass(slots=True)
class Cable:
    """What the cable does to bytes; fields may change while it is in use.

    `chunk` is the longest read in bytes, `loss` and `corrupt` are chances per byte, `delay` is seconds one way,
    `baud` paces writes at ten bits a byte (0 = at once), `cut` swallows everything.
    """

    chunk: int = 65_536
    loss: float = 0.0
    corrupt: float = 0.0
    delay: float = 0.0
    baud: int = 0
    cut: bool = False
    chance: random.Random | None = None

    def damage(self, data: bytes) -> bytes:
        """Return what arrives of `data`."""
        if self.cut:
            return b""
        if self.chance is None or not (self.loss or self.corrupt):
            return data
        kept = [byte for byte in data if self.chance.random() >= self.loss]
        return bytes(
            byte ^ (1 << self.chance.randrange(8)) if self.chance.random() < self.corrupt else byte for byte in kept
        )

    def duration(self, size: int) -> float:
        """Return the seconds `size` bytes take on the line."""
        return size * 10 / self.baud if self.baud else 0.0


class MemoryStream:
    """One end of a cable in memory."""

    def __init__(self, cable: Cable) -> None:
        self._cable = cable
        self._received = bytearray()
        self._readable = asyncio.Event()
        self._peer: MemoryStream | None = None
        self._closed = False
        self._free_at = 0.0
        self._travelling: deque[bytes] = deque()

    def _join(self, peer: "MemoryStream") -> None:
        self._peer = peer

    @property
    def is_closed(self) -> bool:
        """Whether either end was closed."""
        return self._closed

    async def read(self) -> bytes:
        """Return at least one byte, at most the cable's chunk; `b""` once either end is closed."""
        await self._readable.wait()
        data = bytes(self._received[: self._cable.chunk])
        del self._received[: len(data)]
        if not self._received and not self._closed:
            self._readable.clear()
        return data

    async def write(self, data: bytes) -> None:
        """Put `data` on the cable; raise StreamClosedError if either end is closed."""
        if self._closed or self._peer is None or self._peer._closed:
            raise StreamClosedError("the other end of the memory cable is closed")
        arrives = self._cable.damage(data)
        loop = asyncio.get_running_loop()
        self._free_at = max(self._free_at, loop.time()) + self._cable.duration(len(data))
        wait = self._free_at + self._cable.delay - loop.time()
        if wait <= 0 and not self._travelling:
            self._peer._arrive(arrives)
        else:
            self._travelling.append(arrives)
            loop.call_later(wait, self._deliver)

    def close(self) -> None:
        """Close this end; both ends then read `b""`."""
        for end in (self, self._peer):
            if end is not None and not end._closed:
                end._closed = True
                end._readable.set()

    def _deliver(self) -> None:
        if self._peer is not None:
            self._peer._arrive(self._travelling.popleft())

    def _arrive(self, data: bytes) -> None:
        if data and not self._closed:
            self._received += data
            self._readable.set()


def memory_pair(cable: Cable | None = None) -> tuple[MemoryStream, MemoryStream]:
    """Return the two ends of one cable."""
    shared = cable or Cable()
    left, right = MemoryStream(shared), MemoryStream(shared)
    left._join(right)
    right._join(left)
    return left, right
