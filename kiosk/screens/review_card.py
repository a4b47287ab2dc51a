"""The card of a review: a small label, the answer, and the word that leads back to change it."""

from dataclasses import dataclass, field

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import NOTHING, Mark, Panel, Placement
from hallkit.touch.theme import RADIUS
from hallkit.touch.widgets.button import Button

PAD = 28
CHANGE_HEIGHT = 96


@dataclass(frozen=True)
class ReviewRow:
    """What was asked and answered; `action` is empty where nothing can be changed."""

    label: str
    value: str = field(repr=False)
    action: str = ""


@dataclass(frozen=True)
class ReviewCard:
    """Rows in one card, parted by lines; an answer may take two lines."""

    box: Box
    rows: tuple[ReviewRow, ...]
    change: str

    def height(self, look: Look) -> int:
        """Return how high the card is in its box's width."""
        return sum(self._row_height(look, row) for row in self.rows) + 8

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card, read aloud row by row, with its keys."""
        ground = look["card"]
        marks: list[Mark] = [Panel(self.box, ground, RADIUS["card"], look["line"], 2)]
        keys = NOTHING
        spoken = []
        y = self.box.y + 4
        for row in self.rows:
            height = self._row_height(look, row)
            inner = Box(self.box.x + PAD, y, self.box.width - 2 * PAD, height)
            if y > self.box.y + 4:
                marks.append(Panel(Box(inner.x, y, inner.width, 2), look["line"]))
            marks += self._row(look, row, inner)
            if row.action:
                key = Box(
                    inner.right - self._change(look),
                    y + (height - CHANGE_HEIGHT) // 2,
                    self._change(look),
                    CHANGE_HEIGHT,
                )
                keys += Button(key, self.change, row.action, role="strong").layout(look, state)
            spoken.append(f"{row.label}：{row.value}")
            y += height
        return Placement(tuple(marks), spoken=tuple(spoken)) + keys

    def _change(self, look: Look) -> int:
        return max(look.block(self.change, "strong").width + 40, 144)

    def _label_width(self, look: Look) -> int:
        return min(
            max(look.block(row.label, "note").width for row in self.rows) + 24, (self.box.width - 2 * PAD) * 2 // 5
        )

    def _value_width(self, look: Look, row: ReviewRow) -> int:
        taken = self._label_width(look) + (self._change(look) + 24 if row.action else 0)
        return self.box.width - 2 * PAD - taken

    def _row_height(self, look: Look, row: ReviewRow) -> int:
        value = look.block(row.value, "lead", self._value_width(look, row)).height
        label = look.block(row.label, "note", self._label_width(look) - 24).height
        return max(value + 24, label + 24, CHANGE_HEIGHT + 16 if row.action else 76)

    def _row(self, look: Look, row: ReviewRow, inner: Box) -> list[Mark]:
        ground = look["card"]
        left = self._label_width(look)
        label = Box(inner.x, inner.y + 2, left - 24, inner.height - 2)
        value = Box(inner.x + left, inner.y + 2, self._value_width(look, row), inner.height - 2)
        return [
            look.words(row.label, "note", label, colour=look["ink2"], ground=ground),
            look.words(row.value, "lead", value, colour=look["ink"], ground=ground),
        ]
