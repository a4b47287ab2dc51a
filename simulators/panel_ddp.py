"""A DDP panel, as forgiving as WLED: any pixel type is RGB24, until the first PUSH every packet shows at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from display_controller.errors import WireError
from display_controller.wire import ddp
from hallkit.transports.sockets import UdpStream
from hallkit.transports.stream import ByteStream
from simulators.panel_history import PanelHistory


@dataclass
class SimulatedDdpPanel:
    """One panel of `width` × `height` dots.

    `silent` and `powered` false: nothing arrives; `drop_every`: every n-th packet is lost; `swaps`: every second packet
    arrives before the one sent before it. `refused` counts datagrams that are no DDP, `gaps` breaks in the sequence.
    """

    width: int = 320
    height: int = 64
    silent: bool = False
    powered: bool = True
    drop_every: int = 0
    swaps: bool = False
    packets: int = 0
    pushes: int = 0
    refused: int = 0
    gaps: int = 0
    _sequence: int = field(default=0, repr=False)
    _late: ddp.Packet | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.history = PanelHistory(self.width, self.height)
        self._pixels = bytearray(self.width * self.height * 3)

    @property
    def picture(self) -> Image.Image:
        """Return what the panel shows."""
        return self.history.picture

    def receive(self, datagram: bytes, now: float) -> None:
        """Take one datagram at `now` seconds."""
        self.packets += 1
        dropped = self.drop_every > 0 and self.packets % self.drop_every == 0
        if self.silent or not self.powered or dropped:
            return
        try:
            packet = ddp.decode(datagram)
        except WireError:
            self.refused += 1
            return
        if packet.is_pixels:
            for arriving in self._in_order(packet):
                self._take(arriving, now)

    def receive_run(self, held: bytes, now: float) -> int:
        """Take every whole datagram of a byte stream, cut at the packets' lengths; return how many bytes they are."""
        at, size = 0, len(held)
        hears_all = not (self.silent or self.swaps or self.drop_every) and self.powered
        while size - at >= ddp.HEADER.size:
            flags, sequence, _, destination, offset, length = ddp.HEADER.unpack_from(held, at)
            start = at + ddp.HEADER.size + (ddp.TIMECODE_SIZE if flags & ddp.TIME else 0)
            if size < start + length:
                break
            if hears_all and flags & ~ddp.PUSH == ddp.VERSION_1 and destination == ddp.DISPLAY:
                self.packets += 1
                self._paint(offset, memoryview(held)[start : start + length], now, sequence & 0x0F, flags & ddp.PUSH)
            else:
                self.receive(held[at : start + length], now)
            at = start + length
        return at

    def cut_power(self, now: float) -> None:
        """Take the power away: the panel goes dark and forgets."""
        self.powered = False
        self._pixels = bytearray(len(self._pixels))
        self.pushes = self._sequence = 0
        self.history.blank(now)

    def restore_power(self) -> None:
        """Give the power back: the panel starts dark."""
        self.powered = True

    def _in_order(self, packet: ddp.Packet) -> list[ddp.Packet]:
        if not self.swaps:
            return [packet]
        if self._late is None and not packet.push:
            self._late = packet
            return []
        arriving = [packet] if self._late is None else [packet, self._late]
        self._late = None
        return arriving

    def _take(self, packet: ddp.Packet, now: float) -> None:
        self._paint(packet.offset, packet.data, now, packet.sequence, packet.push)

    def _paint(self, offset: int, data: bytes | memoryview, now: float, sequence: int, push: int) -> None:
        if sequence and self._sequence and sequence != self._sequence % ddp.LAST_SEQUENCE + 1:
            self.gaps += 1
        self._sequence = sequence
        end = min(offset + len(data), len(self._pixels))
        if offset < end:
            self._pixels[offset:end] = data[: end - offset]
        if push or not self.pushes:
            self.history.show_dots(bytes(self._pixels), now)
        self.pushes += push


async def serve(device: SimulatedDdpPanel, stream: ByteStream) -> None:
    """Take packets from `stream` until it ends: datagrams as they come, a byte stream cut at the packets' lengths."""
    loop = asyncio.get_running_loop()
    held = b""
    while data := await stream.read():
        if isinstance(stream, UdpStream):
            device.receive(data, loop.time())
            continue
        held += data
        held = held[device.receive_run(held, loop.time()) :]


def _silent(device: SimulatedDdpPanel) -> None:
    device.silent = True


def _lossy(device: SimulatedDdpPanel) -> None:
    device.drop_every = 7


def _swapped(device: SimulatedDdpPanel) -> None:
    device.swaps = True


def _dark(device: SimulatedDdpPanel) -> None:
    device.powered = False


SETUPS: dict[str, Callable[[SimulatedDdpPanel], None]] = {
    "normal": lambda _: None,
    "silent": _silent,
    "lossy": _lossy,
    "swapped": _swapped,
    "dark": _dark,
}


def build(setup: str = "normal", width: int = 320, height: int = 64) -> SimulatedDdpPanel:
    """Return a panel in one of SETUPS; KeyError for an unknown name."""
    device = SimulatedDdpPanel(width, height)
    SETUPS[setup](device)
    return device
