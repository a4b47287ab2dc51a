"""Pictures held as ready DDP datagrams: one frame serves every panel that shows it, and no header is built twice."""

import weakref
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from display_controller.errors import WireError
from display_controller.wire import ddp

STRIDE = ddp.HEADER.size + ddp.LONGEST_DATA
"""Bytes from one datagram to the next in the buffer; only the last may be shorter."""

FLAGS, SEQUENCE = 0, 1
Run = tuple[int, int]
_NUMBERS = bytes(range(1, ddp.LAST_SEQUENCE + 1))


class DdpFrame:
    """The datagrams of one picture (`pixels`, RGB row after row), side by side in one buffer."""

    def __init__(self, pixels: bytes) -> None:
        self.pixels = pixels
        headers = _headers(len(pixels))
        self.count = len(headers)
        self._buffer = bytearray(self.count * STRIDE)
        self._length = len(pixels) + self.count * ddp.HEADER.size
        rows = np.frombuffer(self._buffer, np.uint8).reshape(self.count, STRIDE)
        rows[:, : ddp.HEADER.size] = headers
        whole, tail = _cut(pixels)
        rows[: len(whole), ddp.HEADER.size :] = whole
        if len(tail):
            rows[-1, ddp.HEADER.size : ddp.HEADER.size + len(tail)] = tail
        self._before: weakref.ref[DdpFrame] | None = None
        self._runs: tuple[Run, ...] = ()

    @property
    def everything(self) -> tuple[Run, ...]:
        """Return the run of all datagrams: a key frame."""
        return ((0, self.count),)

    def since(self, before: "DdpFrame") -> tuple[Run, ...]:
        """Return the runs [first, last) that differ from the frame `before`; panels in step cost one comparison."""
        if self._before is None or self._before() is not before:
            self._runs = _runs(self._changed(before))
            self._before = weakref.ref(before)
        return self._runs

    def datagrams(self, run: Run, sequence: int, *, push: bool) -> memoryview:
        """Return the bytes of a run numbered after `sequence`, STRIDE bytes each, the picture's last one shorter.

        The buffer is shared: the bytes hold until the next call, for whichever panel.
        """
        first, last = run
        start, end, count = first * STRIDE, last * STRIDE, last - first
        self._buffer[start + SEQUENCE : end : STRIDE] = _numbers(sequence, count)
        self._buffer[start + FLAGS : end : STRIDE] = bytes((ddp.VERSION_1,)) * count
        if push:
            self._buffer[end - STRIDE + FLAGS] = ddp.VERSION_1 | ddp.PUSH
        return memoryview(self._buffer)[start : min(end, self._length)]

    def _changed(self, before: "DdpFrame") -> NDArray[np.bool_]:
        if len(before.pixels) != len(self.pixels):
            raise WireError(f"a panel takes {len(before.pixels)} bytes a picture, not {len(self.pixels)}")
        (new, tail), (old, old_tail) = _cut(self.pixels), _cut(before.pixels)
        changed = np.zeros(self.count, np.bool_)
        changed[: len(new)] = (new.view(np.uint64) != old.view(np.uint64)).any(axis=1)
        if len(tail):
            changed[-1] = bool((tail != old_tail).any())
        return changed


def sequence_after(sequence: int, run: Run) -> int:
    """Return the number of the last datagram of a `run` sent after number `sequence`; 0 is before the first."""
    return (sequence + run[1] - run[0] - 1) % ddp.LAST_SEQUENCE + 1


def _numbers(sequence: int, count: int) -> bytes:
    start = sequence % ddp.LAST_SEQUENCE
    return (_NUMBERS * (count // ddp.LAST_SEQUENCE + 2))[start : start + count]


def _cut(pixels: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the full datagrams' data, one a row, and what is left."""
    flat, whole = np.frombuffer(pixels, np.uint8), len(pixels) // ddp.LONGEST_DATA
    return flat[: whole * ddp.LONGEST_DATA].reshape(whole, ddp.LONGEST_DATA), flat[whole * ddp.LONGEST_DATA :]


def _runs(changed: NDArray[np.bool_]) -> tuple[Run, ...]:
    edges = np.flatnonzero(np.diff(changed, prepend=False, append=False)).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@lru_cache(maxsize=64)
def _headers(size: int) -> NDArray[np.uint8]:
    headers = b"".join(ddp.header(packet) for packet in ddp.packets(bytes(size)))
    return np.frombuffer(headers, np.uint8).reshape(-1, ddp.HEADER.size)
