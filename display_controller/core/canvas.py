"""A panel to draw on: rectangles and text in inks, each text also kept as words."""

import numpy as np

from display_controller.core.glyphs import LedFonts, line
from display_controller.core.palette import Dots, Ink, Palette, coloured
from display_controller.core.picture import Picture, TextLine
from hallkit.text.font import FontChain

Box = tuple[int, int, int, int]
"""Left, top, width, height in dots."""


class Canvas:
    """A dark panel of `size` (width, height)."""

    def __init__(self, size: tuple[int, int], fonts: LedFonts) -> None:
        self.width, self.height = size
        self.dots: Dots = np.zeros((self.height, self.width), np.uint8)
        self.lines: list[TextLine] = []
        self._fonts = fonts
        self._chains: dict[int, FontChain] = {}

    def chain(self, px: int) -> FontChain:
        """Return the fonts of one size."""
        chain = self._chains.get(px)
        if chain is None:
            chain = self._chains[px] = self._fonts.led(px)
        return chain

    def text_width(self, text: str, px: int) -> int:
        """Return the width of `text` at `px`, in dots."""
        return int(line(self.chain(px), text).shape[1])

    def largest(self, text: str, sizes: tuple[int, ...], width: int) -> int:
        """Return the largest of `sizes` (descending) at which `text` is at most `width` wide, else the smallest."""
        return next((px for px in sizes if self.text_width(text, px) <= width), sizes[-1])

    def cut(self, text: str, px: int, width: int) -> str:
        """Return as many whole characters of `text` as fit into `width`."""
        kept = next(n for n in range(len(text), -1, -1) if self.text_width(text[:n], px) <= max(width, 0))
        return text[:kept]

    def text(self, at: tuple[int, int], text: str, px: int, ink: Ink) -> None:
        """Draw `text` with its em box's top left corner at `at`; what lies outside the panel is cut."""
        mask = line(self.chain(px), text)
        x, y = at
        mask = mask[max(-y, 0) :, max(-x, 0) :]
        place = self.dots[max(y, 0) : max(y, 0) + mask.shape[0], max(x, 0) : max(x, 0) + mask.shape[1]]
        place[mask[: place.shape[0], : place.shape[1]]] = ink
        if text:
            self.lines.append(TextLine(x, y, self.text_width(text, px), px, text, ink))

    def centred(self, box: Box, text: str, px: int, ink: Ink) -> None:
        """Draw `text` in the middle of `box`, by its visible rows."""
        x, y, width, height = box
        mask = line(self.chain(px), text).any(axis=1)
        inked = np.flatnonzero(mask)
        top, bottom = (int(inked[0]), int(inked[-1]) + 1) if len(inked) else (0, px)
        self.text((x + (width - self.text_width(text, px)) // 2, y + (height - bottom - top) // 2), text, px, ink)

    def stood(self, at: tuple[int, int], text: str, px: int, ink: Ink) -> None:
        """Draw `text` standing on a baseline, `at` its left end."""
        self.text((at[0], at[1] - self.chain(px).ascent), text, px, ink)

    def right(self, at: tuple[int, int], text: str, px: int, ink: Ink) -> None:
        """Draw `text` so that it ends left of `at`."""
        self.text((at[0] - self.text_width(text, px), at[1]), text, px, ink)

    def fill(self, box: Box, ink: Ink) -> None:
        """Fill a rectangle."""
        x, y, width, height = box
        self.dots[y : y + height, x : x + width] = ink

    def outline(self, box: Box, ink: Ink, thickness: int) -> None:
        """Draw the edge of a rectangle, inside it."""
        x, y, width, height = box
        self.fill(box, ink)
        self.fill((x + thickness, y + thickness, width - 2 * thickness, height - 2 * thickness), Ink.BLACK)

    def dotted(self, box: Box, ink: Ink, gap: int = 4) -> None:
        """Draw a dotted line along a box one dot wide or high."""
        x, y, width, height = box
        self.dots[y : y + height : gap, x : x + width : gap] = ink

    def arrow(self, at: tuple[int, int], height: int, ink: Ink) -> None:
        """Draw a filled arrow head pointing right, its top left corner at `at`."""
        x, y = at
        for row in range(height):
            reach = min(row, height - 1 - row) + 1
            self.dots[y + row, x : x + reach] = ink

    def picture(self, palette: Palette, size: tuple[int, int], scale: int = 1) -> Picture:
        """Return what was drawn on a panel of `size`, each dot `scale` dots wide and high; the rest stays dark."""
        dots: Dots = np.zeros((size[1], size[0]), np.uint8)
        drawn = self.dots.repeat(scale, axis=0).repeat(scale, axis=1) if scale > 1 else self.dots
        dots[: drawn.shape[0], : drawn.shape[1]] = drawn
        lines = (
            TextLine(t.x * scale, t.y * scale, t.width * scale, t.height * scale, t.text, t.ink) for t in self.lines
        )
        return Picture(coloured(dots, palette), tuple(lines))
