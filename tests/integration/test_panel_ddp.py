"""DDP panels: every picture dot for dot, over a bad network, after a power cut, in few datagrams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from panel_rig import backoff, noise, running, until
from PIL import Image

from display_controller.core.picture import Picture
from display_controller.drivers.burst import Burst, StreamPackets, open_burst, open_packets
from display_controller.drivers.ddp import DdpOptions, ddp_display
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from hallkit.errors import StreamClosedError, StreamError
from hallkit.transports.serve import serve
from hallkit.transports.url import Sockets, open_stream
from simulators import panel_ddp


@asynccontextmanager
async def ddp_panel(
    panel: panel_ddp.SimulatedDdpPanel, options: DdpOptions, scheme: str = "memory"
) -> AsyncIterator[PanelDisplay]:
    sockets = Sockets()
    listen = "memory:d" if scheme == "memory" else "udp://127.0.0.1:0"
    async with serve(listen, partial(panel_ddp.serve, panel), sockets=sockets) as url:
        opening = partial(open_packets, url, partial(open_stream, sockets=sockets))
        async with running(ddp_display(opening, backoff(), options)) as display:
            yield display


@pytest.mark.parametrize("scheme", ["memory", "udp"])
async def test_a_ddp_panel_shows_every_picture_dot_for_dot(scheme: str) -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32)), scheme) as display:
        for seed in range(5):
            display.show(picture := noise(seed, (192, 32)))
            await until(lambda p=picture: panel.picture.tobytes() == p.image.tobytes())  # type: ignore[misc]
        assert panel.gaps == panel.refused == 0
        assert panel.pushes == 5


async def test_a_small_change_sends_only_its_packet() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.show(first := noise(1, (192, 32)))
        await until(lambda: display.sent == 1)
        changed = first.image.copy()
        changed.putpixel((5, 20), (1, 2, 3))
        before = panel.packets
        display.show(Picture(changed))
        await until(lambda: panel.picture.tobytes() == changed.tobytes())

        assert panel.packets - before == 1


@pytest.mark.parametrize("setup", ["lossy", "swapped"])
async def test_a_panel_on_a_bad_network_is_right_after_a_key_frame(setup: str) -> None:
    panel = panel_ddp.build(setup, 192, 32)
    async with ddp_panel(panel, DdpOptions((192, 32), key_every=0.02)) as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes())


async def test_a_panel_that_lost_power_is_right_again_without_a_new_picture() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32), key_every=0.05)) as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: display.sent == 1)
        panel.cut_power(asyncio.get_running_loop().time())
        assert panel.picture.getbbox() is None
        panel.restore_power()
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes())


async def test_a_lossless_link_is_quiet_after_the_last_key_frame() -> None:
    panel = panel_ddp.build(width=192, height=32)
    options = DdpOptions((192, 32), key_every=0.02, key_at_rest=False)
    async with ddp_panel(panel, options) as display:
        display.show(noise(1, (192, 32)))
        await until(lambda: panel.pushes == 2)
        await asyncio.sleep(0.1)
        assert panel.pushes == 2
        display.show(noise(2, (192, 32)))
        await until(lambda: panel.pushes == 4)


async def test_a_ddp_panel_is_dimmed_and_darkened_by_its_dots() -> None:
    panel = panel_ddp.build(width=192, height=32)
    white = Picture(Image.new("RGB", (192, 32), (200, 100, 0)))
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.set_brightness(50)
        display.show(white)
        await until(lambda: panel.picture.getpixel((0, 0)) == (100, 50, 0))
        display.set_power(False)
        await until(lambda: panel.picture.getbbox() is None)
        display.set_power(True)
        await until(lambda: panel.picture.getpixel((0, 0)) == (100, 50, 0))


async def test_a_picture_of_another_size_is_refused() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.show(noise(1, (64, 32)))
        await until(lambda: display.status is DisplayStatus.REFUSING)


async def test_a_host_where_nobody_listens_is_silent() -> None:
    async with running(
        ddp_display(partial(open_packets, "udp://127.0.0.1:9", open_stream), backoff(), DdpOptions((192, 32)))
    ) as display:
        display.show(noise(1, (192, 32)))
        await until(lambda: "refuses" in display.detail)
        assert display.status is DisplayStatus.SILENT


async def test_a_kernel_without_segmentation_gets_datagrams_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.burst.UDP_SEGMENT", 9999)
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32)), "udp") as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes())
        assert panel.packets == 13


async def test_addresses_that_lead_nowhere_are_refused() -> None:
    with pytest.raises(StreamError):
        open_burst("no.such.host.invalid", 4048)
    with pytest.raises(StreamError):
        await open_packets("udp://127.0.0.1", open_stream, lambda: None)


async def test_a_lost_stream_refuses_packets() -> None:
    sockets = Sockets()
    listener = sockets.listen("x")
    line = await StreamPackets(sockets.open("x"), lambda: None).open()
    listener.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(StreamClosedError):
        await line.send(memoryview(b"abc"), 2)
    await line.close()


def test_a_burst_remembers_how_much_the_kernel_takes() -> None:
    burst = open_burst("127.0.0.1", 9)
    assert isinstance(burst, Burst)
    assert burst.segments == 44
    burst._socket.close()
