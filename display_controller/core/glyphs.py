"""Characters as cells of dots: the same cell draws a text and reads it back."""

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hallkit.text.font import FontChain, glyphs

Cell = NDArray[np.bool_]
DESCENT_EM = 0.12
"""Room below the em box for the tails of g and y, in ems."""


class LedFonts(Protocol):
    """Where a panel's fonts come from: bitmap faces below 24 px, bold ones from there (hallkit.text FontLibrary)."""

    def led(self, px: int) -> FontChain:
        """Return the fonts of one size."""


@lru_cache(maxsize=8192)
def cell(chain: FontChain, char: str) -> Cell:
    """Return the dots of `char`, (rows, advance); MissingGlyphError when no font has it."""
    dots = np.zeros((rows(chain), chain.advance(char)), np.bool_)
    font = chain.font_for(char)
    if font is None or char.isspace():
        chain.require(char)
        return dots
    mask, left, top = glyphs(font, char, True)
    ink = np.asarray(mask, np.bool_)
    y, x = chain.ascent + top, max(left, 0)
    ink = ink[max(-y, 0) : dots.shape[0] - y, : dots.shape[1] - x]
    dots[max(y, 0) : max(y, 0) + ink.shape[0], x : x + ink.shape[1]] = ink
    return dots


def rows(chain: FontChain) -> int:
    """Return how many rows a cell has."""
    return chain.px + round(chain.px * DESCENT_EM)


@lru_cache(maxsize=1024)
def line(chain: FontChain, text: str) -> Cell:
    """Return the dots of `text` on one line, (rows, width)."""
    if not text:
        return np.zeros((rows(chain), 0), np.bool_)
    return np.concatenate([cell(chain, char) for char in text], axis=1)
