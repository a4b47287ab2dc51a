"""A QR code with the line that says what it is for."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.codes import QUIET, qr_rows
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Code, Panel, Placement
from hallkit.touch.theme import LEAST_DOTS, RADIUS, WHITE

EDGE = 8


def qr_height(payload: str, dots: int = LEAST_DOTS) -> int:
    """Return the least height of a card whose code is `dots` pixels wide without its quiet zone."""
    modules = len(qr_rows(payload))
    return -(-dots // modules) * (modules + 2 * QUIET) + 2 * EDGE


@dataclass(frozen=True)
class QrBlock:
    """A card with the code at the left, what you get and what you need beside it; the code is white even at night."""

    box: Box
    payload: str
    title: str
    text: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the card; the code is as large as the card allows."""
        rows = qr_rows(self.payload)
        modules = len(rows) + 2 * QUIET
        side = (self.box.height - 2 * EDGE) // modules * modules
        code = Box(self.box.x + 24, self.box.y + (self.box.height - side) // 2, side, side)
        left = code.right + 24
        width = self.box.right - 32 - left
        title, text = look.block(self.title, "row", width), look.block(self.text, "body", width)
        top = self.box.y + (self.box.height - title.height - 8 - text.height) // 2
        rooms = Box(left, top, width, 0).stack((title.height, text.height), 8)
        marks = (
            Panel(self.box, look["card"], RADIUS["card"], look["line"], 2),
            Panel(code, WHITE, 8),
            Code(code, rows),
            look.words(self.title, "row", rooms[0], colour=look["ink"], ground=look["card"]),
            look.words(self.text, "body", rooms[1], colour=look["ink2"], ground=look["card"]),
        )
        return Placement(marks, spoken=(self.title, self.text))
