"""A board's boot drive (RP2040): an image is copied onto it, and the drive vanishes when the board took it."""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

from firmware.flasher.errors import DriveError, WrongChipError

INFO, NAME = "INFO_UF2.TXT", "hall24.uf2"
MODELS = {"rp2040": "RPI-RP2", "rp2350": "RP2350"}
PART = 64 * 512
LOOK_EVERY = 0.1
VANISHES_WITHIN = 30.0
GONE = (errno.EIO, errno.ENODEV, errno.ENOENT, errno.ENXIO, errno.ESTALE)


async def write(drive: Path, chip: str, data: bytes, on_progress: Callable[[float], None]) -> None:
    """Copy a checked UF2 image onto a drive and wait until the board took it; FlasherError with the cause."""
    _check(drive, chip)
    await _copy(drive / NAME, data, on_progress)
    waited = 0.0
    while (drive / INFO).exists():
        if waited >= VANISHES_WITHIN:
            raise DriveError(f"{drive}: the board did not take the image: hold BOOTSEL, plug it in, run again")
        await asyncio.sleep(LOOK_EVERY)
        waited += LOOK_EVERY
    on_progress(1.0)


def _check(drive: Path, chip: str) -> None:
    try:
        info = (drive / INFO).read_text("ascii", "replace")
    except OSError as error:
        raise DriveError(f"{drive}: no boot drive here: hold BOOTSEL while plugging the board in, run again") from error
    board = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("Board-ID:")), "")
    if not board.startswith(MODELS[chip]):
        raise WrongChipError(f"{drive}: this drive is a {board or 'stranger'}, not an {chip}: name the right --chip")


async def _copy(target: Path, data: bytes, on_progress: Callable[[float], None]) -> None:
    written = 0
    try:
        with target.open("wb", buffering=0) as file:
            for at in range(0, len(data), PART):
                written += file.write(data[at : at + PART])
                on_progress(written / len(data) * 0.95)
                await asyncio.sleep(0)
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in GONE or written < len(data):
            raise DriveError(
                f"{target.parent}: the copy broke off: hold BOOTSEL, plug in, run the command again"
            ) from error
