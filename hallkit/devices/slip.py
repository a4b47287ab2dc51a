"""Slips for 80 mm paper: a sheet of 576 dots that grows downward, and plain text lines with a picture where needed.

Sizes: 24 dots the least, 26 body, 30–36 strong, 50–52 title or date, 196 the number; margin 16, codes at 30.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

import segno
from PIL import Image, ImageDraw

from hallkit.codecs.escpos import (
    WIDTH_DOTS,
    Align,
    Alignment,
    Chinese,
    ChineseStyle,
    Command,
    Cut,
    FeedDots,
    LineFeed,
    Size,
    Text,
    raster_bands,
)
from hallkit.errors import HallkitError
from hallkit.text.draw import draw_block
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.text.layout import Align as Side
from hallkit.text.layout import Block, lay_out

MARGIN = 16
RIGHT = WIDTH_DOTS - MARGIN
QR_LEFT = 30
QR_MODULE = 6
QR_TEXT_GAP = 28
QR_MASK = 3
"""Of the eight masks of ISO/IEC 18004, all of which every reader undoes; looking for the prettiest takes five codes'
time."""
RULE = 3
DASH = 6
FEED = 24
COLUMNS = 48
PAPER, INK = 255, 0
MODULES = bytes((255, 0)) + bytes(254)
INVERTED = bytes(255 - value for value in range(256))
LONGEST = 8000
FIRST_LENGTH, SPARE = 1024, 256
"""Dots of paper a sheet begins with, and dots below what is set that are always there for what hangs over."""

CONTROL = ("Cc", "Cf", "Cs")
CUT = Cut(partial=True, feed=0)


class SlipError(HallkitError):
    """A slip cannot be set: it is too long, or its text holds control characters; correct what it says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a row: text, its size in dots, and whether it is bold."""

    text: str
    px: int = 26
    bold: bool = False


class Sheet:
    """Paper being set from the top: each call puts one thing below the last; MissingGlyphError before it is drawn."""

    def __init__(self, fonts: FontLibrary | None = None) -> None:
        self._fonts = fonts or system_fonts()
        self._image = Image.new("1", (WIDTH_DOTS, FIRST_LENGTH), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self.y = 0

    def gap(self, dots: int) -> None:
        """Leave `dots` white."""
        self._reach(self.y + dots)
        self.y += dots
        if self.y > LONGEST - WIDTH_DOTS:
            raise SlipError("the slip is longer than a metre; shorten it")

    def text(
        self, part: Part, side: Side = "centre", *, x: int = MARGIN, right: int = RIGHT, leading: float = 1.4
    ) -> None:
        """Set wrapped text between `x` and `right`."""
        block = lay_out(part.text, self._fonts.ui(part.px, part.bold), right - x, leading=leading, align=side)
        self._reach(self.y + block.height)
        draw_block(self._image, (x, self.y), block, INK)
        self.gap(block.height)

    def bar(self, text: str, detail: str = "") -> None:
        """Set `text` white on black from edge to edge, `detail` behind it or, if there is no room, below it."""
        block = self._bar_block(text, detail)
        height = 72 if len(block.lines) == 1 else block.height + 24
        self._reach(self.y + height)
        self._draw.rectangle((0, self.y, WIDTH_DOTS - 1, self.y + height - 1), fill=INK)
        draw_block(self._image, (MARGIN, self.y + (height - block.height) // 2), block, PAPER)
        self.gap(height)

    def rule(self, *, dashed: bool = False) -> None:
        """Draw a line across, three dots thick, or dashes of six."""
        if dashed:
            for x in range(MARGIN, RIGHT, 2 * DASH):
                self._draw.rectangle((x, self.y, x + DASH - 1, self.y + 1), fill=INK)
            self.gap(2)
        else:
            self._draw.rectangle((MARGIN, self.y, RIGHT - 1, self.y + RULE - 1), fill=INK)
            self.gap(RULE)

    def row(self, left: Sequence[Part], right: Sequence[Part] = (), space: int = 16) -> None:
        """Set `left` at the left margin and `right` at the right one, their middles on one line."""
        height = max(part.px for part in (*left, *right))
        self._parts(left, MARGIN, height, space)
        self._parts(right, RIGHT - self._width(right, space), height, space)
        self.gap(height)

    def centred_row(self, parts: Sequence[Part], space: int = 26) -> None:
        """Set `parts` in the middle of the paper."""
        height = max(part.px for part in parts)
        self._parts(parts, (WIDTH_DOTS - self._width(parts, space)) // 2, height, space)
        self.gap(height)

    def qr(self, link: str, parts: Sequence[Part]) -> None:
        """Draw a QR code of `link` that any phone reads (six dots a module, level M or better), `parts` beside it."""
        code = qr_picture(link)
        x, top = QR_LEFT + code.width + QR_TEXT_GAP, self.y
        blocks = [lay_out(p.text, self._fonts.ui(p.px, p.bold), RIGHT - x, leading=1.38) for p in parts]
        self._reach(top + max(code.height, sum(block.height for block in blocks)))
        self._image.paste(code, (QR_LEFT, top))
        y = top + max(0, (code.height - sum(block.height for block in blocks)) // 2)
        for block in blocks:
            draw_block(self._image, (x, y), block, INK)
            y += block.height
        self.gap(max(code.height, y - top))

    def field(self, label: str, value: Part, value_x: int = 176) -> None:
        """Set a label and, in its own column, a value that may take several lines."""
        top = self.y
        self.text(Part(label), "left", right=value_x - MARGIN)
        bottom, self.y = self.y, top
        self.text(value, "left", x=value_x)
        self.y = max(self.y, bottom)

    def frame(self, top: int, pad: int = 14) -> None:
        """Draw a box round everything set since `top`."""
        self.gap(pad)
        self._draw.rectangle((MARGIN, top, RIGHT - 1, self.y - 1), outline=INK, width=RULE)

    def tick_box(self, x: int, y: int, size: int) -> None:
        """Draw an empty box to tick, with its upper left corner at `x`, `y`; nothing moves down."""
        self._reach(y + size)
        self._draw.rectangle((x, y, x + size - 1, y + size - 1), outline=INK, width=RULE)

    def picture(self) -> Image.Image:
        """Return the slip with its feed, mode "1", black on white."""
        return self._image.crop((0, 0, WIDTH_DOTS, self.y + FEED))

    def commands(self) -> tuple[Command, ...]:
        """Return what prints the slip dot for dot and cuts it off."""
        return (*picture_commands(self.picture()), CUT)

    def _reach(self, y: int) -> None:
        """Lengthen the paper so that `y` and what hangs over it are on it."""
        if y + SPARE <= self._image.height or self._image.height >= LONGEST:
            return
        longer = Image.new("1", (WIDTH_DOTS, min(max(2 * self._image.height, y + SPARE), LONGEST)), PAPER)
        longer.paste(self._image, (0, 0))
        self._image, self._draw = longer, ImageDraw.Draw(longer)

    def _bar_block(self, text: str, detail: str) -> Block:
        width = RIGHT - MARGIN
        for px in (40, 36):
            block = lay_out(text + detail, self._fonts.ui(px, True), None, leading=1.2)
            if block.width <= width:
                return lay_out(text + detail, self._fonts.ui(px, True), width, leading=1.2, align="centre")
        whole = f"{text}\n{detail}" if detail else text
        return lay_out(whole, self._fonts.ui(36, True), width, leading=1.2, align="centre")

    def _width(self, parts: Sequence[Part], space: int) -> int:
        blocks = [lay_out(part.text, self._fonts.ui(part.px, part.bold), leading=1.0) for part in parts]
        return sum(block.width for block in blocks) + space * max(0, len(blocks) - 1)

    def _parts(self, parts: Sequence[Part], x: int, height: int, space: int) -> None:
        self._reach(self.y + height)
        for part in parts:
            block = lay_out(part.text, self._fonts.ui(part.px, part.bold), leading=1.0)
            draw_block(self._image, (x, self.y + (height - part.px) // 2), block, INK)
            x += block.width + space


def qr_picture(link: str) -> Image.Image:
    """Return `link` as a QR code, mode "1", six dots a module, without its quiet zone."""
    rows = segno.make_qr(link, error="m", mask=QR_MASK).matrix
    image = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows).translate(MODULES)).convert("1")
    return image.resize((image.width * QR_MODULE, image.height * QR_MODULE), Image.Resampling.NEAREST)


def picture_commands(picture: Image.Image) -> tuple[Command, ...]:
    """Return what prints a picture of mode "1" and 576 dots from the left edge."""
    return raster_bands(picture.tobytes().translate(INVERTED))


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line for the printer's own characters: `large` doubles them."""

    text: str
    side: Alignment = Alignment.LEFT
    large: bool = False


def printer_has(char: str) -> bool:
    """Return whether a Chinese receipt printer has `char`: ASCII and the two-byte characters of GBK."""
    try:
        return len(char.encode("gbk")) <= 2 and len(char.encode("gb18030")) <= 2
    except UnicodeEncodeError:
        return False


def text_slip(lines: Sequence[PlainLine], fonts: FontLibrary | None = None) -> tuple[Command, ...]:
    """Return a slip in the printer's own characters: a tenth of the bytes of a picture, for slow lines.

    A line with a character the printer lacks (㛃, 䶮, 𠮷) or too long for the paper goes as a picture; SlipError for
    control characters, which could be commands.
    """
    commands: list[Command] = [Chinese()]
    for line in lines:
        if any(category(char) in CONTROL for char in line.text):
            raise SlipError("a line of the slip holds control characters; correct its source")
        commands += _plain(line) if _fits(line) else _pictured(line, fonts)
    return (*commands, FeedDots(FEED), CUT)


def _fits(line: PlainLine) -> bool:
    columns = sum(1 if char.isascii() else 2 for char in line.text) * (2 if line.large else 1)
    return columns <= COLUMNS and all(printer_has(char) for char in line.text)


def _plain(line: PlainLine) -> list[Command]:
    scale = 2 if line.large else 1
    style = ChineseStyle(wide=line.large, high=line.large)
    text = [Text.gb18030(line.text)] if line.text else []
    return [Align(line.side), Size(scale, scale), style, *text, LineFeed()]


def _pictured(line: PlainLine, fonts: FontLibrary | None) -> list[Command]:
    sides: dict[Alignment, Side] = {Alignment.LEFT: "left", Alignment.CENTRE: "centre", Alignment.RIGHT: "right"}
    sheet = Sheet(fonts)
    sheet.text(Part(line.text, 48 if line.large else 24), sides[line.side], x=0, right=WIDTH_DOTS)
    picture = sheet.picture().crop((0, 0, WIDTH_DOTS, sheet.y))
    return [Align(Alignment.LEFT), *picture_commands(picture)]
