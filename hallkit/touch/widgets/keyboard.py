"""The keyboard at the foot of a screen: pinyin with candidates, Latin, digits and signs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import NOTHING, Icon, Panel, Placement, Target
from hallkit.touch.theme import RADIUS
from hallkit.touch.widgets.button import Kind, skin

KEYBOARD = Box(0, 1140, 1080, 652)
SIDE = 24
KEY = (96, 104)
ACROSS, DOWN = 8, 12
FUNCTION, GO = 140, 280
COMPOSED = 52
BAR = 104
TURN = 96
DIGIT = (256, 104)
TALL = 140
TAKE = "key:space"
"""The action that takes the first candidate."""

LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SIGNS = ("·-—（）()/#@", ".,:，。、：；？", "《》“”+&_")
DIGITS = ("123", "456", "789", "0")


@dataclass(frozen=True)
class KeyWords:
    """What the keys that are no characters are called."""

    space: str
    delete: str
    clear: str
    digits: str
    signs: str
    latin: str
    pinyin: str
    part: str
    shift: str
    before: str
    after: str


@dataclass(frozen=True)
class Keyboard:
    """Keys of `layout` pinyin, latin, digits or symbols; a press is `key:<name>`, the go key's is `go_action`.

    `widths` are the pixels of each candidate; `extra` is one more key of the digits; `plain` digits lead nowhere else
    and `tall` ones take the room of the candidates. Without `go` the space key takes its place, and while the go key
    is the space key both are one.
    """

    layout_name: str
    words: KeyWords
    go: str
    go_action: str
    shifted: bool = False
    composing: str = field(default="", repr=False)
    candidates: tuple[str, ...] = field(default=(), repr=False)
    widths: tuple[int, ...] = ()
    extra: str = ""
    plain: bool = False
    private: bool = False
    tall: bool = True
    box: Box = KEYBOARD

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return ground, candidates and keys, top to bottom."""
        placed = Placement((
            Panel(self.box, look["off"]), Panel(Box(self.box.x, self.box.y, self.box.width, 2), look["edge"]),
        ))  # fmt: skip
        if self.composing:
            placed += self._composed(look) + self._bar(look, state)
        rows = self._digits() if self.layout_name == "digits" else self._rows()
        return sum((self._key(*key, look, state) for key in rows), placed)

    @property
    def _top(self) -> int:
        return self.box.y + 8 + COMPOSED + BAR + 8

    def _composed(self, look: Look) -> Placement:
        room = Box(self.box.x + 40, self.box.y + 2, self.box.width - 80, COMPOSED + 6)
        return Placement((look.words(self.composing, "phone", room, colour=look["act"], ground=look["off"]),))

    def _bar(self, look: Look, state: TouchState) -> Placement:
        """Return the candidates, the first filled, and the keys that turn their pages."""
        y = self.box.y + 8 + COMPOSED
        turns = 2 * TURN + 2 * ACROSS
        placed = NOTHING
        x = self.box.x + SIDE
        for place, (text, width) in enumerate(zip(self.candidates, self.widths, strict=True)):
            box = Box(x, y, width, BAR)
            placed += self._candidate(place, text, box, look, state)
            x = box.right + ACROSS
        x = self.box.right - SIDE - turns + ACROSS
        for name, icon, spoken in (("page:-1", "up", self.words.before), ("page:1", "down", self.words.after)):
            placed += self._key(name, spoken, Box(x, y, TURN, BAR), icon, look, state)
            x += TURN + ACROSS
        return placed

    def _candidate(self, place: int, text: str, box: Box, look: Look, state: TouchState) -> Placement:
        action = f"key:pick:{place}"
        colours = skin(look, Kind.SECONDARY if place else Kind.PRIMARY, pressed=state.pressed == action)
        face = Panel(box, colours.fill, RADIUS["key"], colours.border, colours.border_width and 2)
        words = look.words(text, "candidate", box.grown(-2), colour=colours.text, ground=colours.fill, align="centre")
        ring = look.focus(box, RADIUS["key"]) if state.focused == action else ()
        return Placement((*ring, face, words), (Target(box, action, text, private=self.private),))

    def _rows(self) -> Iterator[tuple[str, str, Box, str]]:
        """Yield name, word, box and icon of the keys of letters or signs."""
        rows = SIGNS if self.layout_name == "symbols" else LETTERS
        for number, row in enumerate(rows):
            y = self._top + number * (KEY[1] + DOWN)
            width = len(row) * KEY[0] + (len(row) - 1) * ACROSS
            x = self.box.x + (self.box.width - width) // 2
            for char in row:
                shown = char.upper() if self.shifted else char
                yield char, shown, Box(x, y, *KEY), ""
                x += KEY[0] + ACROSS
        yield from self._third(self._top + 2 * (KEY[1] + DOWN))
        yield from self._fourth(self._top + 3 * (KEY[1] + DOWN))

    def _third(self, y: int) -> Iterator[tuple[str, str, Box, str]]:
        left = Box(self.box.x + 32, y, FUNCTION, KEY[1])
        if self.layout_name == "pinyin":
            yield "'", self.words.part, left, ""
        elif self.layout_name == "latin":
            yield "shift", self.words.shift, left, "up"
        yield "delete", self.words.delete, Box(self.box.right - 32 - FUNCTION, y, FUNCTION, KEY[1]), "delete"

    def _fourth(self, y: int) -> Iterator[tuple[str, str, Box, str]]:
        x = self.box.x + SIDE
        symbols = self.layout_name == "symbols"
        yield "layout:digits", self.words.digits, Box(x, y, FUNCTION, KEY[1]), ""
        second = ("latin", self.words.latin) if self.layout_name == "pinyin" else ("pinyin", self.words.pinyin)
        x += FUNCTION + ACROSS
        yield f"layout:{second[0]}", second[1], Box(x, y, FUNCTION, KEY[1]), ""
        x += FUNCTION + ACROSS
        if not symbols:
            yield "layout:symbols", self.words.signs, Box(x, y, FUNCTION, KEY[1]), ""
            x += FUNCTION + ACROSS
        go = Box(self.box.right - SIDE - GO, y, GO, KEY[1])
        if self.go and self.go_action != TAKE:
            yield "space", self.words.space, Box(x, y, go.x - ACROSS - x, KEY[1]), ""
            yield self.go_action, self.go, go, ""
            return
        wide = Box(x, y, go.right - x, KEY[1])
        yield ("space", self.words.space, wide, "") if not self.go else (self.go_action, self.go, wide, "")

    def _digits(self) -> Iterator[tuple[str, str, Box, str]]:
        left = self.box.x + SIDE
        column = left + 3 * (DIGIT[0] + ACROSS)
        beside = self.box.right - SIDE - column
        tall = self.tall and not self.composing
        height = TALL if tall else DIGIT[1]
        top = self.box.y + 24 if tall else self._top
        for number, row in enumerate(DIGITS):
            y = top + number * (height + DOWN)
            for place, char in enumerate(row):
                across = 1 if number == 3 else place
                yield char, char, Box(left + across * (DIGIT[0] + ACROSS), y, DIGIT[0], height), ""
            name, word, icon = (
                ("delete", self.words.delete, "delete"), ("clear", self.words.clear, ""),
                (self.extra, self.extra, ""), (self.go_action, self.go, ""),
            )[number]  # fmt: skip
            if name:
                yield name, word, Box(column, y, beside, height), icon
        if not self.plain:
            y = top + 3 * (height + DOWN)
            yield "layout:pinyin", self.words.pinyin, Box(left, y, DIGIT[0], height), ""
            yield "layout:symbols", self.words.signs, Box(left + 2 * (DIGIT[0] + ACROSS), y, DIGIT[0], height), ""

    def _key(self, name: str, word: str, box: Box, icon: str, look: Look, state: TouchState) -> Placement:
        go = name == self.go_action
        action = name if go else f"key:{name}"
        pressed = state.pressed == action
        colours = skin(look, Kind.PRIMARY if go or pressed else Kind.SECONDARY, pressed=go and pressed)
        dull = not go and not pressed and len(name) > 1
        fill = look["off"] if dull else colours.fill
        face = Panel(box, fill, RADIUS["key"], colours.border, colours.border_width and 2)
        ring = look.focus(box, RADIUS["key"]) if state.focused == action else ()
        target = Target(box, action, word, private=self.private)
        if icon:
            size = 52
            at = Box(box.x + (box.width - size) // 2, box.y + (box.height - size) // 2, size, size)
            return Placement((*ring, face, Icon(at, icon, colours.text)), (target,))
        role = "strong" if len(name) > 1 else "typed"
        words = look.words(word, role, box.grown(-2), colour=colours.text, ground=fill, align="centre")
        return Placement((*ring, face, words), (target,))
