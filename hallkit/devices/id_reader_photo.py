"""Pictures of identity cards: the real format is closed, so its decoder is a plug-in; ours draws a marked one."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from PIL import Image, ImageDraw

from hallkit.codecs.sam_v_photo import SIZE, demonstration_variant
from hallkit.errors import HallkitError
from hallkit.text.draw import draw_text
from hallkit.text.fonts import system_fonts

PhotoDecoder = Callable[[bytes], Image.Image]
MARK = "演示"
MARK_PX = 32


class PhotoError(HallkitError):
    """A card's picture cannot be shown; everything else on the card is good."""


def photo_decoder(name: str) -> PhotoDecoder:
    """Return the decoder `name`: "demonstration", or "package.module:function" of an installed one; PhotoError."""
    if name == "demonstration":
        return draw_demonstration
    module, _, function = name.partition(":")
    try:
        return cast("PhotoDecoder", getattr(import_module(module), function))
    except (ImportError, AttributeError, ValueError) as error:
        raise PhotoError(f"no picture decoder {name!r}: {error}; install it or name another") from error


def draw_demonstration(block: bytes) -> Image.Image:
    """Return the picture (102 × 126, RGB) of a synthetic card, marked 演示; PhotoError for any other block."""
    variant = demonstration_variant(block)
    if variant is None:
        raise PhotoError("this picture needs its maker's decoder; name it in the configuration")
    ground = 56 + variant % 4 * 12, 72 + variant // 4 % 4 * 12, 120
    picture = Image.new("RGB", SIZE, (236, 238, 242))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((31, 12, 71, 60), fill=ground)
    draw.rounded_rectangle((9, 68, 93, 140), 16, fill=ground)
    draw_text(picture, ((SIZE[0] - 2 * MARK_PX) // 2, 78), MARK, system_fonts().ui(MARK_PX, bold=True), (255, 255, 255))
    return picture
