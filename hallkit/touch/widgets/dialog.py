"""Questions over a darkened screen: nothing else can be touched until they are answered."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.frame import SCREEN
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Mark, Panel, Placement, Ring, Veil
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN, RADIUS
from hallkit.touch.widgets.button import Button, Kind

DARKENED = 28
PAD = 56
BUTTON = 120
RING = 370
TICK = 30
STAY = 168
LEAVE = 112
FOOT = 48
STILL_THERE = Box(MARGIN, 400, CONTENT_WIDTH, 1080)
"""Where the question stands; it grows both ways when its text needs it."""


@dataclass(frozen=True)
class Dialog:
    """A title, a sentence, the way out at the left and the safe answer, primary, at the right."""

    title: str
    text: str
    safe: str
    leave: str = ""
    safe_action: str = "safe"
    leave_action: str = "leave"
    width: int = CONTENT_WIDTH
    screen: Box = SCREEN

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the dialog in the middle of the screen, as high as its text needs."""
        inner = self.width - 2 * PAD
        title, text = look.block(self.title, "title", inner), look.block(self.text, "lead", inner)
        height = 2 * PAD + title.height + 16 + text.height + 40 + BUTTON
        x = self.screen.x + (self.screen.width - self.width) // 2
        y = self.screen.y + (self.screen.height - height) // 2
        rooms = Box(x + PAD, y + PAD, inner, 0).stack((title.height, text.height + 24, BUTTON), 16)
        ground = look["card"]
        marks: tuple[Mark, ...] = (
            Veil(self.screen, DARKENED),
            Panel(Box(x, y, self.width, height), ground, RADIUS["dialog"], look["ink"], 4),
            look.words(self.title, "title", rooms[0], colour=look["ink"], ground=ground, align="centre"),
            look.words(self.text, "lead", rooms[1], colour=look["ink2"], ground=ground, align="centre", middle=False),
        )
        placed = Placement(marks, spoken=(self.title, self.text), modal=True)
        return placed + self._buttons(rooms[2], look, state)

    def _buttons(self, room: Box, look: Look, state: TouchState) -> Placement:
        if not self.leave:
            return Button(room, self.safe, self.safe_action, Kind.PRIMARY).layout(look, state)
        left, right = room.columns(2, GUTTER)
        leave = Button(left, self.leave, self.leave_action).layout(look, state)
        return leave + Button(right, self.safe, self.safe_action, Kind.PRIMARY).layout(look, state)


@dataclass(frozen=True)
class StillThere:
    """The question before a session ends: `seconds` of `total` left, one tick goes out per second."""

    title: str
    text: str
    stay: str
    leave: str
    seconds: int
    total: int = 20
    stay_action: str = "stay"
    leave_action: str = "leave"
    box: Box = STILL_THERE
    screen: Box = SCREEN

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the dialog; only its sentence, its ring and its number change from second to second."""
        ground, inner = look["card"], self.box.width - 2 * PAD
        title = look.block(self.title, "ask", inner)
        text = look.block(self.text, "lead", inner)
        need = PAD + title.height + 8 + text.height + 24 + RING + 24 + STAY + 24 + LEAVE + FOOT
        spare = max(need - self.box.height, 0)
        box = Box(self.box.x, self.box.y - spare // 2, self.box.width, self.box.height + spare)
        leave = Box(box.x + PAD, box.bottom - FOOT - LEAVE, inner, LEAVE)
        stay = Box(leave.x, leave.y - 24 - STAY, inner, STAY)
        rooms = Box(leave.x, box.y + PAD, inner, 0).stack((title.height, text.height), 8)
        ring = Box(box.x + (box.width - RING) // 2, (rooms[1].bottom + stay.y - RING) // 2, RING, RING)
        marks: tuple[Mark, ...] = (
            Veil(self.screen, DARKENED),
            Panel(box, ground, RADIUS["dialog"], look["ink"], 4),
            look.words(self.title, "ask", rooms[0], colour=look["ink"], ground=ground, align="centre"),
            look.words(self.text, "lead", rooms[1], colour=look["ink2"], ground=ground, align="centre"),
            Ring(ring, self.total, self.seconds, TICK, look["act"], look["off"], ground),
            look.words(str(self.seconds), "hero", ring, colour=look["ink"], ground=ground, align="centre"),
        )
        answers = Button(stay, self.stay, self.stay_action, Kind.PRIMARY, role="title").layout(look, state)
        answers += Button(leave, self.leave, self.leave_action).layout(look, state)
        return Placement(marks, spoken=(self.title, self.text), modal=True) + answers
