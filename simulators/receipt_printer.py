"""A receipt printer: what it prints is a picture, what it says about itself is true, its faults are fields.

`python -m simulators receipt_printer --listen pty:run/printer0 --setup paper_out`
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hallkit.codecs.escpos import (
    Answer,
    AskStatus,
    AutoAnswer,
    BuffersCleared,
    ClearBuffers,
    Command,
    CommandDecoder,
    PrinterStatus,
    RealTimeAnswer,
    Recover,
)
from hallkit.codecs.escpos.status import real_time_bytes
from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from simulators.paper import PrintedPiece
from simulators.print_mechanism import Mechanism

GARBLE = 0xA5
SHORTEST_WAIT = 1e-6
BYTES_PER_PACE = 500
"""A paced line hands over what fits in 20 ms at a time."""


@dataclass(slots=True)
class SimulatedReceiptPrinter:
    """The printer itself. Change its fields while it is in use by `change`, as a person at the machine would.

    `paper_dots` is what is left of the roll (None: endless), `cutter_jams` how many of the next cuts jam,
    `head_hot_for` seconds until the head is cool, `silent` a hung printer, `mute` one that prints but cannot answer,
    `garbled` a broken answer wire; `baud` and `dots_per_second` pace it (0 = at once); `echoes`, `clears` and
    `four_byte` are what its make can do.
    """

    paper_dots: int | None = None
    near_end: bool = False
    cover_open: bool = False
    cutter_jams: int = 0
    head_hot_for: float = 0.0
    unrecoverable: bool = False
    silent: bool = False
    mute: bool = False
    garbled: bool = False
    baud: int = 0
    dots_per_second: float = 0.0
    echoes: bool = True
    clears: bool = True
    four_byte: bool = False
    jobs: list[PrintedPiece] = field(default_factory=list)
    on_news: Callable[[], None] = lambda: None
    _decoder: CommandDecoder = field(default_factory=CommandDecoder)
    _queue: deque[Command] = field(default_factory=deque)
    _mechanism: Mechanism = field(default_factory=Mechanism)
    _busy_for: float = 0.0
    _told: PrinterStatus | None = None
    _answers: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> PrinterStatus:
        """Return the truth about the printer."""
        end, jam, hot = self.paper_dots == 0, self._mechanism.is_jammed, self.head_hot_for > 0
        return PrinterStatus(
            offline=self.cover_open or end or jam or hot or self.unrecoverable,
            cover_open=self.cover_open,
            paper_near_end=self.near_end or end,
            paper_end=end,
            cutter_error=jam,
            unrecoverable=self.unrecoverable,
            head_hot=hot,
        )

    @property
    def unknown(self) -> int:
        """Return how many bytes it could make nothing of."""
        return self._decoder.unknown

    @property
    def hanging(self) -> PrintedPiece:
        """Return what hangs out of the slot, not cut yet."""
        return self._mechanism.hanging()

    def change(self, **fields: object) -> None:
        """Set fields, as by opening the cover or putting a new roll in, and let the printer react."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.advance(0.0)
        self.on_news()

    def receive(self, data: bytes) -> None:
        """Take bytes from the line: real-time commands act now, the others queue."""
        if self.silent:
            return
        for command in self._decoder.feed(data):
            match command:
                case AskStatus(kind):
                    self._say(RealTimeAnswer(real_time_bytes(self.status)[kind - 1]))
                case Recover(clear):
                    self._recover(clear)
                case ClearBuffers():
                    self._clear()
                case _:
                    self._queue.append(command)
        self.advance(0.0)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass: the head cools, the paper moves, status changes are told."""
        self.head_hot_for = _left(self.head_hot_for - seconds)
        self._tell()
        self._busy_for = _left(self._busy_for - seconds)
        while self._queue and not self._busy_for and not self.silent and self.status.can_print:
            self._work(self._queue.popleft())
            self._tell()

    def due(self) -> float | None:
        """Return the seconds until `advance` changes something by itself; None if nothing will."""
        works = bool(self._queue) and not self.silent and self.status.can_print
        waits = [self._busy_for] if works else []
        waits += [self.head_hot_for] if self.head_hot_for > 0 else []
        return min(waits, default=None)

    def say(self) -> bytes:
        """Return and forget what is to go out on the line."""
        data = b"" if self.silent or self.mute else bytes(self._answers)
        self._answers.clear()
        return bytes(byte ^ GARBLE for byte in data) if self.garbled else data

    def _work(self, command: Command) -> None:
        done = self._mechanism.execute(command, self)
        self.jobs.extend(done.pieces)
        for answer in done.answers:
            self._say(answer)
        self._queue.extendleft(reversed(done.rest))
        if self.paper_dots is not None:
            self.paper_dots -= min(self.paper_dots, done.dots)
        self._busy_for += done.dots / self.dots_per_second if self.dots_per_second else 0.0
        if done.watches_status:
            self._told = None

    def _recover(self, clear: bool) -> None:
        self._mechanism.is_jammed = False
        if clear:
            self._queue.clear()

    def _clear(self) -> None:
        if self.clears:
            self._queue.clear()
            self._mechanism.forget_line()
            self._say(BuffersCleared())

    def _tell(self) -> None:
        status = self.status
        if self._mechanism.tells and status != self._told:
            self._told = status
            self._say(AutoAnswer(status))

    def _say(self, answer: Answer) -> None:
        self._answers += answer.encode()


def _left(seconds: float) -> float:
    """Return the time left, none for less than a clock can tell: a wait that short would never end."""
    return seconds if seconds > SHORTEST_WAIT else 0.0


async def serve(device: SimulatedReceiptPrinter, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone; the printer stays as it is and may be plugged in again."""
    news = asyncio.Event()
    device.on_news = news.set
    mouth = asyncio.create_task(_speak(device, stream, news), name="simulated printer")
    try:
        while data := await stream.read():
            size = device.baud // BYTES_PER_PACE or len(data)
            for at in range(0, len(data), size):
                piece = data[at : at + size]
                await asyncio.sleep(len(piece) * 10 / device.baud if device.baud else 0)
                device.receive(piece)
                news.set()
    finally:
        mouth.cancel()
        await asyncio.gather(mouth, return_exceptions=True)


async def _speak(device: SimulatedReceiptPrinter, stream: ByteStream, news: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    while True:
        try:
            async with asyncio.timeout(device.due()):
                await news.wait()
        except TimeoutError:
            pass
        news.clear()
        before, elapsed = loop.time(), loop.time() - before
        device.advance(elapsed)
        if data := device.say():
            try:
                await stream.write(data)
            except StreamClosedError:
                return


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "paper_out": {"paper_dots": 0},
    "paper_out_mid_print": {"paper_dots": 300},
    "near_end": {"near_end": True},
    "cover_open": {"cover_open": True},
    "cutter_jam": {"cutter_jams": 99},
    "cutter_jam_once": {"cutter_jams": 1},
    "head_hot": {"head_hot_for": 8.0},
    "broken": {"unrecoverable": True},
    "silent": {"silent": True},
    "mute": {"mute": True},
    "garbled": {"garbled": True},
    "slow": {"baud": 9600, "dots_per_second": 800.0},
    "usual": {"baud": 115_200, "dots_per_second": 1200.0},
    "plain": {"echoes": False, "clears": False},
}
"""Named starting points; `plain` is a make without GS ( H and DLE DC4."""


def build(setup: str = "normal") -> SimulatedReceiptPrinter:
    """Return a printer in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedReceiptPrinter()
    device.change(**SETUPS[setup])
    return device
