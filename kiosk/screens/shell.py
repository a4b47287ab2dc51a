"""The parts every screen has: ground, header, footer, steps, the bar of actions, and a column between them."""

from collections.abc import Sequence

from hallkit.touch.box import Box
from hallkit.touch.frame import FOOTER, HEADER, LOWERED_TOP, POINTER, SCREEN
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import (
    Button,
    Footer,
    Ground,
    Header,
    Kind,
    StepBar,
    Tag,
    Tool,
    Widget,
)
from kiosk.core.session import Aim, Slip
from kiosk.core.table import State
from kiosk.core.world import Part
from kiosk.screens.view import View

TAG = 140
"""Pixels kept free beside a title for the tag of a demonstration."""
TOP, STEPS_TOP, BELOW_STEPS = 184, 166, 268
SIDE_BUTTON, ELDER_PRIMARY = 224, 136
STEPS: dict[State, int] = {
    State.GUIDE: 0, State.SITUATION: 0, State.IDENTIFY: 1, State.NUMBER: 1, State.CONSENT: 1, State.FORM: 1,
    State.MATERIALS: 2, State.CAPTURE: 2, State.SIGN: 3, State.REVIEW: 4,
}  # fmt: skip
PAUSED = (State.OUT_OF_SERVICE, State.EMERGENCY, State.MAINTENANCE, State.FAIL_SAFE)
PARTS = (
    Part.STORE,
    Part.CENTRE,
    Part.CARD,
    Part.CODE,
    Part.CAMERA,
    Part.SCANNER,
    Part.SLIP,
    Part.SHEET,
    Part.QUEUE,
    Part.POWER,
)
"""Parts whose outage the footer tells, the gravest first."""


def steps_of(view: View) -> int | None:
    """Return which step of an application the screen belongs to; None for none, or where there is no room."""
    session = view.session
    if session.aim not in (Aim.NONE, Aim.APPLY) or view.is_tight or session.choice is None:
        return None
    return STEPS.get(session.state)


def shell(view: View, *, lower: bool = True, plain: bool = False) -> list[Widget]:
    """Return ground, header, footer, steps and tag; a `plain` screen belongs to nobody and has no tools."""
    face = view.face
    step = steps_of(view)
    widgets: list[Widget] = [Ground(SCREEN), _header(view, plain), _footer(view, lower and not plain)]
    if step is not None:
        labels = tuple(view.say(f"step.{number}") for number in range(5))
        widgets.append(StepBar(Box(MARGIN, STEPS_TOP, CONTENT_WIDTH, 84), labels, step))
    if face.demo and not view.is_large:
        low = view.mode.lowered and view.session.state is not State.ATTRACT
        y = LOWERED_TOP - 64 if low else BELOW_STEPS if step is not None else 160
        widgets.append(Tag(Box(MARGIN, y, CONTENT_WIDTH, 44), view.say("demo")))
    return widgets


def _header(view: View, plain: bool) -> Widget:
    face = view.face
    title = (face.title_en if view.english else "") or face.title
    machine = view.say("machine", number=face.number)
    place = machine if view.english or not face.place else f"{face.place}·{machine}"
    large = view.is_large
    tools = () if plain else _tools(view)
    if large and not plain:
        title, place = "", ""
    unset = view.world.is_behind(view.now)
    date = "" if large or unset else view.day(view.now.date())
    return Header(HEADER, title, "" if large else place, "" if unset else f"{view.now:%H:%M}", date, tools)


def _tools(view: View) -> tuple[Tool, ...]:
    if view.is_large:
        return (Tool(view.say("standard"), "elder"), _contrast(view), Tool(view.say("language"), "language"),
                Tool(view.say("help"), "help", kind=Kind.HELP))  # fmt: skip
    tools = (
        Tool(view.say("elder"), "elder", sign="A" if view.english else "大", spoken=view.say("elder.spoken")),
        Tool(view.say("language"), "language"),
        Tool(view.say("help"), "help", icon="help", kind=Kind.HELP),
    )
    return tools[:2] if view.session.state is State.ATTRACT else tools


def _contrast(view: View) -> Tool:
    name = "contrast.off" if view.mode.contrast else "contrast"
    return Tool(
        view.say(name), "contrast", icon="" if view.is_large else "contrast", spoken=view.say("contrast.spoken")
    )


def _footer(view: View, tools: bool) -> Widget:
    what, works = trouble(view)
    lower = Tool(
        view.say("raise" if view.mode.lowered else "lower"), "lower", icon="up" if view.mode.lowered else "lower"
    )
    beside = () if view.is_large or not tools else (_contrast(view),)
    return Footer(FOOTER, what, works, view.say("phone"), view.face.helpline, lower if tools else None, beside)


def trouble(view: View) -> tuple[str, bool]:
    """Return what the footer says does not work and what to do instead, or that all works."""
    if view.session.state in PAUSED:
        return view.say("footer.paused"), False
    out = [part for part in PARTS if view.world.outage(part)]
    if view.world.is_away and Part.CENTRE not in out:
        out.insert(0, Part.CENTRE)
    if view.world.on_battery and Part.POWER not in out:
        out.append(Part.POWER)
    if not out:
        return view.say("footer.ok"), True
    what = view.say("footer.off_short" if view.is_large else "footer.off", what=view.say(f"part.{out[0].value}"))
    if view.is_large:
        return what, False
    more = view.say("footer.more", count=len(out)) if len(out) > 1 else view.say(f"part.{out[0].value}.else")
    return f"{what}\n{more}", False


def sheet_word(view: View, name: str) -> str:
    """Return what the key of the A4 page says: its offer, or what became of the page asked for last."""
    sheet = view.session.sheet
    return view.say(name if sheet is Slip.NONE else f"sheet.{sheet.value}")


def bar_top(view: View, *, pointer: bool = False, primary: bool = True) -> int:
    """Return where the bar of actions begins."""
    y = 1480 if pointer else 1640
    return y - ELDER_PRIMARY - 24 if view.is_large and primary and not view.mode.lowered else y


def bar(
    view: View, primary: str = "", action: str = "next", *, reason: str = "", back: bool = True, leave: bool = True,
    pointer: bool = False, back_action: str = "back", back_word: str = "back",
) -> list[Widget]:  # fmt: skip
    """Return back and leave at the left, the one primary at the right; in large print the primary stands above them.

    With a `reason` the primary is off and says it.
    """
    y = bar_top(view, pointer=pointer, primary=bool(primary))
    sides = [(view.say(back_word), back_action, "back")] if back else []
    sides += [(view.say("leave"), "leave", "close")] if leave else []
    kind = Kind.PRIMARY
    found: list[Widget] = []
    if view.is_tightest and primary:
        return _tight_bar(view, y, sides, primary, action, reason)
    if view.is_large:
        if primary:
            box = Box(MARGIN, y, CONTENT_WIDTH, ELDER_PRIMARY)
            found.append(Button(box, primary, action, kind, reason=reason))
            y = box.bottom + 24
        columns = Box(MARGIN, y, CONTENT_WIDTH, 120).columns(max(len(sides), 1), GUTTER)
        return [Button(box, *side[:2], icon=side[2]) for box, side in zip(columns, sides, strict=False)] + found
    x = MARGIN
    for word, name, sign in sides:
        width = max(SIDE_BUTTON, view.look.block(word, "button").width + 46 + 20 + 32)
        found.append(Button(Box(x, y, width, 120), word, name, icon=sign))
        x += width + GUTTER
    if primary:
        box = Box(x, y, MARGIN + CONTENT_WIDTH - x, 120)
        found.append(Button(box, primary, action, kind, reason=reason))
    return found


def _tight_bar(
    view: View, y: int, sides: Sequence[tuple[str, str, str]], primary: str, action: str, reason: str
) -> list[Widget]:
    """Return the ways out as signs without words, spoken all the same, and the primary beside them."""
    x = MARGIN
    found: list[Widget] = []
    for word, name, sign in sides:
        found.append(Button(Box(x, y, 120, 120), "", name, icon=sign, spoken=word))
        x += 120 + 16
    return [*found, Button(Box(x, y, MARGIN + CONTENT_WIDTH - x, 120), primary, action, Kind.PRIMARY, reason=reason)]


def pointer_box() -> Box:
    """Return where the pointer to a device stands."""
    return POINTER
