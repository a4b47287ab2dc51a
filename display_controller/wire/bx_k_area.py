"""Real-time text areas of `bx-k` cards and the GB 2312 text inside them."""

import re
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from display_controller.errors import RareCharacterError, WireError

AREA = Struct("<BHHHHBBBH3xBBBBBBI")
PIXELS = 0x8000
"""Set in X and W: the value is in pixels (BX-6K), not in columns of eight."""

LONGEST_TEXT = 4096
CODE = re.compile(rb"\\C([1-7])|\\F([A-Z]\d{3})")


class RunMode(IntEnum):
    """What a card does with an area when nothing new comes."""

    LOOP = 0
    HOLD_LAST = 1
    REMOVE_IF_STALE = 2
    LOGO_IF_STALE = 3
    ONCE = 4


class Motion(IntEnum):
    """How a text enters."""

    STATIC = 1
    QUICK = 2
    LEFT = 3
    RIGHT = 4
    UP = 5
    DOWN = 6


class Colour(IntEnum):
    """The card's colour codes."""

    RED = 1
    GREEN = 2
    YELLOW = 3


@dataclass(frozen=True)
class TextArea:
    """One area: x, y, width, height in dots (x and width in whole eights unless `in_pixels`), text as GB 2312 bytes.

    `timeout` is seconds, `stay` half seconds, `speed` 0 (fast) to 0x18.
    """

    x: int
    y: int
    width: int
    height: int
    data: bytes
    number: int = 0
    run_mode: int = RunMode.LOOP
    timeout: int = 2
    single_line: bool = True
    wraps: bool = False
    motion: int = Motion.STATIC
    speed: int = 0
    stay: int = 0
    line_space: int = 0
    in_pixels: bool = False

    def encode(self) -> bytes:
        """Return the area as `update_areas` takes it; raise WireError when a value does not fit."""
        if not self.in_pixels and (self.x % 8 or self.width % 8):
            raise WireError(f"x {self.x} and width {self.width} must be whole columns of eight on this card")
        if len(self.data) > LONGEST_TEXT:
            raise WireError(f"a text of {len(self.data)} bytes is longer than {LONGEST_TEXT}")
        x, width = (v | PIXELS if self.in_pixels else v // 8 for v in (self.x, self.width))
        line = (1 if self.single_line else 2, 2 if self.wraps else 1, self.motion, 0, self.speed, self.stay)
        place = (0, x, self.y, width, self.height, self.number, self.line_space, self.run_mode, self.timeout)
        return AREA.pack(*place, *line, len(self.data)) + self.data


def parse_area(area: bytes) -> TextArea:
    """Read one encoded area; raise WireError when it is cut or of another type."""
    if len(area) < AREA.size:
        raise WireError(f"an area has at least {AREA.size} bytes, not {len(area)}")
    kind, x, y, width, height, number, space, mode, timeout, *line, length = AREA.unpack_from(area)
    if kind != 0 or length != len(area) - AREA.size:
        raise WireError(f"area type {kind}, text of {length} bytes in {len(area) - AREA.size}")
    single, wraps, motion, _, speed, stay = line
    in_pixels = bool(x & PIXELS)
    x, width = (v & ~PIXELS if in_pixels else v * 8 for v in (x, width))
    text = area[AREA.size :]
    return TextArea(
        x, y, width, height, text, number, mode, timeout, single == 1, wraps == 2, motion, speed, stay, space, in_pixels
    )


def encode_text(text: str) -> bytes:
    """Return `text` in GB 2312; RareCharacterError names every character the card's font lacks."""
    missing = "".join(dict.fromkeys(char for char in text if not _is_plain(char)))
    if missing:
        raise RareCharacterError(text, missing)
    return text.encode("gb2312")


def coloured(text: str, colour: Colour) -> bytes:
    """Return `text` in GB 2312 behind its colour code."""
    return b"\\C%d" % colour + encode_text(text)


@dataclass(frozen=True)
class Run:
    """Text of one colour (None before the first code)."""

    text: str
    colour: int | None = None


def parse_text(data: bytes) -> tuple[Run, ...]:
    """Cut a card's text into runs of one colour, font codes removed; raise WireError when it is not GB 2312."""
    runs: list[Run] = []
    colour, at = None, 0
    for code in [*CODE.finditer(data), None]:
        piece = data[at : code.start() if code else len(data)]
        if piece:
            runs.append(Run(_decode(piece), colour))
        if code:
            colour, at = (int(code[1]) if code[1] else colour), code.end()
    return tuple(runs)


def _is_plain(char: str) -> bool:
    if char == "\\" or (ord(char) < 0x20):
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _decode(piece: bytes) -> str:
    try:
        return piece.decode("gb2312")
    except UnicodeDecodeError as error:
        raise WireError(f"not GB 2312: {piece.hex(' ')}") from error
