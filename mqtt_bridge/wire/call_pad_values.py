"""What the data bytes of call pad frames say (docs/protocols/field-bus.md, "Values")."""

import re
from dataclasses import dataclass
from enum import IntEnum

from mqtt_bridge.wire.call_pad import FrameError

VALUE_LIMIT = 1 << 21
BLANK_NUMBER = (1 << 14) - 1
MAX_WAITING = 999
REPLY_SLOTS = 8  # reply_slot keeps the top three bits
_TICKET = re.compile(r"([A-Z]?)([0-9]{1,4})")


class Figure(IntEnum):
    """The 21-bit figures a pad keeps of itself: EPOCH grows at every power-up, COUNT is key presses taken since."""

    EPOCH = 0
    COUNT = 1


class KeyCode(IntEnum):
    """The keys of a call pad; FOUND is any key pressed while the pad blinks to be found."""

    NEXT = 1
    RECALL = 2
    START = 3
    FINISH = 4
    NO_SHOW = 5
    TRANSFER = 6
    PAUSE = 7
    RESUME = 8
    HOLD = 9
    FOUND = 15


class LampCode(IntEnum):
    """The pad's lamp."""

    OFF = 0
    FREE = 1
    CALLING = 2
    SERVING = 3
    PAUSED = 4
    REFUSED = 5
    OFFLINE = 6


class AgeCode(IntEnum):
    """How long a key press has waited in the pad: below 1 s, 5 s, 30 s, or longer."""

    FRESH = 0
    SECONDS = 1
    LATE = 2
    STALE = 3


@dataclass(frozen=True, slots=True)
class KeyData:
    """One key press; `held` is the second event of a key kept down for 0.8 s."""

    key: KeyCode
    held: bool = False
    age: AgeCode = AgeCode.FRESH


def pack_value(value: int) -> bytes:
    """Return 21 bits as three data bytes; raise FrameError when `value` does not fit."""
    if not 0 <= value < VALUE_LIMIT:
        raise FrameError(f"{value} does not fit 21 bits; use a serial, epoch or count below {VALUE_LIMIT}")
    return bytes((value >> 14, value >> 7 & 0x7F, value & 0x7F))


def unpack_value(data: bytes) -> int:
    """Return the 21 bits in three data bytes."""
    return data[0] << 14 | data[1] << 7 | data[2]


def pack_key(key: KeyData) -> bytes:
    """Return the data byte `0HAAKKKK` of a KEY answer."""
    return bytes((key.held << 6 | key.age << 4 | key.key,))


def unpack_key(data: bytes) -> KeyData | None:
    """Return the key press, or None for a key code nobody defined."""
    code = data[0] & 0x0F
    if code not in KeyCode.__members__.values():
        return None
    return KeyData(KeyCode(code), bool(data[0] & 0x40), AgeCode(data[0] >> 4 & 0x03))


def pack_ticket(ticket: str | None) -> bytes:
    """Return prefix (5 bits, 0 = none), digits less one (2) and number (14); raise FrameError for another shape."""
    if ticket is None:
        return pack_value(BLANK_NUMBER)
    if (match := _TICKET.fullmatch(ticket)) is None:
        raise FrameError(f"a call pad shows at most one letter A-Z and one to four digits, not {ticket!r}")
    prefix, digits = match.groups()
    letter = ord(prefix) - 64 if prefix else 0
    return pack_value(letter << 16 | (len(digits) - 1) << 14 | int(digits))


def unpack_ticket(data: bytes) -> str | None:
    """Return the ticket with its leading zeros, or None for a blank or impossible one."""
    value = unpack_value(data)
    letter, width, number = value >> 16, (value >> 14 & 3) + 1, value & BLANK_NUMBER
    if letter > 26 or number >= 10**width:
        return None
    return f"{chr(letter + 64) if letter else ''}{number:0{width}d}"


def pack_state(waiting: int, lamp: LampCode, *, beep: bool = False) -> bytes:
    """Return waiting (10 bits, at most 999), lamp (3 bits) and beep (1 bit)."""
    value = min(max(waiting, 0), MAX_WAITING) << 4 | lamp << 1 | beep
    return bytes((value >> 7, value & 0x7F))


def unpack_state(data: bytes) -> tuple[int, LampCode, bool] | None:
    """Return waiting, lamp and beep, or None for a lamp nobody defined."""
    value = data[0] << 7 | data[1]
    lamp = value >> 1 & 7
    if lamp > max(LampCode):
        return None
    return value >> 4, LampCode(lamp), bool(value & 1)


def reply_slot(serial: int, salt: int) -> int:
    """Return the slot, 0 to 7, in which the pad with `serial` answers a CENSUS asked with `salt`.

    The multiplier changes with the salt: a checksum would keep two serials that once met together for ever.
    """
    return (serial * (0x9E37_79B1 + 0x3D4D_51CA * salt) & 0xFFFF_FFFF) >> 29
