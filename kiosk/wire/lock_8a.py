"""Locker boards that speak five-byte frames, "8A" after their first byte (RS-485, 9600 8N1; makers' sheets).

| byte | 0 | 1 | 2 | 3 | 4 |
|---|---|---|---|---|---|
| asked | `8A` open, `80` ask | board 1… | lock 1… | `11` open, `33` how is it? | exclusive or |
| answered | `8A` or `80` | board | lock | level of the contact, `11` or `00` | exclusive or |

The answer to an order to open comes when the lock has moved, about a second later, and begins with `8A` or, from some
makers, `80`. The order itself looks like an answer: on a line that echoes, only the answer to a question counts.
"""

from collections.abc import Sequence
from functools import reduce
from operator import xor

from kiosk.wire.lock_board import FixedDecoder, LockFrameError, Report

OPEN, ASK = 0x8A, 0x80
DO_OPEN, HOW_IS_IT = 0x11, 0x33
HIGH, LOW = 0x11, 0x00
SIZE = 5
MOST = 0xFF


def encode(head: int, board: int, lock: int, function: int) -> bytes:
    """Return a frame; LockFrameError if a number is out of range."""
    if not (1 <= board <= MOST and 1 <= lock <= MOST):
        raise LockFrameError(f"no frame for board {board}, lock {lock}: both are 1 to {MOST}")
    body = bytes((head, board, lock, function))
    return body + bytes((reduce(xor, body),))


class Decoder8A(FixedDecoder):
    """Finds frames in either direction."""

    def size_of(self, held: bytearray) -> int | None:
        """Return five where a frame may begin."""
        if held[0] not in (OPEN, ASK):
            return 0
        return SIZE if len(held) >= SIZE else None

    def is_good(self, frame: bytes) -> bool:
        """Say whether the exclusive or of all is nothing."""
        return not reduce(xor, frame)


class ReportDecoder8A(Decoder8A):
    """The host's ear."""

    def feed(self, data: bytes) -> Sequence[Report]:
        """Take `data`; return the reports that are whole by now."""
        return [Report(one[1], {one[2]: one[3] == HIGH}) for one in self.frames(data)]

    def is_good(self, frame: bytes) -> bool:
        """Say whether `frame` tells a level."""
        return frame[3] in (HIGH, LOW) and super().is_good(frame)


class Lock8A:
    """The family."""

    baud = 9600
    answers_open = True
    reports_all = False

    def encode_open(self, board: int, lock: int) -> bytes:
        """Return the order to open one lock."""
        return encode(OPEN, board, lock, DO_OPEN)

    def encode_query(self, board: int, lock: int) -> bytes:
        """Return the question how one lock stands."""
        return encode(ASK, board, lock, HOW_IS_IT)

    def decoder(self) -> ReportDecoder8A:
        """Return a fresh ear."""
        return ReportDecoder8A()
