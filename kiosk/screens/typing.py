"""The keyboard at the foot of a screen and the field it types into."""

from dataclasses import replace

from contract.catalogue import FieldKind, FormField
from hallkit.rules.masking import mask_identity
from hallkit.touch.box import Box
from hallkit.touch.frame import LOWERED_TOP
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, Field, Keyboard, KeyWords, Label, Widget
from hallkit.touch.widgets.keyboard import KEYBOARD
from kiosk.core.keyboard import width_of
from kiosk.core.session import Typing
from kiosk.screens.column import Column
from kiosk.screens.shell import TAG
from kiosk.screens.view import View

PLAIN = (FieldKind.PHONE, FieldKind.IDENTITY, FieldKind.NUMBER, FieldKind.DATE)
EXTRA = {FieldKind.IDENTITY: "X", FieldKind.NUMBER: ".", FieldKind.DATE: "-", FieldKind.PHONE: "-"}
BACK = 112


def keyboard(view: View, typing: Typing, kind: FieldKind, go: str, action: str = "next") -> Widget:
    """Return the keyboard of what is being typed; while letters compose, the go key takes the first candidate."""
    composing = bool(typing.composing)
    return Keyboard(
        typing.layout.value, key_words(view), view.say("key.take") if composing else go,
        "key:space" if composing else action, shifted=typing.shifted, composing=typing.composing,
        candidates=typing.candidates, widths=tuple(width_of(one) for one in typing.candidates),
        extra=EXTRA.get(kind, "-"), plain=kind in PLAIN, private=kind is FieldKind.IDENTITY, tall=not view.mode.lowered,
    )  # fmt: skip


def key_words(view: View) -> KeyWords:
    """Return what the keys are called in the session's language."""
    names = ("space", "delete", "clear", "digits", "signs", "latin", "pinyin", "part", "shift", "before", "after")
    return KeyWords(**{name: view.say(f"key.{name}") for name in names})


def typed_field(view: View, column: Column, asked: FormField, typing: Typing, fault: str = "") -> None:
    """Place the field with the keyboard, as high as its text and the keyboard below allow."""
    if view.mode.lowered:
        _within_reach(view, column, asked, typing, fault)
        return
    box = Box(MARGIN, column.y, CONTENT_WIDTH, 0)
    shown = hidden(typing.text) if asked.kind is FieldKind.IDENTITY else typing.text
    hint = asked.hint if not view.english else ""
    note = "" if view.is_tight else view.joined([hint, view.say("field.longest", most=asked.longest)])
    room = KEYBOARD.y - 16 - BACK - 24 - column.y
    for lines in range(3 if view.is_large else 5, 0, -1):
        field = _field(box, shown, asked, typing, fault, note, lines)
        height = field.height(view.look)
        if height <= room or lines == 1:
            column.add(replace(field, box=Box(box.x, box.y, box.width, height)))
            column.y += height + 24
            return


def _within_reach(view: View, column: Column, asked: FormField, typing: Typing, fault: str) -> None:
    """Place the name of the field above the middle of the screen, and below it back, the field and leave in one row."""
    text = f"{view.label(asked)}{view.say('colon')}{fault}" if fault else view.label(asked)
    role, width = "strong", CONTENT_WIDTH - (0 if view.is_large else TAG)
    height = view.look.block(text, role, width).height
    box = Box(MARGIN, LOWERED_TOP - 8 - height, width, height)
    column.add(Label(box, text, role, "bad" if fault else "ink"))
    shown = hidden(typing.text) if asked.kind is FieldKind.IDENTITY else typing.text
    side = 120 + GUTTER
    field = _field(Box(MARGIN + side, LOWERED_TOP, CONTENT_WIDTH - 2 * side, 0), shown, asked, typing, "", "", 1)
    high = field.height(view.look)
    column.add(Button(Box(MARGIN, LOWERED_TOP, 120, high), "", "back", icon="back", spoken=view.say("back")))
    column.add(replace(field, box=Box(field.box.x, LOWERED_TOP, field.box.width, high)))
    leave = Box(MARGIN + CONTENT_WIDTH - 120, LOWERED_TOP, 120, high)
    column.add(Button(leave, "", "leave", icon="close", spoken=view.say("leave")))


def switch_keys(view: View, fields: tuple[FormField, ...], typing: Typing) -> list[Widget]:
    """Return keys that open the other fields, in the room of the candidates, where only one field has room above."""
    others = [one for one in fields if one.code != typing.code]
    if not view.mode.lowered or typing.composing or not others:
        return []
    row = Box(KEYBOARD.x + 24, KEYBOARD.y + 24, KEYBOARD.width - 48, 104).columns(len(others), GUTTER)
    return [
        Button(box, view.label(one), f"field:{one.code}", icon="pen", role="strong")
        for box, one in zip(row, others, strict=True)
    ]


def side_keys(view: View, column: Column, back: str = "back") -> None:
    """Place back and leave between the field and the keyboard, where there is room for them."""
    if view.mode.lowered:
        return
    left, right = Box(MARGIN, KEYBOARD.y - 16 - BACK, CONTENT_WIDTH, BACK).columns(2, GUTTER)
    column.add(Button(left, view.say(back), "back", icon="back", role="strong"))
    column.add(Button(right, view.say("leave"), "leave", icon="close", role="strong"))


def hidden(number: str) -> str:
    """Return an identity number while it is typed: its middle in stars, the last two characters open."""
    if len(number) <= 8:
        return number
    return mask_identity(number) if len(number) >= 18 else f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _field(box: Box, shown: str, asked: FormField, typing: Typing, fault: str, note: str, lines: int) -> Field:
    return Field(box, "", shown, f"field:{asked.code}", fault=fault, note="" if fault else note, active=True,
                 most=lines, private=asked.kind is FieldKind.IDENTITY)  # fmt: skip
