"""Plain text, plain ground, and the tag that marks a demonstration."""

from dataclasses import dataclass

from hallkit.text.layout import Align
from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement
from hallkit.touch.theme import RADIUS


@dataclass(frozen=True)
class Ground:
    """One colour behind everything; the first widget of every screen."""

    box: Box
    colour: str = "paper"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the ground."""
        return Placement((Panel(self.box, look[self.colour]),))


@dataclass(frozen=True)
class Label:
    """Text in a type role, wrapped in its box from the top; an `icon` stands before the first line."""

    box: Box
    text: str
    role: str = "lead"
    colour: str = "ink"
    align: Align = "left"
    ground: str = "paper"
    icon: str = ""

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the text, read aloud as it stands."""
        marks: list[Mark] = []
        room = self.box
        if self.icon:
            size = round(look.px(self.role) * 1.1)
            block = look.block(self.text, self.role, room.width - size - 20)
            taken = size + 20 + max(line.width for line in block.lines)
            left = room.x + ((room.width - taken) // 2 if self.align == "centre" else 0)
            top = room.y + (look.line(self.role) - size) // 2
            marks.append(Icon(Box(left, top, size, size), self.icon, look[self.colour]))
            room = Box(left + size + 20, room.y, room.right - left - size - 20, room.height)
        align: Align = "left" if self.icon else self.align
        colour, ground = look[self.colour], look[self.ground]
        marks.append(look.words(self.text, self.role, room, colour=colour, ground=ground, align=align, middle=False))
        return Placement(tuple(marks), spoken=(self.text,))

    def height(self, look: Look) -> int:
        """Return how high the text stands in this box's width."""
        return look.block(self.text, self.role, self.box.width).height


@dataclass(frozen=True)
class Tag:
    """A small outlined word at the right end of its box."""

    box: Box
    text: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the tag; it is not read aloud."""
        block = look.block(self.text, "small")
        height = max(self.box.height, block.height + 8)
        frame = Box(self.box.right - block.width - 28, self.box.y, block.width + 28, height)
        border = Panel(frame, look["paper"], RADIUS["tag"], look["edge"], 2)
        room = frame.grown(-3)
        words = look.words(self.text, "small", room, colour=look["ink2"], ground=look["paper"], align="centre")
        return Placement((border, words))
