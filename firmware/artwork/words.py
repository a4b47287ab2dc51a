"""A line of text as a picture on a ground of one colour."""

from PIL import Image

from hallkit.text.draw import draw_block
from hallkit.text.fonts import system_fonts
from hallkit.text.layout import lay_out

DIGITS = "0123456789"
Rgb = tuple[int, int, int]


def word(text: str, px: int, ink: Rgb, ground: Rgb, *, bold: bool = False) -> Image.Image:
    """Return `text` as a picture `px` high; raise MissingGlyphError for a character no font has."""
    block = lay_out(text, system_fonts().ui(px, bold), leading=1.0)
    picture = Image.new("RGB", (max(block.width, 1), px), ground)
    draw_block(picture, (0, 0), block, ink)
    return picture


def around(stem: str, text: str, px: int, ink: Rgb, ground: Rgb, *, bold: bool = False) -> dict[str, Image.Image]:
    """Return what stands before and after a text's braces, with the blanks a digit there would leave."""
    before, after = text.split("{}")
    digit = word("0", px, ink, ground, bold=bold).width
    found = {}
    if before:
        whole = word(before + "0", px, ink, ground, bold=bold)
        found[f"{stem}-pre"] = whole.crop((0, 0, whole.width - digit, px))
    if after:
        whole = word("0" + after, px, ink, ground, bold=bold)
        found[f"{stem}-post"] = whole.crop((digit, 0, whole.width, px))
    return found
