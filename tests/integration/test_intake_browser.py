"""The live page in a real browser: it follows the hall without reloading and presses a machine's screen."""

import asyncio
import io
import random
import shutil
from datetime import date, datetime

import pytest
from PIL import Image

from contract.board import HallMode, WindowOnBoard, WindowState, ZoneBoard
from contract.link import CommandDone
from contract.screen import PictureTaken, PressScreen
from contract.topics import address, board
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.writer import InlineWriter
from hallkit.transports.ports import free_port
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.names import HallNames, Name

START = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

if CHROMIUM is None:
    pytest.skip("no Chromium on this machine: the live page is not tested in a browser", allow_module_level=True)


def png() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (360, 640), "#0B5A68").save(held, "PNG")
    return held.getvalue()


def shown(clock: LoopClock, state: WindowState, ticket: str | None) -> bytes:
    window = WindowOnBoard(window=3, state=state, ticket=ticket)
    told = ZoneBoard(
        zone="A", business_day=date(2026, 9, 14), as_of=clock.now(), mode=HallMode.OPEN, windows=(window,), queues=(),
        calls=(),
    )  # fmt: skip
    return Postmark("queue-engine", clock, random.Random(2)).stamp(told)


def machine_on(broker: MemoryBroker, clock: LoopClock) -> tuple[Device, asyncio.Queue[PressScreen]]:
    """Return a ticket machine that shows one picture, and where it was touched."""
    place = address("demo", "ticket-machine", "ticket-1")
    machine = Device(place, "", links=broker.links(), clock=clock, chance=random.Random(3))
    touched: asyncio.Queue[PressScreen] = asyncio.Queue()

    async def obey(_address, command, _envelope):
        if isinstance(command, PressScreen):
            touched.put_nowait(command)
            return CommandDone()
        return PictureTaken(fingerprint="f", width=1080, height=1920, png=b"" if command.known == "f" else png())

    machine.on_command = obey
    return machine, touched


async def test_the_live_page_follows_the_hall_and_presses_a_screen_without_reloading():
    from playwright.async_api import async_playwright

    broker, clock = MemoryBroker(), LoopClock(START, asyncio.get_running_loop())
    port = free_port()
    app = App(
        IntakeConfig(database="sqlite://", port=port), "demo", HallNames(Name("示例大厅", "Sample hall"), is_demo=True),
        links=broker.links(), password="", clock=clock, chance=random.Random(1), writer=InlineWriter(),
    )  # fmt: skip
    machine, touched = machine_on(broker, clock)
    tasks = [asyncio.create_task(job()) for job in (app.run, machine.run)]
    await asyncio.sleep(0.5)
    troubles: list[str] = []
    try:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = await browser.new_page(viewport={"width": 1440, "height": 924})
            page.on("console", lambda message: troubles.append(message.text))
            page.on("pageerror", lambda error: troubles.append(str(error)))
            await page.goto(f"http://127.0.0.1:{port}/")
            await page.evaluate("window.sameDocument = true")
            broker.route(board("demo", "A"), shown(clock, WindowState.CALLING, "A042"), retain=True)
            await page.wait_for_selector(".window.calling >> text=A042")
            broker.route(board("demo", "A"), shown(clock, WindowState.SERVING, "A042"), retain=True)
            await page.wait_for_selector(".window.serving >> text=A042")
            picture = page.locator("#screen-ticket-machine-ticket-1")
            await picture.wait_for()
            await picture.click(position={"x": 136, "y": 241})
            press = await asyncio.wait_for(touched.get(), 30)
            await page.wait_for_selector("#said >> text=已点")
            assert await page.evaluate("window.sameDocument") is True
            assert await page.evaluate("document.documentElement.scrollWidth") == 1440
            await browser.close()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert troubles == []
    assert abs(press.x - 540) <= 12
    assert abs(press.y - 960) <= 20
