"""How far along the citizen is."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Mark, Panel, Placement

BAR = 10
GAP = 10
RING = 34


@dataclass(frozen=True)
class StepBar:
    """Segments with a word each; `current` counts from 0 and carries a ring; nothing here is touched."""

    box: Box
    labels: tuple[str, ...]
    current: int

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the bar; only the current step is read aloud."""
        marks: list[Mark] = []
        middle = self.box.y + RING // 2
        for index, (label, column) in enumerate(zip(self.labels, self.box.columns(len(self.labels), GAP), strict=True)):
            reached, now = index <= self.current, index == self.current
            bar = Box(column.x, middle - BAR // 2, column.width, BAR)
            marks.append(Panel(bar, look["act" if reached else "off"], 0, None if reached else look["line"], 2))
            room = Box(column.x, self.box.y + RING + 12, column.width, look.line("small"))
            role, colour = ("small_strong", "act") if now else ("small", "ink2")
            marks.append(look.words(label, role, room, colour=look[colour], ground=look["paper"], align="centre"))
            if now:
                ring = Box(column.x + (column.width - RING) // 2, self.box.y, RING, RING)
                marks.append(Panel(ring, look["card"], RING // 2, look["act"], 8))
        return Placement(tuple(marks), spoken=(self.labels[self.current],))
