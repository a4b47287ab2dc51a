"""Read a panel's picture back: find the cells it was drawn from, exactly, without being told what it says."""

from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase, digits

import numpy as np
from PIL import Image

from display_controller.core import hall_layout, window_layout
from display_controller.core.canvas import Box
from display_controller.core.glyphs import Cell, LedFonts, line, rows
from hallkit.text.font import FontChain

TICKET_CHARACTERS = digits + ascii_uppercase


@dataclass(frozen=True)
class ReadRow:
    """One row of a hall table as a citizen sees it."""

    ticket: str
    window: str


def read_table(image: Image.Image, fonts: LedFonts) -> tuple[ReadRow, ...]:
    """Return the calls a hall picture shows, newest first; an empty cell ends the table."""
    image = _unscaled(image, (320, 128))
    found = []
    for left, top, width, height in hall_layout.cells(image.size):
        ticket = read_line(image, (left + 2, top, 69, height), hall_layout.TICKET_SIZES, fonts)
        window = read_line(image, (left + 84, top, width - 42 - 84, height), hall_layout.TICKET_SIZES, fonts, digits)
        if not ticket:
            break
        found.append(ReadRow(ticket, window))
    return tuple(found)


@dataclass(frozen=True)
class ReadWindow:
    """A window display as a citizen sees it: its number, and the ticket if it shows one."""

    window: str
    ticket: str


def read_window(image: Image.Image, fonts: LedFonts) -> ReadWindow:
    """Return what a window picture shows; a state instead of a ticket reads as an empty ticket."""
    image = _unscaled(image, (320, 64))
    large = image.width >= window_layout.LARGE[0] and image.height >= window_layout.LARGE[1]
    box = (2, 2, 76, image.height - 20) if large else (2, 2, 38, image.height - 4)
    sizes = window_layout.NUMBER_SIZES if large else window_layout.SMALL_NUMBER_SIZES
    start, top = (92, 20) if large else (50, 0)
    rest = (start, top, image.width - start, image.height - top)
    tickets = window_layout.BIG_SIZES if large else window_layout.TICKET_SIZES
    ticket = read_line(image, rest, tickets, fonts)
    return ReadWindow(read_line(image, box, sizes, fonts, digits), ticket if ticket[-1:].isdigit() else "")


def read_line(
    image: Image.Image, box: Box, sizes: tuple[int, ...], fonts: LedFonts, characters: str = TICKET_CHARACTERS
) -> str:
    """Return the longest text of `characters` that stands leftmost in `box` in one of `sizes`, or nothing."""
    ink = _ink(image, box)
    return max((_read(ink, fonts.led(px), characters) for px in sizes), key=len, default="")


def shows(image: Image.Image, text: str, px: int, fonts: LedFonts) -> bool:
    """Tell whether `text` stands anywhere in the picture at size `px`, exactly."""
    mask = _trimmed(line(fonts.led(px), text))
    ground = np.asarray(image.convert("RGB"))
    colours = {tuple(colour) for colour in ground.reshape(-1, 3).tolist()}
    return any(_occurs(np.all(ground == colour, axis=2), mask) for colour in sorted(colours))


def _ink(image: Image.Image, box: Box) -> Cell:
    """Return the dots of `box` that are not of its most frequent colour."""
    left, top, width, height = box
    dots = np.asarray(image.convert("RGB").crop((left, top, left + width, top + height))).astype(np.uint32)
    colours = dots[:, :, 0] << 16 | dots[:, :, 1] << 8 | dots[:, :, 2]
    values, counts = np.unique(colours, return_counts=True)
    different: Cell = colours != values[counts.argmax()]
    return different


def _read(ink: Cell, chain: FontChain, characters: str) -> str:
    """Read the text whose first glyph's first dots are the first dots of `ink`."""
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return ""
    height = rows(chain)
    padded = np.pad(ink, ((height, height), (chain.px, chain.px)))
    first = int(columns[0]) + chain.px
    row = int(padded[:, first].argmax())
    return max((_read_from(padded, (first, row), chain, c, characters) for c in characters), key=len)


def _read_from(padded: Cell, start: tuple[int, int], chain: FontChain, char: str, characters: str) -> str:
    dots, bearing, above = _first_dot(chain, char)
    top, pen = start[1] - above, start[0] - bearing
    strip = padded[top : top + len(dots)] if top >= 0 else padded[:0]
    if len(strip) < len(dots) or not _matches(strip, pen, chain, char):
        return ""
    return char + _continued(strip, pen + dots.shape[1], chain, characters)


@lru_cache(maxsize=1024)
def _first_dot(chain: FontChain, char: str) -> tuple[Cell, int, int]:
    """Return a character's dots, its first column with ink, and the row of that column's first dot."""
    dots = line(chain, char)
    bearing = int(dots.any(axis=0).argmax())
    return dots, bearing, int(dots[:, bearing].argmax())


def _continued(strip: Cell, pen: int, chain: FontChain, characters: str) -> str:
    text = ""
    while True:
        char = next((c for c in characters if _matches(strip, pen, chain, c)), None)
        if char is None:
            return text
        text += char
        pen += chain.advance(char)


def _matches(strip: Cell, x: int, chain: FontChain, char: str) -> bool:
    width, dots = _dots_of(chain, char)
    return x >= 0 and strip[:, x : x + width].tobytes() == dots


@lru_cache(maxsize=1024)
def _dots_of(chain: FontChain, char: str) -> tuple[int, bytes]:
    """Return a character's width and its dots, a byte of 0 or 1 each, row after row."""
    dots = line(chain, char)
    return dots.shape[1], (dots.view(np.uint8) > 0).tobytes()


def _trimmed(mask: Cell) -> Cell:
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[down[0] : down[-1] + 1, across[0] : across[-1] + 1]


def _occurs(plane: Cell, mask: Cell) -> bool:
    if plane.shape[0] < mask.shape[0] or plane.shape[1] < mask.shape[1]:
        return False
    height, width = mask.shape
    places = np.ones((plane.shape[0] - height + 1, plane.shape[1] - width + 1), np.bool_)
    for y, x in np.argwhere(mask)[:: max(1, mask.sum() // 16)].tolist():
        places &= plane[y : y + places.shape[0], x : x + places.shape[1]]
    return any((plane[y : y + height, x : x + width] == mask).all() for y, x in np.argwhere(places).tolist())


def _unscaled(image: Image.Image, full: tuple[int, int]) -> Image.Image:
    scale = max(1, min(image.width // full[0], image.height // full[1]))
    return image.resize(
        (image.width // scale, image.height // scale),
        Image.Resampling.NEAREST,
        (0, 0, image.width // scale * scale, image.height // scale * scale),
    )
