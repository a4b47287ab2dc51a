"""Frames of second-generation identity card readers (SAM-V security module; public SDT interface descriptions).

| | preamble | length, high byte first | body | check |
|---|---|---|---|---|
| asked | `AA AA AA 96 69` | body and check | command, parameter | exclusive or of length and body |
| answered | `AA AA AA 96 69` | body and check | SW1, SW2, SW3, data | exclusive or of length and body |
"""

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import reduce
from operator import xor

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
HEAD_SIZE = len(PREAMBLE) + 2
MAX_LENGTH = 2400
BAUD = 115_200
POLL_PAUSE = 0.3  # seconds a reader wants between two searches for a card
SHORTEST_ANSWER = 4  # three status bytes and the check
SHORTEST_ASK = 3
LONGEST_ASK = 16


class Ask(Enum):
    """What a host asks: command and parameter."""

    RESET = 0x10, 0xFF
    STATUS = 0x11, 0xFF
    SAM_ID = 0x12, 0xFF
    FIND = 0x20, 0x01
    SELECT = 0x20, 0x02
    READ = 0x30, 0x01
    READ_ADDRESS = 0x30, 0x03
    READ_FINGERPRINT = 0x30, 0x10


class Status(IntEnum):
    """SW3: how an ask ended."""

    BAD_CHECK = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_PERMITTED = 0x23
    UNRECOGNISED = 0x24
    CARD_REJECTS_SAM = 0x31
    SAM_REJECTS_CARD = 0x32
    VERIFICATION_FAILED = 0x33
    FINGERPRINT_ERROR = 0x37
    LENGTH_ERROR = 0x3F
    UNKNOWN_CARD_TYPE = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    ABSENT_ON_CARD = 0x91
    FOUND = 0x9F


FAULTS_OF_READER = frozenset({Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED})
"""The security module itself is out of order: no card will ever be read."""

FAULTS_OF_ASKING = frozenset(
    {Status.BAD_CHECK, Status.BAD_LENGTH, Status.BAD_COMMAND, Status.NOT_PERMITTED, Status.UNRECOGNISED}
)
"""The question arrived damaged, or was not understood."""


class SamFrameError(ValueError):
    """A frame was to be built that the line cannot carry."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `card` is SW1 SW2, the card's own words; `data` is personal and stays out of representations."""

    status: Status | int
    data: bytes = field(default=b"", repr=False)
    card: bytes = b"\x00\x00"


@dataclass(frozen=True, slots=True)
class CardData:
    """What a read brings: text block (256 bytes), picture block (1024), fingerprint block (0, 512 or 1024)."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    fingerprint: bytes = field(default=b"", repr=False)


TEXT_SIZE, PHOTO_SIZE = 256, 1024
FINGERPRINT_SIZES = (0, 512, 1024)
DATA_SIZES: dict[Ask, tuple[int, ...]] = {
    Ask.RESET: (0,),
    Ask.STATUS: (0,),
    Ask.SAM_ID: (16,),
    Ask.FIND: (4,),
    Ask.SELECT: (8,),
    Ask.READ: (4 + TEXT_SIZE + PHOTO_SIZE,),
    Ask.READ_ADDRESS: (70, 140, 210, 280),
    Ask.READ_FINGERPRINT: tuple(6 + TEXT_SIZE + PHOTO_SIZE + size for size in FINGERPRINT_SIZES),
}
"""Data bytes of a good answer to each ask."""

_OWN_FAILURE = {Ask.FIND: Status.NOT_FOUND, Ask.SELECT: Status.SELECT_FAILED}


def fits(ask: Ask, reply: Reply) -> bool:
    """Say whether `reply` can be the answer to `ask`: a late answer to another question is told by its shape."""
    good = Status.FOUND if ask is Ask.FIND else Status.OK
    if reply.status == good:
        return len(reply.data) in DATA_SIZES[ask]
    if reply.status in (Status.OK, Status.FOUND) or reply.data:
        return False
    if reply.status in _OWN_FAILURE.values():
        return reply.status == _OWN_FAILURE.get(ask)
    return True


def encode_frame(body: bytes) -> bytes:
    """Return `body` between preamble, length and check; SamFrameError if it is empty or too long."""
    if not 1 <= len(body) < MAX_LENGTH:
        raise SamFrameError(f"a body has 1 to {MAX_LENGTH - 1} bytes, not {len(body)}")
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes((reduce(xor, counted),))


def encode_ask(ask: Ask) -> bytes:
    """Return the frame that asks `ask`."""
    return encode_frame(bytes(ask.value))


def encode_reply(reply: Reply) -> bytes:
    """Return the frame that answers with `reply`."""
    return encode_frame(reply.card + bytes((reply.status,)) + reply.data)


class FrameDecoder:
    """Turns bytes, cut anyhow, into bodies; skips what is no frame; holds at most one frame of 2,400 bytes.

    `discarded` counts bytes that belong to no good frame, `pending` those of a frame that is not whole yet.
    """

    def __init__(self, shortest: int = SHORTEST_ANSWER, longest: int = MAX_LENGTH) -> None:
        self._shortest, self._longest = shortest, longest
        self._held = bytearray()
        self.discarded = 0

    @property
    def pending(self) -> int:
        """Return the bytes held of a frame whose preamble was seen."""
        return len(self._held) if len(self._held) >= len(PREAMBLE) else 0

    def reset(self) -> None:
        """Drop what is held of a frame."""
        self.discarded += len(self._held)
        self._held.clear()

    def feed_bodies(self, data: bytes) -> list[bytes]:
        """Take `data`; return the bodies that are whole by now."""
        self._held += data
        bodies = []
        while self._find_preamble():
            length = int.from_bytes(self._held[5:7], "big")
            if not self._shortest <= length <= self._longest:
                self._drop(1)
            elif len(self._held) < HEAD_SIZE + length:
                break
            else:
                bodies += self._take(HEAD_SIZE + length)
        return bodies

    def _find_preamble(self) -> bool:
        """Drop what comes before the next preamble; say whether length bytes are there."""
        at = self._held.find(PREAMBLE)
        if at < 0:
            keep = next(size for size in range(4, -1, -1) if self._held.endswith(PREAMBLE[:size]))
            at = len(self._held) - keep
        self._drop(at)
        return len(self._held) >= HEAD_SIZE

    def _take(self, size: int) -> list[bytes]:
        if reduce(xor, self._held[5:size]):
            self._drop(1)
            return []
        body = bytes(self._held[HEAD_SIZE : size - 1])
        del self._held[:size]
        return [body]

    def _drop(self, count: int) -> None:
        self.discarded += count
        del self._held[:count]


class ReplyDecoder(FrameDecoder):
    """The host's ear."""

    def feed(self, data: bytes) -> list[Reply]:
        """Take `data`; return the answers that are whole by now."""
        return [_reply(body) for body in self.feed_bodies(data)]


class AskDecoder(FrameDecoder):
    """The reader's ear; an ask no reader knows is None."""

    def __init__(self) -> None:
        super().__init__(SHORTEST_ASK, LONGEST_ASK)

    def feed(self, data: bytes) -> list[Ask | None]:
        """Take `data`; return the asks that are whole by now."""
        return [_ASKS.get(body) for body in self.feed_bodies(data)]


_ASKS = {bytes(ask.value): ask for ask in Ask}
_STATUSES = {int(status): status for status in Status}


def _reply(body: bytes) -> Reply:
    return Reply(_STATUSES.get(body[2], body[2]), body[3:], body[:2])


def pack_card(data: CardData, *, with_fingerprint: bool) -> bytes:
    """Return the data bytes of a good read: sizes, high byte first, then the blocks."""
    blocks = [data.text, data.photo] + [data.fingerprint] * with_fingerprint
    return b"".join(len(block).to_bytes(2, "big") for block in blocks) + b"".join(blocks)


def unpack_card(ask: Ask, data: bytes) -> CardData:
    """Return the blocks of a good answer to READ or READ_FINGERPRINT; SamFrameError if its sizes do not add up."""
    count = 3 if ask is Ask.READ_FINGERPRINT else 2
    sizes = [int.from_bytes(data[2 * at : 2 * at + 2], "big") for at in range(count)]
    if sizes[:2] != [TEXT_SIZE, PHOTO_SIZE] or 2 * count + sum(sizes) != len(data):
        raise SamFrameError(f"the block sizes {sizes} do not add up to the {len(data)} bytes of the answer")
    text, photo = 2 * count, 2 * count + TEXT_SIZE
    return CardData(data[text:photo], data[photo : photo + PHOTO_SIZE], data[photo + PHOTO_SIZE :])
