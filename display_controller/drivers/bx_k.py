"""Onbon font cards: a picture's words go out as GB 2312 text areas, one per row that changed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from display_controller.core.palette import Ink
from display_controller.core.picture import Picture
from display_controller.core.text_card import TextRow, text_rows
from display_controller.drivers.bx_link import BxLink, BxTiming
from display_controller.drivers.panel import Connect, PanelDisplay, Session
from display_controller.wire import bx_k
from display_controller.wire.bx_k_area import Colour, RunMode, TextArea, encode_text
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

Open = Callable[[], Awaitable[ByteStream]]

COLOURS = {
    Ink.BLACK: Colour.YELLOW,
    Ink.AMBER: Colour.YELLOW,
    Ink.WHITE: Colour.YELLOW,
    Ink.DIM: Colour.GREEN,
    Ink.CYAN: Colour.GREEN,
    Ink.GREEN: Colour.GREEN,
    Ink.RED: Colour.RED,
}


@dataclass(frozen=True)
class BxKOptions:
    """One font card: its address, the height of its font, and the code (such as \\FO000) that selects that font.

    A card that hears nothing for `timeout` seconds clears its areas by itself, so it never shows yesterday's numbers;
    `refresh_every` must be well below it.
    """

    address: int = 1
    font_px: int = 16
    font_code: bytes = b""
    timeout: int = 90
    refresh_every: float | None = 30.0
    timing: BxTiming = field(default_factory=BxTiming)


class BxKSession:
    """One connection to a font card."""

    def __init__(self, link: BxLink, options: BxKOptions) -> None:
        self._link = link
        self._options = options
        self._rows: dict[int, bytes] = {}
        self.refresh_every = options.refresh_every

    def check(self) -> None:
        """Raise StreamClosedError if the card hung up."""
        self._link.line.check()

    async def start(self) -> None:
        """See that the card answers, and clear what an earlier controller left."""
        await self._exchange(bx_k.ping())
        await self._exchange(bx_k.delete_areas())

    async def show(self, picture: Picture) -> None:
        """Send the rows that changed; RareCharacterError before anything is sent."""
        areas = {row.row: self._area(row, picture.size[0]) for row in text_rows(picture, self._options.font_px)}
        gone = sorted(self._rows.keys() - areas.keys())
        changed = [area for row, area in areas.items() if self._rows.get(row) != area]
        if gone or changed:
            await self._exchange(bx_k.update_areas(changed, gone))
        self._rows = areas

    def show_at_once(self, picture: Picture) -> bool:
        """Refuse: a card is asked and answers."""
        return False

    async def set_brightness(self, percent: int) -> None:
        """Set the brightness by hand."""
        await self._exchange(bx_k.brightness(1 + round(percent * 15 / 100)))

    async def set_power(self, on: bool) -> None:
        """Force the screen on or off."""
        await self._exchange(bx_k.power(on))

    async def refresh(self) -> None:
        """Send every row again: a card that was off has forgotten them."""
        await self._exchange(bx_k.update_areas(list(self._rows.values())) if self._rows else bx_k.ping())

    async def _exchange(self, request: bx_k.Request) -> None:
        await self._link.exchange(bx_k.encode(request, self._options.address))

    def _area(self, row: TextRow, width: int) -> bytes:
        text = b"".join(
            encode_text(" " * piece.gap) + b"\\C%d" % COLOURS[piece.ink] + encode_text(piece.text)
            for piece in row.pieces
        )
        options = self._options
        px, mode = options.font_px, RunMode.REMOVE_IF_STALE if options.refresh_every else RunMode.LOOP
        box = (0, row.row * px, width // 8 * 8, px)
        return TextArea(*box, options.font_code + text, row.row, mode, options.timeout).encode()


def _parse(body: bytes) -> bx_k.Reply:
    return bx_k.parse_reply(bx_k.parse_packet(body).data)


def bx_k_display(open_stream: Open, backoff: Backoff, options: BxKOptions | None = None) -> PanelDisplay:
    """Return the display of an Onbon font card behind `open_stream`."""
    return PanelDisplay(_connector(open_stream, options or BxKOptions()), backoff)


def _connector(open_stream: Open, options: BxKOptions) -> Connect:
    async def connect(on_lost: Callable[[], None]) -> AbstractAsyncContextManager[Session]:
        return _session(await open_stream(), on_lost, options)

    return connect


@asynccontextmanager
async def _session(stream: ByteStream, on_lost: Callable[[], None], options: BxKOptions) -> AsyncIterator[Session]:
    link = BxLink(stream, _parse, on_lost, options.timing)
    async with link.line:
        yield BxKSession(link, options)
