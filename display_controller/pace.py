"""How fast panels are served, each figure beside a limit measured in the same run."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from contract.board import ZoneBoard
from display_controller.core.compose import compose
from display_controller.core.glyphs import LedFonts
from display_controller.core.palette import Palette
from display_controller.core.picture import Picture
from display_controller.core.render import Renderer
from display_controller.core.scene import Role
from display_controller.drivers.burst import open_burst
from display_controller.drivers.ddp import DdpOptions, DdpSession
from display_controller.wire.ddp_frame import STRIDE, DdpFrame

Size = tuple[int, int]


@dataclass(frozen=True)
class BoardPace:
    """Seconds from one board to ready datagrams for all panels; `drawn` pictures, `datagrams` to send."""

    panels: int
    seconds: float
    memcpy: float
    drawn: int
    datagrams: int

    @property
    def ratio(self) -> float:
        """Return how many copies of all pictures in memory it costs."""
        return self.seconds / self.memcpy


@dataclass(frozen=True)
class StreamPace:
    """CPU of one core for `panels` at `rate` frames a second: ours, a raw loop of sends, and copying the bytes."""

    panels: int
    rate: int
    core: float
    raw_sends: float
    memcpy: float
    late_frames: int

    @property
    def ratio(self) -> float:
        """Return our CPU as a share of a loop that sends the same datagrams one by one."""
        return self.core / self.raw_sends


def board_pace(boards: list[ZoneBoard], panels: list[tuple[Role, Size]], fonts: LedFonts) -> BoardPace:
    """Measure what each board costs for all panels: scene, picture, changed datagrams."""
    renderer = Renderer(fonts)
    shown = [DdpFrame(bytes(width * height * 3)) for _, (width, height) in panels]
    frames: WeakKeyDictionary[Picture, DdpFrame] = WeakKeyDictionary()
    rounds, datagrams, drawn = [], 0, 0
    for board in boards:
        before, start = renderer.drawn, perf_counter()
        datagrams = 0
        for place, (role, size) in enumerate(panels):
            picture = renderer.picture(compose(board, role, board.as_of), size, Palette.FULL)
            if picture not in frames:
                frames[picture] = DdpFrame(picture.pixels)
            datagrams += sum(last - first for first, last in frames[picture].since(shown[place]))
            shown[place] = frames[picture]
        rounds.append(perf_counter() - start)
        drawn = renderer.drawn - before
    whole = bytes(sum(len(frame.pixels) for frame in shown))
    return BoardPace(len(panels), median(rounds), _seconds(lambda: bytearray(whole)), drawn, datagrams)


async def stream_pace(panels: int = 50, size: Size = (320, 64), rate: int = 30, seconds: float = 3.0) -> StreamPace:
    """Measure streaming pictures that change completely, over loopback to a socket that nobody reads."""
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    bursts = [open_burst("127.0.0.1", sink.getsockname()[1]) for _ in range(panels)]
    sessions = [DdpSession(burst, DdpOptions(size, settle=0.0)) for burst in bursts]
    pictures = [(_noise(size, 2 * panel), _noise(size, 2 * panel + 1)) for panel in range(panels)]
    core, late = await _streamed(sessions, pictures, rate, round(rate * seconds))
    raw = _raw_sends(sink.getsockname(), pictures[0][0]) * panels * rate
    copied = pictures[0][0].pixels
    memcpy = _seconds(lambda: bytearray(copied)) * panels * rate
    for burst in bursts:
        await burst.close()
    sink.close()
    return StreamPace(panels, rate, core, raw, memcpy, late)


async def _streamed(
    sessions: list[DdpSession], pictures: list[tuple[Picture, Picture]], rate: int, frames: int
) -> tuple[float, int]:
    """Show every panel's own two pictures in turn: no panel may share another's datagrams, or keep its own."""
    loop = asyncio.get_running_loop()
    cpu, start, late = process_time(), loop.time(), 0
    for frame in range(frames):
        for session, own in zip(sessions, pictures, strict=True):
            await session.show(own[frame % 2])
        wait = start + (frame + 1) / rate - loop.time()
        late += wait < 0
        await asyncio.sleep(max(wait, 0))
    return (process_time() - cpu) / (loop.time() - start), late


def _raw_sends(address: tuple[str, int], picture: Picture) -> float:
    """Return the CPU seconds of sending one picture's datagrams by one plain `send` each."""
    frame = DdpFrame(picture.pixels)
    (run,) = frame.everything
    data = frame.datagrams(run, 0, push=True)
    pieces = [data[at : at + STRIDE] for at in range(0, len(data), STRIDE)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.connect(address)
        start = process_time()
        for _ in range(200):
            for piece in pieces:
                plain.send(piece)
        return (process_time() - start) / 200


def _noise(size: Size, seed: int) -> Picture:
    dots = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3))
    return Picture(Image.fromarray(dots.astype(np.uint8)))


def _seconds(work: Callable[[], object], repeats: int = 100) -> float:
    rounds = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        rounds.append(perf_counter() - start)
    return median(rounds)
