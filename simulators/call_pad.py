"""Window call pads on one RS-485 line, and the faults such a line has."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import zip_longest

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import FdStream
from mqtt_bridge.wire.call_pad import BAUD, REPLY_SLOT, TURNAROUND, Ask, Decoder, Frame, encode, frame_size
from mqtt_bridge.wire.call_pad_values import reply_slot
from simulators.call_pad_device import SimulatedCallPad

FIRST_SERIAL = 1001
HALL_PADS = 26
BITS_PER_BYTE = 10


class SimulatedCallPadLine:
    """Pads on one pair of wires: what two say at once is what neither said.

    `cut` true: nobody on the line hears the master; `noise`: bytes the line adds before every answer.
    `on_stir(address)` is told whenever asking that address may bring something new.
    """

    def __init__(self, pads: Sequence[SimulatedCallPad]) -> None:
        self.pads = list(pads)
        self._cut = False
        self._noise = b""
        self.on_stir: Callable[[int], None] = lambda _: None
        for pad in self.pads:
            pad.on_stir = self._pad_stirs

    @property
    def cut(self) -> bool:
        """Say whether the line is cut."""
        return self._cut

    @cut.setter
    def cut(self, value: bool) -> None:
        self._cut = value
        self._all_stir()

    @property
    def noise(self) -> bytes:
        """Return the bytes the line adds before every answer."""
        return self._noise

    @noise.setter
    def noise(self, value: bytes) -> None:
        self._noise = value
        self._all_stir()

    def at(self, address: int) -> SimulatedCallPad:
        """Return the first pad at `address`; raise KeyError if there is none."""
        for pad in self.pads:
            if pad.address == address:
                return pad
        raise KeyError(address)

    def plug_in(self, pad: SimulatedCallPad) -> None:
        """Put one more pad on the line."""
        self.pads.append(pad)
        pad.on_stir = self._pad_stirs
        pad.time = self.pads[0].time
        self._pad_stirs(pad.address)

    def set_time(self, time: Callable[[], float]) -> None:
        """Let the pads measure waiting and blinking by `time`, in seconds."""
        for pad in self.pads:
            pad.time = time

    def hear(self, asked: Frame) -> list[tuple[float, bytes]]:
        """Return what is heard on the line after `asked`: seconds after its last byte, and bytes, in order."""
        said = [answer for pad in self.pads if pad.plugged and (answer := _say(pad, asked)) is not None]
        heard: list[tuple[float, bytes]] = []
        for begins, data in sorted(said):
            if heard and begins < heard[-1][0] + _on_the_wires(len(heard[-1][1])):
                heard[-1] = heard[-1][0], _both(heard[-1][1], data)
            else:
                heard.append((begins, data))
        return heard

    def _pad_stirs(self, address: int) -> None:
        self.on_stir(address)

    def _all_stir(self) -> None:
        for pad in self.pads:
            self.on_stir(pad.address)


def _say(pad: SimulatedCallPad, asked: Frame) -> tuple[float, bytes] | None:
    answer = pad.hear(asked)
    if answer is None or pad.silent:
        return None
    data = encode(answer)
    if pad.garbled:
        data = data[:1] + bytes((data[1] ^ 0x24,)) + data[2:]
    slot = reply_slot(pad.serial, asked.number) * REPLY_SLOT if asked.kind is Ask.CENSUS else 0.0
    return TURNAROUND + pad.slow + slot, data


def _both(first: bytes, second: bytes) -> bytes:
    """Return what two drivers make of the wires: the same bytes stay, others are damaged."""
    return bytes(one & two for one, two in zip_longest(first, second, fillvalue=0xFF))


async def serve(line: SimulatedCallPadLine, stream: ByteStream) -> None:
    """Let the pads of `line` answer on `stream` until it is gone."""
    line.set_time(asyncio.get_running_loop().time)
    decoder = Decoder()
    while data := await stream.read():
        if line.cut:
            decoder.reset()
            continue
        for frame in decoder.feed(data):
            try:
                await _answer(line, frame, stream)
            except StreamClosedError:
                return


async def _answer(line: SimulatedCallPadLine, asked: Frame, stream: ByteStream) -> None:
    """Put every answer on `stream`; a pseudo terminal hands bytes over at once, so that the wires' time passes here."""
    wires = _on_the_wires if isinstance(stream, FdStream) else _at_once
    passed = -wires(frame_size(asked.kind))
    if line.noise:
        await stream.write(line.noise)
    for begins, data in line.hear(asked):
        ends = begins + wires(len(data))
        await asyncio.sleep(ends - passed)
        passed = ends
        if not line.cut:
            await stream.write(data)


def _on_the_wires(size: int) -> float:
    return size * BITS_PER_BYTE / BAUD


def _at_once(_: int) -> float:
    return 0.0


def _normal(_: SimulatedCallPadLine) -> None:
    """Leave everything well."""


def _two_with_one_address(line: SimulatedCallPadLine) -> None:
    line.pads[-1].address = line.pads[0].address


def _dead_pad(line: SimulatedCallPadLine) -> None:
    line.pads[0].plugged = False


def _garbled(line: SimulatedCallPadLine) -> None:
    line.pads[0].garbled = True


def _noisy(line: SimulatedCallPadLine) -> None:
    line.noise = b"\xff\x00\x87"


def _cut(line: SimulatedCallPadLine) -> None:
    line.cut = True


def _unassigned(line: SimulatedCallPadLine) -> None:
    line.pads[-1].address = 0


SETUPS: dict[str, Callable[[SimulatedCallPadLine], None]] = {
    "normal": _normal,
    "two_with_one_address": _two_with_one_address,
    "dead_pad": _dead_pad,
    "garbled": _garbled,
    "noisy": _noisy,
    "cut": _cut,
    "unassigned": _unassigned,
}


def build(setup: str = "normal", *, pads: int = HALL_PADS) -> SimulatedCallPadLine:
    """Return a line of `pads` pads at addresses 1, 2, …; raise KeyError for an unknown set-up."""
    line = SimulatedCallPadLine([SimulatedCallPad(FIRST_SERIAL + place, place + 1) for place in range(pads)])
    SETUPS[setup](line)
    return line
