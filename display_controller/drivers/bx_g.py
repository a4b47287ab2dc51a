"""Onbon graphic cards: a picture goes out as one dynamic area of bitmap, kept in the card's memory only."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from display_controller.core.picture import Picture
from display_controller.drivers.bx_link import BxLink, BxTiming
from display_controller.drivers.panel import Connect, PanelDisplay, Session
from display_controller.wire import bx_g
from display_controller.wire.bx_g_area import Area, LengthRules, update_5, update_6
from display_controller.wire.bx_g_bitmap import Pixels, WordRules, pack
from display_controller.wire.bx_k_area import RunMode
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

Open = Callable[[], Awaitable[ByteStream]]


@dataclass(frozen=True)
class BxGOptions:
    """One graphic card; `words` and `lengths` settle what the 6th generation manual leaves open.

    A card that hears nothing for `timeout` seconds drops the area by itself; `refresh_every` must be well below it.
    """

    card: bx_g.CardType = bx_g.CARDS["BX-5E1"]
    address: int = 1
    timeout: int = 90
    refresh_every: float | None = 30.0
    words: WordRules = field(default_factory=WordRules)
    lengths: LengthRules = field(default_factory=LengthRules)
    timing: BxTiming = field(default_factory=BxTiming)


class BxGSession:
    """One connection to a graphic card."""

    def __init__(self, link: BxLink, options: BxGOptions) -> None:
        self._link = link
        self._options = options
        self._shown: Pixels | None = None
        self._on = True
        self.refresh_every = options.refresh_every

    def check(self) -> None:
        """Raise StreamClosedError if the card hung up."""
        self._link.line.check()

    async def start(self) -> None:
        """See that the card answers, and clear what an earlier controller left."""
        await self._exchange(bx_g.ping())
        await self._exchange(bx_g.delete_areas())

    async def show(self, picture: Picture) -> None:
        """Send the whole picture."""
        self._shown = np.asarray(picture.image.convert("RGB"))
        if self._on:
            await self._exchange(self._update(self._shown))

    def show_at_once(self, picture: Picture) -> bool:
        """Refuse: a card is asked and answers."""
        return False

    async def set_brightness(self, percent: int) -> None:
        """Set the brightness by hand."""
        await self._exchange(bx_g.brightness(round(percent * 15 / 100)))

    async def set_power(self, on: bool) -> None:
        """Show the picture or nothing: the manuals of these cards have no power command."""
        self._on = on
        await self.refresh() if on else await self._exchange(bx_g.delete_areas())

    async def refresh(self) -> None:
        """Send the picture again: a card that was off has forgotten it."""
        shown = self._shown if self._on else None
        await self._exchange(bx_g.ping() if shown is None else self._update(shown))

    def _update(self, pixels: Pixels) -> bx_g.Request:
        options = self._options
        mode = RunMode.REMOVE_IF_STALE if options.refresh_every else RunMode.LOOP
        bitmap = pack(pixels, options.card.bitmap, words=options.words)
        area = Area(0, 0, pixels.shape[1], pixels.shape[0], bitmap, run_mode=mode, timeout=options.timeout)
        return update_5(area) if options.card.generation == 5 else update_6(area, options.lengths)

    async def _exchange(self, request: bx_g.Request) -> None:
        await self._link.exchange(bx_g.encode(request, self._options.address, self._options.card.code))


def bx_g_display(open_stream: Open, backoff: Backoff, options: BxGOptions | None = None) -> PanelDisplay:
    """Return the display of an Onbon graphic card behind `open_stream`."""
    return PanelDisplay(_connector(open_stream, options or BxGOptions()), backoff)


def _parse(body: bytes) -> bx_g.Reply:
    return bx_g.parse_reply(bx_g.parse_packet(body).data)


def _connector(open_stream: Open, options: BxGOptions) -> Connect:
    async def connect(on_lost: Callable[[], None]) -> AbstractAsyncContextManager[Session]:
        return _session(await open_stream(), on_lost, options)

    return connect


@asynccontextmanager
async def _session(stream: ByteStream, on_lost: Callable[[], None], options: BxGOptions) -> AsyncIterator[Session]:
    link = BxLink(stream, _parse, on_lost, options.timing)
    async with link.line:
        yield BxGSession(link, options)
