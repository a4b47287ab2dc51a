"""The clerk's desk page against the real engine: keys in, news out."""

import asyncio
import json
import random
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from contract import topics
from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket
from hall24 import whole_hall
from hall24.presets import ALWAYS, county_hall
from hall24.whole_hall import MemoryDisk, memory_start
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from queue_caller.app.clerk_desk import ClerkDesk
from queue_caller.web.desk_page import DeskPort, DeskWords, desk_page

HALL = parse(tomllib.loads(county_hall(hours=ALWAYS)), Hall)


@dataclass
class Rig:
    desk: ClerkDesk
    machine: Device
    page: httpx.AsyncClient

    async def press(self, action: str, **form: str) -> tuple[int, str]:
        answer = await self.page.post(f"/do/{action}", data=form)
        return answer.status_code, answer.json()["said"]

    async def becomes(self, state: str) -> None:
        async with asyncio.timeout(30):
            while self.desk.state()["state"] != state:
                await self.desk.changed()


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    broker, clock = MemoryBroker(), SystemClock()
    start = memory_start(HALL, clock, random.Random(1), broker.links(), MemoryDisk())
    engine = whole_hall.engine(start)
    desk = ClerkDesk(HALL, HALL.device["desk-01"])
    hear = {topics.board("demo", "A"): desk.on_board}
    desk.join(Device(HALL.address("desk-01"), "", links=start.links, clock=clock, chance=random.Random(2), hear=hear))
    machine = Device(HALL.address("ticket-1"), "", links=start.links, clock=clock, chance=random.Random(3))
    tasks = [asyncio.ensure_future(one.run()) for one in (engine, desk.device, machine)]
    page = desk_page(
        DeskWords("示例市", 1, "综合一窗", {"A": "综合一窗"}), DeskPort(desk.state, desk.changed, desk.act)
    )
    transport = httpx.ASGITransport(app=page)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await desk.changed()
        yield Rig(desk, machine, client)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_clerk_serves_a_citizen_with_the_keyboard_alone(rig: Rig) -> None:
    await rig.machine.ask("queue", IssueTicket(services=("A",), channel=IssueChannel.TOUCH))
    assert await rig.press("open", staff="0101") == (200, "好了")
    await rig.becomes("free")
    assert await rig.press("next") == (200, "A001，还可以再叫 2 次")
    await rig.becomes("calling")
    assert rig.desk.state()["ticket"] == "A001"
    await rig.press("start")
    await rig.becomes("serving")
    assert "finish" in rig.desk.state()["offered"]
    await rig.press("finish")
    await rig.becomes("free")


async def test_what_the_queue_refuses_is_said_in_words(rig: Rig) -> None:
    await rig.press("open", staff="0101")
    await rig.becomes("free")

    assert await rig.press("next") == (200, "没有人在等")


async def test_a_form_that_is_wrong_is_refused_and_asks_nothing(rig: Rig) -> None:
    assert await rig.press("open") == (400, "open: staff is missing")
    assert (await rig.press("dance"))[0] == 400


async def test_another_site_cannot_press_keys(rig: Rig) -> None:
    answer = await rig.page.post("/do/next", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


async def test_the_page_offers_every_key_and_loads_nothing_from_elsewhere(rig: Rig) -> None:
    text = (await rig.page.get("/")).text

    assert "呼叫下一位" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert json.dumps(rig.desk.state())
