"""The signature, and the last look before handing in."""

from contract.cases import DeliveryWay, NoticeKind
from hallkit.touch.box import Box
from hallkit.touch.frame import LOWERED_TOP
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import Button, InkPad, Label, Widget
from kiosk.core.guards import is_signed
from kiosk.core.session import PAD_TARGET, Choice
from kiosk.screens.column import Column
from kiosk.screens.review_card import ReviewCard, ReviewRow
from kiosk.screens.rows import choices, choices_height
from kiosk.screens.shell import bar, shell
from kiosk.screens.view import View, masked

PAD_HEIGHT, LEAST_PAD, REDO = 520, 360, 104
WAYS = (DeliveryWay.WINDOW, DeliveryWay.POST, DeliveryWay.LOCKER, DeliveryWay.ONLINE)


def pad_box(view: View) -> Box:
    """Return where the pad lies; strokes are kept in pixels from its corner."""
    return _declared(view)[1]


def _declared(view: View) -> tuple[Column, Box]:
    """Return the question with what is declared, and the pad below it."""
    column = Column(view)
    if view.mode.lowered:
        column.text(view.say("sign.title"), "row", gap=0)
        top = column.y + max(112 - column.y + LOWERED_TOP, 16)
        return column, Box(MARGIN, top, CONTENT_WIDTH, column.bottom - top)
    column.title(view.say("sign.title"), "" if view.is_large else view.say("sign.lead"))
    whole, column.bottom = column.bottom, column.bottom - LEAST_PAD - REDO - 48
    column.lines(view.say("sign.declare"), [view.say(f"sign.{place}") for place in (1, 2, 3)])
    column.bottom = whole
    height = min(PAD_HEIGHT, column.room - REDO - 24)
    return column, column.box(height, 16)


def sign(view: View) -> list[Widget]:
    """Return what is declared and the pad below it."""
    session = view.session
    column, pad = _declared(view)
    strokes = tuple(tuple((round(ink.x), round(ink.y)) for ink in stroke) for stroke in session.strokes)
    if view.line:
        strokes = (*strokes, view.line)
    found: list[Widget] = [InkPad(pad, strokes, PAD_TARGET, view.say("sign.pad"))]
    if session.strokes:
        left, top = (MARGIN + CONTENT_WIDTH - 320, pad.y - 112) if view.mode.lowered else (MARGIN, pad.bottom + 16)
        key = Box(left, top, 320, 96 if view.mode.lowered else REDO)
        found.append(Button(key, view.say("sign.redo"), "redo", icon="refresh", role="strong"))
    if not view.is_tight:
        text, width = view.say("sign.kept"), CONTENT_WIDTH - 344
        height = view.look.block(text, "note", width).height
        top = pad.bottom + 16 + (REDO - height) // 2
        found.append(Label(Box(MARGIN + 344, top, width, height), text, "note", "ink2"))
    reason = "" if is_signed(session) else view.say("sign.missing")
    return [*shell(view), *column.widgets, *found, *bar(view, view.say("sign.next"), reason=reason)]


def review(view: View) -> list[Widget]:
    """Return what is handed in, with a way to change each part, and the day it will be done by."""
    session = view.session
    column = Column(view)
    column.title(view.say("review.title"))
    rows = _rows(view)
    if view.is_tight:
        rows = rows[1:4] if view.is_tightest else rows[:4]
    card = ReviewCard(Box(MARGIN, column.y, CONTENT_WIDTH, 0), rows, view.say("review.change"))
    column.add(ReviewCard(column.box(card.height(view.look)), rows, card.change))
    _outcome(view, column)
    columns = 2 if view.is_large else 4
    height = choices_height(len(WAYS), columns)
    if column.room >= height + view.look.line("strong") + 16:
        column.text(view.say("review.delivery"), "strong", gap=8)
        words = [(view.say(f"delivery.{way.value}"), f"delivery:{way.value}") for way in WAYS]
        box = column.box(height)
        column.add(*choices(view, box, words, f"delivery:{session.delivery.value}", columns, "small_strong"))
    return [*shell(view), *column.widgets, *bar(view, view.say("review.submit"), "submit")]


def _outcome(view: View, column: Column) -> None:
    """Place what would be answered: the day it is done by, and what may follow or is missing."""
    check = view.session.check
    if check is None:
        column.note(view.say("review.unknown"), view.say("review.unknown_note"))
        return
    if check.due is not None:
        days = max((one.number for one in check.days), default=0)
        note = view.say("review.due_note", days=days) if days else ""
        column.note(view.say("review.due", day=view.day(check.due)), note, "ok", 16)
    if check.outstanding:
        names = [one.title for one in check.outstanding]
        last = check.outstanding[0].due
        column.note(view.say("review.later", names=view.joined(names)),
                    view.say("review.later_note", day=view.day(last)) if last else "", gap=16)  # fmt: skip
    if check.kind is NoticeKind.CORRECTION and check.defects:
        column.note(
            view.say("review.defects", count=len(check.defects)), view.joined([one.title for one in check.defects])
        )


def _rows(view: View) -> tuple[ReviewRow, ...]:
    """Return who, what, and how many papers; a row that can be changed says where it leads."""
    session = view.session
    choice = session.choice or Choice()
    person = session.person
    rows = []
    if choice.guide is not None:
        rows.append(ReviewRow(view.say("review.item"), view.name(choice.guide)))
    if person is not None:
        who = f"{masked('applicant-name', 'text', person.name)} {masked('', 'identity', person.identity)}"
        rows.append(ReviewRow(view.say("review.person"), who))
    given = [session.material_of(one.code) for one in choice.materials]
    later = sum(one.is_later for one in given)
    papers = view.say("review.papers_later" if later else "review.papers_all", count=len(given) - later, later=later)
    rows.append(ReviewRow(view.say("review.papers"), papers, "edit_materials"))
    filled = [one for one in session.form.fields if session.form.value(one.code)]
    shown = [one for one in filled if one.code not in ("applicant-name", "applicant-identity", "applicant-address")]
    rows.append(ReviewRow(view.say("review.form"), view.say("review.fields", count=len(filled)), "edit_form"))
    rows += [ReviewRow(view.label(one), _answer(view, one.code)) for one in shown[: 0 if view.is_tight else 3]]
    return tuple(rows)


def _answer(view: View, code: str) -> str:
    asked = next(one for one in view.session.form.fields if one.code == code)
    value = view.session.form.value(code)
    for option in asked.options:
        if option.code == value:
            return view.label(option)
    return masked(code, asked.kind.value, value)
