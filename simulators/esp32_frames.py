"""Requests and replies of the ESP32's serial loader (Espressif, "Serial Protocol" of esptool's documentation)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor

HEAD = struct.Struct("<BBHI")
FROM_HOST, FROM_CHIP = 0, 1
CHECK_SEED = 0xEF


class Command(IntEnum):
    """What the host asks; from ERASE_FLASH on only the stub knows it."""

    FLASH_BEGIN = 0x02
    FLASH_DATA = 0x03
    FLASH_END = 0x04
    MEM_BEGIN = 0x05
    MEM_END = 0x06
    MEM_DATA = 0x07
    SYNC = 0x08
    WRITE_REG = 0x09
    READ_REG = 0x0A
    SPI_SET_PARAMS = 0x0B
    SPI_ATTACH = 0x0D
    READ_FLASH_SLOW = 0x0E
    CHANGE_BAUDRATE = 0x0F
    FLASH_DEFL_BEGIN = 0x10
    FLASH_DEFL_DATA = 0x11
    FLASH_DEFL_END = 0x12
    SPI_FLASH_MD5 = 0x13
    ERASE_FLASH = 0xD0
    ERASE_REGION = 0xD1
    READ_FLASH = 0xD2
    RUN_USER_CODE = 0xD3


class Refusal(IntEnum):
    """Why a request was not carried out."""

    WRONG_MESSAGE = 0x05
    FAILED = 0x06
    WRONG_CHECKSUM = 0x07
    FLASH_WRITE = 0x08
    DEFLATE = 0x0B


class RefusedError(Exception):
    """A request that is answered with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `check` covers the data behind a data command's 16-byte head."""

    op: int
    data: bytes
    check: int = 0

    def words(self, count: int) -> tuple[int, ...]:
        """Return the first `count` little-endian words; RefusedError if the data is shorter."""
        if len(self.data) < 4 * count:
            raise RefusedError(Refusal.WRONG_MESSAGE)
        return struct.unpack_from(f"<{count}I", self.data)

    def block(self) -> bytes:
        """Return a data command's block; RefusedError if it is cut off or damaged."""
        length = self.words(4)[0]
        found = self.data[16:]
        if length != len(found):
            raise RefusedError(Refusal.WRONG_MESSAGE)
        if checksum(found) != self.check & 0xFF:
            raise RefusedError(Refusal.WRONG_CHECKSUM)
        return found


def decode(payload: bytes) -> Request | None:
    """Return the request in a frame, None if it is not one."""
    if len(payload) < HEAD.size:
        return None
    direction, op, size, check = HEAD.unpack_from(payload)
    data = payload[HEAD.size :]
    return Request(op, data, check) if direction == FROM_HOST and size == len(data) else None


def encode_request(request: Request) -> bytes:
    """Return a request's payload."""
    return HEAD.pack(FROM_HOST, request.op, len(request.data), request.check) + request.data


def encode_reply(op: int, *, value: int = 0, data: bytes = b"", refusal: int = 0, status_size: int = 4) -> bytes:
    """Return a reply's payload; the ROM closes it with four bytes of status, the stub with two."""
    status = bytes((1, refusal) if refusal else (0, 0)).ljust(status_size, b"\0")
    return HEAD.pack(FROM_CHIP, op, len(data) + status_size, value) + data + status


def checksum(data: bytes) -> int:
    """Return the XOR of a block, from 0xEF."""
    return fold(data) ^ CHECK_SEED


def fold(data: bytes) -> int:
    """Return the XOR of all bytes, eight at a time."""
    whole = len(data) & ~7
    wide = reduce(xor, struct.unpack(f"<{whole // 8}Q", data[:whole]), 0)
    return reduce(xor, wide.to_bytes(8, "little") + data[whole:], 0)
