"""The call pad's firmware on the bridge's own line: on a memory cable, and as processes on a pair of wires."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import board_bench
import pytest
from apps.call_pad import CallPadApp
from board_bench import BoardPanel
from hal.sim import SimHal
from PIL import Image
from wires import wires

from firmware.artwork.call_pad_pictures import SIZE, pictures
from firmware.artwork.strip_file import pack
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable, memory_pair
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import open_stream
from mqtt_bridge.core.field_exchange import HealthChanged, KeyPress, PadDisplay, PadHealth, PadKey, PadLamp
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.call_pad_line import CallPadLine

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
LOADED = LineTiming(patience=0.5)
KEYS = (PadKey.NEXT, PadKey.RECALL, PadKey.NO_SHOW, PadKey.TRANSFER, PadKey.PAUSE)
CODES = {PadKey.NEXT: 1, PadKey.RECALL: 2, PadKey.NO_SHOW: 5, PadKey.TRANSFER: 6, PadKey.PAUSE: 7}


class Bridge:
    """The bridge's driver, and what it heard."""

    def __init__(self, opened: Any, clock: Clock, addresses: tuple[int, ...], timing: LineTiming) -> None:
        self.keys: list[KeyPress] = []
        self.health: list[tuple[int, PadHealth]] = []
        self.changed = asyncio.Event()
        self.line = CallPadLine(
            opened, {one: one for one in addresses}, clock, on_key=self._key, on_health=self._change, timing=timing
        )

    def _key(self, _: int, press: KeyPress) -> None:
        self.keys.append(press)
        self.changed.set()

    def _change(self, address: int, change: HealthChanged) -> None:
        self.health.append((address, change.health))
        self.changed.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.keys) < count:
                self.changed.clear()
                await self.changed.wait()


class CableLine:
    """The line of a pad in this process: a memory cable to the bridge."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def read(self, _: float) -> bytes:
        return await self._stream.read()

    async def say(self, data: bytes, wait_us: int) -> None:
        await asyncio.sleep(wait_us / 1e6)
        await self._stream.write(data)


class CableHal(SimHal):  # type: ignore[misc]
    """A simulated board whose time is the loop's."""

    def ticks_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)

    def push(self, *event: Any) -> None:
        self._events.append(event)
        self.wake()


def settings(folder: Path, **more: Any) -> dict[str, Any]:
    (folder / "pad.strips").write_bytes(pack(pictures(more.get("address", 3))))
    known = {"kind": "call-pad", "name": "call-03", "serial": 1007, "screen": SIZE}
    return known | {"root": str(folder), "strips": str(folder / "pad.strips")} | more


def screen(folder: Path) -> Image.Image:
    """Return what is on the board's screen."""
    data = (folder / "lcd.565").read_bytes()
    values = [data[at] << 8 | data[at + 1] for at in range(0, len(data), 2)]
    picture = Image.new("RGB", SIZE)
    picture.putdata([(v >> 8 & 0xF8, v >> 3 & 0xFC, v << 3 & 0xF8) for v in values])
    return picture


def test_a_pad_on_the_bridges_cable_keeps_the_hall_lines_three_milliseconds(tmp_path: Path) -> None:
    async def main(clock: Clock) -> None:
        near, far = memory_pair(Cable(baud=38_400))

        async def opened() -> ByteStream:
            return near

        hal = CableHal(settings(tmp_path, address=3))
        hal.line = CableLine(far)
        app = CallPadApp(settings(tmp_path, address=3), hal)
        bridge = Bridge(opened, clock, (3,), LineTiming())
        tasks = [asyncio.ensure_future(work) for work in (bridge.line.run(), app.run())]
        await clock.sleep(3)
        for key in KEYS:
            hal.push("contact", CODES[key], True)
            await clock.sleep(0.1)
            hal.push("contact", CODES[key], False)
            await clock.sleep(0.5)
        bridge.line.show(3, PadDisplay("A042", 12, PadLamp.CALLING))
        await clock.sleep(1)
        assert [one.key for one in bridge.keys] == list(KEYS)
        assert [one.count for one in bridge.keys] == [1, 2, 3, 4, 5]
        assert bridge.health == [(3, PadHealth.ONLINE)]
        assert app._face.text() == "calling A042 12"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        hal.lcd.close()
        app._face._strips.close()

    run_virtual(main, NIGHT)


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("image")
    return board_bench.commands(request.param, lambda: str(request.getfixturevalue("micropython")), folder)


@asynccontextmanager
async def a_line(
    python: list[str], folder: Path, pads: dict[int, dict[str, Any]], addresses: tuple[int, ...]
) -> AsyncIterator[tuple[Bridge, dict[int, BoardPanel]]]:
    """Run pads (by serial) as processes on one pair of wires, and the bridge that asks them."""
    async with AsyncExitStack() as stack:
        _, port = await stack.enter_async_context(wires())
        panels = {}
        for serial, more in pads.items():
            root = folder / str(serial)
            root.mkdir(exist_ok=True)
            known = settings(root, line_port=port, **(more | {"serial": serial}))
            panels[serial] = await stack.enter_async_context(board_bench.running(python, root, **known))
        bridge = Bridge(lambda: open_stream(f"tcp://127.0.0.1:{port}"), SystemClock(), addresses, LOADED)
        asking = asyncio.ensure_future(bridge.line.run())
        try:
            yield bridge, panels
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


@pytest.mark.network
async def test_keys_reach_the_bridge_once_and_the_display_says_who_is_next(python: list[str], tmp_path: Path) -> None:
    async with a_line(python, tmp_path, {1007: {"address": 3}, 1008: {"address": 4}}, (3, 4)) as (bridge, panels):
        pad, other = panels[1007], panels[1008]
        await pad.tells("screen", lambda text: text.startswith("off "))
        for done, key in enumerate(KEYS, 1):
            await pad.press(CODES[key])
            await bridge.until(done)
        await other.press(1)
        await bridge.until(6)
        assert [one.name for one in bridge.keys[:5]] == [f"pad-1007-1-{count}" for count in range(1, 6)]
        assert [one.key for one in bridge.keys] == [*KEYS, PadKey.NEXT]
        bridge.line.show(3, PadDisplay("A042", 12, PadLamp.CALLING, beep=True))
        await pad.tells("screen", "calling A042 12")
        await pad.tells("beeps", 1)
        bridge.line.show(3, PadDisplay("B1234", 0, PadLamp.SERVING))
        await pad.tells("screen", "serving B1234 0")
        await pad.tells("lamp", 3)


@pytest.mark.network
async def test_a_pad_that_lost_its_power_counts_on_under_a_new_name(python: list[str], tmp_path: Path) -> None:
    pads = {1007: {"address": 3}}
    names = []
    for _ in range(2):
        async with a_line(python, tmp_path, pads, (3,)) as (bridge, panels):
            await panels[1007].tells("screen", lambda text: text.startswith("off "))
            await panels[1007].press(1)
            await bridge.until(1)
            names += [one.name for one in bridge.keys]
    assert names == ["pad-1007-1-1", "pad-1007-2-1"]


@pytest.mark.network
async def test_a_new_pad_is_found_named_and_keeps_its_address_without_power(python: list[str], tmp_path: Path) -> None:
    async with a_line(python, tmp_path, {1007: {"address": 0}}, (5,)) as (bridge, panels):
        await panels[1007].tells("screen", lambda text: text.startswith("offline"))
        assert await bridge.line.survey() == (1007,)
        await bridge.line.assign(1007, 5)
        await panels[1007].tells("screen", lambda text: text.startswith("off "))
        bridge.line.identify(5)
        await panels[1007].tells("screen", "blink")
        await panels[1007].press(6)
        await bridge.until(1)
        assert bridge.keys[0].key is PadKey.FOUND
    async with a_line(python, tmp_path, {1007: {"address": 0}}, (5,)) as (bridge, panels):
        await panels[1007].tells("screen", lambda text: text.startswith("off "))
