"""The inks panels are drawn in, and what each kind of panel makes of them."""

from enum import Enum, IntEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Dots = NDArray[np.uint8]
LIT_FROM = 128


class Ink(IntEnum):
    """What a dot means; a panel's palette says how it looks."""

    BLACK = 0
    AMBER = 1
    WHITE = 2
    DIM = 3
    CYAN = 4
    GREEN = 5
    RED = 6


class Palette(Enum):
    """The kinds of panel: full colour; red and green, lit together or apart, no shades; red only."""

    FULL = "full"
    TWO_COLOUR = "two-colour"
    RED_ONLY = "red"

    @property
    def table(self) -> Dots:
        """Return the (inks, 3) colours of this panel."""
        return _TABLES[self]


_YELLOW, _GREEN, _RED = (255, 255, 0), (0, 255, 0), (255, 0, 0)
_FULL = ((0, 0, 0), (255, 190, 20), (245, 240, 225), (175, 160, 135), (70, 200, 215), (40, 230, 60), (255, 40, 20))
_TWO = ((0, 0, 0), _YELLOW, _YELLOW, _GREEN, _GREEN, _GREEN, _RED)
_ONE = ((0, 0, 0),) + (_RED,) * 6
_TABLES = {
    Palette.FULL: np.array(_FULL, np.uint8),
    Palette.TWO_COLOUR: np.array(_TWO, np.uint8),
    Palette.RED_ONLY: np.array(_ONE, np.uint8),
}


def coloured(dots: Dots, palette: Palette) -> Image.Image:
    """Return the RGB image of (height, width) ink numbers on a panel of this palette."""
    height, width = dots.shape
    indexed = Image.frombytes("P", (width, height), np.ascontiguousarray(dots).tobytes())
    indexed.putpalette(palette.table.tobytes())
    return indexed.convert("RGB")


def quantise(image: Image.Image, palette: Palette) -> Image.Image:
    """Return any RGB image as a panel of this palette can show it: no dithering, a channel is lit from 128."""
    if palette is Palette.FULL:
        return image.convert("RGB")
    lit = np.asarray(image.convert("RGB")) >= LIT_FROM
    if palette is Palette.RED_ONLY:
        lit = np.stack([lit.any(axis=2)] + [np.zeros(lit.shape[:2], np.bool_)] * 2, axis=-1)
    else:
        blue_only = lit[:, :, 2] & ~lit[:, :, 0] & ~lit[:, :, 1]
        lit = np.stack([lit[:, :, 0], lit[:, :, 1] | blue_only, np.zeros_like(blue_only)], axis=-1)
    return Image.fromarray(lit.astype(np.uint8) * 255)
