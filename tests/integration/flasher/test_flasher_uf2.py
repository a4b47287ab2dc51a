"""An RP2040's boot drive takes its own image, refuses another, and is recovered when it was unplugged."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firmware.flasher.app import flash as flashing
from firmware.flasher.app.flash import Way
from firmware.flasher.drivers import uf2_drive
from firmware.flasher.errors import DriveError, ImageError, WrongChipError
from firmware.flasher.wire import uf2
from simulators.uf2_drive import SimulatedDrive, serve

BASE = 0x10000000
DATA = random.Random(5).randbytes(40_000)
IMAGE = uf2.pack(DATA, BASE, uf2.FAMILIES["rp2040"])


@asynccontextmanager
async def plugged_in(drive: SimulatedDrive) -> AsyncIterator[str]:
    drive.plug_in()
    serving = asyncio.create_task(serve(drive))
    try:
        yield str(drive.folder)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def interpreter(folder: Path, data: bytes = IMAGE) -> flashing.Interpreter:
    (folder / "rp2.uf2").write_bytes(data)
    return flashing.read(folder / "rp2.uf2", "rp2040", hashlib.sha256(data).hexdigest())


def stored(drive: SimulatedDrive) -> bytes:
    return b"".join(drive.flash[address] for address in sorted(drive.flash))


async def test_the_drive_takes_the_image_and_vanishes(tmp_path: Path) -> None:
    drive = SimulatedDrive(tmp_path / "RPI-RP2")
    async with plugged_in(drive) as place:
        await flashing.flash(place, interpreter(tmp_path), {}, Way(locks=tmp_path / "locks"))

    assert not drive.folder.exists()
    assert stored(drive) == DATA


async def test_another_boards_drive_and_a_plain_folder_are_refused(tmp_path: Path) -> None:
    drive = SimulatedDrive(tmp_path / "drive", "rp2350")
    way = Way(locks=tmp_path / "locks")
    async with plugged_in(drive) as place:
        with pytest.raises(WrongChipError, match="RP2350"):
            await flashing.flash(place, interpreter(tmp_path), {}, way)
    with pytest.raises(DriveError, match="BOOTSEL"):
        await flashing.flash(str(tmp_path), interpreter(tmp_path), {}, way)


async def test_a_drive_that_does_not_vanish_did_not_take_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uf2_drive, "VANISHES_WITHIN", 0.5)
    drive = SimulatedDrive(tmp_path / "drive")
    foreign = uf2.pack(DATA, BASE, uf2.FAMILIES["rp2350"])
    async with plugged_in(drive) as place:
        with pytest.raises(DriveError, match="did not take"):
            await uf2_drive.write(Path(place), "rp2040", foreign, lambda _: None)

    assert drive.refused == "family 0xe48bff59"
    assert not drive.flash


async def test_unplugged_in_the_middle_is_mended_by_a_second_run(tmp_path: Path) -> None:
    drive = SimulatedDrive(tmp_path / "drive", cut_after=20)
    for _ in range(2):
        async with plugged_in(drive) as place:
            await flashing.flash(place, interpreter(tmp_path), {}, Way(locks=tmp_path / "locks"))

    assert stored(drive) == DATA


def test_an_image_that_is_cut_off_touches_no_drive(tmp_path: Path) -> None:
    with pytest.raises(ImageError):
        interpreter(tmp_path, IMAGE[:-100])
