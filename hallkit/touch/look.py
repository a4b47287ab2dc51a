"""How a screen looks now: theme and fonts, and the few ways every widget sets its text."""

from collections.abc import Sequence
from dataclasses import dataclass

from hallkit.text.fonts import FontLibrary
from hallkit.text.layout import Align, Block, lay_out
from hallkit.touch.box import Box
from hallkit.touch.marks import Panel, Words
from hallkit.touch.theme import TYPE, Rgb, Theme


@dataclass(frozen=True)
class TouchState:
    """What the finger and the focus are on: action names, empty for none; `arrow` is the position of a moving arrow."""

    pressed: str = ""
    focused: str = ""
    arrow: int = 0


RESTING = TouchState()


@dataclass(frozen=True)
class Span:
    """Part of a line in one type role; `colour` is a theme token, empty for the line's own."""

    text: str
    role: str = "note"
    colour: str = ""


@dataclass(frozen=True)
class Look:
    """A theme with the fonts to set it in."""

    theme: Theme
    fonts: FontLibrary

    def __getitem__(self, token: str) -> Rgb:
        return self.theme[token]

    def px(self, role: str) -> int:
        """Return the size of a type role in pixels."""
        return self.theme.px(role)

    def line(self, role: str) -> int:
        """Return the height of one line of a role in pixels."""
        return round(self.px(role) * TYPE[role].leading)

    def block(self, text: str, role: str, width: int | None = None, align: Align = "left") -> Block:
        """Lay out `text` in a type role, wrapped to `width`."""
        kind = TYPE[role]
        return lay_out(text, self.fonts.ui(self.px(role), kind.bold), width, leading=kind.leading, align=align)

    def words(
        self, text: str, role: str, room: Box, *, colour: Rgb, ground: Rgb, align: Align = "left", middle: bool = True
    ) -> Words:
        """Set `text` wrapped in `room`, in its vertical middle or from its top."""
        block = self.block(text, role, room.width, align)
        y = room.y + (room.height - block.height) // 2 if middle else room.y
        return Words(room.x, y, block, colour, ground, room)

    def phrase(
        self, spans: Sequence[Span], room: Box, baseline: int, ground: Rgb, align: Align = "left"
    ) -> list[Words]:
        """Set spans of different sizes on one baseline (pixels from the top of the screen) with a space between."""
        blocks = [self.block(span.text, span.role) for span in spans]
        gap = max((self.px(span.role) for span in spans), default=0) // 6
        width = sum(block.width for block in blocks) + gap * (len(blocks) - 1)
        x = {"left": room.x, "centre": room.x + (room.width - width) // 2, "right": room.right - width}[align]
        found = []
        for span, block in zip(spans, blocks, strict=True):
            y = baseline - (block.runs[0].baseline if block.runs else 0)
            found.append(Words(x, y, block, self[span.colour or "ink"], ground, room))
            x += block.width + gap
        return found

    def focus(self, box: Box, radius: int) -> tuple[Panel, ...]:
        """Return the ring around what has the focus: 5 pixels lamp, 6 pixels ink outside."""
        return (
            Panel(box.grown(11), self["ink"], radius + 11),
            Panel(box.grown(5), self["lamp"], radius + 5),
        )
