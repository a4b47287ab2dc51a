"""UF2 files (Microsoft, "USB Flashing Format"): 512-byte blocks that a board's boot drive takes."""

import struct
from dataclasses import dataclass

from firmware.flasher.errors import ImageError

BLOCK = 512
FAMILY_PRESENT = 0x2000
NOT_FOR_FLASH = 0x0001
LARGEST_PAYLOAD = 476
FAMILIES = {"rp2040": 0xE48BFF56, "rp2350": 0xE48BFF59}
_FIRST, _SECOND, _LAST = 0x0A324655, 0x9E5D5157, 0x0AB16F30
_SHAPE = struct.Struct("<8I476sI")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: where its payload goes, its number of how many, and for which family of chips (0: any)."""

    address: int
    payload: bytes
    number: int
    count: int
    family: int = 0
    flags: int = FAMILY_PRESENT


def encode(block: Block) -> bytes:
    """Return a block's 512 bytes."""
    head = (_FIRST, _SECOND, block.flags, block.address, len(block.payload), block.number, block.count, block.family)
    return _SHAPE.pack(*head, block.payload, _LAST)


def decode(data: bytes) -> Block:
    """Return the block in 512 bytes; raise ImageError if it is none."""
    if len(data) != BLOCK:
        raise ImageError(f"a UF2 block has {BLOCK} bytes, not {len(data)}; take the file from its source again")
    first, second, flags, address, size, number, count, family, body, last = _SHAPE.unpack(data)
    if (first, second, last) != (_FIRST, _SECOND, _LAST) or size > LARGEST_PAYLOAD or number >= count:
        raise ImageError("this is not a UF2 file; name the .uf2 image of the interpreter")
    return Block(address, body[:size], number, count, family if flags & FAMILY_PRESENT else 0, flags)


def pack(data: bytes, address: int, family: int, payload: int = 256) -> bytes:
    """Return `data` as a UF2 file for `address`."""
    parts = [data[at : at + payload] for at in range(0, len(data), payload)]
    blocks = [Block(address + number * payload, part, number, len(parts), family) for number, part in enumerate(parts)]
    return b"".join(encode(block) for block in blocks)


def check(data: bytes, family: int) -> int:
    """Return how many blocks a file has; raise ImageError unless it is whole and every block is for `family`."""
    if not data or len(data) % BLOCK:
        raise ImageError("the UF2 file is cut off; copy it from its source again")
    blocks = [decode(data[at : at + BLOCK]) for at in range(0, len(data), BLOCK)]
    for place, block in enumerate(blocks):
        if block.number != place or block.count != len(blocks):
            raise ImageError("the UF2 file has blocks missing; copy it from its source again")
        if block.family != family:
            raise ImageError(f"the UF2 file is for chip family {block.family:#010x}, the board is {family:#010x}")
    return len(blocks)
