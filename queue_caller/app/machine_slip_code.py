"""The code on a ticket's slip, and the words beside it, as rows of dots."""

from functools import cache

import segno

from hallkit.codecs.escpos import WIDTH_DOTS, Raster, raster_bands
from hallkit.devices.slip import INVERTED, QR_LEFT, QR_MODULE, QR_TEXT_GAP, RIGHT, Part, Sheet
from hallkit.text.fonts import FontLibrary
from queue_caller.core.machine_code import Matrix, QuickCode

Rows = tuple[int, ...]
"""Dot rows of the paper's width, the left dot in the highest bit, 1 = black."""

Bands = tuple[tuple[int, int, int], ...]
"""The first row of each band, the row after its last, and its width in bytes."""

QR_MASK = 3
"""One of the eight masks of ISO/IEC 18004; each is valid, and choosing the prettiest costs more than the whole slip."""

QR_TOP, QR_BELOW = 24, 32
LINK_LENGTH = 26
"""Characters of a token in an address."""

LATE_BY = 3


class SlipCode:
    """Sets the codes of one machine's slips; only the code is new, the words beside it are kept by its size."""

    def __init__(self, fonts: FontLibrary, start: str) -> None:
        self._fonts, self._start = fonts, start
        self._beside: dict[int, tuple[Rows, Bands]] = {}

    def of(self, link: str) -> tuple[Raster, ...]:
        """Return the code of an address that ends in `link`, with its words beside it."""
        modules = _code_rows(self._start, link)
        across = len(modules)
        rows, bands = self._words_beside(across * QR_MODULE)
        lines, shift = [row.to_bytes(WIDTH_DOTS // 8) for row in rows], WIDTH_DOTS - QR_LEFT - across * QR_MODULE
        for place, modules_of_row in enumerate(modules):
            dots = _widened(modules_of_row, across) << shift
            for at in range(QR_TOP + place * QR_MODULE, QR_TOP + (place + 1) * QR_MODULE):
                lines[at] = (rows[at] | dots).to_bytes(WIDTH_DOTS // 8)
        return tuple(Raster(width, b"".join([line[:width] for line in lines[at:to]])) for at, to, width in bands)

    def _words_beside(self, side: int) -> tuple[Rows, Bands]:
        if side not in self._beside:
            rows = _beside(self._fonts, side)
            self._beside[side] = rows, _bands(rows, side)
        return self._beside[side]


def _beside(fonts: FontLibrary, side: int) -> Rows:
    """Return the words beside a code of `side` dots, the code's place empty."""
    sheet = Sheet(fonts)
    x = QR_LEFT + side + QR_TEXT_GAP
    parts = (
        Part("扫码看排队", 32, bold=True), Part("可以先离开，\n快到您时会提醒。"), Part(f"晚到 {LATE_BY} 个号以内有效")
    )  # fmt: skip
    for part in parts:
        sheet.text(part, "left", x=x, right=RIGHT, leading=1.38)
    height = max(side, sheet.y)
    white = sheet.picture().crop((0, 0, WIDTH_DOTS, sheet.y)).tobytes().translate(INVERTED)
    words = [int.from_bytes(white[at : at + WIDTH_DOTS // 8]) for at in range(0, len(white), WIDTH_DOTS // 8)]
    above = QR_TOP + max(0, (side - sheet.y) // 2)
    return (*[0] * above, *words, *[0] * (QR_TOP + height + QR_BELOW - above - len(words)))


def _code_rows(start: str, link: str) -> tuple[int, ...]:
    """Return the modules of the code of an address, row by row, the left one in the highest bit."""
    if len(link) == LINK_LENGTH and link.isascii():
        return _quick_code(start).rows(link)
    return tuple(int("".join(str(module) for module in row), 2) for row in _matrix(start + link))


def _bands(rows: Rows, side: int) -> Bands:
    """Return how the rows beside a code go to the printer, wide enough for any code."""
    black, bands, at = ((1 << side) - 1) << (WIDTH_DOTS - QR_LEFT - side), [], 0
    inked = [row | black * (QR_TOP <= place < QR_TOP + side) for place, row in enumerate(rows)]
    for band in raster_bands(b"".join(row.to_bytes(WIDTH_DOTS // 8) for row in inked)):
        bands.append((at, at + band.rows, band.width_bytes))
        at += band.rows
    return tuple(bands)


@cache
def _quick_code(start: str) -> QuickCode:
    return QuickCode(_matrix, start, "0" * LINK_LENGTH)


def _matrix(address: str) -> Matrix:
    return segno.make_qr(address, error="m", mode="byte", mask=QR_MASK, boost_error=False).matrix


def _widened(row: int, side: int) -> int:
    """Return a row of modules as a row of dots."""
    return int(f"{row:0{side}b}".replace("0", "0" * QR_MODULE).replace("1", "1" * QR_MODULE), 2)
