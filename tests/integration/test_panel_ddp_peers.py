"""DDP against software nobody here wrote: python-led-ddp sends to our panel and reads what we send."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial

import pytest

from display_controller.drivers.burst import open_burst
from display_controller.wire import ddp
from display_controller.wire.ddp_frame import STRIDE, DdpFrame
from hallkit.transports.serve import serve
from simulators import panel_ddp

peer = pytest.importorskip("ddp", reason="install python-led-ddp to check DDP against an independent peer")
PICTURE = bytes((x * 7 + y * 31 + c * 97) % 256 for y in range(32) for x in range(192) for c in range(3))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  what a panel shows raises no event
            await asyncio.sleep(0.002)


async def test_pictures_of_an_independent_sender_show_dot_for_dot() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with serve("udp://127.0.0.1:0", partial(panel_ddp.serve, panel)) as url:
        address = url.removeprefix("udp://")
        sender = await peer.DDPConnection.create(address, peer.PixelConfig.default(), peer.ID.DEFAULT)
        for picture in (PICTURE, PICTURE[::-1]):
            await sender.write(picture)
            await until(lambda p=picture: panel.picture.tobytes() == p)  # type: ignore[misc]
        await sender.write_offset(b"\x01\x02\x03", 30)
        await until(lambda: panel.picture.getpixel((10, 0)) == (1, 2, 3))
        await sender.close()

    assert (panel.pushes, panel.gaps, panel.refused) == (3, 0, 0)


async def test_an_independent_reader_finds_our_pixels_where_they_belong() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    frame = DdpFrame(PICTURE)
    burst = open_burst("127.0.0.1", receiver.getsockname()[1])
    for run in frame.everything:
        await burst.send(frame.datagrams(run, 0, push=True), STRIDE)
    loop = asyncio.get_running_loop()
    read = [peer.Packet.from_bytes(await loop.sock_recv(receiver, 2048)) for _ in range(frame.count)]
    await burst.close()
    receiver.close()

    assert b"".join(packet.data for packet in read) == PICTURE
    assert [packet.header.offset for packet in read] == list(range(0, len(PICTURE), 1440))
    assert [packet.header.sequence_number for packet in read] == [*range(1, 14)]
    assert [packet.header.packet_type.push for packet in read] == [False] * 12 + [True]
    assert [packet.header.length for packet in read] == [len(packet.data) for packet in read]


def test_headers_differ_from_the_independent_senders_only_in_the_pixel_type() -> None:
    header = peer.Header(packet_type=peer.PacketType(version=1, push=True), offset=2880, length=6)
    theirs, ours = header.to_bytes(), ddp.header(ddp.Packet(2880, bytes(6), True, 1))

    assert [at for at in range(10) if theirs[at] != ours[at]] == [2]
    assert (theirs[2], ours[2]) == (0x0D, 0x0B)
