"""A named font at one size, and the chain that picks a font per character."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from hallkit.text.coverage import Coverage
from hallkit.text.errors import MissingGlyphError

EM_ASCENT = 0.88
"""Where the baseline lies in a Chinese em box, from its top, in ems (Noto Sans CJK, WenQuanYi and Unifont agree)."""

SPACE_EM = 0.22
BREAKING = " \n"


@dataclass(frozen=True, eq=False)
class Font:
    """One face at `px` pixels a Chinese character; `bitmap` faces have only on and off, `scale` repeats their dots.

    `open_face` and `read_coverage` do so when first needed: a face takes megabytes, and most of a chain never is.
    """

    name: str
    px: int
    open_face: Callable[[], ImageFont.FreeTypeFont]
    read_coverage: Callable[[], Coverage]
    bitmap: bool = False
    scale: int = 1
    _advances: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def face(self) -> ImageFont.FreeTypeFont:
        """The open face, for use at once and not for keeping; FontFileError when its file is damaged."""
        return self.open_face()

    @property
    def coverage(self) -> Coverage:
        """Which characters the face has; FontFileError when its file is damaged."""
        return self.read_coverage()

    def advance(self, char: str) -> int:
        """Return how far `char` moves the pen, in pixels."""
        width = self._advances.get(char)
        if width is None:
            width = self._advances[char] = round(self.face.getlength(char)) * self.scale
        return width

    def width(self, text: str) -> int:
        """Return the width of `text` in pixels."""
        return sum(self.advance(char) for char in text)


@dataclass(frozen=True, eq=False)
class FontChain:
    """Fonts of one size in order of preference; the first that has a character draws it."""

    px: int
    fonts: tuple[Font, ...]
    _chosen: dict[str, Font | None] = field(default_factory=dict, repr=False)

    def font_for(self, char: str) -> Font | None:
        """Return the font that draws `char`, or None."""
        if char not in self._chosen:
            self._chosen[char] = next((font for font in self.fonts if char in font.coverage), None)
        return self._chosen[char]

    def missing(self, text: str) -> str:
        """Return the characters of `text` no font has, each once, in order."""
        return "".join(dict.fromkeys(c for c in text if c not in BREAKING and self.font_for(c) is None))

    def covers(self, text: str) -> bool:
        """Tell whether every character of `text` can be drawn."""
        return not self.missing(text)

    def require(self, text: str) -> None:
        """Raise MissingGlyphError unless every character of `text` can be drawn."""
        if missing := self.missing(text):
            raise MissingGlyphError(missing)

    def split(self, text: str) -> list[tuple[str, Font]]:
        """Cut `text` into runs of one font each; MissingGlyphError when one has none."""
        self.require(text)
        runs: list[tuple[str, Font]] = []
        for char in text:
            font = self.font_for(char)
            if font is None:
                continue
            if runs and runs[-1][1] is font:
                runs[-1] = (runs[-1][0] + char, font)
            else:
                runs.append((char, font))
        return runs

    def advance(self, char: str) -> int:
        """Return how far `char` moves the pen; a space is 0.22 em whatever the font says."""
        if char in BREAKING:
            return self.space
        font = self.font_for(char)
        if font is None:
            raise MissingGlyphError(char)
        return font.advance(char)

    def width(self, text: str) -> int:
        """Return the width of `text` on one line, in pixels."""
        return sum(self.advance(char) for char in text)

    @property
    def space(self) -> int:
        """Return the width of one space in pixels."""
        return round(self.px * SPACE_EM)

    @property
    def ascent(self) -> int:
        """Return how far below the top of the em box the baseline lies, in pixels."""
        return round(self.px * EM_ASCENT)


@lru_cache(maxsize=1024)
def glyphs(font: Font, text: str, mono: bool) -> tuple[Image.Image, int, int]:
    """Draw `text` in one font: (mask, left, top), offsets from pen and baseline; kept, so never draw on the mask."""
    face = font.face
    left, top, right, bottom = face.getbbox(text, anchor="ls", mode="1" if mono or font.bitmap else "L")
    left, top, right, bottom = int(left) - 1, int(top) - 1, int(right) + 1, int(bottom) + 1
    image = Image.new("1" if mono else "L", (max(right - left, 1), max(bottom - top, 1)))
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1" if mono or font.bitmap else "L"
    draw.text((-left, -top), text, fill=255, font=face, anchor="ls")
    if ink := image.getbbox():
        image = image.crop(ink)
        left, top = left + ink[0], top + ink[1]
    if font.scale > 1:
        image = image.resize((image.width * font.scale, image.height * font.scale), Image.Resampling.NEAREST)
    return image, left * font.scale, top * font.scale
