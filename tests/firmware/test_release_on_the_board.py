"""Releases fetched, tried, kept or left by a running rating pad, and the technician at its door."""

import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pad_bench
import pytest
import slot_bench
from hall_bench import CLOCK, BoardHall, a_hall, until
from slot_bench import KEY, PUBLIC, Releases

from contract import topics
from contract.link import CommandDone
from contract.rating import AskRating
from contract.release import InstallRelease, ReleaseTried

PAD = topics.address("demo", "rating-pad", "pad-03")
pytestmark = [pytest.mark.network, pytest.mark.mosquitto]


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def command(python: str, request: pytest.FixtureRequest) -> list[str]:
    if python == "cpython":
        return [sys.executable, "-B", str(slot_bench.START)]
    program = str(request.getfixturevalue("micropython"))
    return [program, "-X", "heapsize=160k", str(slot_bench.START)]


@pytest.fixture
async def hall() -> AsyncIterator[BoardHall]:
    async with a_hall(PAD) as made:
        yield made


@pytest.fixture
async def shop() -> AsyncIterator[Releases]:
    async with slot_bench.releases() as made:
        yield made


def settings(folder: Path, hall: BoardHall, python: str, **more: Any) -> dict[str, Any]:
    (folder / "pad.strips").write_bytes(pad_bench.strips())
    slot_bench.lay_out(folder, slot_bench.programs(python))
    known = {"hall": "demo", "kind": "rating-pad", "name": "pad-03", "password": "secret", "version": "0.1.0"}
    known |= {"window": 3, "zone": "A", "strips": str(folder / "pad.strips"), "chip": "sim", "release_keys": [PUBLIC]}
    return known | {"broker_host": "127.0.0.1", "broker_port": hall.broker.port} | more


def runs(hall: BoardHall, version: str) -> bool:
    return hall.is_online and hall.states[-1].version == version


def slot(folder: Path) -> tuple[int, int]:
    """Return which slot is active, and whether it is on trial."""
    from h24.flash_files import FlashFiles
    from h24.slots import Slots

    found = Slots(FlashFiles(str(folder / "slots")))
    return found.active, found.state


async def test_a_release_is_fetched_tried_and_kept_once_the_store_acknowledged_its_fact(
    hall: BoardHall, shop: Releases, command: list[str], python: str, tmp_path: Path
) -> None:
    async with slot_bench.kept(command, tmp_path, **settings(tmp_path, hall, python)) as board:
        await until(lambda: runs(hall, "0.1.0"))
        shop.offer(slot_bench.programs(python), "0.2.0", 5)
        assert isinstance(await hall.command(InstallRelease(url=shop.url)), CommandDone)
        await until(lambda: runs(hall, "0.2.0"))
        await until(lambda: slot(tmp_path) == (1, 0))
        tried = [one.version for one in hall.facts() if isinstance(one, ReleaseTried)]
        assert tried == ["0.2.0"]
        shop.offer(slot_bench.programs(python), "0.1.9", 4)
        assert isinstance(await hall.command(InstallRelease(url=shop.url)), CommandDone)
        await until(lambda: "not newer than 5" in hall.told[-1])
        shop.offer(slot_bench.programs(python), "0.1.9", 4, allows_from=5)
        assert isinstance(await hall.command(InstallRelease(url=shop.url)), CommandDone)
        await until(lambda: runs(hall, "0.1.9"))
        await until(lambda: slot(tmp_path) == (0, 0))
        assert board.starts == 3


async def test_a_release_that_cannot_begin_is_left_after_three_starts(
    hall: BoardHall, shop: Releases, command: list[str], python: str, tmp_path: Path
) -> None:
    async with slot_bench.kept(command, tmp_path, **settings(tmp_path, hall, python)) as board:
        await until(lambda: runs(hall, "0.1.0"))
        broken = {name: data for name, data in slot_bench.programs(python).items() if "pad_face" not in name}
        shop.offer(broken, "0.2.0", 5)
        await hall.command(InstallRelease(url=shop.url))
        await until(lambda: board.starts == 5 and runs(hall, "0.1.0"))
        assert slot(tmp_path) == (0, 0)


async def test_a_release_the_hall_never_hears_is_left(
    hall: BoardHall, shop: Releases, command: list[str], python: str, tmp_path: Path
) -> None:
    assert hall.broker.control is not None
    known = settings(tmp_path, hall, python, trial_seconds=2)
    async with slot_bench.kept(command, tmp_path, **known) as board:
        await until(lambda: runs(hall, "0.1.0"))
        shop.offer(slot_bench.programs(python), "0.2.0", 5)
        await hall.command(InstallRelease(url=shop.url))
        await hall.broker.control.kill()
        await until(lambda: board.starts == 5)
        await hall.broker.control.start()
        await until(lambda: runs(hall, "0.1.0"))


async def test_a_download_that_is_not_what_was_signed_changes_nothing(
    hall: BoardHall, shop: Releases, command: list[str], python: str, tmp_path: Path
) -> None:
    async with slot_bench.kept(command, tmp_path, **settings(tmp_path, hall, python)) as board:
        await until(lambda: runs(hall, "0.1.0"))
        shop.offer(slot_bench.programs(python), "0.2.0", 5)
        name = next(one for one in shop.files if one.startswith("main."))
        for wrong, words in ((b"x" + shop.files[name][1:], "not the file"), (shop.files[name] + b"x", "longer")):
            good, shop.files[name] = shop.files[name], wrong
            await hall.command(InstallRelease(url=shop.url))
            await until(lambda said=words: said in hall.told[-1])  # type: ignore[misc]
            shop.files[name] = good
        del shop.files[name]
        await hall.command(InstallRelease(url=shop.url))
        await until(lambda: "404" in hall.told[-1])
        await hall.command(InstallRelease(url="ftp://127.0.0.1/"))
        await until(lambda: "not an http address" in hall.told[-1])
        assert (board.starts, slot(tmp_path)) == (1, (0, 0))


async def test_nobody_is_interrupted_by_a_release(
    hall: BoardHall, shop: Releases, command: list[str], python: str, tmp_path: Path
) -> None:
    async with slot_bench.kept(command, tmp_path, **settings(tmp_path, hall, python)) as board:
        await until(lambda: runs(hall, "0.1.0"))
        then = CLOCK.now() + timedelta(seconds=60)
        await hall.command(AskRating(service_event="e1", window=3, ticket="A1", staff="1003", until=then))
        await board.panel.tells("screen", "grades")
        shop.offer(slot_bench.programs(python), "0.2.0", 5)
        await hall.command(InstallRelease(url=shop.url))
        await until(lambda: "installed 0.2.0" in hall.told[-1])
        assert board.starts == 1
        await board.panel.send("key", 5)
        await until(lambda: runs(hall, "0.2.0"))
        assert "RatingGiven" in {type(one).__name__ for one in hall.facts()}


async def test_a_technician_with_keys_and_a_signed_nonce_is_let_in_and_others_leave_a_record(
    hall: BoardHall, command: list[str], python: str, tmp_path: Path
) -> None:
    known = settings(tmp_path, hall, python, service_key=PUBLIC, keys_held=True)
    async with slot_bench.kept(command, tmp_path, **known) as board:
        await board.panel.tells("screen", "idle")
        await board.panel.send("door")
        await board.panel.tells("door", lambda line: line.startswith("door sign "))
        asked = bytes.fromhex(board.panel.told["door"].split()[2])
        await board.panel.send("door", (b"x" * 64).hex())
        await board.panel.tells("door", "door closed")
        await board.panel.send("door", KEY.sign(asked).hex())
        await until(lambda: board.ended == slot_bench.LET_IN)
        record = (tmp_path / "life" / "tamper").read_text()
        assert "wrong signature" in record
        assert "opened" in record
