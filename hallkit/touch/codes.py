"""QR codes of screens: modules from a payload, pixels from modules; kept, and forgotten with the session."""

from functools import lru_cache

import segno
from PIL import Image

from hallkit.touch.theme import BLACK, WHITE

QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""


@lru_cache(maxsize=32)
def qr_rows(payload: str) -> tuple[str, ...]:
    """Return the modules of a QR code (ISO/IEC 18004, level M), one string of 0 and 1 a row."""
    code = segno.make(payload, error="m", micro=False, boost_error=False)
    return tuple("".join("1" if dot else "0" for dot in row) for row in code.matrix)


@lru_cache(maxsize=16)
def code_picture(rows: tuple[str, ...], width: int) -> Image.Image:
    """Return the code on white with its quiet zone, every module a whole number of pixels."""
    count = len(rows)
    module = width // (count + 2 * QUIET)
    dots = Image.new("RGB", (count, count), WHITE)
    dots.putdata([BLACK if dot == "1" else WHITE for row in rows for dot in row])
    side = count * module
    picture = Image.new("RGB", (width, width), WHITE)
    corner = (width - side) // 2
    picture.paste(dots.resize((side, side), Image.Resampling.NEAREST), (corner, corner))
    return picture


def forget_codes() -> None:
    """Drop every kept code; a payload may lead to a citizen's case."""
    qr_rows.cache_clear()
    code_picture.cache_clear()
