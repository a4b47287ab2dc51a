"""Thermal paper, 576 dots wide: rows that came out, pieces that were cut off, lines of the printer's own characters."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageChops

from hallkit.codecs.escpos import Alignment
from hallkit.text.draw import draw_text
from hallkit.text.fonts import system_fonts

WIDTH = 576
ROW_BYTES = WIDTH // 8
CELL = 24
BOX = "□"
"""What stands for a character the printer's font does not have."""


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """What fell into the citizen's hand: the dots, and the printer's own characters in them, line by line."""

    bits: bytes
    lines: tuple[str, ...] = ()

    @property
    def dots(self) -> int:
        """Return its length in dots."""
        return len(self.bits) // ROW_BYTES

    @property
    def is_blank(self) -> bool:
        """Return whether nothing is printed on it."""
        return not any(self.bits)

    def image(self) -> Image.Image:
        """Return it as a picture, mode "1", black on white."""
        whitened = bytes(byte ^ 0xFF for byte in self.bits)
        return Image.frombytes("1", (WIDTH, self.dots), whitened)

    def png(self) -> bytes:
        """Return it as a PNG file."""
        file = io.BytesIO()
        self.image().save(file, "PNG")
        return file.getvalue()


@dataclass(slots=True)
class Paper:
    """The strip that hangs out of the slot."""

    rows: bytearray = field(default_factory=bytearray)
    lines: list[str] = field(default_factory=list)

    def print_rows(self, rows: bytes) -> None:
        """Let `rows` of 72 bytes come out."""
        self.rows += rows

    def cut(self) -> PrintedPiece:
        """Cut off what hangs out."""
        piece = PrintedPiece(bytes(self.rows), tuple(self.lines))
        self.rows.clear()
        self.lines.clear()
        return piece


@dataclass(slots=True)
class Typeface:
    """How the next characters are drawn."""

    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False
    wide_chinese: bool = False
    high_chinese: bool = False

    def scale(self, char: str) -> tuple[int, int]:
        """Return how many times `char` is enlarged, across and down."""
        if char.isascii():
            return self.width, self.height
        return max(self.width, 1 + self.wide_chinese), max(self.height, 1 + self.high_chinese)


@lru_cache(maxsize=8192)
def cell(char: str, bold: bool, inverse: bool, scale: tuple[int, int]) -> Image.Image:
    """Return `char` in its cell, 12 × 24 dots for ASCII and 24 × 24 else, 1 = black."""
    image = Image.new("1", (CELL // 2 if char.isascii() else CELL, CELL), 0)
    chain = system_fonts().ui(CELL - 2 if char.isascii() else CELL, bold)
    if char.strip() and chain.covers(char):
        draw_text(image, ((image.width - chain.width(char)) // 2, 0), char, chain, 255)
    if inverse:
        image = ImageChops.invert(image)
    return image.resize((image.width * scale[0], image.height * scale[1]), Image.Resampling.NEAREST)


@dataclass(slots=True)
class TextLine:
    """The line being built in the print buffer."""

    cells: list[Image.Image] = field(default_factory=list)
    text: str = ""

    @property
    def width(self) -> int:
        """Return the dots taken so far."""
        return sum(image.width for image in self.cells)

    def add(self, char: str, face: Typeface) -> bool:
        """Add `char`; False if the paper is too narrow for it."""
        image = cell(char, face.bold, face.inverse, face.scale(char))
        if self.width + image.width > WIDTH:
            return False
        self.cells.append(image)
        self.text += char
        return True

    def rows(self, to: Alignment, pitch: int) -> bytes:
        """Return the line as rows, at least `pitch` of them, characters on one foot line."""
        height = max([pitch, *(image.height for image in self.cells)])
        foot = max([0, *(image.height for image in self.cells)])
        line = Image.new("1", (WIDTH, height), 0)
        x = place(self.width, to)
        for image in self.cells:
            line.paste(image, (x, foot - image.height))
            x += image.width
        return line.tobytes()


def place(width: int, to: Alignment) -> int:
    """Return where something `width` dots wide begins."""
    return {Alignment.LEFT: 0, Alignment.CENTRE: (WIDTH - width) // 2, Alignment.RIGHT: WIDTH - width}[to]


def picture_rows(image: Image.Image, to: Alignment) -> bytes:
    """Return a picture, mode "1" and 1 = black, as rows of the whole width; what does not fit is lost."""
    page = Image.new("1", (WIDTH, image.height), 0)
    page.paste(image, (max(0, place(image.width, to)), 0))
    return page.tobytes()


def characters(data: bytes, four_byte: bool) -> Iterator[tuple[str, int]]:
    """Yield the characters of GB18030 `data` and their bytes; stops before a character that is not whole.

    A printer without four-byte characters takes their halves for two it does not have.
    """
    at = 0
    while at < len(data):
        size = _size(data, at, four_byte)
        if at + size > len(data):
            return
        try:
            char = data[at : at + size].decode("gb18030")
        except UnicodeDecodeError:
            char = BOX
        yield char, size
        at += size


def _size(data: bytes, at: int, four_byte: bool) -> int:
    if data[at] < 0x81 or data[at] == 0xFF:
        return 1
    return 4 if four_byte and 0x30 <= data[at + 1 : at + 2][:1].ljust(1)[0] <= 0x39 else 2
