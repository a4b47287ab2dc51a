"""An Onbon graphic card: shows bitmaps in dynamic areas."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from display_controller.errors import WireError
from display_controller.wire import bx_g
from display_controller.wire.bx_frame import Decoder
from display_controller.wire.bx_g import CARDS, CardType, Command
from display_controller.wire.bx_g_area import Area, LengthRules, parse_5, parse_6
from display_controller.wire.bx_g_bitmap import WordRules, unpack
from display_controller.wire.bx_k import BxError
from display_controller.wire.bx_k_area import RunMode
from hallkit.transports.stream import ByteStream
from simulators.panel_faults import FAULTS, PanelFaults, answer_stream, faults_of
from simulators.panel_history import PanelHistory


@dataclass
class SimulatedBxG:
    """One graphic card of `width` × `height` dots; `words` and `lengths` as its firmware reads the open points."""

    width: int = 320
    height: int = 128
    card: CardType = CARDS["BX-5E1"]
    address: int = 1
    words: WordRules = field(default_factory=WordRules)
    lengths: LengthRules = field(default_factory=LengthRules)
    faults: PanelFaults = field(default_factory=PanelFaults)
    brightness: int = 15
    requests: int = 0

    def __post_init__(self) -> None:
        self._decoder = Decoder()
        self._areas: dict[int, tuple[Area, Image.Image]] = {}
        self._updated: dict[int, float] = {}
        self._drawn_last: tuple[bool, tuple[tuple[Area, Image.Image], ...]] = True, ()
        self.history = PanelHistory(self.width, self.height)
        self.now = 0.0

    @property
    def picture(self) -> Image.Image:
        """Return what the panel shows."""
        return self.history.picture

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Take bytes from the line at `now` seconds; return the frames the card answers with."""
        self.advance(now)
        replies = []
        for body in self._decoder.feed(data):
            reply = self._handle(body) if self.faults.hears() else None
            if reply is not None:
                replies += self.faults.spoil(bx_g.encode_reply(reply, self.address, self.card.code))
        return replies

    def advance(self, now: float) -> None:
        """Let time pass until `now` seconds: stale areas go."""
        self.now = max(self.now, now)
        for number, (area, _) in list(self._areas.items()):
            stale = area.timeout and self.now - self._updated[number] > area.timeout
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

    def _handle(self, body: bytes) -> bx_g.Reply | None:
        try:
            packet = bx_g.parse_packet(body)
            request = bx_g.parse_request(packet.data)
        except WireError:
            return bx_g.nack(BxError.CHECKSUM)
        if packet.destination not in (self.address, bx_g.WILDCARD):
            return None
        self.requests += 1
        if packet.card_type not in (self.card.code, bx_g.WILDCARD):
            return bx_g.nack(BxError.CONTROLLER_TYPE)
        refusal = self.faults.refusal()
        reply = bx_g.nack(refusal) if refusal else self._obey(request)
        return reply if request.must_reply else None

    def _obey(self, request: bx_g.Request) -> bx_g.Reply:
        handler = _HANDLERS.get(request.command)
        if handler is None:
            return bx_g.nack(BxError.UNKNOWN_COMMAND)
        try:
            reply = handler(self, request.payload)
        except (WireError, IndexError):
            return bx_g.nack(BxError.SCREEN_PARAMETERS)
        self._draw()
        return reply

    def _update(self, payload: bytes) -> bx_g.Reply:
        area = parse_5(payload) if self.card.generation == 5 else parse_6(payload, self.lengths)
        if area.x + area.width > self.width or area.y + area.height > self.height:
            raise WireError("the area does not lie on the screen")
        pixels = unpack(area.bitmap, self.card.bitmap, (area.width, area.height), area.x, self.words)
        self._areas[area.number] = area, Image.fromarray(pixels)
        self._updated[area.number] = self.now
        return bx_g.ack()

    def _delete(self, payload: bytes) -> bx_g.Reply:
        if payload[2] == bx_g.ALL_AREAS:
            self._areas.clear()
        self._areas.pop(payload[2], None)
        return bx_g.ack()

    def _set_brightness(self, payload: bytes) -> bx_g.Reply:
        self.brightness = payload[3]
        return bx_g.ack()

    def _tell_brightness(self, _: bytes) -> bx_g.Reply:
        return bx_g.Reply(Command.BRIGHTNESS_STATE, payload=bytes([0, 0, 0, 0, 0, self.brightness]))

    def _nothing(self, _: bytes) -> bx_g.Reply:
        return bx_g.ack()

    def _draw(self) -> None:
        drawn = self.faults.powered, tuple(self._areas.values())
        if drawn == self._drawn_last:
            return
        self._drawn_last = drawn
        image = Image.new("RGB", (self.width, self.height))
        if self.faults.powered:
            for area, bitmap in self._areas.values():
                image.paste(bitmap, (area.x, area.y))
        self.history.show(image, self.now)


_HANDLERS: dict[int, Callable[[SimulatedBxG, bytes], bx_g.Reply]] = {
    Command.PING: SimulatedBxG._nothing,
    Command.BRIGHTNESS: SimulatedBxG._set_brightness,
    Command.QUERY_BRIGHTNESS: SimulatedBxG._tell_brightness,
    Command.UPDATE_AREA: SimulatedBxG._update,
    Command.DELETE_AREA: SimulatedBxG._delete,
}


async def serve(device: SimulatedBxG, stream: ByteStream) -> None:
    """Answer on `stream` until it ends."""
    await answer_stream(device.receive, device.faults, stream)


SETUPS = tuple(FAULTS)


def build(setup: str = "normal", width: int = 320, height: int = 128, card: CardType = CARDS["BX-5E1"]) -> SimulatedBxG:
    """Return a card in one of SETUPS; KeyError for an unknown name."""
    return SimulatedBxG(width, height, card, faults=faults_of(setup))
