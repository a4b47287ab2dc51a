"""Cards, rows of a list, and the tiles of a home screen."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, Span, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement, Target
from hallkit.touch.theme import RADIUS, WHITE, ZONES
from hallkit.touch.widgets.button import Kind, Skin, skin

PAD = 32
CHEVRON = 44
ICON = 64


@dataclass(frozen=True)
class Card:
    """A plain surface that groups what is not touched."""

    box: Box
    fill: str = "card"
    border: str = "line"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the surface."""
        return Placement((Panel(self.box, look[self.fill], RADIUS["card"], look[self.border], 2),))


@dataclass(frozen=True)
class ListRow:
    """A touchable row: icon or zone letter, title, note, an aside at the right, a chevron.

    `aside` is lines of spans; with `closed` the row is off and the aside says the reason and the next time.
    """

    box: Box
    title: str
    note: str
    action: str
    icon: str = ""
    letter: str = ""
    aside: tuple[tuple[Span, ...], ...] = ()
    closed: bool = False
    role: str = "row"

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the row; a closed one has no chevron and keeps its target, so that a tap explains."""
        colours = skin(look, Kind.SECONDARY, pressed=state.pressed == self.action, off=self.closed)
        face = Panel(self.box, colours.fill, RADIUS["card"], colours.border, colours.border_width)
        ring = look.focus(self.box, RADIUS["card"]) if state.focused == self.action else ()
        lead, left = self._lead(look, colours)
        right = self.box.right - PAD - (0 if self.closed else CHEVRON + 8)
        aside, taken = self._aside(look, colours, right)
        room = Box(left, self.box.y, right - left - taken, self.box.height)
        marks = (*ring, face, *lead, *self._texts(look, colours, room), *aside, *self._chevron(look))
        spoken = "，".join(part for part in (self.title, self.note, *self._aside_words()) if part)
        return Placement(marks, (Target(self.box, self.action, spoken, not self.closed),))

    def _aside_words(self) -> list[str]:
        return [" ".join(span.text for span in line) for line in self.aside]

    def _lead(self, look: Look, colours: Skin) -> tuple[list[Mark], int]:
        """Return the icon or letter tile, and where the text starts."""
        if self.letter:
            size = min(124, self.box.height - 64)
            tile = Box(self.box.x + 30, self.box.y + (self.box.height - size) // 2, size, size)
            fill = colours.fill if self.closed else ZONES.get(self.letter, ZONES["M"])
            border = look["offink"] if self.closed else None
            colour = look["offink"] if self.closed else WHITE
            words = look.words(self.letter, "title_fault", tile, colour=colour, ground=fill, align="centre")
            return [Panel(tile, fill, 20, border, 4 if self.closed else 0), words], tile.right + 28
        if self.icon:
            tile = Box(self.box.x + PAD, self.box.y + (self.box.height - ICON) // 2, ICON, ICON)
            colour = look["offink"] if self.closed else look["act"]
            return [Icon(tile, self.icon, colour)], tile.right + 28
        return [], self.box.x + PAD

    def _texts(self, look: Look, colours: Skin, room: Box) -> list[Mark]:
        title = look.block(self.title, self.role, room.width)
        note = look.block(self.note, "note", room.width) if self.note else None
        height = title.height + (note.height if note else 0)
        top = room.y + (room.height - height) // 2
        title_room = Box(room.x, top, room.width, title.height)
        second = colours.text if self.closed else look["ink2"]
        marks: list[Mark] = [
            look.words(self.title, self.role, title_room, colour=colours.text, ground=colours.fill, middle=False)
        ]
        if note:
            note_room = Box(room.x, top + title.height, room.width, note.height)
            marks.append(look.words(self.note, "note", note_room, colour=second, ground=colours.fill, middle=False))
        return marks

    def _aside(self, look: Look, colours: Skin, right: int) -> tuple[list[Mark], int]:
        """Return the aside's marks and the width they take from the text."""
        if not self.aside:
            return [], 0
        heights = [max(look.line(span.role) for span in line) for line in self.aside]
        top = self.box.y + (self.box.height - sum(heights)) // 2
        marks: list[Mark] = []
        left = right
        for line, height in zip(self.aside, heights, strict=True):
            room = Box(self.box.x, top, right - self.box.x, height)
            size = max(look.px(span.role) for span in line)
            spans = [Span(span.text, span.role, "offink" if self.closed else span.colour or "ink2") for span in line]
            words = look.phrase(spans, room, top + (height - size) // 2 + round(size * 0.88), colours.fill, "right")
            left = min(left, words[0].x)
            marks += words
            top += height
        return marks, right - left + 20

    def _chevron(self, look: Look) -> list[Mark]:
        if self.closed:
            return []
        top = self.box.y + (self.box.height - CHEVRON) // 2
        return [Icon(Box(self.box.right - PAD + 8 - CHEVRON, top, CHEVRON, CHEVRON), "next", look["act"])]


@dataclass(frozen=True)
class Tile:
    """A home-screen choice: icon above the word; a note makes it left-aligned, none makes it small and centred."""

    box: Box
    title: str
    action: str
    icon: str
    note: str = ""
    kind: Kind = Kind.SECONDARY

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the tile."""
        colours = skin(look, self.kind, pressed=state.pressed == self.action)
        face = Panel(self.box, colours.fill, RADIUS["card"], colours.border, colours.border_width)
        ring = look.focus(self.box, RADIUS["card"]) if state.focused == self.action else ()
        marks = self._large(look, colours) if self.note else self._small(look, colours)
        spoken = f"{self.title}，{self.note}" if self.note else self.title
        return Placement((*ring, face, *marks), (Target(self.box, self.action, spoken),))

    def _icon_colour(self, look: Look, colours: Skin) -> tuple[int, int, int]:
        return colours.text if self.kind is Kind.PRIMARY else look["act"]

    def _large(self, look: Look, colours: Skin) -> list[Mark]:
        inner = self.box.grown(-36)
        note_height, title_height = look.line("note"), look.line("title_steps")
        note = Box(inner.x, inner.bottom - note_height, inner.width, note_height)
        title = Box(inner.x, note.y - title_height, inner.width, title_height)
        second = colours.text if self.kind is Kind.PRIMARY else look["ink2"]
        return [
            Icon(Box(inner.x, inner.y, 76, 76), self.icon, self._icon_colour(look, colours)),
            look.words(self.title, "title_steps", title, colour=colours.text, ground=colours.fill),
            look.words(self.note, "note", note, colour=second, ground=colours.fill),
        ]

    def _small(self, look: Look, colours: Skin) -> list[Mark]:
        size, line = 64, look.line("row")
        top = self.box.y + (self.box.height - size - 12 - line) // 2
        left = self.box.x + (self.box.width - size) // 2
        room = Box(self.box.x + 8, top + size + 12, self.box.width - 16, line)
        return [
            Icon(Box(left, top, size, size), self.icon, self._icon_colour(look, colours)),
            look.words(self.title, "row", room, colour=colours.text, ground=colours.fill, align="centre"),
        ]
