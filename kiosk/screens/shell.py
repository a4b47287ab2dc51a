"""The parts every screen has: ground, header, footer, steps, the bar of actions, and a column between them."""

from collections.abc import Sequence

from hallkit.text.layout import Align, cut
from hallkit.touch.box import Box
from hallkit.touch.frame import FOOTER, HEADER, LOWERED_TOP, POINTER, SCREEN
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN, TYPE
from hallkit.touch.widgets import (
    Button,
    Card,
    FaultBanner,
    Footer,
    Ground,
    Header,
    Kind,
    Label,
    StepBar,
    Tag,
    Tool,
    Widget,
)
from kiosk.core.session import Aim
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
    date = "" if large else view.day(view.now.date())
    return Header(HEADER, title, "" if large else place, f"{view.now:%H:%M}", date, tools)


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
    if not out:
        return view.say("footer.ok"), True
    what = view.say("footer.off_short" if view.is_large else "footer.off", what=view.say(f"part.{out[0].value}"))
    if view.is_large:
        return what, False
    more = view.say("footer.more", count=len(out)) if len(out) > 1 else view.say(f"part.{out[0].value}.else")
    return f"{what}\n{more}", False


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


def shortened(view: View, text: str, role: str, width: int, lines: int = 1) -> str:
    """Return foreign text cut to some lines of a role, ended with … where it is too long."""
    kind = TYPE[role]
    return cut(text, view.look.fonts.ui(view.look.px(role), kind.bold), width, lines, leading=kind.leading).text


def pointer_box() -> Box:
    """Return where the pointer to a device stands."""
    return POINTER
