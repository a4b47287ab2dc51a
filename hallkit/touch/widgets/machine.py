"""A line drawing of the machine the citizen stands at, with the place to look at lit."""

from dataclasses import dataclass
from enum import Enum

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement, Polygon

SIZE = (480, 588)
"""Width and height of the drawing, in pixels."""

DESK = ((36, 4), (444, 4), (476, 112), (4, 112))
LINE = 4


class Slot(Enum):
    """A place on the desk of the machine; the value is its icon."""

    SCANNER = "qr"
    PRINTER = "paper"
    READER = "card"


SLOTS = {Slot.SCANNER: Box(52, 448, 108, 54), Slot.PRINTER: Box(186, 462, 126, 26), Slot.READER: Box(338, 442, 98, 64)}


@dataclass(frozen=True)
class Machine:
    """The drawing with its corner at `x`, `y`; it says nothing and is not touched."""

    x: int
    y: int
    lit: Slot

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return screen, desk with its slots, and foot."""
        return Placement((*self._screen(look), *self._desk(look), *self._slots(look)))

    def _at(self, box: Box) -> Box:
        return box.moved(self.x, self.y)

    def _screen(self, look: Look) -> list[Mark]:
        edge, tint, act = look["edge"], look["tint"], look["act"]
        return [
            Panel(self._at(Box(56, 4, 368, 420)), look["card"], 24, edge, LINE),
            Panel(self._at(Box(82, 30, 316, 322)), tint, 10, edge, LINE),
            Panel(self._at(Box(106, 72, 188, 14)), act, 7),
            Panel(self._at(Box(106, 110, 130, 14)), act, 7),
            Panel(self._at(Box(112, 166, 120, 72)), tint, 10, edge, LINE),
            Panel(self._at(Box(248, 166, 120, 72)), tint, 10, edge, LINE),
            Panel(self._at(Box(112, 256, 256, 60)), act, 10),
        ]

    def _desk(self, look: Look) -> list[Mark]:
        desk = self._at(Box(0, 416, 480, 116))
        foot = self._at(Box(150, 526, 180, 62))
        return [
            Panel(foot, look["off"], 0, look["edge"], LINE),
            Polygon(desk, DESK, look["card"], look["edge"], LINE),
        ]

    def _slots(self, look: Look) -> list[Mark]:
        marks: list[Mark] = []
        for slot, place in SLOTS.items():
            box = self._at(place)
            if slot is not self.lit:
                marks.append(Panel(box, look["off"], 10, look["edge"], LINE))
                continue
            box = box if box.height > 40 else box.grown(10)
            size = box.height - 8
            marks.append(Panel(box, look["lamp"], 10, look["onlamp"], LINE))
            icon = Box(box.x + (box.width - size) // 2, box.y + 4, size, size)
            marks.append(Icon(icon, slot.value, look["onlamp"]))
        return marks
