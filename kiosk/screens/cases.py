"""How cases stand: the list, one case with its steps, and taking one back."""

from contract.cases import CaseProgress, Lamp, PublicState
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, Kind, Widget
from kiosk.core.session import ROWS_SHOWN
from kiosk.screens.blocks import MaterialCard
from kiosk.screens.column import Column
from kiosk.screens.hero import Hero
from kiosk.screens.rows import Line, page_of, pager, pager_room, place_lines
from kiosk.screens.shell import bar, shell
from kiosk.screens.told import told
from kiosk.screens.view import View, case_number

SIGNS = {PublicState.FINISHED: "check_disc", PublicState.CORRECTION: "warn", PublicState.CLOSED: "stop"}
OPEN = (PublicState.SUBMITTED, PublicState.CORRECTION, PublicState.ACCEPTED, PublicState.REVIEW)


def cases(view: View) -> list[Widget]:
    """Return the citizen's cases, each with its state in words and the day it is due."""
    column = Column(view, primary=False)
    found = view.session.cases
    column.title(view.say("cases.title"), view.say("cases.lead", count=len(found)))
    size = max(view.session.shown(ROWS_SHOWN), 1)
    rows, page, count = page_of(found, view.session.page, size)
    lines = [_line(view, one, page * size + place) for place, one in enumerate(rows)]
    place_lines(column, lines, keep=pager_room(count))
    pager(column, page, count)
    return [*shell(view), *column.widgets, *bar(view)]


def _line(view: View, found: CaseProgress, place: int) -> Line:
    due = view.say("case.by", day=view.day(found.due)) if found.due and found.state in OPEN else ""
    state = view.say(f"case.{found.state.value}")
    tone = "warn" if found.state is PublicState.CORRECTION else "ok" if found.state is PublicState.FINISHED else "ink2"
    return Line(found.item, "" if view.is_large else due, f"case:{place}", SIGNS.get(found.state, "ring"), state, tone)


def case(view: View) -> list[Widget]:
    """Return one case: its state, its day, what the citizen has to do, and the steps so far."""
    found = view.session.case
    assert found is not None
    column = Column(view, primary=_primary(view, found) is not None)
    state = view.say(f"case.{found.state.value}")
    tone = "warn" if found.state is PublicState.CORRECTION else "ok"
    column.text(state, "title_steps", tone, icon=SIGNS.get(found.state, "ring"), gap=4)
    if not view.mode.lowered:
        column.text(found.item, "lead", "ink2", gap=20)
    _due(view, found, column)
    if found.pickup_code:
        column.note(view.say("case.pickup", code=found.pickup_code), view.say("case.pickup_note"), "ok", 16)
    for one in (*found.outstanding, *found.defects)[:2]:
        column.note(view.say("deliver.missing", name=one.title),
                    view.say("deliver.until", day=view.day(one.due)) if one.due else one.detail, gap=16)  # fmt: skip
    keys = _keys(view, found, column)
    if not view.is_tight:
        _steps(view, found, column)
    primary = _primary(view, found)
    ends = bar(view, *primary) if primary else bar(view)
    return [*shell(view), *column.widgets, *keys, *ends]


def _primary(view: View, found: CaseProgress) -> tuple[str, str] | None:
    if found.state is PublicState.CORRECTION or found.outstanding:
        return view.say("case.supplement"), "supplement"
    if found.state is PublicState.FINISHED and found.applicant:
        return view.say("case.rate"), "rate"
    return view.say("finish"), "done"


def _due(view: View, found: CaseProgress, column: Column) -> None:
    if found.due is None or found.state not in OPEN:
        column.lines("", [view.joined([case_number(found.case), found.applicant])], role="lead")
        return
    lamp = {Lamp.GREEN: "lamp.green", Lamp.YELLOW: "lamp.yellow", Lamp.RED: "lamp.red"}.get(found.lamp or Lamp.GREEN)
    left = view.say(lamp or "lamp.green", days=abs(found.days_left or 0))
    note = view.joined([left, case_number(found.case)]) if not view.is_large else left
    column.add(
        Hero(
            column.box(300 if view.is_large else 212 if view.is_tight else 276, 20),
            view.say("deliver.due"),
            view.day(found.due),
            note,
        )
    )


def _keys(view: View, found: CaseProgress, column: Column) -> list[Widget]:
    """Return the keys for a notice again and for taking the case back, at the end of the column."""
    words = []
    if found.documents:
        words.append((view.say("case.reprint"), f"reprint:{found.documents[-1]}", "printer"))
    if found.state in OPEN and found.applicant:
        words.append((view.say("case.withdraw"), "withdraw", "back"))
    if not words or column.room < 128:
        return []
    box = Box(MARGIN, column.bottom - 112, CONTENT_WIDTH, 112)
    column.bottom = box.y - 20
    return [
        Button(room, word, action, Kind.SECONDARY, icon=icon, role="strong")
        for room, (word, action, icon) in zip(box.columns(len(words), GUTTER), words, strict=True)
    ]


def _steps(view: View, found: CaseProgress, column: Column) -> None:
    """Place as many of the newest steps as there is room for."""
    rows = []
    for place, one in enumerate(found.steps, 1):
        when = (
            view.moment(one.at)
            if one.at
            else view.say("case.expected", day=view.day(one.expected))
            if one.expected
            else ""
        )
        rows.append((str(place), one.title or one.code, when, "act" if one.is_now else "ink2"))
    for first in range(len(rows)):
        card = MaterialCard(Box(MARGIN, column.y, CONTENT_WIDTH, 0), view.say("case.steps"), tuple(rows[first:]))
        height = card.height(view.look)
        if height <= column.room:
            column.add(MaterialCard(column.box(height), card.head, card.rows))
            return


def withdraw(view: View) -> list[Widget]:
    """Return what taking a case back means, with staying as the safe answer."""
    found = view.session.case
    column = told(view, "question", "warn", view.say("withdraw.title"), view.say("withdraw.lead"))
    column.bottom -= 144
    if found is not None:
        column.lines(found.item, [case_number(found.case), view.say("withdraw.note")])
    column.bottom += 144
    column.add(Button(column.box(120), view.say("withdraw.confirm"), "confirm"))
    return [*shell(view), *column.widgets, *bar(view, view.say("withdraw.stay"), "stay", back=False)]
