"""A QR code alone, with its white quiet zone; the words that say what it is for stand below it."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.codes import qr_rows
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Code, Panel, Placement
from hallkit.touch.theme import WHITE


@dataclass(frozen=True)
class PictureCode:
    """The code of `payload` in a square box, a whole number of pixels a module."""

    box: Box
    payload: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the code; it says nothing and is not touched."""
        return Placement((Panel(self.box, WHITE, 8), Code(self.box, qr_rows(self.payload))))
