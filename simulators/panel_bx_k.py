"""An Onbon font card: draws GB 2312 text areas with its own 16-dot font."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from display_controller.errors import WireError
from display_controller.wire import bx_k
from display_controller.wire.bx_frame import Decoder
from display_controller.wire.bx_k import BxError, Command
from display_controller.wire.bx_k_area import Colour, Run, RunMode, TextArea, parse_area, parse_text
from hallkit.text.font import FontChain, glyphs
from hallkit.text.fonts import system_fonts
from hallkit.transports.stream import ByteStream
from simulators.panel_faults import FAULTS, PanelFaults, answer_stream, faults_of
from simulators.panel_history import PanelHistory

FONT_PX = 16
COLOURS = {Colour.RED: (255, 0, 0), Colour.GREEN: (0, 255, 0), Colour.YELLOW: (255, 255, 0)}


@dataclass
class SimulatedBxK:
    """One font card of `width` × `height` dots at `address`; areas live in memory and go with the power."""

    width: int = 192
    height: int = 32
    address: int = 1
    faults: PanelFaults = field(default_factory=PanelFaults)
    lit: bool = True
    brightness: int = 16
    requests: int = 0

    def __post_init__(self) -> None:
        self._decoder = Decoder()
        self._areas: dict[int, TextArea] = {}
        self._updated: dict[int, float] = {}
        self._fonts: FontChain | None = None
        self._drawn_last: tuple[bool, tuple[TextArea, ...]] = True, ()
        self.history = PanelHistory(self.width, self.height)
        self.now = 0.0

    @property
    def picture(self) -> Image.Image:
        """Return what the panel shows."""
        return self.history.picture

    @property
    def texts(self) -> dict[int, str]:
        """Return the text of each area, by number."""
        return {n: "".join(run.text for run in parse_text(a.data)) for n, a in sorted(self._areas.items())}

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Take bytes from the line at `now` seconds; return the frames the card answers with."""
        self.advance(now)
        replies = []
        for body in self._decoder.feed(data):
            reply = self._handle(body) if self.faults.hears() else None
            if reply is not None:
                replies += self.faults.spoil(bx_k.encode_reply(reply, self.address))
        return replies

    def advance(self, now: float) -> None:
        """Let time pass until `now` seconds: stale areas go."""
        self.now = max(self.now, now)
        for number, area in list(self._areas.items()):
            stale = self.now - self._updated[number] > area.timeout
            if stale and area.run_mode in (RunMode.REMOVE_IF_STALE, RunMode.LOGO_IF_STALE):
                del self._areas[number]
        self._draw()

    def cut_power(self) -> None:
        """Take the power away: the areas are gone for good."""
        self.faults.powered = False
        self._areas.clear()
        self._decoder.clear()
        self._draw()

    def restore_power(self) -> None:
        """Give the power back: the card starts dark."""
        self.faults.powered = True

    def _handle(self, body: bytes) -> bx_k.Reply | None:
        try:
            packet = bx_k.parse_packet(body)
            request = bx_k.parse_request(packet.data)
        except WireError:
            return bx_k.nack(BxError.CHECKSUM)
        if packet.destination not in (self.address, 0xFFFE, 0xFFFF):
            return None
        self.requests += 1
        refusal = self.faults.refusal()
        reply = bx_k.nack(BxError(refusal)) if refusal else self._obey(request)
        return reply if request.must_reply else None

    def _obey(self, request: bx_k.Request) -> bx_k.Reply:
        handler = _HANDLERS.get(request.command)
        if handler is None:
            return bx_k.nack(BxError.UNKNOWN_COMMAND)
        try:
            handler(self, request.payload)
        except (WireError, IndexError):
            return bx_k.nack(BxError.SCREEN_PARAMETERS)
        self._draw()
        return bx_k.ack()

    def _update(self, payload: bytes) -> None:
        gone, encoded = bx_k.parse_areas(payload)
        areas = [parse_area(area) for area in encoded]
        for area in areas:
            parse_text(area.data)
            if area.x + area.width > self.width or area.y + area.height > self.height:
                raise WireError("the area does not lie on the screen")
        for number in list(self._areas) if gone is None else gone:
            self._areas.pop(number, None)
        for area in areas:
            self._areas[area.number], self._updated[area.number] = area, self.now

    def _set_power(self, payload: bytes) -> None:
        self.lit = payload[0] == 1

    def _set_brightness(self, payload: bytes) -> None:
        self.brightness = payload[1]

    def _clear(self, _: bytes) -> None:
        self._areas.clear()

    def _nothing(self, _: bytes) -> None:
        """Answer without changing anything."""

    def _draw(self) -> None:
        drawn = self.lit and self.faults.powered, tuple(self._areas.values())
        if drawn == self._drawn_last:
            return
        self._drawn_last = drawn
        image = Image.new("RGB", (self.width, self.height))
        if self.lit and self.faults.powered:
            for area in self._areas.values():
                image.paste(self._drawn(area), (area.x, area.y))
        self.history.show(image, self.now)

    def _drawn(self, area: TextArea) -> Image.Image:
        self._fonts = self._fonts or system_fonts().led(FONT_PX)
        image = Image.new("RGB", (area.width, area.height))
        pen = 0
        for run in parse_text(area.data):
            pen = _draw_run(image, run, pen, self._fonts)
        return image


def _draw_run(image: Image.Image, run: Run, pen: int, fonts: FontChain) -> int:
    ink = COLOURS[Colour(run.colour)] if run.colour in (1, 2, 3) else COLOURS[Colour.RED]
    draw = ImageDraw.Draw(image)
    for char in run.text:
        font = fonts.font_for(char)
        if font is not None and not char.isspace():
            mask, left, top = glyphs(font, char, True)
            draw.bitmap((pen + left, fonts.ascent + top), mask, fill=ink)
        pen += FONT_PX // 2 if char.isascii() else FONT_PX
    return pen


_HANDLERS: dict[int, Callable[[SimulatedBxK, bytes], None]] = {
    Command.PING: SimulatedBxK._nothing,
    Command.QUERY_STATE: SimulatedBxK._nothing,
    Command.SET_TIME: SimulatedBxK._nothing,
    Command.LOCK_PROGRAM: SimulatedBxK._nothing,
    Command.POWER: SimulatedBxK._set_power,
    Command.BRIGHTNESS: SimulatedBxK._set_brightness,
    Command.UPDATE_AREAS: SimulatedBxK._update,
    Command.CLEAR_SCREEN: SimulatedBxK._clear,
}


async def serve(device: SimulatedBxK, stream: ByteStream) -> None:
    """Answer on `stream` until it ends."""
    await answer_stream(device.receive, device.faults, stream)


SETUPS = tuple(FAULTS)


def build(setup: str = "normal", width: int = 192, height: int = 32) -> SimulatedBxK:
    """Return a card in one of SETUPS; KeyError for an unknown name."""
    return SimulatedBxK(width, height, faults=faults_of(setup))
