"""A large icon on a tinted disc, above what a screen tells."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Panel, Placement


@dataclass(frozen=True)
class Emblem:
    """An icon in the colours of `tone`: ok, warn or bad."""

    box: Box
    icon: str
    tone: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return disc and icon; the sentence below is what is read aloud."""
        size = self.box.width // 2
        at = Box(self.box.x + (self.box.width - size) // 2, self.box.y + (self.box.height - size) // 2, size, size)
        disc = Panel(self.box, look[f"{self.tone}tint"], self.box.width // 2)
        return Placement((disc, Icon(at, self.icon, look[self.tone])))
