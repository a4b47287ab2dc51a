"""Panels that have a picture before `show` returns: no waiting, no shared mistakes, and lost hosts still noticed."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import numpy as np
from PIL import Image

from display_controller.core.picture import Picture
from display_controller.drivers.burst import open_burst, open_packets
from display_controller.drivers.ddp import DdpOptions, ddp_display
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from display_controller.wire import ddp
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.serve import serve
from hallkit.transports.url import open_stream
from simulators import panel_ddp

PATIENCE = 30.0


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  what a panel shows raises no event
            await asyncio.sleep(0.002)


def noise(seed: int, size: tuple[int, int]) -> Picture:
    dots = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3))
    return Picture(Image.fromarray(dots.astype(np.uint8)))


@asynccontextmanager
async def panel_at(url: str, size: tuple[int, int]) -> AsyncIterator[PanelDisplay]:
    backoff = Backoff(random.Random(1), first=0.01, longest=0.05)
    display = ddp_display(partial(open_packets, url, open_stream), backoff, DdpOptions(size))
    task = asyncio.create_task(display.run())
    try:
        yield display
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def simulated(panel: panel_ddp.SimulatedDdpPanel) -> AsyncIterator[PanelDisplay]:
    async with (
        serve("udp://127.0.0.1:0", partial(panel_ddp.serve, panel)) as url,
        panel_at(url, (panel.width, panel.height)) as display,
    ):
        yield display


async def test_a_panel_at_rest_is_sent_a_picture_before_show_returns() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    url = f"udp://127.0.0.1:{receiver.getsockname()[1]}"
    async with panel_at(url, (64, 16)) as display:
        display.show(noise(1, (64, 16)))
        await until(lambda: display.status is DisplayStatus.ONLINE)
        await asyncio.sleep(0)
        for _ in range(3):
            receiver.recv(2048)
        display.show(noise(2, (64, 16)))
        sent = [ddp.decode(receiver.recv(2048)) for _ in range(3)]

    assert [packet.sequence for packet in sent] == [4, 5, 6]
    assert b"".join(packet.data for packet in sent) == noise(2, (64, 16)).pixels
    receiver.close()


async def test_panels_that_show_the_same_each_get_every_dot_and_an_unbroken_count() -> None:
    panels = [panel_ddp.build(width=192, height=32) for _ in range(4)]
    async with AsyncExitStack() as stack:
        displays = [await stack.enter_async_context(simulated(panel)) for panel in panels]
        for seed in range(6):
            picture = noise(seed, (192, 32))
            for display in displays[seed % 2 :]:
                display.show(picture)
            await until(lambda p=picture: all(one.picture.tobytes() == p.pixels for one in panels[1:]))  # type: ignore[misc]
            await until(lambda: len({display.sent for display in displays[1:]}) == 1)

    assert [(panel.gaps, panel.refused) for panel in panels] == [(0, 0)] * 4


async def test_a_host_that_stops_listening_is_noticed_by_the_picture_sent_at_once() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    url = f"udp://127.0.0.1:{receiver.getsockname()[1]}"
    async with panel_at(url, (64, 16)) as display:
        display.show(noise(1, (64, 16)))
        await until(lambda: display.status is DisplayStatus.ONLINE)
        receiver.close()
        for seed in range(2, 5):
            display.show(noise(seed, (64, 16)))
        await until(lambda: display.status is DisplayStatus.SILENT)


async def test_a_burst_without_room_waits_and_sends_the_bytes_it_was_given() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    burst = open_burst("127.0.0.1", receiver.getsockname()[1])
    full = FullOnce(burst._socket)
    burst._socket = full  # type: ignore[assignment]
    run = bytearray(b"abcdef")
    assert not burst.send_at_once(memoryview(run), 6)
    sending = asyncio.ensure_future(burst.send(memoryview(run), 6))
    await asyncio.sleep(0)
    run[:] = b"zzzzzz"
    await sending

    assert receiver.recv(100) == b"abcdef"
    full.real.close()
    receiver.close()


class FullOnce:
    """A socket whose kernel has no room for the first two sends."""

    def __init__(self, real: socket.socket) -> None:
        self.real, self.refusals = real, 2

    def send(self, data: memoryview) -> int:
        self.refusals -= 1
        if self.refusals >= 0:
            raise BlockingIOError
        return self.real.send(data)

    def fileno(self) -> int:
        return self.real.fileno()
