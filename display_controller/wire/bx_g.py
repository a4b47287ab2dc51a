"""Onbon `bx-g`: graphic cards BX-5E, 5Q, 6E and 6Q (5th and 6th generation dynamic area manuals)."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from struct import Struct

from display_controller.errors import WireError
from display_controller.wire.bx_frame import frame

CONTROLLER = 0x8000
WILDCARD = 0xFFFE
VERSION = 0xF0
ALL_AREAS = 0xFF
HEADER = Struct("<HHBxH4xI")
REQUEST = Struct("<BBB")
REPLY = Struct("<xBBHHH")
HALF_HOURS = 48
STATUS_NACK = 1


class Bitmap(Enum):
    """How a card's pixels are packed."""

    SINGLE_5E = "5e-single"
    DUAL_5E = "5e-dual"
    RGB565 = "5q"
    SINGLE_6E = "6e-single"
    DUAL_6E = "6e-dual"
    RGB888 = "6q"


@dataclass(frozen=True)
class CardType:
    """One graphic card: its code in the header and its generation, which decides the area format."""

    code: int
    generation: int
    bitmap: Bitmap


CARDS = {
    **{f"BX-5E{n}": CardType(n << 8 | 0x54, 5, Bitmap.DUAL_5E) for n in (1, 2, 3)},
    **{f"BX-5Q{n}+": CardType(0x1056 | n << 8, 5, Bitmap.RGB565) for n in (0, 1, 2)},
    **{f"BX-6E{n}": CardType(n << 8 | 0x74, 6, Bitmap.DUAL_6E) for n in (1, 2, 3)},
    "BX-6E1X": CardType(0x0474, 6, Bitmap.DUAL_6E),
    "BX-6E2X": CardType(0x0574, 6, Bitmap.DUAL_6E),
    **{f"BX-6Q{n}": CardType(n << 8 | 0x66, 6, Bitmap.RGB888) for n in (1, 2, 3)},
}


class Command(IntEnum):
    """Group in the high byte, command in the low one."""

    ACK = 0xA000
    NACK = 0xA001
    PING = 0xA200
    BRIGHTNESS = 0xA207
    QUERY_BRIGHTNESS = 0xA219
    BRIGHTNESS_STATE = 0xA299
    UPDATE_AREA = 0xA700
    DELETE_AREA = 0xA701


@dataclass(frozen=True)
class Request:
    """One request."""

    command: int
    payload: bytes = b""
    must_reply: bool = True

    def data(self) -> bytes:
        """Return the data part of the frame."""
        return REQUEST.pack(self.must_reply, self.command >> 8, self.command & 0xFF) + self.payload


@dataclass(frozen=True)
class Reply:
    """A card's answer: `status` bit 0 set means refused, `error` says why."""

    command: int
    status: int = 0
    error: int = 0
    payload: bytes = b""

    @property
    def accepted(self) -> bool:
        """Tell whether the card did what it was asked."""
        return self.command != Command.NACK and not self.status & STATUS_NACK


@dataclass(frozen=True)
class Packet:
    """A checked body: where it goes, for which card type, and its data."""

    destination: int
    source: int
    data: bytes
    card_type: int = WILDCARD

    def body(self) -> bytes:
        """Return header and data."""
        return HEADER.pack(self.destination, self.source, VERSION, self.card_type, len(self.data)) + self.data


def parse_packet(body: bytes) -> Packet:
    """Split a decoded body into header and data; raise WireError when they disagree."""
    if len(body) < HEADER.size:
        raise WireError(f"a bx-g body has {HEADER.size} header bytes, this one {len(body)} in all")
    destination, source, version, card_type, length = HEADER.unpack_from(body)
    if version != VERSION or length != len(body) - HEADER.size:
        raise WireError(f"not a bx-g body: version {version}, length {length} for {len(body) - HEADER.size} bytes")
    return Packet(destination, source, body[HEADER.size :], card_type)


def encode(request: Request, address: int = WILDCARD, card_type: int = WILDCARD) -> bytes:
    """Return a request as the controller sends it to card `address`."""
    return frame(Packet(address, CONTROLLER, request.data(), card_type).body())


def encode_reply(reply: Reply, address: int = 1, card_type: int = WILDCARD) -> bytes:
    """Return a reply as card `address` sends it."""
    head = REPLY.pack(reply.command >> 8, reply.command & 0xFF, reply.status, reply.error, len(reply.payload))
    return frame(Packet(CONTROLLER, address, head + reply.payload, card_type).body())


def parse_request(data: bytes) -> Request:
    """Read a request's data; raise WireError when it is too short."""
    if len(data) < REQUEST.size:
        raise WireError(f"a bx-g request has at least {REQUEST.size} bytes, not {len(data)}")
    reply, group, command = REQUEST.unpack_from(data)
    return Request(group << 8 | command, data[REQUEST.size :], bool(reply))


def parse_reply(data: bytes) -> Reply:
    """Read a reply's data; raise WireError when its length is wrong."""
    if len(data) < REPLY.size:
        raise WireError(f"a bx-g reply has at least {REPLY.size} bytes, not {len(data)}")
    group, command, status, error, length = REPLY.unpack_from(data)
    if length != len(data) - REPLY.size:
        raise WireError(f"a bx-g reply says {length} bytes and has {len(data) - REPLY.size}")
    return Reply(group << 8 | command, status, error, data[REPLY.size :])


def ack() -> Reply:
    """Return the answer of a card that did it."""
    return Reply(Command.ACK)


def nack(error: int) -> Reply:
    """Return the answer of a card that did not, with one of BxError."""
    return Reply(Command.NACK, STATUS_NACK, error)


def ping() -> Request:
    """Ask whether a card is there."""
    return Request(Command.PING, b"\x00\x00")


def brightness(level: int) -> Request:
    """Set the brightness by hand, 0 to 15."""
    if not 0 <= level <= 15:
        raise WireError(f"brightness goes from 0 to 15, not {level}")
    return Request(Command.BRIGHTNESS, (HALF_HOURS + 1).to_bytes(2, "little") + bytes([0] + [level] * HALF_HOURS))


def query_brightness() -> Request:
    """Ask for the brightness now."""
    return Request(Command.QUERY_BRIGHTNESS, b"\x00\x00")


def delete_areas(number: int = ALL_AREAS) -> Request:
    """Remove one dynamic area, or all of them."""
    return Request(Command.DELETE_AREA, b"\x00\x00" + bytes([number]))
