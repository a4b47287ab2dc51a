"""Onbon `bx-k`: font cards BX-5K, BX-5MK and BX-6K that draw GB 2312 text themselves.

Sources: independent public senders in C, STM32 C, Delphi and Python whose frames agree byte for byte.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from display_controller.errors import WireError
from display_controller.wire.bx_frame import frame

CONTROLLER = 0x8000
WILDCARD_TYPE = 0xFE
VERSION = 2
ALL_AREAS = 0xFF
HEADER = Struct("<HH6xBBH")
REQUEST = Struct("<BBBH")
REPLY = Struct("<BBBH")


class BxError(IntEnum):
    """Why a card refuses, for both BX families."""

    NONE = 0
    UNKNOWN_GROUP = 1
    UNKNOWN_COMMAND = 2
    BUSY = 3
    OUT_OF_MEMORY = 4
    CHECKSUM = 5
    NO_SUCH_FILE = 6
    FLASH = 7
    DOWNLOAD = 8
    FILE_NAME = 9
    FILE_TYPE = 10
    FILE_CHECKSUM = 11
    NO_FONT = 12
    FIRMWARE_TYPE = 13
    DATE_FORMAT = 14
    FILE_EXISTS = 15
    BLOCK_NUMBER = 16
    CONTROLLER_TYPE = 17
    SCREEN_PARAMETERS = 18
    CONTROLLER_ID = 19


class Command(IntEnum):
    """Group in the high byte, command in the low one."""

    ACK = 0xA000
    NACK = 0xA001
    QUERY_STATE = 0xA102
    PING = 0xA200
    SET_TIME = 0xA203
    POWER = 0xA300
    BRIGHTNESS = 0xA302
    LOCK_PROGRAM = 0xA304
    UPDATE_AREAS = 0xA306
    CLEAR_SCREEN = 0xA310


@dataclass(frozen=True)
class Request:
    """One request; `reserved` is the word public senders fill with the payload's length and cards ignore."""

    command: int
    payload: bytes = b""
    must_reply: bool = True
    reserved: int | None = None

    def data(self) -> bytes:
        """Return the data part of the frame."""
        word = len(self.payload) if self.reserved is None else self.reserved
        return REQUEST.pack(self.command >> 8, self.command & 0xFF, 1 if self.must_reply else 2, word) + self.payload


@dataclass(frozen=True)
class Reply:
    """A card's answer; `error` counts only in a NACK."""

    command: int
    error: int = 0
    payload: bytes = b""

    @property
    def accepted(self) -> bool:
        """Tell whether the card did what it was asked."""
        return self.command != Command.NACK and self.error == BxError.NONE


@dataclass(frozen=True)
class Packet:
    """A checked body: where it goes and its data."""

    destination: int
    source: int
    data: bytes
    card_type: int = WILDCARD_TYPE

    def body(self) -> bytes:
        """Return header and data."""
        return HEADER.pack(self.destination, self.source, self.card_type, VERSION, len(self.data)) + self.data


def parse_packet(body: bytes) -> Packet:
    """Split a decoded body into header and data; raise WireError when they disagree."""
    if len(body) < HEADER.size:
        raise WireError(f"a bx-k body has {HEADER.size} header bytes, this one {len(body)} in all")
    destination, source, card_type, version, length = HEADER.unpack_from(body)
    if version != VERSION or length != len(body) - HEADER.size:
        raise WireError(f"not a bx-k body: version {version}, length {length} for {len(body) - HEADER.size} bytes")
    return Packet(destination, source, body[HEADER.size :], card_type)


def encode(request: Request, address: int = 1, card_type: int = WILDCARD_TYPE) -> bytes:
    """Return a request as the controller sends it to card `address`."""
    return frame(Packet(address, CONTROLLER, request.data(), card_type).body())


def encode_reply(reply: Reply, address: int = 1) -> bytes:
    """Return a reply as card `address` sends it."""
    data = REPLY.pack(reply.command >> 8, reply.command & 0xFF, reply.error, 0) + reply.payload
    return frame(Packet(CONTROLLER, address, data).body())


def parse_request(data: bytes) -> Request:
    """Read a request's data; raise WireError when it is too short."""
    if len(data) < REQUEST.size:
        raise WireError(f"a bx-k request has at least {REQUEST.size} bytes, not {len(data)}")
    group, command, reply, reserved = REQUEST.unpack_from(data)
    return Request(group << 8 | command, data[REQUEST.size :], reply == 1, reserved)


def parse_reply(data: bytes) -> Reply:
    """Read a reply's data; raise WireError when it is too short."""
    if len(data) < REPLY.size:
        raise WireError(f"a bx-k reply has at least {REPLY.size} bytes, not {len(data)}")
    group, command, error, _ = REPLY.unpack_from(data)
    return Reply(group << 8 | command, error, data[REPLY.size :])


def ack() -> Reply:
    """Return the answer of a card that did it."""
    return Reply(Command.ACK)


def nack(error: BxError) -> Reply:
    """Return the answer of a card that did not."""
    return Reply(Command.NACK, error)


def ping() -> Request:
    """Ask whether a card is there."""
    return Request(Command.PING)


def query_state() -> Request:
    """Ask for a card's state."""
    return Request(Command.QUERY_STATE)


def power(on: bool) -> Request:
    """Force the screen on or off."""
    return Request(Command.POWER, b"\x01" if on else b"\x02", reserved=0)


def brightness(level: int) -> Request:
    """Set the brightness by hand, 1 to 16 (the short form)."""
    if not 1 <= level <= 16:
        raise WireError(f"brightness goes from 1 to 16, not {level}")
    return Request(Command.BRIGHTNESS, bytes([1, level]))


def clear_screen() -> Request:
    """Blank the screen."""
    return Request(Command.CLEAR_SCREEN)


def lock_program(name: str, locked: bool) -> Request:
    """Hold the stored program `name` (four ASCII characters, as P000) on the screen, or let it go."""
    if len(name) != 4 or not name.isascii():
        raise WireError(f"a program has four ASCII characters, not {name!r}")
    return Request(Command.LOCK_PROGRAM, bytes([0, locked]) + name.encode("ascii"))


def delete_areas(numbers: Iterable[int] | None = None) -> Request:
    """Remove real-time areas by number, or all of them."""
    return update_areas((), numbers)


def update_areas(areas: Sequence[bytes], delete: Iterable[int] | None = ()) -> Request:
    """Remove areas (None: all), then show the encoded `areas`, in one request."""
    head = bytes([ALL_AREAS]) if delete is None else bytes([len(gone := bytes(delete))]) + gone
    body = b"".join(len(area).to_bytes(2, "little") + area for area in areas)
    return Request(Command.UPDATE_AREAS, head + bytes([len(areas)]) + body)


def parse_areas(payload: bytes) -> tuple[tuple[int, ...] | None, tuple[bytes, ...]]:
    """Read `update_areas`: the removed numbers (None: all) and the encoded areas; raise WireError when cut."""
    try:
        deleted, at = payload[0], 1
        gone = None if deleted == ALL_AREAS else tuple(payload[1 : 1 + deleted])
        at += 0 if gone is None else deleted
        count, at, areas = payload[at], at + 1, []
        for _ in range(count):
            end = at + 2 + int.from_bytes(payload[at : at + 2], "little")
            areas.append(payload[at + 2 : end])
            at = end
    except IndexError as error:
        raise WireError("the area list is cut short") from error
    if at != len(payload):
        raise WireError(f"the area list says {at} bytes and has {len(payload)}")
    return gone, tuple(areas)
