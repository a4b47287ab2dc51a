"""The one thing of a screen that must be seen from afar: a day, an amount, a ticket's number."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Mark, Panel, Placement
from hallkit.touch.theme import RADIUS

SIZES = ("hero", "value", "title_fault", "title")


@dataclass(frozen=True)
class Hero:
    """A small label, the value as large as its box allows, a note below."""

    box: Box
    label: str
    value: str
    note: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card, read aloud as one sentence."""
        ground = look["card"]
        inner = Box(self.box.x + 32, self.box.y + 16, self.box.width - 64, self.box.height - 32)
        label = look.block(self.label, "lead", inner.width).height if self.label else 0
        note = look.block(self.note, "note", inner.width).height if self.note else 0
        role = next(
            (one for one in SIZES if self._fits(look, one, inner.width, inner.height - label - note)), SIZES[-1]
        )
        rooms = inner.stack((label, inner.height - label - note, note), 0)
        marks: list[Mark] = [
            Panel(self.box, ground, RADIUS["card"], look["line"], 2),
            look.words(self.value, role, rooms[1], colour=look["ink"], ground=ground, align="centre"),
        ]
        if self.label:
            marks.append(look.words(self.label, "lead", rooms[0], colour=look["ink2"], ground=ground, align="centre"))
        if self.note:
            marks.append(look.words(self.note, "note", rooms[2], colour=look["ink2"], ground=ground, align="centre"))
        return Placement(tuple(marks), spoken=(f"{self.label} {self.value} {self.note}".strip(),))

    def _fits(self, look: Look, role: str, width: int, height: int) -> bool:
        block = look.block(self.value, role)
        return block.width <= width and block.height <= height
