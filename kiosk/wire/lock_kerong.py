"""KERONG CU16 locker boards (RS-485, 19200 8N1; maker's sheet).

| | 0 | 1 | 2 | … | end | check |
|---|---|---|---|---|---|---|
| asked | `02` | board × 16 + lock − 1 | `30` how are they?, `31` open | | `03` | low byte of the sum |
| answered | `02` | board × 16 | `35` | contacts 1–8, 9–16, boxes filled 1–8, 9–16 | `03` | low byte of the sum |

A contact bit is 1 when the lock is closed. An order to open is not answered: ask.
"""

from collections.abc import Mapping, Sequence

from kiosk.wire.lock_board import FixedDecoder, LockFrameError, Report

START, END = 0x02, 0x03
STATUS, UNLOCK, STATUS_REPLY = 0x30, 0x31, 0x35
LOCKS, BOARDS = 16, 16
ASK_SIZE, REPLY_SIZE = 5, 9


def _closed(body: bytes) -> bytes:
    return body + bytes((sum(body) & 0xFF,))


def encode_ask(board: int, lock: int, command: int) -> bytes:
    """Return a frame of the host; LockFrameError if there is no such board (0 to 15) or lock (1 to 16)."""
    if not (0 <= board < BOARDS and 1 <= lock <= LOCKS):
        raise LockFrameError(f"no board {board}, lock {lock}: boards are 0 to 15, locks 1 to 16")
    return _closed(bytes((START, board << 4 | lock - 1, command, END)))


def encode_report(report: Report) -> bytes:
    """Return the frame a board answers with."""
    words = _word(report.levels) + _word(report.items or {})
    return _closed(bytes((START, report.board << 4, STATUS_REPLY)) + words + bytes((END,)))


def _word(bits: Mapping[int, bool]) -> bytes:
    return sum(1 << lock - 1 for lock in range(1, LOCKS + 1) if bits.get(lock)).to_bytes(2, "little")


class DecoderKerong(FixedDecoder):
    """Finds frames of one direction: those with `command` have `size` bytes."""

    def __init__(self, sizes: dict[int, int]) -> None:
        super().__init__()
        self._sizes = sizes

    def size_of(self, held: bytearray) -> int | None:
        """Return the size of a frame by its command."""
        if held[0] != START:
            return 0
        size = self._sizes.get(held[2], 0) if len(held) > 2 else None
        return None if size is not None and len(held) < size else size

    def is_good(self, frame: bytes) -> bool:
        """Say whether end mark and sum are right."""
        return frame[-2] == END and frame[-1] == sum(frame[:-1]) & 0xFF


class AskDecoderKerong(DecoderKerong):
    """The board's ear: board, lock and command."""

    def __init__(self) -> None:
        super().__init__({STATUS: ASK_SIZE, UNLOCK: ASK_SIZE})

    def feed(self, data: bytes) -> Sequence[tuple[int, int, int]]:
        """Take `data`; return the asks that are whole by now."""
        return [(one[1] >> 4, (one[1] & 15) + 1, one[2]) for one in self.frames(data)]


class ReportDecoderKerong(DecoderKerong):
    """The host's ear."""

    def __init__(self) -> None:
        super().__init__({STATUS_REPLY: REPLY_SIZE})

    def feed(self, data: bytes) -> Sequence[Report]:
        """Take `data`; return the reports that are whole by now."""
        return [Report(one[1] >> 4, _bits(one[3:5]), _bits(one[5:7])) for one in self.frames(data)]


def _bits(word: bytes) -> dict[int, bool]:
    value = int.from_bytes(word, "little")
    return {lock: bool(value >> lock - 1 & 1) for lock in range(1, LOCKS + 1)}


class LockKerong:
    """The family."""

    baud = 19_200
    answers_open = False
    reports_all = True

    def encode_open(self, board: int, lock: int) -> bytes:
        """Return the order to open one lock."""
        return encode_ask(board, lock, UNLOCK)

    def encode_query(self, board: int, lock: int) -> bytes:
        """Return the question how the board's locks stand; `lock` only has to exist."""
        encode_ask(board, lock, STATUS)
        return encode_ask(board, 1, STATUS)

    def decoder(self) -> ReportDecoderKerong:
        """Return a fresh ear."""
        return ReportDecoderKerong()
