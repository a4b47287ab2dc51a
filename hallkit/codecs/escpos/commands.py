"""ESC/POS commands as data (Epson ESC/POS Command Reference; Chinese mode: SPRT and POS80 printer manuals).

| command | bytes | | command | bytes |
|---|---|---|---|---|
| Init | `1B 40` | | Raster | `1D 76 30 m xL xH yL yH d…` |
| FeedLines | `1B 64 n` | | QrModel … QrPrint | `1D 28 6B pL pH 31 fn …` |
| FeedDots | `1B 4A n` | | Cut | `1D 56 m [n]` |
| Bold, Inverse | `1B 45 n`, `1D 42 n` | | AutoStatus | `1D 61 n` |
| Align | `1B 61 n` | | SendStatus | `1D 72 n` |
| Size, PrintMode | `1D 21 n`, `1B 21 n` | | ProcessId | `1D 28 48 06 00 30 30 d1…d4` |
| Chinese, ChineseStyle | `1C 26`/`1C 2E`, `1C 21 n` | | AskStatus, Recover | `10 04 n`, `10 05 n` (real time) |
| LineSpacing, CodePage | `1B 33 n`/`1B 32`, `1B 74 n` | | ClearBuffers | `10 14 08 01 03 14 01 06 02 08` (real time) |
"""

from dataclasses import dataclass
from enum import IntEnum

CLEAR_BUFFERS = bytes.fromhex("10140801031401060208")
PROCESS_ID_SIZE = 4


class Alignment(IntEnum):
    """Where a line stands on the paper."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


class QrErrorLevel(IntEnum):
    """How much of a printed QR code may be lost: 7, 15, 25 or 30 %."""

    L = 48
    M = 49
    Q = 50
    H = 51


@dataclass(frozen=True, slots=True)
class Init:
    """Forget the line being built and every setting, automatic status included."""

    def encode(self) -> bytes:
        """Return the bytes."""
        return b"\x1b@"


@dataclass(frozen=True, slots=True)
class Text:
    """Printable bytes: one byte a character, or GB18030 in Chinese mode."""

    data: bytes

    @classmethod
    def gb18030(cls, text: str) -> "Text":
        """Return `text` as a Chinese printer takes it."""
        return cls(text.encode("gb18030"))

    def encode(self) -> bytes:
        """Return the bytes."""
        return self.data


@dataclass(frozen=True, slots=True)
class LineFeed:
    """Print the line and go to the next."""

    def encode(self) -> bytes:
        """Return the bytes."""
        return b"\n"


@dataclass(frozen=True, slots=True)
class FeedLines:
    """Print the line and feed `lines` lines, 0–255."""

    lines: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x64, self.lines))


@dataclass(frozen=True, slots=True)
class FeedDots:
    """Print the line and feed `dots` vertical motion units, 0–255."""

    dots: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x4A, self.dots))


@dataclass(frozen=True, slots=True)
class LineSpacing:
    """Set the pitch of text lines in dots, or the printer's own (None)."""

    dots: int | None = None

    def encode(self) -> bytes:
        """Return the bytes."""
        return b"\x1b2" if self.dots is None else bytes((0x1B, 0x33, self.dots))


@dataclass(frozen=True, slots=True)
class CodePage:
    """Choose the table of the single-byte characters."""

    table: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x74, self.table))


@dataclass(frozen=True, slots=True)
class Chinese:
    """Switch double-byte characters on or off."""

    on: bool = True

    def encode(self) -> bytes:
        """Return the bytes."""
        return b"\x1c&" if self.on else b"\x1c."


@dataclass(frozen=True, slots=True)
class ChineseStyle:
    """Draw Chinese characters double wide, double high, underlined."""

    wide: bool = False
    high: bool = False
    underlined: bool = False

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1C, 0x21, self.wide << 2 | self.high << 3 | self.underlined << 7))


@dataclass(frozen=True, slots=True)
class Size:
    """Enlarge characters `width` × `height` times, 1–8 each."""

    width: int = 1
    height: int = 1

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1D, 0x21, (self.width - 1) << 4 | (self.height - 1)))


@dataclass(frozen=True, slots=True)
class PrintMode:
    """Set boldness and size of single-byte characters at once; everything not asked for is plain again."""

    bold: bool = False
    high: bool = False
    wide: bool = False

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x21, self.bold << 3 | self.high << 4 | self.wide << 5))


@dataclass(frozen=True, slots=True)
class Bold:
    """Switch emphasised characters."""

    on: bool = True

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x45, self.on))


@dataclass(frozen=True, slots=True)
class Inverse:
    """Switch white on black."""

    on: bool = True

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1D, 0x42, self.on))


@dataclass(frozen=True, slots=True)
class Align:
    """Set where the following lines stand."""

    to: Alignment = Alignment.LEFT

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1B, 0x61, self.to))


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture of `width_bytes` × `rows`, most significant bit left, 1 = black; bit 0 and 1 of `mode` double it."""

    width_bytes: int
    data: bytes
    mode: int = 0

    @property
    def rows(self) -> int:
        """Return the height in dots."""
        return len(self.data) // self.width_bytes

    def encode(self) -> bytes:
        """Return the bytes."""
        head = b"\x1dv0" + bytes((self.mode,))
        return head + self.width_bytes.to_bytes(2, "little") + self.rows.to_bytes(2, "little") + self.data


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the paper; with `feed` first feed to the knife plus that many motion units."""

    partial: bool = False
    feed: int | None = None

    def encode(self) -> bytes:
        """Return the bytes."""
        if self.feed is None:
            return bytes((0x1D, 0x56, self.partial))
        return bytes((0x1D, 0x56, 65 + self.partial, self.feed))


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """Have the printer tell status changes by itself: bit 0 drawer, 1 online, 2 error, 3 paper; answers at once."""

    events: int = 0x0E

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1D, 0x61, self.events))


@dataclass(frozen=True, slots=True)
class SendStatus:
    """Ask, in order with the data, for paper (1) or drawer (2)."""

    kind: int = 1

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x1D, 0x72, self.kind))


@dataclass(frozen=True, slots=True)
class ProcessId:
    """Have four bytes 0x20–0x7E echoed once everything before them is on paper."""

    value: bytes

    def encode(self) -> bytes:
        """Return the bytes."""
        return b"\x1d(H\x06\x0000" + self.value


@dataclass(frozen=True, slots=True)
class AskStatus:
    """Real time: ask for status byte `kind` 1–4 (printer, offline cause, error cause, paper)."""

    kind: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x10, 0x04, self.kind))


@dataclass(frozen=True, slots=True)
class Recover:
    """Real time: leave a recoverable error and go on (`clear` false) or forget what is buffered (`clear` true)."""

    clear: bool = False

    def encode(self) -> bytes:
        """Return the bytes."""
        return bytes((0x10, 0x05, 1 + self.clear))


@dataclass(frozen=True, slots=True)
class ClearBuffers:
    """Real time: forget everything received and not yet printed; answered when done."""

    def encode(self) -> bytes:
        """Return the bytes."""
        return CLEAR_BUFFERS


@dataclass(frozen=True, slots=True)
class Other:
    """A command of known length that prints nothing we draw."""

    data: bytes

    def encode(self) -> bytes:
        """Return the bytes."""
        return self.data
