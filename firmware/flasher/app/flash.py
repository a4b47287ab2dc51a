"""From a blank board to one with an interpreter and the hall's programs; safe to run again after anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from firmware.flasher.app.told import Told, nobody
from firmware.flasher.core import image
from firmware.flasher.drivers import port_lock, uf2_drive
from firmware.flasher.drivers.esptool import Esptool
from firmware.flasher.drivers.mpremote import Mpremote
from firmware.flasher.errors import ImageError
from firmware.flasher.wire import uf2

CHIPS = (*image.ESP_CHIPS, *uf2.FAMILIES)
BY_HAND_LIMIT = 120.0
"""Seconds a technician has to tap RST."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An image that was checked against its hash and its chip."""

    path: Path
    chip: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Way:
    """How a board is reached: speed of its line, whether its buttons are pressed by hand, its flash erased first."""

    baud: int = 460_800
    by_hand: bool = False
    erase: bool = False
    locks: Path | None = None


@dataclass(frozen=True, slots=True)
class Flashed:
    """What became of a board; `mac` is empty where the board does not tell it."""

    place: str
    mac: str = ""
    files: int = 0


def read(path: Path, chip: str, sha256: str) -> Interpreter:
    """Return an operator's image; raise ImageError before any board is touched."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(f"{path}: {error.strerror}; name the file of the interpreter") from error
    image.check_hash(data, sha256)
    if chip in uf2.FAMILIES:
        uf2.check(data, uf2.FAMILIES[chip])
    else:
        image.check_esp(data, image.ESP_CHIPS[chip])
    return Interpreter(path, chip, data)


async def flash(
    place: str, interpreter: Interpreter | None, programs: Mapping[str, bytes], way: Way, tell: Told = nobody
) -> Flashed:
    """Write an interpreter, if one is given, then the programs; `place` is a port, or an RP2040's drive.

    FlasherError with the cause; the same call repairs whatever was left unfinished.
    """
    with port_lock.held(place, way.locks):
        mac = await _write(place, interpreter, way, tell) if interpreter else ""
        is_drive = interpreter is not None and interpreter.chip in uf2.FAMILIES
        if not programs or is_drive:
            return Flashed(place, mac)
        limit = BY_HAND_LIMIT if way.by_hand else 20.0
        tell("tap RST" if way.by_hand and interpreter else "programs", 0.0)
        await Mpremote(place, limit).install(programs, partial(tell, "programs"))
    return Flashed(place, mac, len(programs))


async def _write(place: str, interpreter: Interpreter, way: Way, tell: Told) -> str:
    if interpreter.chip in uf2.FAMILIES:
        await uf2_drive.write(Path(place), interpreter.chip, interpreter.data, partial(tell, "interpreter"))
        return ""
    board = Esptool(place, interpreter.chip, way.baud, way.by_hand)
    if way.erase:
        tell("erasing", 0.0)
        await board.erase()
    tell("interpreter", 0.0)
    return await board.write(interpreter.path, len(interpreter.data), partial(tell, "interpreter"))
