"""What every widget is."""

from typing import Protocol

from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Placement


class Widget(Protocol):
    """A frozen, hashable value; two equal widgets show the same pixels."""

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return what the widget shows, where it is touched and what is read aloud."""
