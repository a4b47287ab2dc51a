"""A column of things between the margins, one below the other, and foreign text cut to fit."""

from collections.abc import Sequence

from hallkit.text.layout import Align, cut
from hallkit.touch.box import Box
from hallkit.touch.frame import FOOTER, LOWERED_TOP
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN, TYPE
from hallkit.touch.widgets import Card, FaultBanner, Label, Widget
from kiosk.screens.shell import BELOW_STEPS, TAG, TOP, bar_top, steps_of
from kiosk.screens.view import View


class Column:
    """Places one thing below the other between the margins, from the first free row to the bar of actions."""

    def __init__(self, view: View, *, pointer: bool = False, primary: bool = True, bar: bool = True) -> None:
        self.view = view
        top = BELOW_STEPS if steps_of(view) is not None else TOP
        self.y = LOWERED_TOP if view.mode.lowered else top
        self.bottom = bar_top(view, pointer=pointer, primary=primary) - 24 if bar else FOOTER.y - 24
        self.widgets: list[Widget] = []
        self._first = True

    @property
    def room(self) -> int:
        """Return the pixels left."""
        return self.bottom - self.y

    def title(self, text: str, lead: str = "") -> None:
        """Set the question of the screen, and one sentence below it where there is room."""
        if self.view.is_tightest and self._first:
            self.above(text)
            return
        self.text(text, "title_steps", gap=4 if lead and not self.view.mode.lowered else 16)
        if lead and not self.view.mode.lowered:
            self.text(lead, "lead", "ink2", gap=24)

    def above(self, text: str) -> None:
        """Set the question above the middle of the screen, where nothing has to be reached."""
        height = self.view.look.block(text, "title_steps", CONTENT_WIDTH).height
        self._first = False
        self.widgets.append(Label(Box(MARGIN, LOWERED_TOP - 16 - height, CONTENT_WIDTH, height), text, "title_steps"))

    def text(
        self, text: str, role: str, colour: str = "ink", *, align: Align = "left", icon: str = "", gap: int = 16
    ) -> None:
        """Set wrapped text; the first text of a screen leaves room for the tag at its right."""
        look = self.view.look
        right = TAG if self._first and self.view.face.demo and not self.view.is_tight and align == "left" else 0
        self._first = False
        width = CONTENT_WIDTH - right
        wide = width - (round(look.px(role) * 1.1) + 20 if icon else 0)
        height = look.block(text, role, wide).height
        self.widgets.append(Label(Box(MARGIN, self.y, width, height), text, role, colour, align, icon=icon))
        self.y += height + gap

    def box(self, height: int, gap: int = 24) -> Box:
        """Take the next `height` pixels of the whole width."""
        box = Box(MARGIN, self.y, CONTENT_WIDTH, height)
        self._first = False
        self.y += height + gap
        return box

    def add(self, *widgets: Widget) -> None:
        """Keep widgets placed elsewhere."""
        self.widgets += widgets

    def note(self, title: str, text: str, tone: str = "warn", gap: int = 24) -> None:
        """Set a banner as high as its text needs; left out when there is no room."""
        look, width = self.view.look, CONTENT_WIDTH - 160
        height = max(look.block(title, "strong", width).height + look.block(text, "body", width).height + 40, 116)
        if height <= self.room:
            self.widgets.append(FaultBanner(self.box(height, gap), title, text, tone))

    def lines(self, title: str, lines: Sequence[str], *, role: str = "body", gap: int = 24) -> bool:
        """Set a card with a strong line above plain ones; tell whether there was room for at least one line."""
        look, inner = self.view.look, CONTENT_WIDTH - 80
        blocks = [look.block(line, role, inner).height for line in lines]
        head = look.block(title, "row", inner).height + 8 if title else 0
        kept = len(blocks)
        while kept and head + sum(blocks[:kept]) + 56 > self.room:
            kept -= 1
        if not kept:
            return False
        box = self.box(head + sum(blocks[:kept]) + 56, gap)
        rooms = Box(box.x + 40, box.y + 28, inner, 0).stack([head, *blocks[:kept]], 0)
        self.widgets.append(Card(box))
        if title:
            self.widgets.append(Label(rooms[0], title, "row", ground="card"))
        self.widgets += [
            Label(room, line, role, "ink2", ground="card") for room, line in zip(rooms[1:], lines[:kept], strict=True)
        ]
        return True


def shortened(view: View, text: str, role: str, width: int, lines: int = 1) -> str:
    """Return foreign text cut to some lines of a role, ended with … where it is too long."""
    kind = TYPE[role]
    return cut(text, view.look.fonts.ui(view.look.px(role), kind.bold), width, lines, leading=kind.leading).text
