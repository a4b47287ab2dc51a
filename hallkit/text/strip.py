"""Scrolling text: a strip is rendered once, each frame is a slice of it, ready for the wire."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hallkit.text.draw import picture_of
from hallkit.text.font import FontChain

Dots = NDArray[np.uint8]


class Strip:
    """A picture that runs through a screen `width` pixels wide, in from the right and out to the left, then again."""

    def __init__(self, picture: Image.Image, width: int) -> None:
        self.width = width
        self.height = picture.height
        self.period = picture.width + width
        blank = np.zeros((self.height, width, 3), np.uint8)
        rows: Dots = np.concatenate([blank, np.asarray(picture.convert("RGB")), blank], axis=1)
        lit = rows.max(axis=2) > 127
        self._columns = _bytes_of(rows.transpose(1, 0, 2))
        self._bit_columns = _bytes_of(np.packbits(lit.T, axis=1))
        self._frames = _windows(rows.reshape(self.height, -1), width * 3, range(0, self.period * 3, 3))
        phases = [np.packbits(np.roll(lit, -phase, axis=1), axis=1) for phase in range(8)]
        starts = range(-(-self.period // 8))
        self._bit_frames = [_windows(phase, width // 8, starts) for phase in phases]

    def rgb_columns(self, offset: int) -> bytes:
        """Return the frame at `offset` as RGB888, column after column, top to bottom."""
        start = offset % self.period * self.height * 3
        return bytes(self._columns[start : start + self.width * self.height * 3])

    def rgb_rows(self, offset: int) -> bytes:
        """Return the frame at `offset` as RGB888, row after row."""
        return self._frames[offset % self.period].tobytes()

    def bit_columns(self, offset: int) -> bytes:
        """Return the frame at `offset` as one bit a dot, column after column, top dot in the highest bit."""
        stride = -(-self.height // 8)
        start = offset % self.period * stride
        return bytes(self._bit_columns[start : start + self.width * stride])

    def bit_rows(self, offset: int) -> bytes:
        """Return the frame at `offset` as one bit a dot, row after row, left dot in the highest bit; width % 8 is 0."""
        start = offset % self.period
        return self._bit_frames[start % 8][start // 8].tobytes()


def _bytes_of(dots: Dots) -> memoryview:
    return np.ascontiguousarray(dots).data.cast("B")


def _windows(rows: Dots, width: int, starts: range) -> list[NDArray[np.void]]:
    """Return one view of `rows` per start, `width` bytes of each row as one element: numpy copies a row at a time."""
    held = np.ascontiguousarray(rows)
    kind = np.dtype(f"V{width}")
    return [np.ndarray((len(held),), kind, held.data, start, (held.strides[0],)) for start in starts]


def text_strip(text: str, chain: FontChain, size: tuple[int, int], ink: tuple[int, int, int]) -> Strip:
    """Render `text` once as a strip for a screen of `size`, centred in its height."""
    line = picture_of(text, chain, ink=ink)
    picture = Image.new("RGB", (line.width, size[1]))
    picture.paste(line, (0, (size[1] - line.height) // 2))
    return Strip(picture, size[0])


@dataclass(frozen=True)
class Pace:
    """Seconds for one frame and for copying as many bytes in memory, medians of the same run."""

    layout: str
    frame: float
    memcpy: float

    @property
    def ratio(self) -> float:
        """Return how many memory copies one frame costs."""
        return self.frame / self.memcpy


def scroll_pace(size: tuple[int, int], chain: FontChain, clock: Callable[[], float] = perf_counter) -> list[Pace]:
    """Measure the frames of a 60-character strip on a screen of `size` against copying one RGB888 frame of it."""
    strip = text_strip("请A012号到3号窗口办理" * 5, chain, size, (255, 160, 0))
    frame = bytearray(strip.rgb_rows(0))
    memcpy = _seconds(lambda _offset: bytes(frame), clock)
    frames = (strip.rgb_columns, strip.rgb_rows, strip.bit_columns, strip.bit_rows)
    return [Pace(draw.__name__, _seconds(draw, clock), memcpy) for draw in frames]


def _seconds(draw: Callable[[int], bytes], clock: Callable[[], float], repeats: int = 15, frames: int = 200) -> float:
    rounds = []
    for _ in range(repeats):
        start = clock()
        for offset in range(frames):
            draw(offset)
        rounds.append((clock() - start) / frames)
    return median(rounds)
