"""The window display's firmware in a hall: its line of the zone's board, and nothing it cannot know."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import board_bench
import pytest
from hall_bench import CLOCK, BoardHall, a_hall, until

from contract import topics
from contract.board import HallMode, PauseReason, QueueOnBoard, QueueState, WindowOnBoard, WindowState, ZoneBoard
from firmware.artwork.strip_file import pack
from firmware.artwork.window_pictures import SIZE, pictures

DISPLAY = topics.address("demo", "window-display", "display-03")
pytestmark = [pytest.mark.network, pytest.mark.mosquitto]


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("image")
    return board_bench.commands(request.param, lambda: str(request.getfixturevalue("micropython")), folder)


def settings(folder: Path, hall: BoardHall) -> dict[str, Any]:
    (folder / "window.strips").write_bytes(pack(pictures(3, "综合一窗")))
    known = {"hall": "demo", "kind": "window-display", "name": DISPLAY.name, "password": "secret", "zone": "A"}
    known |= {"broker_host": "127.0.0.1", "broker_port": hall.broker.port, "window": 3, "screen": SIZE}
    return known | {"strips": str(folder / "window.strips")}


def board(mode: HallMode = HallMode.OPEN, age: int = 0, as_of: datetime | None = None, **mine: Any) -> ZoneBoard:
    windows = [WindowOnBoard(window=one, state=WindowState.SERVING, ticket=f"A{one:03}") for one in range(1, 27)]
    windows[2] = WindowOnBoard(window=3, **mine)
    queue = QueueOnBoard(service="general", state=QueueState.OPEN, waiting=3)
    now = as_of or CLOCK.now() - timedelta(seconds=age)
    return ZoneBoard(
        zone="A", business_day=now.date(), as_of=now, mode=mode, windows=tuple(windows), queues=(queue,), calls=()
    )


async def test_a_display_shows_its_window_and_only_while_the_board_is_fresh(python: list[str], tmp_path: Path) -> None:
    async with a_hall(DISPLAY) as hall, board_bench.running(python, tmp_path, **settings(tmp_path, hall)) as seen:
        await seen.tells("screen", "starting")
        await until(lambda: hall.is_online)
        hall.show(board(state=WindowState.CALLING, ticket="A042", count=1))
        await seen.tells("screen", "calling A042")
        hall.show(board(state=WindowState.SERVING, ticket="A042"))
        await seen.tells("screen", "serving A042")
        hall.show(board(state=WindowState.FREE))
        await seen.tells("screen", "free take-ticket")
        now = CLOCK.now()
        soon = now + timedelta(days=1)
        hall.show(board(state=WindowState.PAUSED, until=soon, reason=PauseReason.MEAL, as_of=now))
        words = f"paused tomorrow {soon.hour}:{soon:%M} back reason-meal"
        await seen.tells("screen", words)
        hall.show(board(age=60, state=WindowState.FREE))
        await seen.tells("screen", "stale")
        hall.show(board(HallMode.EMERGENCY, age=60, state=WindowState.FREE))
        await seen.tells("screen", "emergency")
        hall.show(board(state=WindowState.SERVING, ticket="叫号"))
        hall.show(board(state=WindowState.CLOSED))
        await seen.tells("screen", "closed")
