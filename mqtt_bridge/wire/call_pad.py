"""Frames of the call pad line (docs/protocols/field-bus.md): 3 to 6 bytes, one master, no pad speaks unasked.

| byte | bits | meaning |
|---|---|---|
| 0 | `1DAAAAAA` | start; D = 0 asked by the master, 1 answered by a pad; A = address |
| 1 | `0KKKNNNN` | K = kind, N = number 0..15 whose meaning depends on the kind |
| 2… | `0vvvvvvv` | 0 to 3 data bytes, fixed by the kind, most significant first |
| last | any | CRC-8/AUTOSAR of all bytes before it |
"""

from dataclasses import dataclass
from enum import Enum

from mqtt_bridge.wire.crc8 import crc8

BAUD = 38_400
UNASSIGNED = 0
FIRST_ADDRESS = 1
LAST_ADDRESS = 60
EVERYBODY = 63
MAX_FRAME = 6
TURNAROUND = 0.001  # seconds within which a pad begins its answer
REPLY_SLOT = MAX_FRAME * 10 / BAUD + TURNAROUND  # seconds between the beginnings of two reply slots of a census


class FrameError(ValueError):
    """A frame was to be built from values the line cannot carry; correct the configuration or the caller."""


class Ask(Enum):
    """What the master asks: kind on the wire and data bytes."""

    def __init__(self, code: int, size: int) -> None:
        self.code, self.size = code, size

    POLL = 0, 0  # number: the last key press taken, modulo 16
    WHO = 1, 0  # number: a Figure
    CENSUS = 2, 0  # number: the salt of the reply slots
    TICKET = 3, 3
    STATE = 4, 2
    IDENTIFY = 5, 1
    SELECT = 6, 3
    ASSIGN = 7, 1


class Answer(Enum):
    """What a pad answers: kind on the wire and data bytes."""

    def __init__(self, code: int, size: int) -> None:
        self.code, self.size = code, size

    IDLE = 0, 0  # number: the last key press known to be taken, modulo 16
    KEY = 1, 1  # number: this key press, modulo 16
    IDENTITY = 2, 3  # number: the salt asked with
    FIGURE = 3, 3  # number: the Figure asked for
    DONE = 4, 0  # number: the kind of the Ask done, plus 8 while a key press waits
    REFUSED = 5, 0  # number: the kind of the Ask refused
    RESYNC = 6, 0  # the pad restarted or lost step: ask CENSUS and WHO before the next POLL


_KINDS: dict[tuple[bool, int], Ask | Answer] = {(isinstance(kind, Answer), kind.code): kind for kind in (*Ask, *Answer)}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; its direction is that of its kind."""

    address: int
    kind: Ask | Answer
    number: int = 0
    data: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.address <= EVERYBODY or not 0 <= self.number <= 15:
            raise FrameError(f"address {self.address} or number {self.number} does not fit a frame")
        if len(self.data) != self.kind.size or any(byte & 0x80 for byte in self.data):
            raise FrameError(f"{self.kind.name} takes {self.kind.size} data bytes of 7 bits, got {self.data.hex()}")


def encode(frame: Frame) -> bytes:
    """Return the frame's bytes."""
    start = 0x80 | (0x40 if isinstance(frame.kind, Answer) else 0) | frame.address
    body = bytes((start, frame.kind.code << 4 | frame.number)) + frame.data
    return body + bytes((crc8(body),))


def frame_size(kind: Ask | Answer) -> int:
    """Return how many bytes a frame of `kind` takes on the line."""
    return 3 + kind.size


class Decoder:
    """Turns bytes, cut anyhow, into frames; `discarded` counts the bytes that were no part of one."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.discarded = 0

    @property
    def pending(self) -> int:
        """Return how many bytes wait for the rest of their frame; at most 5."""
        return len(self._bytes)

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames completed by `data`."""
        self._bytes += data
        frames = []
        while self._bytes:
            taken = _first_frame(self._bytes)
            if taken is None:
                break
            frame, size = taken
            if frame is None:
                self.discarded += size
            else:
                frames.append(frame)
            del self._bytes[:size]
        return frames

    def reset(self) -> None:
        """Drop the beginning of a frame that never ended."""
        self.discarded += len(self._bytes)
        self._bytes.clear()


def _first_frame(data: bytearray) -> tuple[Frame | None, int] | None:
    """Return the frame at the start of `data` and its size, no frame and bytes to skip, or None for more bytes."""
    if not data[0] & 0x80:
        return None, 1
    if len(data) < 2:
        return None
    kind = None if data[1] & 0x80 else _KINDS.get((bool(data[0] & 0x40), data[1] >> 4))
    if kind is None:
        return None, 1
    size = frame_size(kind)
    if any(byte & 0x80 for byte in data[2 : size - 1]):
        return None, 1
    if len(data) < size:
        return None
    if crc8(bytes(data[: size - 1])) != data[size - 1]:
        return None, 1
    return Frame(data[0] & 0x3F, kind, data[1] & 0x0F, bytes(data[2 : size - 1])), size
