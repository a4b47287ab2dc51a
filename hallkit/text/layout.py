"""Measure and wrap text into lines of placed runs; nothing is drawn here, so a test can see what would be clipped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from hallkit.text.breaks import FORBIDDEN, NEVER_FIRST, Token, spaced, tokens, words
from hallkit.text.errors import TextDoesNotFitError
from hallkit.text.font import Font, FontChain

Align = Literal["left", "centre", "right"]
ORPHAN = 2_000
SHORT = 60
NEW_LINE = 100_000


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one font; `x`, `y`, `width`, `height` is its em box, `baseline` where its pen runs; pixels."""

    text: str
    font: Font
    x: int
    y: int
    width: int
    height: int
    baseline: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its box and the runs in it."""

    x: int
    y: int
    width: int
    height: int
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Return the characters of the line, without spaces."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Block:
    """Laid-out text: `width` and `height` it takes, lines relative to its own top left corner."""

    text: str
    width: int
    height: int
    lines: tuple[Line, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return every run, top to bottom."""
        return tuple(run for line in self.lines for run in line.runs)


@lru_cache(maxsize=1024)
def lay_out(
    text: str,
    chain: FontChain,
    width: int | None = None,
    *,
    leading: float = 1.3,
    align: Align = "left",
    spacing: bool = True,
) -> Block:
    """Wrap `text` into lines of `width` pixels (None: never wrap); MissingGlyphError before anything is placed.

    Words, numbers, tickets and dates stay whole; only a word wider than the line is cut.
    """
    chain.require(text)
    rows: list[list[Token]] = []
    for paragraph in (spaced(text) if spacing else text).split("\n"):
        rows += [words(paragraph)] if width is None else _wrap(tokens(paragraph), chain, width)
    height = round(chain.px * leading)
    lines = [_place(row, chain, index * height, height) for index, row in enumerate(rows)]
    taken = max((line.width for line in lines), default=0)
    aligned = tuple(_aligned(line, align, taken if width is None else width) for line in lines)
    return Block(text, taken if align == "left" or width is None else max(width, taken), height * len(lines), aligned)


def fit(text: str, chain: FontChain, size: tuple[int, int], *, leading: float = 1.3, align: Align = "left") -> Block:
    """Lay `text` out in a box of `size` (width, height), never shrunk; TextDoesNotFitError when it is too long."""
    block = lay_out(text, chain, size[0], leading=leading, align=align)
    if block.width > size[0] or block.height > size[1]:
        raise TextDoesNotFitError(text, (block.width, block.height), size)
    return block


def cut(text: str, chain: FontChain, width: int, max_lines: int, *, leading: float = 1.3) -> Block:
    """Lay foreign text out in at most `max_lines`, ending it with … where it is too long for them."""
    block = lay_out(text, chain, width, leading=leading)
    keep = len(text)
    while len(block.lines) > max_lines and keep > 1:
        keep -= 1
        block = lay_out(text[:keep].rstrip() + "…", chain, width, leading=leading)
    return block


def _wrap(pieces: list[Token], chain: FontChain, width: int) -> list[list[Token]]:
    """Break into the fewest lines; among those, end lines after punctuation and leave no orphan."""
    if _span(pieces, chain) <= width:
        return [pieces]
    pieces = [part for piece in pieces for part in _narrowed(piece, chain, width)]
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(pieces) + 1):
        best.append(min(_choices(pieces, end, best, chain, width)))
    rows: list[list[Token]] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        rows.insert(0, pieces[start:end])
        end = start
    return rows


def _choices(
    pieces: Sequence[Token], end: int, best: Sequence[tuple[int, int]], chain: FontChain, width: int
) -> list[tuple[int, int]]:
    """Price every start of a line that ends before piece `end`: (price so far, start)."""
    found = []
    span = 0
    for start in range(end - 1, -1, -1):
        gap = chain.space if pieces[start].gap and start < end - 1 else 0
        span += chain.width(pieces[start].text) + gap
        if span > width and start < end - 1:
            break
        last = end == len(pieces)
        empty = 0 if last else 200 * (width - span) ** 2 // width**2
        found.append((best[start][0] + NEW_LINE + empty + _end_price(pieces[start:end], last), start))
    return found


def _end_price(row: Sequence[Token], last: bool) -> int:
    if not last:
        return row[-1].price + (ORPHAN if _letters(row) == 1 else 0)
    return {0: ORPHAN, 1: ORPHAN, 2: SHORT}.get(_letters(row), 0)


def _letters(row: Sequence[Token]) -> int:
    """Count the characters of a line that are not closing marks."""
    return sum(len(piece.text.rstrip(NEVER_FIRST)) for piece in row)


def _narrowed(piece: Token, chain: FontChain, width: int) -> list[Token]:
    """Cut a word that is wider than the whole line; every other piece stays whole."""
    if chain.width(piece.text) <= width:
        return [piece]
    parts: list[Token] = []
    start = 0
    for end in range(1, len(piece.text) + 1):
        if end - start > 1 and chain.width(piece.text[start:end]) > width:
            parts.append(Token(piece.text[start : end - 1], FORBIDDEN))
            start = end - 1
    return [*parts, replace(piece, text=piece.text[start:])]


def _span(row: Sequence[Token], chain: FontChain) -> int:
    gaps = sum(chain.space for piece in row[:-1] if piece.gap)
    return gaps + sum(chain.width(piece.text) for piece in row)


def _place(row: Sequence[Token], chain: FontChain, y: int, height: int) -> Line:
    top = y + (height - chain.px) // 2
    runs: list[Run] = []
    x = 0
    for text, gap in _joined(row):
        for part, font in chain.split(text):
            width = font.width(part)
            runs.append(Run(part, font, x, top, width, chain.px, top + chain.ascent))
            x += width
        x += chain.space if gap else 0
    return Line(0, y, _span(row, chain), height, tuple(runs))


def _joined(row: Sequence[Token]) -> list[tuple[str, bool]]:
    """Join pieces that no space parts, so that a run is as long as can be."""
    words: list[tuple[str, bool]] = []
    for piece in row:
        if words and not words[-1][1]:
            words[-1] = (words[-1][0] + piece.text, piece.gap)
        else:
            words.append((piece.text, piece.gap))
    return words


def _aligned(line: Line, align: Align, width: int) -> Line:
    spare = width - line.width
    shift = {"left": 0, "centre": spare // 2, "right": spare}[align]
    return replace(line, x=shift, runs=tuple(replace(run, x=run.x + shift) for run in line.runs))
