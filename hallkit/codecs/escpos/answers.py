"""The host's ear: what a printer sends back, cut anyhow, told apart by its fixed bits.

`37 22 d1 d2 d3 d4 00` echoes a process id, `37 25 00` says the buffers are clear, `11`/`13` are XON/XOFF; the status
bytes are described in `status`. Source: Epson ESC/POS Command Reference.
"""

from dataclasses import dataclass

from hallkit.codecs.escpos.status import (
    PrinterStatus,
    auto_bytes,
    from_auto,
    is_auto_rest,
    is_auto_start,
    is_real_time,
    is_sent_status,
)

BLOCK = 0x37
_ECHO = 0x22
_CLEARED = 0x25
_FLOW = (0x11, 0x13)


@dataclass(frozen=True, slots=True)
class RealTimeAnswer:
    """One byte for one DLE EOT; it does not say for which."""

    value: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((self.value,))


@dataclass(frozen=True, slots=True)
class AutoAnswer:
    """The printer's status, told by itself."""

    status: PrinterStatus

    def encode(self) -> bytes:
        """Return the bytes."""
        return auto_bytes(self.status)


@dataclass(frozen=True, slots=True)
class SentStatus:
    """The answer to GS r: everything before it has been worked off."""

    value: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((self.value,))


@dataclass(frozen=True, slots=True)
class ProcessEcho:
    """Everything before the process id `value` is on paper."""

    value: bytes

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((BLOCK, _ECHO)) + self.value + b"\x00"


@dataclass(frozen=True, slots=True)
class BuffersCleared:
    """Nothing received before is left to print."""

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((BLOCK, _CLEARED, 0))


Answer = RealTimeAnswer | AutoAnswer | SentStatus | ProcessEcho | BuffersCleared


class AnswerDecoder:
    """Turns bytes into answers and counts those that are none; never keeps more than six."""

    def __init__(self) -> None:
        self._buffer = b""
        self.discarded = 0

    def feed(self, data: bytes) -> list[Answer]:
        """Return the answers that `data` completes."""
        self._buffer += data
        found: list[Answer] = []
        while self._buffer:
            size, answer = self._next(self._buffer)
            if size == 0:
                break
            self._buffer = self._buffer[size:]
            if answer is not None:
                found.append(answer)
        return found

    def _next(self, data: bytes) -> tuple[int, Answer | None]:
        byte = data[0]
        if byte == BLOCK:
            return self._block(data)
        if is_auto_start(byte):
            return self._auto(data)
        if is_real_time(byte):
            return 1, RealTimeAnswer(byte)
        if is_sent_status(byte):
            return 1, SentStatus(byte)
        self.discarded += byte not in _FLOW
        return 1, None

    def _block(self, data: bytes) -> tuple[int, Answer | None]:
        if data[1:2] == bytes((_CLEARED,)):
            return (3, BuffersCleared()) if data[2:3] == b"\x00" else self._unless_short(data, 3)
        body = data[2:6]
        if data[1:2] not in (b"", bytes((_ECHO,))) or not all(0x20 <= byte <= 0x7E for byte in body):
            return self._damaged()
        return (7, ProcessEcho(body)) if data[6:7] == b"\x00" else self._unless_short(data, 7)

    def _auto(self, data: bytes) -> tuple[int, Answer | None]:
        for at, byte in enumerate(data[1:4], start=1):
            if is_real_time(byte):
                self._buffer = data[at : at + 1] + data[:at] + data[at + 1 :]
                return 1, RealTimeAnswer(byte)
            if not is_auto_rest(byte):
                return self._damaged()
        return (4, AutoAnswer(from_auto(data[:4]))) if len(data) >= 4 else (0, None)

    def _unless_short(self, data: bytes, size: int) -> tuple[int, Answer | None]:
        return (0, None) if len(data) < size else self._damaged()

    def _damaged(self) -> tuple[int, Answer | None]:
        self.discarded += 1
        return 1, None
