"""A picture's words as rows of a card that draws text with its own font."""

from dataclasses import dataclass

from display_controller.core.palette import Ink
from display_controller.core.picture import Picture, TextLine

HALF_WIDTH_PX = 8


@dataclass(frozen=True)
class Piece:
    """Text of one ink, `gap` half-width spaces after the piece before."""

    gap: int
    text: str
    ink: Ink


@dataclass(frozen=True)
class TextRow:
    """One row of the card's grid, from the top; its pieces from left to right."""

    row: int
    pieces: tuple[Piece, ...]


def text_rows(picture: Picture, font_px: int = 16) -> tuple[TextRow, ...]:
    """Return the picture's words on the grid of a card whose characters are `font_px` high, top row first."""
    rows = max(1, picture.size[1] // font_px)
    found: dict[int, list[TextLine]] = {}
    for line in picture.lines:
        row = round((line.y + line.height / 2 - font_px / 2) / font_px)
        found.setdefault(min(max(row, 0), rows - 1), []).append(line)
    return tuple(TextRow(row, _pieces(found[row], font_px)) for row in sorted(found))


def _pieces(lines: list[TextLine], font_px: int) -> tuple[Piece, ...]:
    half = font_px // 2
    pen, pieces = 0, list[Piece]()
    for line in sorted(lines, key=lambda line: line.x):
        gap = max(line.x // half - pen, 1 if pieces else 0)
        pieces.append(Piece(gap, line.text, line.ink))
        pen += gap + columns(line.text)
    return tuple(pieces)


def columns(text: str) -> int:
    """Return how many half-width columns `text` takes on a card."""
    return sum(1 if char.isascii() else 2 for char in text)
