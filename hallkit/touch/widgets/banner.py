"""What the citizen must notice: a fault that stays until its cause is gone, and the pointer to a device."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Arrow, Icon, Mark, Panel, Placement
from hallkit.touch.theme import MARGIN, RADIUS

ARROW = (136, 130)
ARROW_STEP = 24
TONES = {"warn": ("warn", "warn", "warntint"), "bad": ("stop", "bad", "badtint"), "ok": ("check_disc", "ok", "oktint")}


@dataclass(frozen=True)
class FaultBanner:
    """One sentence and one action in words; `tone` is warn, bad or ok: shape and colour say the same."""

    box: Box
    title: str
    text: str
    tone: str = "warn"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the banner, read aloud whole."""
        icon, colour, tint = TONES[self.tone]
        ground = look[tint]
        left = self.box.x + 32 + 68 + 28
        width = self.box.right - 32 - left
        title, text = look.block(self.title, "strong", width), look.block(self.text, "body", width)
        top = self.box.y + (self.box.height - title.height - text.height) // 2
        rooms = Box(left, top, width, 0).stack((title.height, text.height), 0)
        marks: list[Mark] = [
            Panel(self.box, ground, RADIUS["button"], look[colour], 2),
            Icon(Box(self.box.x + 32, self.box.y + (self.box.height - 68) // 2, 68, 68), icon, look[colour]),
            look.words(self.title, "strong", rooms[0], colour=look["ink"], ground=ground),
            look.words(self.text, "body", rooms[1], colour=look["ink"], ground=ground),
        ]
        return Placement(tuple(marks), spoken=(self.title, self.text))


@dataclass(frozen=True)
class DevicePointer:
    """Look at the machine here, now: amber, with an arrow whose tip is above the device at `device_x`."""

    box: Box
    title: str
    note: str
    device_x: int

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the bar, text on the wider side; the arrow is higher in position 1 unless the theme keeps still."""
        ground, ink = look["lamp"], look["onlamp"]
        lift = ARROW_STEP if state.arrow % 2 and not look.theme.still else 0
        width, height = ARROW
        arrow = Box(self.device_x - width // 2, self.box.bottom - 6 - height - lift, width, height)
        before = Box(MARGIN, self.box.y, arrow.x - 24 - MARGIN, self.box.height)
        after = Box(arrow.right + 24, self.box.y, self.box.right - MARGIN - arrow.right - 24, self.box.height)
        room = before if before.width >= after.width else after
        title = look.block(self.title, "pointer", room.width).height
        note = look.block(self.note, "note", room.width).height if self.note else 0
        rooms = Box(room.x, self.box.y + (self.box.height - title - note) // 2, room.width, 0).stack((title, note), 0)
        marks: list[Mark] = [
            Panel(self.box, ink),
            Panel(Box(self.box.x, self.box.y + 4, self.box.width, self.box.height - 8), ground),
            look.words(self.title, "pointer", rooms[0], colour=ink, ground=ground),
            Arrow(arrow, ink),
        ]
        if self.note:
            marks.append(look.words(self.note, "note", rooms[1], colour=ink, ground=ground))
        return Placement(tuple(marks), spoken=(self.title, self.note))
