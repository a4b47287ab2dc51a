"""A field of a form: its label, what was typed, and what is wrong with it right below."""

from dataclasses import dataclass, field

from hallkit.text.layout import Block
from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Mark, Panel, Placement, Target
from hallkit.touch.theme import RADIUS

PAD = 28
LEAST = 104
CARET = 5
GAP = 8


@dataclass(frozen=True)
class Field:
    """Label above a box with the value; `fault` with its sign below it, else `note`; empty shows `ask` in grey.

    While it has the keyboard (`active`) the border is heavy and a caret stands behind the text; then it is no target.
    `most` lines of the value are shown: its end while it is typed, its beginning otherwise.
    """

    box: Box
    label: str
    value: str = field(repr=False)
    action: str
    remark: str = ""
    ask: str = ""
    fault: str = ""
    note: str = ""
    active: bool = False
    composing: str = field(default="", repr=False)
    most: int = 2
    private: bool = False
    spoken: str = ""

    def height(self, look: Look) -> int:
        """Return how high the whole field is in its box's width."""
        return self._label(look) + self._face(look).height + self._foot(look)

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return label, box and what stands below."""
        face = Box(self.box.x, self.box.y + self._label(look), self.box.width, self._face(look).height)
        colour = look["bad"] if self.fault else look["act" if self.active else "edge"]
        pressed = state.pressed == self.action
        ground = look["tint" if pressed else "card"]
        marks: list[Mark] = [Panel(face, ground, RADIUS["button"], colour, 5 if self.active or self.fault else 3)]
        marks += [*self._head(look), *self._value(look, face, ground), *self._below(look, face.bottom)]
        ring = look.focus(face, RADIUS["button"]) if state.focused == self.action else ()
        said = (self.spoken or self.label, self.remark, "" if self.private else self.value, self.fault)
        spoken = "，".join(filter(None, said))
        target = () if self.active else (Target(face, self.action, spoken, private=self.private),)
        return Placement((*ring, *marks), target, spoken=(self.fault,) if self.fault else ())

    def _label(self, look: Look) -> int:
        return look.block(self._heading(), "strong", self.box.width).height + GAP if self.label else 0

    def _heading(self) -> str:
        return (
            f"{self.label}（{self.remark}）"
            if self.remark and not self.remark.isascii()
            else (f"{self.label} ({self.remark})" if self.remark else self.label)
        )

    def _head(self, look: Look) -> list[Mark]:
        if not self.label:
            return []
        room = Box(self.box.x, self.box.y, self.box.width, self._label(look) - GAP)
        return [look.words(self._heading(), "strong", room, colour=look["ink"], ground=look["paper"], middle=False)]

    def _face(self, look: Look) -> Box:
        block = self._block(look)
        return Box(0, 0, self.box.width, max(LEAST, block.height + 2 * 16))

    def _block(self, look: Look) -> Block:
        """Lay the value out in as many lines as are shown, cut at the end that matters less."""
        width = self.box.width - 2 * PAD - 2 * CARET
        text = self.value + self.composing if self.active else self.value
        text = text or self.ask or " "
        block = look.block(text, "typed", width)
        keep = len(text)
        while len(block.lines) > self.most and keep > 1:
            keep -= max(keep // 12, 1)
            part = "…" + text[-keep:] if self.active else text[:keep] + "…"
            block = look.block(part, "typed", width)
        return block

    def _value(self, look: Look, face: Box, ground: tuple[int, int, int]) -> list[Mark]:
        block = self._block(look)
        filled = bool(self.value or (self.active and self.composing))
        room = Box(face.x + PAD, face.y, face.width - 2 * PAD, face.height)
        colour = look["ink" if filled else "ink2"]
        marks: list[Mark] = []
        if block.text.strip():
            marks.append(look.words(block.text, "typed", room, colour=colour, ground=ground))
        if self.active:
            last = block.lines[-1]
            x = room.x + (last.width + 6 if filled else 0) - (0 if filled else 10)
            y = face.y + (face.height - block.height) // 2 + last.y + (last.height - look.px("typed")) // 2
            marks.append(Panel(Box(x, y, CARET, look.px("typed")), look["act"]))
        return marks

    def _foot(self, look: Look) -> int:
        text, width = self.fault or self.note, self.box.width - (look.px("note") + 16 if self.fault else 0)
        return look.block(text, "note", width).height + GAP if text else 0

    def _below(self, look: Look, top: int) -> list[Mark]:
        if not (self.fault or self.note):
            return []
        room = Box(self.box.x, top + GAP, self.box.width, self._foot(look) - GAP)
        if not self.fault:
            return [look.words(self.note, "note", room, colour=look["ink2"], ground=look["paper"], middle=False)]
        size = look.px("note") + 4
        icon = Icon(Box(room.x, room.y + 2, size, size), "warn", look["bad"])
        beside = Box(room.x + size + 12, room.y, room.width - size - 12, room.height)
        return [icon, look.words(self.fault, "note", beside, colour=look["bad"], ground=look["paper"], middle=False)]


@dataclass(frozen=True)
class Facts:
    """A card with short label above strong value, side by side."""

    box: Box
    facts: tuple[tuple[str, str], ...]

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return one card a fact."""
        marks: list[Mark] = []
        for room, (label, value) in zip(self.box.columns(len(self.facts), 16), self.facts, strict=True):
            inner = room.grown(-4)
            inner = Box(inner.x + 20, inner.y, inner.width - 40, inner.height)
            first, second = look.block(label, "note", inner.width), look.block(value, "row_large", inner.width)
            top = room.y + (room.height - first.height - second.height) // 2
            rooms = Box(inner.x, top, inner.width, 0).stack((first.height, second.height), 0)
            marks.append(Panel(room, look["card"], RADIUS["card"], look["line"], 2))
            marks.append(look.words(label, "note", rooms[0], colour=look["ink2"], ground=look["card"]))
            marks.append(look.words(value, "row_large", rooms[1], colour=look["ink"], ground=look["card"]))
        return Placement(tuple(marks), spoken=tuple(f"{label} {value}" for label, value in self.facts))

    def height(self, look: Look) -> int:
        """Return how high the cards must be for their texts."""
        width = self.box.columns(len(self.facts), 16)[0].width - 48
        return 36 + max(look.block(label, "note", width).height + look.block(value, "row_large", width).height
                        for label, value in self.facts)  # fmt: skip
