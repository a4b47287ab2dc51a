"""Who is standing here: card, code or number, and the consent to use what is held already."""

from hallkit.touch.widgets import DevicePointer, FaultBanner, Machine, Slot, Widget
from kiosk.core.session import Aim, Proof, Reading
from kiosk.core.world import Part
from kiosk.screens.column import Column
from kiosk.screens.fields import small_form
from kiosk.screens.rows import Line, place_lines
from kiosk.screens.shell import bar, pointer_box, shell
from kiosk.screens.view import CARD_X, CODE_X, View

DRAWING = (480, 588)
CALM = (Reading.WAITING, Reading.KEEP_STILL)


def identify(view: View) -> list[Widget]:
    """Return where the card or the code goes, how the last try went, and the ways without it."""
    session = view.session
    by_code = session.by is Proof.CODE
    column = Column(view, pointer=True, primary=False)
    column.title(view.say("identify.code" if by_code else "identify.card"), view.say("identify.why"))
    if session.reading not in CALM:
        name = f"reading.{session.reading.value}"
        column.note(view.say(name), view.say(f"{name}_note"))
    ways = _ways(view, by_code)
    keep = len(ways) * (120 + 16)
    if column.room - keep >= DRAWING[1] + 24 and not view.is_large:
        column.add(Machine((1080 - DRAWING[0]) // 2, column.y, Slot.SCANNER if by_code else Slot.READER))
        column.y += DRAWING[1] + 24
    place_lines(column, ways)
    place = view.say("identify.hold" if by_code else "identify.place")
    note = "" if view.is_large else view.say("identify.hold_note" if by_code else "identify.place_note")
    pointer = DevicePointer(pointer_box(), place, note, CODE_X if by_code else CARD_X)
    return [*shell(view), *column.widgets, *bar(view, pointer=True), pointer]


def _ways(view: View, by_code: bool) -> list[Line]:
    """Return the other ways; a keyed number is none where something personal would be shown."""
    lines = []
    if by_code and not view.world.outage(Part.CARD):
        lines.append(_way(view, "card", "card"))
    if not by_code and not view.world.outage(Part.CODE):
        lines.append(_way(view, "code", "qr"))
    if view.session.aim not in (Aim.PROGRESS, Aim.PRINT, Aim.RATE):
        lines.append(_way(view, "number", "pen"))
    return lines[: 1 if view.is_large and view.mode.lowered else 2]


def _way(view: View, name: str, icon: str) -> Line:
    note = "" if view.is_tight else view.say(f"identify.by_{name}_note")
    return Line(view.say(f"identify.by_{name}"), note, f"by:{name}", icon)


def number(view: View) -> list[Widget]:
    """Return the fields for a name and a number, which is shown in stars."""
    return small_form(view, view.say("number.title"), view.say("number.lead"), view.say("number.next"))


def consent(view: View) -> list[Widget]:
    """Return what would be looked up, for what, and the free choice."""
    column = Column(view)
    column.title(view.say("consent.title"), view.say("consent.lead"))
    lines = [view.say(f"consent.{place}") for place in range(1, 5)]
    column.lines(view.say("consent.what"), lines[:3] if view.is_tight else lines)
    if not view.is_tight:
        column.add(FaultBanner(column.box(150), view.say("consent.free"), view.say("consent.free_note"), "ok"))
    place_lines(column, [Line(view.say("consent.decline"), "" if view.is_tight else view.say("consent.decline_note"),
                              "decline", "pen")])  # fmt: skip
    return [*shell(view), *column.widgets, *bar(view, view.say("consent.agree"), "agree")]
