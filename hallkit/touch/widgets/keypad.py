"""Digits for numbers and codes."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import NOTHING, Icon, Panel, Placement, Target
from hallkit.touch.theme import RADIUS
from hallkit.touch.widgets.button import Kind, skin

KEY = (200, 112)
GAP = 12
WIDTH = 3 * KEY[0] + 2 * GAP
HEIGHT = 4 * KEY[1] + 3 * GAP
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "delete")


@dataclass(frozen=True)
class Keypad:
    """Twelve keys from `x`, `y`; a press is the action `key:<digit>`, `key:clear` or `key:delete`.

    `masked` keys are spoken to the headset only.
    """

    x: int
    y: int
    clear: str
    delete: str
    masked: bool = False

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the keys, row by row."""
        placed = NOTHING
        for index, name in enumerate(KEYS):
            row, column = divmod(index, 3)
            box = Box(self.x + column * (KEY[0] + GAP), self.y + row * (KEY[1] + GAP), *KEY)
            placed += self._key(name, box, look, state)
        return placed

    def _key(self, name: str, box: Box, look: Look, state: TouchState) -> Placement:
        action = f"key:{name}"
        pressed = state.pressed == action
        colours = skin(look, Kind.PRIMARY if pressed else Kind.SECONDARY, pressed=False)
        fill = look["off"] if name == "clear" and not pressed else colours.fill
        face = Panel(box, fill, RADIUS["key"], colours.border, colours.border_width and 2)
        ring = look.focus(box, RADIUS["key"]) if state.focused == action else ()
        spoken = {"clear": self.clear, "delete": self.delete}.get(name, name)
        target = Target(box, action, spoken, private=self.masked)
        if name == "delete":
            size = 56
            corner = Box(box.x + (box.width - size) // 2, box.y + (box.height - size) // 2, size, size)
            return Placement((*ring, face, Icon(corner, "delete", colours.text)), (target,))
        role = "strong" if name == "clear" else "key"
        words = look.words(spoken, role, box.grown(-6), colour=colours.text, ground=fill, align="centre")
        return Placement((*ring, face, words), (target,))
