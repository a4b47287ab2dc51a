"""Larger parts of a guide: the list of materials, named paragraphs, and the steps drawn as a flow chart."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement
from hallkit.touch.theme import RADIUS

PAD = 32


@dataclass(frozen=True)
class MaterialCard:
    """A card with a heading and one numbered row a material: number, name, how to bring it, the colour of that."""

    box: Box
    head: str
    rows: tuple[tuple[str, str, str, str], ...]

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card; the rows are read aloud in order."""
        ground = look["card"]
        marks: list[Mark] = [Panel(self.box, ground, RADIUS["card"], look["line"], 2)]
        inner = Box(self.box.x + PAD, self.box.y, self.box.width - 2 * PAD, self.box.height)
        head = look.block(self.head, "row", inner.width).height + 24
        marks.append(look.words(self.head, "row", Box(inner.x, inner.y + 8, inner.width, head - 8), colour=look["ink"],
                                ground=ground))  # fmt: skip
        y = self.box.y + head
        for row in self.rows:
            height = self.row_height(look, row)
            marks += [
                Panel(Box(inner.x, y, inner.width, 2), look["line"]),
                *self._row(look, row, Box(inner.x, y, inner.width, height)),
            ]
            y += height
        spoken = (self.head, *(f"{number} {name} {way}" for number, name, way, _ in self.rows))
        return Placement(tuple(marks), spoken=spoken)

    def height(self, look: Look) -> int:
        """Return how high the card is in its box's width."""
        head = look.block(self.head, "row", self.box.width - 2 * PAD).height + 24
        return head + sum(self.row_height(look, row) for row in self.rows) + 12

    def _columns(self, look: Look, way: str) -> tuple[int, int, int]:
        number = look.px("lead") + 16
        bring = look.block(way, "small_strong").width if way else 0
        return number, self.box.width - 2 * PAD - number - bring - 24, bring

    def row_height(self, look: Look, row: tuple[str, str, str, str]) -> int:
        """Return how high one row of the card is."""
        _, name, _ = self._columns(look, row[2])
        return max(look.block(row[1], "body", name).height, look.line("body")) + 20

    def _row(self, look: Look, row: tuple[str, str, str, str], box: Box) -> list[Mark]:
        number, name, bring = self._columns(look, row[2])
        ground = look["card"]
        left = Box(box.x, box.y + 2, number, box.height - 2)
        middle = Box(left.right, left.y, name, left.height)
        right = Box(box.right - bring, left.y, bring, left.height)
        marks: list[Mark] = [
            look.words(row[0], "body", left, colour=look["ink2"], ground=ground),
            look.words(row[1], "body", middle, colour=look["ink"], ground=ground),
        ]
        if row[2]:
            marks.append(look.words(row[2], "small_strong", right, colour=look[row[3]], ground=ground, align="right"))
        return marks


@dataclass(frozen=True)
class NamedBlocks:
    """Paragraphs with a name above each, parted by lines, in one card."""

    box: Box
    blocks: tuple[tuple[str, str], ...]

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card, as high as its paragraphs."""
        width = self.box.width - 2 * PAD
        heights = [
            (look.block(name, "row", width).height, look.block(text, "body", width).height)
            for name, text in self.blocks
        ]
        whole = sum(one + two + 48 for one, two in heights)
        ground = look["card"]
        card = Box(self.box.x, self.box.y, self.box.width, min(whole, self.box.height))
        marks: list[Mark] = [Panel(card, ground, RADIUS["card"], look["line"], 2)]
        y = card.y
        for (name, text), (first, second) in zip(self.blocks, heights, strict=True):
            if y > card.y:
                marks.append(Panel(Box(card.x + PAD, y, width, 2), look["line"]))
            rooms = Box(card.x + PAD, y + 20, width, 0).stack((first, second), 4)
            marks.append(look.words(name, "row", rooms[0], colour=look["ink"], ground=ground))
            marks.append(look.words(text, "body", rooms[1], colour=look["ink2"], ground=ground))
            y += first + second + 48
        return Placement(tuple(marks), spoken=tuple(f"{name}：{text}" for name, text in self.blocks))


def block_height(look: Look, block: tuple[str, str], width: int) -> int:
    """Return how high a paragraph with its name stands in a card of `width`."""
    inner = width - 2 * PAD
    return look.block(block[0], "row", inner).height + look.block(block[1], "body", inner).height + 48


@dataclass(frozen=True)
class Flow:
    """Steps as boxes with arrows between them: name, who does it, how long; in two columns when one is too high."""

    box: Box
    steps: tuple[tuple[str, str, str], ...]
    first: int = 1

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the chart, read aloud step by step."""
        marks: list[Mark] = []
        arrow, count = 44, len(self.steps)
        width = self.box.width
        heights = [self._height(look, step, width) for step in self.steps]
        short = sum(heights) + arrow * (count - 1) > self.box.height
        y = self.box.y
        for place, step in enumerate(self.steps):
            height = look.line("strong") + 24 if short else heights[place]
            if y + height > self.box.bottom:
                break
            if place:
                at = Box(self.box.x + width // 2 - 18, y - arrow + 4, 36, 36)
                marks.append(Icon(at, "arrow", look["act"]))
            marks += self._step(look, place, step, Box(self.box.x, y, width, height), short)
            y += height + arrow
        spoken = tuple(
            f"{place}. {', '.join(part for part in step if part)}" for place, step in enumerate(self.steps, self.first)
        )
        return Placement(tuple(marks), spoken=spoken)

    def _width(self, look: Look, step: tuple[str, str, str], width: int) -> int:
        return width - 2 * PAD - 80 - look.block(step[2], "small_strong").width - 24

    def _height(self, look: Look, step: tuple[str, str, str], width: int) -> int:
        room = self._width(look, step, width)
        return look.block(step[0], "strong", room).height + look.block(step[1], "note", room).height + 32

    def _step(self, look: Look, place: int, step: tuple[str, str, str], box: Box, short: bool) -> list[Mark]:
        ground = look["card"]
        room = self._width(look, step, box.width)
        name = look.block(step[0], "strong", room).height
        who = 0 if short else look.block(step[1], "note", room).height
        rooms = Box(box.x + PAD + 80, box.y + (box.height - name - who) // 2, room, 0).stack((name, who), 0)
        number = Box(box.x + 24, box.y + (box.height - 60) // 2, 60, 60)
        wide = look.block(step[2], "small_strong").width
        days = Box(box.right - PAD - wide, box.y, wide, box.height)
        marks: list[Mark] = [
            Panel(box, ground, RADIUS["card"], look["line"], 2), Panel(number, look["tint"], 30, look["act"], 3),
            look.words(str(place + self.first), "small_strong", number, colour=look["act"], ground=look["tint"],
                       align="centre"),
            look.words(step[0], "strong", rooms[0], colour=look["ink"], ground=ground),
            look.words(step[2], "small_strong", days, colour=look["ink2"], ground=ground, align="right"),
        ]  # fmt: skip
        if not short:
            marks.append(look.words(step[1], "note", rooms[1], colour=look["ink2"], ground=ground))
        return marks
