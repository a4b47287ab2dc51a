"""The screens everybody finds: attract, home, and the clearing at the end."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Placement
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, DevicePointer, Kind, Tile, Widget
from hallkit.touch.widgets.header import mark
from kiosk.core.guards import is_proven
from kiosk.screens.column import Column
from kiosk.screens.rows import Line, place_lines
from kiosk.screens.search_box import SearchBox
from kiosk.screens.shell import bar, pointer_box, shell
from kiosk.screens.told import told
from kiosk.screens.view import CAMERA_X, CARD_X, View

CHIEF = (("apply", "apply"), ("progress", "search"), ("consult", "chat"), ("complain", "complain"))
SMALL = (("ticket", "ticket"), ("print", "printer"), ("precheck", "check_disc"), ("rate", "star"))
DRIFT, DRIFTS = 8, 5
"""Pixels the resting screen moves every ten minutes against burning in, and how many such places there are."""


@dataclass(frozen=True)
class Doorway:
    """The mark, large, as a value like every widget."""

    box: Box

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the mark; it says nothing."""
        return Placement(mark(look, self.box))


def attract(view: View) -> list[Widget]:
    """Return the resting screen: the light is on, what can be done, and one large place to touch."""
    column = Column(view, bar=False, primary=False)
    column.y = 560 + view.now.minute // 10 % DRIFTS * DRIFT
    night = view.now.hour >= 22 or view.now.hour < 6
    count = sum(one.self_service for one in view.world.entries)
    column.add(Doorway(Box((1080 - 228) // 2, column.y - 300, 228, 228)))
    column.text(view.say("attract.night" if night else "attract.day"), "ask", align="centre", gap=32)
    column.text(view.say("attract.can", count=count) if count else view.say("attract.some"), "lead", "ink2",
                align="centre", gap=16)  # fmt: skip
    column.text(view.say("attract.hours"), "body", "ink2", align="centre", gap=72)
    start = Button(column.box(320, 40), view.say("attract.start"), "start", Kind.PRIMARY, role="title_fault")
    column.text(view.say("attract.modes"), "body", "ink2", align="centre")
    return [*shell(view, lower=False), *column.widgets, start]


def home(view: View) -> list[Widget]:
    """Return the four chief things, the four quick ones, and what others come for."""
    column = Column(view, primary=False, bar=bool(view.session.person))
    if view.mode.lowered or view.is_large:
        return _short_home(view, column)
    column.title(view.say("home.title"))
    column.add(_search(view, column.box(124)))
    tiles = _tiles(view, column.box(316)) + _tiles(view, column.box(316), 2)
    small = [
        Tile(box, view.say(f"home.{name}"), name, icon)
        for box, (name, icon) in zip(column.box(212).columns(4, GUTTER), SMALL, strict=True)
    ]
    column.add(*tiles, *small)
    place_lines(column, _often(view))
    return [*shell(view), *column.widgets, *_end(view)]


def _search(view: View, box: Box) -> Widget:
    return SearchBox(box, view.say("home.search"), "search")


def _tiles(view: View, box: Box, first: int = 0) -> list[Widget]:
    return [
        Tile(room, view.say(f"home.{name}"), name, icon, view.say(f"home.{name}_note"),
             Kind.PRIMARY if name == "apply" else Kind.SECONDARY)
        for room, (name, icon) in zip(box.columns(2, GUTTER), CHIEF[first : first + 2], strict=True)
    ]  # fmt: skip


def _short_home(view: View, column: Column) -> list[Widget]:
    """Return home in large print or within reach: a word and an icon for each thing."""
    column.title(view.say("home.title_short" if view.is_large else "home.title"))
    names = [*CHIEF, *SMALL]
    room = column.room - (170 if view.is_large and not view.mode.lowered else 0)
    height = min((room - 3 * 16) // 4, 230)
    for row in range(4):
        columns = column.box(height, 16).columns(2, GUTTER)
        column.add(*(_short_tile(view, box, *names[2 * row + at]) for at, box in enumerate(columns)))
    if view.is_large and not view.mode.lowered:
        column.add(Button(column.box(152), view.say("home.help"), "help:home", Kind.HELP, icon="help", role="title"))
    return [*shell(view), *column.widgets, *_end(view)]


def _short_tile(view: View, box: Box, name: str, icon: str) -> Widget:
    kind = Kind.PRIMARY if name == "apply" else Kind.SECONDARY
    role = "title" if view.is_large and not view.english and not view.mode.lowered else "row"
    return Button(box, view.say(f"home.{name}"), name, kind, icon=icon, role=role)


def _often(view: View) -> list[Line]:
    """Return the first topics that can be applied for here: several permits in one go."""
    topics = [one for one in view.world.entries if one.items > 1 and one.self_service and not one.closed]
    return [
        Line(view.name(one), "", f"pick:topic:{one.code}", aside=view.say("topic.at_once", count=one.items))
        for one in topics[:3]
    ]


def _end(view: View) -> list[Widget]:
    """Return the way out for whoever identified; the first screen of a stranger needs none."""
    if view.session.person is None:
        return []
    found = bar(view, back=False)
    if is_proven(view.session):
        box = Box(MARGIN + 248, found[0].box.y, CONTENT_WIDTH - 248, 120) if isinstance(found[0], Button) else None
        if box and not view.is_large:
            found.append(Button(box, view.say("home.wrong"), "wrong", role="strong"))
    return found


def clear(view: View) -> list[Widget]:
    """Return that nothing of the citizen is left, and what still lies on the kiosk."""
    session = view.session
    left = session.card_left or session.paper_left
    if not left:
        column = told(view, "check_disc", "ok", view.say("clear.title"), view.say("clear.lead"))
        return [*shell(view, lower=False, plain=True), *column.widgets]
    column = told(view, "warn", "warn", view.say("clear.card" if session.card_left else "clear.paper"),
                  view.say("clear.card_lead"))  # fmt: skip
    column.text(view.say("clear.erased"), "body", "ink2", align="centre")
    name = "clear.take_card" if session.card_left else "clear.take_paper"
    pointer = DevicePointer(pointer_box(), view.say(name), "", CARD_X if session.card_left else CAMERA_X)
    return [*shell(view, lower=False, plain=True), *column.widgets,
            *bar(view, view.say("clear.done"), "done", back=False, leave=False, pointer=True), pointer]  # fmt: skip
