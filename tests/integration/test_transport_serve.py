"""Every way a simulator can be reached, driven through the URL a program opens."""

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from hallkit.errors import StreamClosedError
from hallkit.transports.memory import Cable
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import Sockets, open_stream


async def echo(stream: ByteStream) -> None:
    while data := await stream.read():
        await stream.write(data.upper())


@pytest.mark.parametrize("scheme", ["tcp://127.0.0.1:0", "udp://127.0.0.1:0", "pty:{run}/dev/echo0", "memory:echo0"])
async def test_a_device_answers_whatever_it_is_plugged_into(scheme: str, tmp_path: Path) -> None:
    sockets = Sockets()
    async with serve(scheme.format(run=tmp_path), echo, sockets=sockets) as url:
        stream = await open_stream(url, sockets)
        for word in (b"first", b"second"):
            await stream.write(word)
            heard = b""
            while len(heard) < len(word):
                heard += await stream.read()
            assert heard == word.upper()
        stream.close()


async def test_two_drivers_cannot_hold_one_port(tmp_path: Path) -> None:
    async with serve(f"pty:{tmp_path}/idcard0", echo) as url:
        first = await open_stream(url)
        with pytest.raises(Exception, match="does another program hold it"):
            await open_stream(url)
        first.close()


async def test_an_unplugged_device_reads_empty_and_comes_back_under_its_name(tmp_path: Path) -> None:
    port = PtyPort(tmp_path / "pad0")
    port.plug_in()
    driver = await open_stream(f"pty:{tmp_path}/pad0")

    port.unplug()

    assert await driver.read() == b""
    with pytest.raises(StreamClosedError):
        await driver.write(b"x")
    driver.close()
    device = port.plug_in()
    again = await open_stream(f"pty:{tmp_path}/pad0")
    await device.write(b"hello")
    assert await again.read() == b"hello"
    again.close()
    port.unplug()


async def test_a_paced_line_takes_its_time() -> None:
    sockets = Sockets()
    async with serve("memory:slow", echo, sockets=sockets, cable=Cable(baud=100_000)) as url:
        stream = await open_stream(url, sockets)
        await stream.write(b"x" * 100)
        assert await stream.read() == b"X" * 100
        stream.close()


@pytest.mark.parametrize("scheme", ["tcp://127.0.0.1:0", "memory:often"])
async def test_a_device_opened_often_keeps_nothing_of_the_lines_that_ended(scheme: str) -> None:
    lines: weakref.WeakSet[asyncio.Task[None]] = weakref.WeakSet()

    async def answer(stream: ByteStream) -> None:
        task = asyncio.current_task()
        assert task is not None
        lines.add(task)
        await echo(stream)

    sockets = Sockets()
    async with serve(scheme, answer, sockets=sockets) as url:
        for _ in range(20):
            stream = await open_stream(url, sockets)
            await stream.write(b"x")
            assert await stream.read() == b"X"
            stream.close()
        async with asyncio.timeout(30):
            while len(lines) > 1:
                await asyncio.sleep(0.01)
                gc.collect()


async def test_what_went_wrong_in_a_line_that_ended_long_ago_is_raised_in_the_end() -> None:
    async def break_down(stream: ByteStream) -> None:
        await stream.read()
        raise ValueError("the device broke down")

    async def use_it_up() -> None:
        async with serve("tcp://127.0.0.1:0", break_down) as url:
            stream = await open_stream(url)
            await stream.write(b"x")
            assert await stream.read() == b""
            stream.close()

    with pytest.raises(ValueError, match="broke down"):
        await use_it_up()
