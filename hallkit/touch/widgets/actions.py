"""The bar at the bottom of a screen: back on the left, the one primary on the right."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import NOTHING, Placement
from hallkit.touch.theme import GUTTER
from hallkit.touch.widgets.button import Button, Kind

BACK_WIDTH = 296


@dataclass(frozen=True)
class ActionBar:
    """`back` and `primary` are words; an empty one is left out, and a primary alone takes the full width.

    The primary names its result; `reason` switches it off and is shown instead; `note` stands where no primary is.
    """

    box: Box
    back: str = ""
    primary: str = ""
    reason: str = ""
    note: str = ""
    back_action: str = "back"
    primary_action: str = "primary"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the buttons, back first in the focus order."""
        placed = NOTHING
        rest = self.box
        if self.back:
            left = Box(self.box.x, self.box.y, BACK_WIDTH, self.box.height)
            placed += Button(left, self.back, self.back_action, icon="back").layout(look, state)
            rest = Box(left.right + GUTTER, self.box.y, self.box.width - BACK_WIDTH - GUTTER, self.box.height)
        if self.primary:
            button = Button(rest, self.primary, self.primary_action, Kind.PRIMARY, reason=self.reason)
            placed += button.layout(look, state)
        elif self.note:
            words = look.words(self.note, "note", rest, colour=look["ink2"], ground=look["paper"], align="right")
            placed += Placement((words,), spoken=(self.note,))
        return placed
