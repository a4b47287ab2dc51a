"""The header with mark, hall, clock and tools; the footer that says what does not work and whom to call."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, Span, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement, Target
from hallkit.touch.theme import MARGIN, RADIUS
from hallkit.touch.widgets.button import Button, Kind, skin

MARK_SIZE = 76
TOOL_HEIGHT = 104
TOOL_GAP = 16


@dataclass(frozen=True)
class Tool:
    """A small control of header or footer: a word, below an icon or below a larger `sign` when it has one."""

    text: str
    action: str
    icon: str = ""
    sign: str = ""
    kind: Kind = Kind.SECONDARY
    spoken: str = ""

    def place(self, box: Box, look: Look, state: TouchState) -> Placement:
        """Return the tool in `box`."""
        if not self.icon and not self.sign:
            return Button(
                box, self.text, self.action, self.kind, role="small_strong", radius=RADIUS["tool"], pad=4
            ).layout(look, state)
        colours = skin(look, self.kind, pressed=state.pressed == self.action)
        face = Panel(box, colours.fill, RADIUS["tool"], colours.border, colours.border_width)
        ring = look.focus(box, RADIUS["tool"]) if state.focused == self.action else ()
        line, half = look.line("small"), 44
        top = box.y + (box.height - half - line) // 2
        upper, lower = Box(box.x + 4, top, box.width - 8, half), Box(box.x + 4, top + half, box.width - 8, line)
        role = "small_strong" if self.kind is Kind.HELP else "small"
        marks: list[Mark] = [
            look.words(self.text, role, lower, colour=colours.text, ground=colours.fill, align="centre")
        ]
        if self.icon:
            marks.append(Icon(Box(box.x + (box.width - 40) // 2, top + 4, 40, 40), self.icon, colours.text))
        else:
            marks.append(look.words(self.sign, "hall", upper, colour=colours.text, ground=colours.fill, align="centre"))
        return Placement((*ring, face, *marks), (Target(box, self.action, self.spoken or self.text),))

    def width(self, look: Look) -> int:
        """Return how wide the tool is: 104, or more when its word needs it."""
        return max(TOOL_HEIGHT, look.block(self.text, "small_strong").width + 16)


@dataclass(frozen=True)
class Header:
    """Mark, hall, place, clock and date, tools from right to left; without a `date` the clock stands alone."""

    box: Box
    hall: str
    place: str
    clock: str
    date: str
    tools: tuple[Tool, ...] = ()

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the header; the tools come first in the focus order, left to right."""
        placed = Placement((Panel(self.box, look["card"]), self._rule(look)))
        right = self.box.right - MARGIN
        tools: list[Placement] = []
        for tool in reversed(self.tools):
            width = tool.width(look)
            box = Box(right - width, self.box.y + (self.box.height - TOOL_HEIGHT) // 2, width, TOOL_HEIGHT)
            tools.insert(0, tool.place(box, look, state))
            right = box.x - TOOL_GAP
        time, left = self._time(look, right if self.date else right - TOOL_GAP)
        placed += Placement((*mark(look, Box(MARGIN, self.box.y + 34, MARK_SIZE, MARK_SIZE)), *time))
        placed += Placement(tuple(self._name(look, left - 16)), spoken=(self.hall,))
        return sum(tools, placed)

    def _rule(self, look: Look) -> Panel:
        return Panel(Box(self.box.x, self.box.bottom - 2, self.box.width, 2), look["line"])

    def _time(self, look: Look, right: int) -> tuple[list[Mark], int]:
        """Return clock and date, and where they start."""
        clock, date = look.line("clock"), look.line("small") if self.date else 0
        top = self.box.y + (self.box.height - clock - date) // 2
        room = Box(self.box.x, top, right - self.box.x, clock + date)
        parts = [("clock", self.clock, top + (clock - look.px("clock")) // 2, "ink")]
        if self.date:
            parts.append(("small", self.date, top + clock + (date - look.px("small")) // 2, "ink2"))
        words = [
            look.phrase([Span(text, role, colour)], room, y + round(look.px(role) * 0.88), look["card"], "right")[0]
            for role, text, y, colour in parts
        ]
        return list(words), min(word.x for word in words)

    def _name(self, look: Look, right: int) -> list[Mark]:
        left = MARGIN + MARK_SIZE + 20
        width = right - left
        hall = look.block(self.hall, "hall", width)
        place = look.block(self.place, "small", width) if self.place else None
        height = hall.height + (place.height if place else 0)
        top = self.box.y + (self.box.height - height) // 2
        marks: list[Mark] = [
            look.words(self.hall, "hall", Box(left, top, width, hall.height), colour=look["ink"], ground=look["card"])
        ]
        if place:
            room = Box(left, top + hall.height, width, place.height)
            marks.append(look.words(self.place, "small", room, colour=look["ink2"], ground=look["card"]))
        return marks


def mark(look: Look, box: Box) -> tuple[Mark, ...]:
    """Return the mark in a square box: a doorway with a lamp."""
    ground, lines, lamp = look.theme.mark
    radius = box.width // 9
    light = Box(box.x + box.width // 2 - radius, box.y + box.height // 2 - radius + 1, 2 * radius, 2 * radius)
    return Panel(box, ground, RADIUS["tool"]), Icon(box, "doorway", lines), Panel(light, lamp, radius)


@dataclass(frozen=True)
class Footer:
    """What does not work now (or that all does), the helpline, and the tool that lowers the screen."""

    box: Box
    text: str
    working: bool
    phone_label: str
    phone: str
    lower: Tool | None = None
    beside: tuple[Tool, ...] = ()

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the footer; its text is read aloud, its tools stand at the right with `lower` last."""
        ground = look["card"]
        frame = (Panel(self.box, ground), Panel(Box(self.box.x, self.box.y, self.box.width, 2), look["line"]))
        right = self.box.right - MARGIN
        placed = Placement(frame)
        tools: list[Placement] = []
        for tool in reversed((*self.beside, *([self.lower] if self.lower else []))):
            size = 96 if look.px("small") < 40 else 112
            width = max(size, look.block(tool.text, "small").width + 12)
            box = Box(right - width, self.box.y + (self.box.height - size) // 2, width, size)
            tools.insert(0, tool.place(box, look, state))
            right = box.x - TOOL_GAP
        right -= 8 if tools else 0
        words, left = self._phone(look, right)
        icon, colour = ("check", "ok") if self.working else ("warn", "warn")
        symbol = Icon(Box(MARGIN, self.box.y + (self.box.height - 48) // 2, 48, 48), icon, look[colour])
        room = Box(MARGIN + 64, self.box.y, left - 24 - MARGIN - 64, self.box.height)
        text = look.words(self.text, "small", room, colour=look["ink"], ground=ground)
        return sum(tools, placed + Placement((symbol, text, *words), spoken=(self.text,)))

    def _phone(self, look: Look, right: int) -> tuple[list[Mark], int]:
        label, number = look.line("small"), look.line("phone")
        top = self.box.y + (self.box.height - label - number) // 2
        room = Box(self.box.x, top, right - self.box.x, label + number)
        parts = (
            (self.phone_label, "small", "ink2", top + (label - look.px("small")) // 2),
            (self.phone, "phone", "ink", top + label + (number - look.px("phone")) // 2),
        )
        words = [
            look.phrase([Span(text, role, colour)], room, y + round(look.px(role) * 0.88), look["card"], "right")[0]
            for text, role, colour, y in parts
        ]
        return list(words), min(word.x for word in words)
