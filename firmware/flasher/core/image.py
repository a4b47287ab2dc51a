"""Interpreter images: files an operator names together with their SHA-256."""

import hashlib
from dataclasses import dataclass

from firmware.flasher.errors import ImageError

ESP_MARK = 0xE9
CHIP_ID = slice(12, 14)
LARGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of chip: what esptool calls it, the id in its images, and where in the flash they go."""

    name: str
    image_id: int
    place: int


ESP_CHIPS = {
    chip.name: chip
    for chip in (
        Chip("esp32", 0, 0x1000),
        Chip("esp32s2", 2, 0x1000),
        Chip("esp32c3", 5, 0),
        Chip("esp32s3", 9, 0),
    )
}


def check_hash(data: bytes, sha256: str) -> None:
    """Raise ImageError unless `data` has the hash it was named with."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256.strip().lower():
        raise ImageError(f"the image's SHA-256 is {found}, not the one named; nothing was written, get the file again")
    if len(data) > LARGEST:
        raise ImageError(f"the image has {len(data)} bytes, more than any board holds")


def check_esp(data: bytes, chip: Chip) -> None:
    """Raise ImageError unless `data` is an image for `chip`."""
    if len(data) < CHIP_ID.stop or data[0] != ESP_MARK:
        raise ImageError("this is not an image of an ESP chip; name the .bin file of the interpreter")
    found = int.from_bytes(data[CHIP_ID], "little")
    if found != chip.image_id:
        names = [one.name for one in ESP_CHIPS.values() if one.image_id == found]
        raise ImageError(
            f"the image is for {names[0] if names else f'chip {found}'}, the board is said to be {chip.name}"
        )
