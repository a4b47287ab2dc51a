"""An ESP32 board on its serial line: power, straps, reset, the loader of its ROM, and whatever its flash holds.

A USB bridge's DTR and RTS drive IO0 and EN through the usual two transistors: RTS alone holds the chip in reset, DTR
alone pulls IO0, both do neither. EN rises slowly, so IO0 is read `en_rise` seconds after reset is let go.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from simulators.esp32_chip import CHIPS, Chip
from simulators.esp32_loader import FIRST_BAUD, Loader
from simulators.esp32_slip import Decoder, encode

EN_RISE = 0.02
IMAGE_PLACE, IMAGE_MARK = 0x1000, 0xE9
DOWNLOAD = b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"
RUNNING = b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
NO_IMAGE = b"invalid header: 0xffffffff\r\n"


class Program(Protocol):
    """What runs from the flash."""

    def start(self, say: Callable[[bytes], None]) -> None:
        """Begin; `say` puts bytes on the line."""

    def hear(self, data: bytes) -> None:
        """Take bytes of the line."""

    def stop(self) -> None:
        """End at once: a reset."""

    async def gone(self) -> None:
        """Take the power away and return once nothing runs."""


@dataclass(slots=True)
class SimulatedEsp32:
    """State and rules, no line.

    Faults: `io0_broken` never enters download mode, `cut_after` takes the power away after that many bytes from the
    host, `noise` is a chance per byte from the host, `silent` never answers; an `en_rise` shorter than the host takes
    between its two lines is a board without the capacitor at EN.
    """

    chip: Chip = field(default_factory=Chip)
    program: Program | None = None
    io0_broken: bool = False
    cut_after: int | None = None
    noise: float = 0.0
    silent: bool = False
    en_rise: float = EN_RISE
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    baud: int = FIRST_BAUD
    boot_held: bool = False
    say: Callable[[bytes], None] = lambda _: None
    loader: Loader | None = None
    is_powered: bool = True
    starts: int = 0
    _decoder: Decoder = field(default_factory=Decoder)
    _program_runs: bool = False
    _in_reset: bool = False
    _new_baud: int = 0

    def start(self) -> None:
        """Start as after power-on: IO0 pulled low leads into the loader, else the flash runs."""
        self._end_program()
        self.starts += 1
        self.is_powered, self.baud, self._decoder = True, FIRST_BAUD, Decoder()
        if self.boot_held and not self.io0_broken:
            self.chip.run_at(self.baud)
            self.loader = Loader(self.chip, self._change_baud, self._leave)
            self.say(DOWNLOAD)
            return
        self.loader = None
        self.say(RUNNING if self.has_image else RUNNING + NO_IMAGE)
        if self.program is not None and self.has_image:
            self._program_runs = True
            self.program.start(self.say)

    @property
    def has_image(self) -> bool:
        """Whether the flash holds something that starts."""
        return self.chip.flash[IMAGE_PLACE] == IMAGE_MARK

    def hold_boot_and_reset(self) -> None:
        """Do what a technician does by hand: hold BOOT, press RST, let go."""
        self.boot_held = True
        self.start()
        self.boot_held = False

    def lines(self, dtr: bool, rts: bool) -> None:
        """Follow the bridge's lines; asyncio's clock times the rise of EN."""
        self.boot_held = dtr and not rts
        is_reset = rts and not dtr
        if is_reset and not self._in_reset:
            self._end_program()
            self.loader = None
        elif self._in_reset and not is_reset:
            asyncio.get_running_loop().call_later(self.en_rise, self.start)
        self._in_reset = is_reset

    def cut_power(self) -> None:
        """Take the power away; only the flash stays."""
        self._end_program()
        self.loader, self.is_powered = None, False

    async def gone(self) -> None:
        """Take the power away and return once nothing of the board runs."""
        self.cut_power()
        if self.program is not None:
            await self.program.gone()

    def hear(self, data: bytes) -> None:
        """Take bytes of the line; answers go to `say`."""
        if self.cut_after is not None:
            data, self.cut_after = data[: self.cut_after], self.cut_after - len(data)
        if self.is_powered and not self.silent:
            self._hear(self._damaged(data))
        if self.cut_after is not None and self.cut_after <= 0:
            self.cut_after = None
            self.cut_power()

    def _hear(self, data: bytes) -> None:
        if self._program_runs and self.program is not None:
            self.program.hear(data)
        for payload in self._decoder.feed(data) if self.loader else ():
            answers = self.loader.feed(payload) if self.loader else []
            if answers:
                self.say(b"".join(encode(one) for one in answers))
            if self._new_baud:
                self.baud, self._new_baud = self._new_baud, 0
                self.chip.run_at(self.baud)

    def _damaged(self, data: bytes) -> bytes:
        if not self.noise:
            return data
        return bytes(one ^ 0x10 if self.chance.random() < self.noise else one for one in data)

    def _change_baud(self, baud: int) -> None:
        self._new_baud = baud

    def _leave(self) -> None:
        asyncio.get_running_loop().call_soon(self.start)

    def _end_program(self) -> None:
        if self._program_runs and self.program is not None:
            self.program.stop()
        self._program_runs = False


def _normal() -> SimulatedEsp32:
    return SimulatedEsp32()


def _wrong_strap() -> SimulatedEsp32:
    return SimulatedEsp32(io0_broken=True)


def _bit_flip() -> SimulatedEsp32:
    return SimulatedEsp32(Chip(flip_at=0x20000))


def _power_cut() -> SimulatedEsp32:
    return SimulatedEsp32(cut_after=800_000)


def _noisy() -> SimulatedEsp32:
    return SimulatedEsp32(noise=1e-5)


def _silent() -> SimulatedEsp32:
    return SimulatedEsp32(silent=True)


def _other_chip() -> SimulatedEsp32:
    return SimulatedEsp32(Chip(magic=CHIPS["esp32s2"]))


SETUPS: dict[str, Callable[[], SimulatedEsp32]] = {
    "normal": _normal,
    "wrong_strap": _wrong_strap,
    "bit_flip": _bit_flip,
    "power_cut": _power_cut,
    "noisy": _noisy,
    "silent": _silent,
    "other_chip": _other_chip,
}


def build(setup: str = "normal") -> SimulatedEsp32:
    """Return a board in a named condition, its BOOT button pressed at power-on; KeyError for an unknown one."""
    board = SETUPS[setup]()
    board.hold_boot_and_reset()
    return board


async def serve(board: SimulatedEsp32, stream: ByteStream) -> None:
    """Connect the board to its line until the far end goes."""
    outbox: asyncio.Queue[bytes] = asyncio.Queue()
    board.say = outbox.put_nowait
    speaking = asyncio.create_task(_speak(outbox, stream))
    try:
        while data := await stream.read():
            board.hear(data)
    finally:
        board.say = lambda _: None
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)


async def _speak(outbox: "asyncio.Queue[bytes]", stream: ByteStream) -> None:
    try:
        while True:
            await stream.write(await outbox.get())
    except StreamClosedError:
        return
