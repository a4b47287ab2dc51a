"""A picture held as ready DDP datagrams, so that one frame costs one copy and no header is built twice."""

import numpy as np
from numpy.typing import NDArray

from display_controller.errors import WireError
from display_controller.wire import ddp

STRIDE = ddp.HEADER.size + ddp.LONGEST_DATA
"""Bytes from one datagram to the next in the buffer; only the last may be shorter."""

FLAGS, SEQUENCE = 0, 1
Changed = NDArray[np.bool_]
Run = tuple[int, int]


class DdpFrame:
    """The datagrams of one panel's picture of `size` bytes, side by side in one buffer."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = -(-size // ddp.LONGEST_DATA)
        self._buffer = np.zeros(self.count * STRIDE, np.uint8)
        self._rows = self._buffer.reshape(self.count, STRIDE)
        self._pixels = self._rows[:, ddp.HEADER.size :]
        self._picture = np.zeros((self.count, ddp.LONGEST_DATA), np.uint8)
        self._sequence = 0
        self.length = size + self.count * ddp.HEADER.size
        self.datagrams = self._buffer.data[: self.length]
        for packet, row in zip(ddp.packets(bytes(size)), self._rows, strict=True):
            row[: ddp.HEADER.size] = np.frombuffer(ddp.header(packet), np.uint8)

    def load(self, pixels: bytes | memoryview) -> Changed:
        """Take a new picture; return which datagrams differ from the one before."""
        if len(pixels) != self.size:
            raise WireError(f"this panel takes {self.size} bytes a picture, not {len(pixels)}")
        flat = np.frombuffer(pixels, np.uint8)
        whole = self.size // ddp.LONGEST_DATA
        new = flat[: whole * ddp.LONGEST_DATA].reshape(whole, ddp.LONGEST_DATA)
        tail = flat[whole * ddp.LONGEST_DATA :]
        changed = np.zeros(self.count, np.bool_)
        changed[:whole] = (new.view(np.uint64) != self._picture[:whole].view(np.uint64)).any(axis=1)
        self._picture[:whole] = new
        if len(tail):
            changed[whole] = bool((tail != self._picture[whole, : len(tail)]).any())
            self._picture[whole, : len(tail)] = tail
        self._pixels[changed] = self._picture[changed]
        return changed

    def mark(self, wanted: Changed) -> list[Run]:
        """Number the wanted datagrams, let the last of them push, and return them as runs [first, last)."""
        indices = np.flatnonzero(wanted)
        if not len(indices):
            return []
        self._rows[indices, SEQUENCE] = (self._sequence + np.arange(len(indices))) % ddp.LAST_SEQUENCE + 1
        self._sequence = (self._sequence + len(indices)) % ddp.LAST_SEQUENCE
        self._rows[indices, FLAGS] = ddp.VERSION_1
        self._rows[indices[-1], FLAGS] = ddp.VERSION_1 | ddp.PUSH
        breaks = np.flatnonzero(np.diff(indices) > 1)
        firsts = indices[np.concatenate(([0], breaks + 1))]
        lasts = indices[np.concatenate((breaks, [len(indices) - 1]))] + 1
        return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

    def everything(self) -> Changed:
        """Return the selection of all datagrams: a key frame."""
        return np.ones(self.count, np.bool_)

    def run(self, run: Run) -> memoryview:
        """Return the bytes of a run: datagrams of STRIDE bytes, the picture's last one shorter."""
        return self.datagrams[run[0] * STRIDE : min(run[1] * STRIDE, self.length)]
