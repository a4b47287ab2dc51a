"""Screens on which the citizen says who or what: the card, a booking code, a ticket number."""

from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import (
    ActionBar,
    Button,
    Card,
    DevicePointer,
    Keypad,
    Label,
    ListRow,
    Machine,
    Slot,
    Widget,
)
from hallkit.touch.widgets.keypad import GAP, HEIGHT, KEY, WIDTH
from queue_caller.core.machine_session import CODE_LENGTH, IDENTITY_LENGTH
from queue_caller.screens.home import TAG
from queue_caller.screens.shown import READER_X, Column, Shown, shell

FIELD = 128
KEYS_LEFT = (1080 - WIDTH) // 2


def identify(shown: Shown) -> list[Widget]:
    """Return where the card goes, and the ways without it."""
    regions = shown.regions(pointer=True)
    column = Column(shown, top=regions.content.y, bottom=regions.actions.y - 24)
    column.text(shown.say("identify.title"), "title", gap=0, right=TAG)
    column.text(shown.say("identify.lead"), "lead", "ink2", gap=24)
    if not shown.session.elder and not shown.session.lowered:
        column.widgets.append(Machine((1080 - 480) // 2, column.y, Slot.READER))
        column.y += 588 + 24
    if not shown.session.lowered:
        column.text(shown.say("identify.else"), "body", "ink2", gap=8)
    ways = [("identify.code", "code", "pen"), ("identify.ticket", "done", "ticket")]
    ways = ways[: 1 if shown.session.lowered else 2]
    rows = [_way(shown, column.box(176 if shown.session.elder else 136, 16), *way) for way in ways]
    bar = ActionBar(regions.actions, back=shown.say("back"), note="" if shown.session.elder else shown.say("idle"))
    pointer = DevicePointer(
        regions.pointer,
        shown.say("identify.place"),
        _how(shown),
        READER_X,
    )
    return [*shell(shown), *column.widgets, *rows, bar, pointer]


def _how(shown: Shown) -> str:
    """Return how to lay a card on, or what was wrong with the one that lay there."""
    if shown.session.reason:
        return shown.say(f"identify.{shown.session.reason}")
    return "" if shown.session.elder else shown.say("identify.flat")


def _way(shown: Shown, box: Box, name: str, action: str, icon: str) -> Widget:
    note = "" if shown.session.elder else shown.say(f"{name}_note")
    return ListRow(box, shown.say(name), note, action, icon=icon)


def code(shown: Shown) -> list[Widget]:
    """Return the keypad for a booking code or an identity number; an identity number is shown masked."""
    typed = shown.session.typed
    ready = len(typed) in (CODE_LENGTH, IDENTITY_LENGTH)
    return _keypad(shown, "code", _masked(typed), ready, masked=True, extra="X")


def find(shown: Shown) -> list[Widget]:
    """Return the letters and digits of a ticket number."""
    typed = shown.session.typed
    return _keypad(shown, "find", typed, len(typed) >= 4, masked=False)


def _masked(typed: str) -> str:
    if len(typed) <= CODE_LENGTH:
        return typed
    return typed[:3] + "*" * (len(typed) - 5) + typed[-2:]


def _keypad(shown: Shown, name: str, value: str, ready: bool, *, masked: bool, extra: str = "") -> list[Widget]:
    regions = shown.regions()
    column = Column(shown, top=regions.content.y, bottom=regions.actions.y - 24)
    column.text(shown.say(f"{name}.title"), "title_steps" if shown.session.lowered else "title", gap=0, right=TAG)
    if not shown.session.lowered:
        column.text(shown.say(f"{name}.lead"), "lead", "ink2", gap=24)
    field = column.box(72 if shown.session.lowered else FIELD, 8 if shown.session.lowered else 24)
    left = 1024 - WIDTH if shown.session.lowered and not extra else KEYS_LEFT
    letters = [] if extra else _letters(shown, column)
    wide = f"{extra}" if extra else ""
    top = column.y
    widgets: list[Widget] = [Card(field, border="act"), _typed(field, value)]
    keys = Keypad(left, top, shown.say("clear"), shown.say("delete"), masked=masked)
    if wide:
        box = Box(KEYS_LEFT + WIDTH + GAP, top + HEIGHT - KEY[1], 112, KEY[1])
        widgets.append(Button(box, wide, f"key:{wide}", role="key", private=masked))
    reason = "" if ready else shown.say("code.short")
    bar = ActionBar(
        regions.actions, back=shown.say("back"), primary=shown.say(f"{name}.enter"), reason=reason,
        primary_action="enter",
    )  # fmt: skip
    return [*shell(shown), *column.widgets, *letters, *widgets, keys, bar]


def _typed(field: Box, value: str) -> Widget:
    return Label(field.grown(-8).moved(0, (field.height - 16 - 68) // 2), value or " ", "key", "ink", "centre", "card")


def _letters(shown: Shown, column: Column) -> list[Widget]:
    """Return a key for every letter a ticket can begin with; beside the digits when the screen is lowered."""
    letters = sorted({entry.prefix for entry in shown.face.services})
    if shown.session.lowered:
        boxes = [Box(MARGIN + place % 3 * 112, column.y + place // 3 * 124, 100, 112) for place in range(len(letters))]
    else:
        gap = 16
        width = min(112, (CONTENT_WIDTH - gap * (len(letters) - 1)) // len(letters))
        start = MARGIN + (CONTENT_WIDTH - len(letters) * (width + gap) + gap) // 2
        y = column.box(112).y
        boxes = [Box(start + place * (width + gap), y, width, 112) for place in range(len(letters))]
    return [Button(box, letter, f"key:{letter}", role="key") for box, letter in zip(boxes, letters, strict=True)]
