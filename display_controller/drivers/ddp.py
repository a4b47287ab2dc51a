"""DDP panels: what changed goes out at once, everything goes out every few seconds, for nobody acknowledges."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from display_controller.core.picture import Picture
from display_controller.drivers.burst import PacketLine
from display_controller.drivers.panel import Connect, PanelDisplay, Session
from display_controller.errors import WireError
from display_controller.wire.ddp_frame import STRIDE, DdpFrame, Run, sequence_after
from hallkit.runtime.reconnect import Backoff

Open = Callable[[Callable[[], None]], Awaitable[PacketLine]]

FULL_LEVEL = 100
_FRAMES: WeakValueDictionary[tuple[Picture, int], DdpFrame] = WeakValueDictionary()
"""The frames that are on a panel now, by picture and brightness: panels that show the same share one."""


@dataclass(frozen=True)
class DdpOptions:
    """One DDP panel of `size` (width, height); a lost packet or a restarted panel is right again after `key_every`.

    With `key_at_rest` false the last key frame goes out `key_every` after the last change, then nothing until the next:
    for links that lose nothing. `settle` is how long a host has to say that nobody listens.
    """

    size: tuple[int, int]
    key_every: float = 4.0
    key_at_rest: bool = True
    settle: float = 0.02


class DdpSession:
    """One connection to a DDP panel."""

    def __init__(self, line: PacketLine, options: DdpOptions) -> None:
        self._line = line
        self._options = options
        self._picture: Picture | None = None
        self._shown: DdpFrame | None = None
        self._brightness, self._on = FULL_LEVEL, True
        self._sequence = 0
        self._key_at = 0.0
        self.refresh_every: float | None = options.key_every

    def check(self) -> None:
        """Raise StreamClosedError if the panel's host is gone."""
        self._line.check()

    async def start(self) -> None:
        """Begin with a key frame, for nobody knows what the panel shows."""
        self._shown = None

    async def show(self, picture: Picture) -> None:
        """Send the packets that changed, or all of them when a key frame is due."""
        self._take(picture)
        await self._send()

    def show_at_once(self, picture: Picture) -> bool:
        """Show `picture` if that takes no waiting; raise StreamClosedError if the panel's host is gone."""
        is_resting = self._shown is not None and self.refresh_every is not None
        if self._line.waits or not is_resting or picture.size != self._options.size:
            return False
        self._take(picture)
        frame, runs = self._next()
        for run in runs:
            if not self._line.send_at_once(self._numbered(frame, run, runs), STRIDE):
                self._shown = None
                return False
        self._line.check()
        return True

    async def set_brightness(self, percent: int) -> None:
        """Dim every dot, 0 to 100."""
        self._brightness = percent
        await self._send()

    async def set_power(self, on: bool) -> None:
        """Show the picture or nothing."""
        self._on = on
        await self._send()

    async def refresh(self) -> None:
        """Send a key frame."""
        self._key_at = 0.0
        await self._send()
        if not self._options.key_at_rest:
            self.refresh_every = None

    def _take(self, picture: Picture) -> None:
        if picture.size != self._options.size:
            raise WireError(f"this panel has {self._options.size} dots, the picture {picture.size}")
        self._picture = picture

    async def _send(self) -> None:
        self.refresh_every = self._options.key_every
        if self._picture is None:
            return
        started = self._shown is not None
        frame, runs = self._next()
        for run in runs:
            await self._line.send(self._numbered(frame, run, runs), STRIDE)
        self._line.check()
        if not started:
            await asyncio.sleep(self._options.settle)
            self._line.check()

    def _next(self) -> tuple[DdpFrame, tuple[Run, ...]]:
        """Return the frame the panel is to show and which of its datagrams must go out; it counts as shown."""
        assert self._picture is not None
        frame = _frame(self._picture, self._brightness if self._on else 0)
        before, self._shown = self._shown, frame
        now = asyncio.get_running_loop().time()
        if before is not None and now < self._key_at:
            return frame, () if frame is before else frame.since(before)
        self._key_at = now + self._options.key_every
        return frame, frame.everything

    def _numbered(self, frame: DdpFrame, run: Run, runs: tuple[Run, ...]) -> memoryview:
        """Return a run's datagrams with this panel's next numbers; the last of `runs` shows them."""
        data = frame.datagrams(run, self._sequence, push=run is runs[-1])
        self._sequence = sequence_after(self._sequence, run)
        return data


def _frame(picture: Picture, level: int) -> DdpFrame:
    frame = _FRAMES.get((picture, level))
    if frame is None:
        pixels = picture.pixels
        if level != FULL_LEVEL:
            pixels = pixels.translate(bytes(value * level // FULL_LEVEL for value in range(256)))
        frame = _FRAMES[picture, level] = DdpFrame(pixels)
    return frame


def ddp_display(open_line: Open, backoff: Backoff, options: DdpOptions) -> PanelDisplay:
    """Return the display of a DDP panel; `open_line` is `open_packets` with the panel's URL."""
    return PanelDisplay(_connector(open_line, options), backoff)


def _connector(open_line: Open, options: DdpOptions) -> Connect:
    async def connect(on_lost: Callable[[], None]) -> AbstractAsyncContextManager[Session]:
        return _session(await open_line(on_lost), options)

    return connect


@asynccontextmanager
async def _session(line: PacketLine, options: DdpOptions) -> AsyncIterator[Session]:
    try:
        yield DdpSession(line, options)
    finally:
        await line.close()
