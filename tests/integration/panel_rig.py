"""Panel drivers on memory cables to simulated cards, ready within moments."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
from PIL import Image

from display_controller.core.palette import Ink, Palette, quantise
from display_controller.core.picture import Picture, TextLine
from display_controller.drivers.bx_link import BxTiming
from display_controller.drivers.panel import PanelDisplay
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

FAST = BxTiming(reply=0.05, busy=0.01)


SIZE = (64, 32)


Open = Callable[[], Awaitable[ByteStream]]


def backoff() -> Backoff:
    return Backoff(random.Random(1), first=0.01, longest=0.05)


def noise(seed: int, size: tuple[int, int] = SIZE) -> Picture:
    dots = np.random.default_rng(seed).integers(0, 2, (size[1], size[0], 3)) * 255
    return Picture(quantise(Image.fromarray(dots.astype(np.uint8)), Palette.TWO_COLOUR))


def words(*texts: str) -> Picture:
    lines = tuple(TextLine(0, 16 * row, 8, 16, text, Ink.AMBER) for row, text in enumerate(texts))
    return Picture(Image.new("RGB", SIZE), lines)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  what a panel shows raises no event
            await asyncio.sleep(0.002)


@asynccontextmanager
async def running(display: PanelDisplay) -> AsyncIterator[PanelDisplay]:
    task = asyncio.create_task(display.run())
    try:
        yield display
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
