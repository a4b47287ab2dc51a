"""The box that opens the search: a looking glass and what can be typed, at the left like a field."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Panel, Placement, Target
from hallkit.touch.theme import RADIUS

PAD, ICON = 36, 56


@dataclass(frozen=True)
class SearchBox:
    """A wide box with a heavy border; touching it opens the keyboard."""

    box: Box
    ask: str
    action: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return box, icon and words."""
        ground = look["tint" if state.pressed == self.action else "card"]
        face = Panel(self.box, ground, RADIUS["button"], look["act"], 5)
        icon = Icon(
            Box(self.box.x + PAD, self.box.y + (self.box.height - ICON) // 2, ICON, ICON), "search", look["act"]
        )
        left = icon.box.right + 24
        room = Box(left, self.box.y, self.box.right - PAD - left, self.box.height)
        words = look.words(self.ask, "lead", room, colour=look["ink2"], ground=ground)
        ring = look.focus(self.box, RADIUS["button"]) if state.focused == self.action else ()
        return Placement((*ring, face, icon, words), (Target(self.box, self.action, self.ask),))
