"""The button: one primary a screen, everything else outlined; what is off says why."""

from dataclasses import dataclass
from enum import Enum

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement, Target, Words
from hallkit.touch.theme import RADIUS, Rgb

ICON_GAP = 20


class Kind(Enum):
    """How a control is painted at rest."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    HELP = "help"


@dataclass(frozen=True)
class Skin:
    """Fill, border and text colour of a control in one state."""

    fill: Rgb
    border: Rgb | None
    border_width: int
    text: Rgb


def skin(look: Look, kind: Kind, *, pressed: bool, off: bool = False) -> Skin:
    """Return the colours of a control: kind at rest, pressed, or off."""
    if off:
        border = "offink" if look["off"] == look["card"] else "line"
        return Skin(look["off"], look[border], 2, look["offink"])
    if kind is Kind.PRIMARY:
        return Skin(look["actdown" if pressed else "act"], None, 0, look["onact"])
    if pressed:
        return Skin(look["tint"], look["act"], look.theme.pressed_border, look["act"])
    if kind is Kind.HELP:
        return Skin(look["tint"], look["act"], 3, look["act"])
    return Skin(look["card"], look["edge"], 3, look["ink"])


@dataclass(frozen=True)
class Button:
    """A button; with a `reason` it is off and shows the reason; a tap still reports the action, to be explained."""

    box: Box
    text: str
    action: str
    kind: Kind = Kind.SECONDARY
    icon: str = ""
    reason: str = ""
    role: str = "button"
    radius: int = RADIUS["button"]
    private: bool = False
    pad: int = 12
    spoken: str = ""

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the button with its word, icon first, centred."""
        colours = skin(look, self.kind, pressed=state.pressed == self.action, off=bool(self.reason))
        face = Panel(self.box, colours.fill, self.radius, colours.border, colours.border_width)
        ring = look.focus(self.box, self.radius) if state.focused == self.action else ()
        shown = self.reason or self.text
        target = Target(self.box, self.action, self.spoken or shown, not self.reason, self.private)
        return Placement((*ring, face, *self._label(look, shown, colours)), (target,))

    def _label(self, look: Look, text: str, colours: Skin) -> list[Mark]:
        size = round(look.px(self.role) * 1.15) if self.icon else 0
        lead = size + ICON_GAP if self.icon and text else size
        room = self.box.grown(-self.pad)
        block = look.block(text, self.role, room.width - lead, "left" if self.icon else "centre") if text else None
        width = lead + (max(line.width for line in block.lines) if block else 0)
        left = self.box.x + (self.box.width - width) // 2
        marks: list[Mark] = []
        if self.icon:
            top = self.box.y + (self.box.height - size) // 2
            marks.append(Icon(Box(left, top, size, size), self.icon, colours.text))
        if block:
            top = self.box.y + (self.box.height - block.height) // 2
            marks.append(Words(left + lead if self.icon else room.x, top, block, colours.text, colours.fill, room))
        return marks
