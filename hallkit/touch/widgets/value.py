"""Small label, large value: waiting time, people ahead, due date, and the ticket number itself."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, Span, TouchState
from hallkit.touch.marks import Mark, Panel, Placement
from hallkit.touch.theme import RADIUS


@dataclass(frozen=True)
class ValueCard:
    """A label above a value of spans on one baseline, such as 6 in `value` and 人 in `row`."""

    box: Box
    label: str
    value: tuple[Span, ...]

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card, read aloud as label and value."""
        ground = look["card"]
        inner = Box(self.box.x + 34, self.box.y, self.box.width - 68, self.box.height)
        size = max(look.px(span.role) for span in self.value)
        label = look.line("note")
        top = self.box.y + (self.box.height - label - 12 - size) // 2
        marks: list[Mark] = [
            Panel(self.box, ground, RADIUS["card"], look["line"], 2),
            look.words(self.label, "note", Box(inner.x, top, inner.width, label), colour=look["ink2"], ground=ground),
            *look.phrase(self.value, inner, top + label + 12 + round(size * 0.88), ground),
        ]
        return Placement(tuple(marks), spoken=(f"{self.label} {' '.join(span.text for span in self.value)}",))


@dataclass(frozen=True)
class NumberCard:
    """The ticket: a bar with its zone, the number as the largest thing, a line below; `role` sizes the number."""

    box: Box
    bar: str
    number: str
    note: str
    role: str = "ticket"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card, read aloud from bar to note."""
        bar, ground = look["act"], look["card"]
        height = look.line("row_large") + 44
        head = Box(self.box.x, self.box.y, self.box.width, height)
        foot = look.block(self.note, "lead", self.box.width - 64).height + 32 if self.note else 32
        body = Box(self.box.x, head.bottom, self.box.width, self.box.height - height - foot)
        note = Box(self.box.x + 32, body.bottom, self.box.width - 64, foot - 32)
        marks: list[Mark] = [
            Panel(self.box, ground, RADIUS["card"], look["line"], 2),
            Panel(Box(head.x, head.y, head.width, 2 * RADIUS["card"]), bar, RADIUS["card"]),
            Panel(Box(head.x, head.y + RADIUS["card"], head.width, height - RADIUS["card"]), bar),
            look.words(self.bar, "row_large", head, colour=look["onact"], ground=bar, align="centre"),
            look.words(self.number, self.role, body, colour=look["ink"], ground=ground, align="centre"),
        ]
        if self.note:
            marks.append(look.words(self.note, "lead", note, colour=look["ink2"], ground=ground, align="centre"))
        return Placement(tuple(marks), spoken=(self.bar, self.number, self.note))
