"""DDP panels: what changed goes out at once, everything goes out every few seconds, for nobody acknowledges."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from display_controller.core.picture import Picture
from display_controller.drivers.burst import PacketLine
from display_controller.drivers.panel import Connect, PanelDisplay, Session
from display_controller.errors import WireError
from display_controller.wire.ddp_frame import STRIDE, Changed, DdpFrame
from hallkit.runtime.reconnect import Backoff

Open = Callable[[Callable[[], None]], Awaitable[PacketLine]]


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
        self._frame = DdpFrame(options.size[0] * options.size[1] * 3)
        self._pixels: bytes | None = None
        self._table: bytes | None = None
        self._brightness, self._on = 100, True
        self._key_at = 0.0
        self._started = False
        self.refresh_every: float | None = options.key_every

    def check(self) -> None:
        """Raise StreamClosedError if the panel's host is gone."""
        self._line.check()

    async def start(self) -> None:
        """Begin with a key frame, for nobody knows what the panel shows."""
        self._started = False

    async def show(self, picture: Picture) -> None:
        """Send the packets that changed, or all of them when a key frame is due."""
        if picture.size != self._options.size:
            raise WireError(f"this panel has {self._options.size} dots, the picture {picture.size}")
        self._pixels = picture.pixels
        await self._send()

    async def set_brightness(self, percent: int) -> None:
        """Dim every dot, 0 to 100."""
        self._brightness = percent
        await self._dim()

    async def set_power(self, on: bool) -> None:
        """Show the picture or nothing."""
        self._on = on
        await self._dim()

    async def refresh(self) -> None:
        """Send a key frame."""
        self._key_at = 0.0
        await self._send()
        if not self._options.key_at_rest:
            self.refresh_every = None

    async def _dim(self) -> None:
        level = self._brightness if self._on else 0
        self._table = None if level == 100 else bytes(value * level // 100 for value in range(256))
        await self._send()

    async def _send(self) -> None:
        self.refresh_every = self._options.key_every
        if self._pixels is None:
            return
        changed = self._frame.load(self._pixels.translate(self._table) if self._table else self._pixels)
        for run in self._frame.mark(self._with_key(changed)):
            await self._line.send(self._frame.run(run), STRIDE)
        self._line.check()
        if not self._started:
            self._started = True
            await asyncio.sleep(self._options.settle)
            self._line.check()

    def _with_key(self, changed: Changed) -> Changed:
        now = asyncio.get_running_loop().time()
        if self._started and now < self._key_at:
            return changed
        self._key_at = now + self._options.key_every
        return self._frame.everything()


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
