"""Touches of a panel that is not a mouse to SDL, read from its Linux input device."""

import asyncio
import os
import struct
from dataclasses import dataclass

from hallkit.errors import HallkitError
from hallkit.touch.pointer import Phase, Pointer, RawTouch, Touch

EVENT = struct.Struct("@llHHi")
"""struct input_event of linux/input.h: seconds, microseconds, type, code, value."""

EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
SYN_REPORT, SYN_DROPPED = 0, 3
BTN_TOUCH = 0x14A
ABS_X, ABS_Y = 0x00, 0x01
ABS_MT_SLOT, ABS_MT_X, ABS_MT_Y, ABS_MT_TRACKING_ID = 0x2F, 0x35, 0x36, 0x39


class PanelGoneError(HallkitError):
    """The touch panel was unplugged; plug it in again."""


@dataclass(frozen=True)
class PanelRange:
    """Least and greatest raw value of each axis, and the screen's size in pixels."""

    left: int
    right: int
    top: int
    bottom: int
    size: tuple[int, int]

    def place(self, x: int, y: int) -> tuple[int, int]:
        """Return the pixel under a raw position, kept on the screen."""
        across = (x - self.left) * (self.size[0] - 1) // max(self.right - self.left, 1)
        down = (y - self.top) * (self.size[1] - 1) // max(self.bottom - self.top, 1)
        return min(max(across, 0), self.size[0] - 1), min(max(down, 0), self.size[1] - 1)


class PanelDecoder:
    """Turns bytes of input events into touches of the first finger; single-touch and multi-touch (type B) panels."""

    def __init__(self, panel: PanelRange) -> None:
        self._panel = panel
        self._buffer = b""
        self._x = self._y = self._slot = 0
        self._down = self._was_down = False
        self._moved = self._lost = False

    def feed(self, data: bytes) -> list[RawTouch]:
        """Take bytes in any portions; return the touches complete so far."""
        self._buffer += data
        whole = len(self._buffer) // EVENT.size * EVENT.size
        ready, self._buffer = self._buffer[:whole], self._buffer[whole:]
        touches = []
        for _seconds, _micros, kind, code, value in EVENT.iter_unpack(ready):
            if kind == EV_SYN:
                touches += self._report(code)
            elif not self._lost:
                self._take(kind, code, value)
        return touches

    def _take(self, kind: int, code: int, value: int) -> None:
        if kind == EV_KEY and code == BTN_TOUCH:
            self._down = value != 0
        elif kind == EV_ABS and code == ABS_MT_SLOT:
            self._slot = value
        elif kind == EV_ABS and self._slot == 0:
            self._take_axis(code, value)

    def _take_axis(self, code: int, value: int) -> None:
        if code == ABS_MT_TRACKING_ID:
            self._down = value >= 0
        elif code in (ABS_X, ABS_MT_X):
            self._x, self._moved = value, True
        elif code in (ABS_Y, ABS_MT_Y):
            self._y, self._moved = value, True

    def _report(self, code: int) -> list[RawTouch]:
        """End a packet; after lost events the finger counts as lifted until the panel tells more."""
        if code == SYN_DROPPED:
            self._lost, self._down = True, False
            return []
        if code != SYN_REPORT:
            return []
        self._lost = False
        phase = self._phase()
        self._was_down, self._moved = self._down, False
        return [RawTouch(phase, "finger", *self._panel.place(self._x, self._y))] if phase else []

    def _phase(self) -> Phase | None:
        if self._down != self._was_down:
            return Phase.DOWN if self._down else Phase.UP
        return Phase.MOVE if self._down and self._moved else None


class Panel:
    """A touch panel behind an open, non-blocking descriptor; the loop wakes only when it has something to say."""

    def __init__(self, descriptor: int, panel: PanelRange) -> None:
        self._descriptor = descriptor
        self._decoder = PanelDecoder(panel)
        self._pointer = Pointer()
        self._touches: asyncio.Queue[Touch | PanelGoneError] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    async def touched(self) -> Touch:
        """Wait for the next touch; PanelGoneError when the panel is unplugged."""
        touch = await self._touches.get()
        if isinstance(touch, PanelGoneError):
            raise touch
        return touch

    def close(self) -> None:
        """Stop listening; the descriptor stays with whoever opened it."""
        self._loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 64 * EVENT.size)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if not data:
            self._lose(None)
        for raw in self._decoder.feed(data):
            if touch := self._pointer.feed(raw, self._loop.time()):
                self._touches.put_nowait(touch)

    def _lose(self, cause: OSError | None) -> None:
        self.close()
        gone = PanelGoneError("the touch panel is gone; plug it in again")
        gone.__cause__ = cause
        self._touches.put_nowait(gone)
