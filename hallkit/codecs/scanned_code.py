"""Codes as a bar code scanner sends them: bytes and CR, or CR LF. What they say comes from strangers."""

from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import category

LONGEST = 4096
BYTE_PAUSE = 0.1  # seconds after which a code without its end is given up
ENDS = b"\r\n"


class ScanFault(StrEnum):
    """Why what was scanned is no code."""

    TOO_LONG = "too_long"
    UNFINISHED = "unfinished"
    NO_PREFIX = "no_prefix"
    UNREADABLE = "unreadable"
    LOST_KEYS = "lost_keys"


@dataclass(frozen=True, slots=True)
class Scan:
    """One code, 1 to 4,096 bytes, as an untrusted text; it may be somebody's token, so no representation shows it."""

    text: str = field(repr=False)


Scanned = Scan | ScanFault


class ScanFramer:
    """Turns bytes, cut anyhow, into codes; call `expire` once nothing came for BYTE_PAUSE while `is_waiting`.

    A code that begins otherwise than with `prefix` is a fault; the prefix is cut off.
    """

    def __init__(self, prefix: bytes = b"", longest: int = LONGEST) -> None:
        self._prefix = prefix
        self._longest = longest
        self._held = bytearray()
        self._skipping = False

    @property
    def is_waiting(self) -> bool:
        """Say whether a code has begun and not ended."""
        return bool(self._held) or self._skipping

    def feed(self, data: bytes) -> list[Scanned]:
        """Take `data`; return what is whole by now."""
        found: list[Scanned] = []
        for byte in data:
            if byte in ENDS:
                found += self._end()
            elif self._skipping:
                continue
            elif len(self._held) < self._longest + len(self._prefix):
                self._held.append(byte)
            else:
                self._held.clear()
                self._skipping = True
                found.append(ScanFault.TOO_LONG)
        return found

    def expire(self) -> list[Scanned]:
        """Give up what has not ended; return the fault, none if it was told before."""
        begun = bool(self._held)
        self._held.clear()
        self._skipping = False
        return [ScanFault.UNFINISHED] if begun else []

    def _end(self) -> list[Scanned]:
        data, self._skipping = bytes(self._held), False
        self._held.clear()
        return [self._scan(data)] if data else []

    def _scan(self, data: bytes) -> Scanned:
        if not data.startswith(self._prefix) or len(data) == len(self._prefix):
            return ScanFault.NO_PREFIX
        return read_scan(data[len(self._prefix) :])


def read_scan(data: bytes) -> Scanned:
    """Return the text of a code, UTF-8 or else GB18030; UNREADABLE if it is neither or holds control characters."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        hidden = any(category(letter) in ("Cc", "Cf", "Cs", "Cn", "Co") for letter in text)
        return ScanFault.UNREADABLE if hidden else Scan(text)
    return ScanFault.UNREADABLE
