"""The sensor's firmware in a hall: what lasts is told once, whatever happens to power and link."""

from pathlib import Path
from typing import Any

import board_bench
import pytest
from hall_bench import BoardHall, a_hall, until

from contract import codec, topics
from contract.envelope import ClockQuality
from contract.field import SensorChanged

BOARD = topics.address("demo", "sensor", "sensor-1")
INPUTS = [
    {"sensor": "door-1", "kind": "door", "pin": 4, "settle": 100},
    {"sensor": "presence-1", "kind": "presence", "pin": 5, "settle": 100},
    {"sensor": "temperature-1", "kind": "temperature", "pin": 34, "settle": 200, "low": 28, "high": 30},
]
pytestmark = [pytest.mark.network, pytest.mark.mosquitto]


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("image")
    return board_bench.commands(request.param, lambda: str(request.getfixturevalue("micropython")), folder)


def settings(folder: Path, hall: BoardHall, **more: Any) -> dict[str, Any]:
    known = {"hall": "demo", "kind": "sensor", "name": BOARD.name, "password": "secret", "inputs": INPUTS}
    return known | {"broker_host": "127.0.0.1", "broker_port": hall.broker.port, "screen": [8, 8]} | more


def seen(hall: BoardHall) -> list[tuple[str, bool]]:
    return [(one.sensor, one.active) for one in hall.facts() if isinstance(one, SensorChanged)]


async def test_what_lasts_is_committed_once_and_a_start_alone_is_no_news(python: list[str], tmp_path: Path) -> None:
    async with a_hall(BOARD) as hall:
        async with board_bench.running(python, tmp_path, **settings(tmp_path, hall)) as board:
            await until(lambda: hall.is_online)
            for pin, value in ((4, 0), (5, 0), (34, 25)):
                await board.send("reading", pin, value)
            await until(lambda: len(hall.facts()) == 3)
            await board.send("reading", 4, 1)
            await board.send("reading", 34, 29)
            await until(lambda: seen(hall)[3:] == [("door-1", True)])
            await board.send("reading", 34, 31)
            await until(lambda: seen(hall)[4:] == [("temperature-1", True)])
            await board.send("reading", 34, 29)
            await board.send("reading", 5, 1)
            await until(lambda: seen(hall)[5:] == [("presence-1", True)])
        async with board_bench.running(python, tmp_path, **settings(tmp_path, hall)) as board:
            await board.tells("screen", lambda text: "door-1=1" in text)
            for pin, value in ((4, 1), (5, 1), (34, 27)):
                await board.send("reading", pin, value)
            await until(lambda: seen(hall)[6:] == [("temperature-1", False)])
        assert all(codec.decode(row.payload).clk is ClockQuality.NTP for row in hall.store.rows(0, 99))


async def test_a_change_while_the_broker_is_away_waits_on_the_flash(python: list[str], tmp_path: Path) -> None:
    async with a_hall(BOARD) as hall:
        assert hall.broker.control is not None
        async with board_bench.running(python, tmp_path, **settings(tmp_path, hall)) as board:
            await until(lambda: hall.is_online)
            await hall.broker.control.kill()
            await board.send("reading", 4, 1)
            await board.tells("screen", "door-1=1")
        await hall.broker.control.start()
        async with board_bench.running(python, tmp_path, **settings(tmp_path, hall)):
            await until(lambda: seen(hall) == [("door-1", True)])
