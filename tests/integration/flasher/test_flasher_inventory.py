"""A provisioned board stands in the intake server's inventory; from elsewhere nobody writes there."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx
import pytest

from firmware.flasher.core.register import Entry
from firmware.flasher.errors import InventoryError
from hall24.intake_inventory import tell_intake
from hallkit.inventory.schema import Hall, HallTable
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.writer import InlineWriter
from hallkit.web.server import serve
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.names import HallNames, Name
from intake_server.web.pages import build

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
ENTRY = Entry(
    device="pad-03", kind="rating-pad", board="a0", serial="2a", issued=NOW, expires=NOW + timedelta(days=825), window=3
)  # fmt: skip


def pages():
    hosts = ("testserver", "127.0.0.1")
    app = App(
        IntakeConfig(database="sqlite://", allowed_hosts=hosts), "demo",
        HallNames(Name("示例", "Sample"), {}, {}, True),
        links=MemoryBroker().links(), password="", clock=LoopClock(NOW, asyncio.get_running_loop()),
        chance=random.Random(1), writer=InlineWriter(),
    )  # fmt: skip
    return build(app.site())


@asynccontextmanager
async def client(host: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=pages(), client=(host, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as made:
        yield made


ROW = {"device": "pad-03", "kind": "rating-pad", "board": "a0", "serial": "2a", "version": "0.1.0", "window": "3",
       "issued": NOW.isoformat(), "expires": NOW.isoformat()}  # fmt: skip


async def test_the_last_board_at_a_place_is_the_one_that_counts() -> None:
    async with client("127.0.0.1") as tool:
        assert (await tool.post("/boards", data=ROW)).status_code == 204
        assert (await tool.post("/boards", data={**ROW, "board": "b1"})).status_code == 204
        (found,) = (await tool.get("/boards")).json()

    assert (found["device"], found["board"], found["window"]) == ("pad-03", "b1", 3)


@pytest.mark.parametrize("wrong", [{"kind": "../x"}, {"device": ""}, {"window": "third"}, {"issued": "soon"}])
async def test_what_no_board_can_be_is_refused(wrong: dict[str, str]) -> None:
    async with client("127.0.0.1") as tool:
        assert (await tool.post("/boards", data={**ROW, **wrong})).status_code == 422
        assert (await tool.get("/boards")).json() == []


async def test_another_machine_neither_reads_nor_writes() -> None:
    async with client("192.0.2.7") as stranger:
        assert (await stranger.post("/boards", data=ROW)).status_code == 403
        assert (await stranger.get("/boards")).status_code == 403


def test_a_server_that_is_away_is_told_with_what_to_do() -> None:
    away = Hall(
        hall=HallTable(name="demo", title="示例"), zones=(), services=(), windows=(), devices=(), intake={"port": 9}
    )
    with pytest.raises(InventoryError, match="--tell"):
        tell_intake(away, ENTRY)


async def test_the_tool_tells_a_running_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = asyncio.create_task(serve(pages(), "127.0.0.1", port))
    hall = Hall(
        hall=HallTable(name="demo", title="示例"), zones=(), services=(), windows=(), devices=(), intake={"port": port}
    )
    try:
        async with asyncio.timeout(30):
            while (told := await asyncio.to_thread(tried, hall)) is None:  # noqa: ASYNC110 - a socket has no event
                await asyncio.sleep(0.05)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    assert told == "inventory: pad-03 is board a0"


def tried(hall: Hall) -> str | None:
    try:
        return tell_intake(hall, ENTRY)
    except InventoryError:
        return None
