"""After handing in: what was accepted and by when, the fee, the rating."""

from contract.cases import Notice, NoticeKind
from contract.rating import RatingGrade, RatingReason
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, DevicePointer, QrBlock, Widget
from hallkit.touch.widgets.code import qr_height
from kiosk.core.session import Issued, Slip
from kiosk.screens.column import Column, shortened
from kiosk.screens.hero import Hero
from kiosk.screens.rows import choices, choices_height, fitting_columns
from kiosk.screens.shell import bar, bar_top, pointer_box, sheet_word, shell
from kiosk.screens.told import told
from kiosk.screens.view import SLIP_X, View, case_number, query_code
from kiosk.screens.words import WORDS

GRADES = (RatingGrade.EXCELLENT, RatingGrade.GOOD, RatingGrade.FAIR, RatingGrade.POOR, RatingGrade.VERY_POOR)
ACCEPTED = (NoticeKind.ACCEPTANCE, NoticeKind.CONDITIONAL)
POINTED = (Slip.PRINTING, Slip.PRINTED)
LOST = (Slip.NOT_PRINTED, Slip.UNKNOWN)
"""What is known of a slip when the code on the screen has to take its place, before everything else."""


def deliver(view: View) -> list[Widget]:
    """Return what is true of the case, its day, number and code, and where the paper comes out."""
    issued = view.session.issued
    assert issued is not None
    notice = issued.notice
    pointed = issued.slip in POINTED
    column = Column(view, pointer=pointed)
    name = f"deliver.{notice.kind.value}"
    good = notice.kind in ACCEPTED or notice.kind is NoticeKind.RECEIPT
    column.text(view.say(name), "title_steps" if view.mode.lowered else "title", "ok" if good else "warn",
                align="centre", icon="check" if good else "warn", gap=4)  # fmt: skip
    if not view.is_tight:
        column.text(view.say(f"{name}_note"), "lead", "ink2", align="centre", gap=20)
    codes = view.mode.lowered and issued.slip in LOST
    if notice.due is not None and not codes:
        height = 300 if not view.mode.lowered else 212
        foot = "" if view.mode.lowered else shortened(view, notice.item, "note", CONTENT_WIDTH - 64)
        column.add(Hero(column.box(height), view.say("deliver.due"), view.day(notice.due), foot))
    _identity(view, notice, column)
    _more(view, issued, column)
    widgets = [*shell(view), *column.widgets,
               *bar(view, view.say("deliver.done"), "done", back_action="home", back_word="deliver.again", leave=False,
                    pointer=pointed)]  # fmt: skip
    if pointed:
        word = "deliver.printing" if issued.slip is Slip.PRINTING else "deliver.printed"
        title = "deliver.take_short" if view.is_large or view.english else "deliver.take"
        note = "" if view.is_large else view.say(f"{word}_note")
        widgets.append(DevicePointer(pointer_box(), view.say(title), note, SLIP_X))
    return widgets


def _identity(view: View, notice: Notice, column: Column) -> None:
    """Place case number, query code and who is responsible beside the code for the phone."""
    link = f"{view.face.public_url}/c/{notice.link}"
    height = max(qr_height(link) + 8, 300)
    said = [case_number(notice.case), f"{view.say('deliver.query')} {query_code(notice.query_code)}"]
    if notice.responsible and not view.is_tight:
        said.append(f"{view.say('deliver.by')} {notice.responsible}")
        if notice.responsible_phone:
            said.append(notice.responsible_phone)
    if column.room >= height:
        column.add(QrBlock(column.box(height), link, view.say("deliver.case"), "\n".join(said)))
    else:
        column.lines(view.say("deliver.case"), said, role="lead")


def _more(view: View, issued: Issued, column: Column) -> None:
    """Place what is still missing, what went wrong with the paper, and the notice on A4 for whoever wants it."""
    notice = issued.notice
    if issued.slip in LOST:
        column.note(*_lost(view, issued.cause), gap=16)
    for one in notice.outstanding[:2]:
        last = view.say("deliver.until", day=view.day(one.due)) if one.due else one.detail
        column.note(view.say("deliver.missing", name=one.title), last, gap=16)
    for one in notice.defects[:2]:
        column.note(one.title, one.detail, gap=16)
    if column.room >= 112 and not view.is_tight:
        left, right = column.box(112).columns(2, GUTTER)
        column.add(Button(left, sheet_word(view, "deliver.sheet"), "print", icon="printer", role="strong"))
        column.add(Button(right, view.say("deliver.ticket"), "ticket", icon="ticket", role="strong"))


def _lost(view: View, cause: str) -> tuple[str, str]:
    """Return why no slip came out, that the case exists all the same, and what to do."""
    name = f"deliver.no_paper.{cause}"
    note = f"{name}_note"
    title = view.say(name if name in WORDS else "deliver.no_paper")
    return title, view.say(note if note in WORDS else "deliver.no_paper_note")


def pay(view: View) -> list[Widget]:
    """Return what has to be paid and where; the case exists already."""
    choice = view.session.choice
    cents = choice.guide.fee_cents if choice is not None and choice.guide is not None else 0
    column = told(view, "card", "ok", view.say("pay.title"), view.say("pay.lead"))
    column.add(Hero(column.box(260), view.say("pay.amount"), view.say("fee.yuan", yuan=f"{cents / 100:g}"), ""))
    column.lines(view.say("pay.how"), [view.say("pay.how_1"), view.say("pay.how_2")])
    return [*shell(view), *column.widgets, *bar(view, view.say("pay.next"), back=False)]


def rate(view: View) -> list[Widget]:
    """Return five equal grades, none chosen for the citizen; the reasons only after a grade."""
    session = view.session
    column = Column(view)
    if session.grade is None:
        column.title(view.say("rate.title"), view.say("rate.lead"))
        height = min((column.room - 4 * 16) // 5, 152)
        words = [(view.say(f"grade.{int(grade)}"), f"grade:{int(grade)}") for grade in GRADES]
        column.add(*choices(view, column.box(choices_height(5, 1, height)), words, "", 1, "row", height))
        skip = Box(MARGIN, bar_top(view), CONTENT_WIDTH, 120)
        return [*shell(view), *column.widgets, Button(skip, view.say("rate.skip"), "done")]
    if view.is_tightest:
        column.above(view.say("rate.thanks"))
    else:
        column.text(view.say("rate.thanks"), "title", "ok", icon="check", gap=12)
    column.text(view.say("rate.why"), "lead", "ink2", gap=24)
    words = [(view.say(f"reason.{reason.value}"), f"reason:{reason.value}") for reason in RatingReason]
    columns = 1 if view.is_large and not view.mode.lowered else fitting_columns(view, [word for word, _ in words], 2)
    columns = 2 if view.mode.lowered else columns
    rows = -(-len(words) // columns)
    height = min((column.room - 16 * (rows - 1)) // rows, 132)
    box = column.box(choices_height(len(words), columns, height))
    ticked = {f"reason:{reason.value}" for reason in session.reasons}
    for (word, action), room in zip(words, _cells(box, len(words), columns, height), strict=True):
        column.add(*choices(view, room, [(word, action)], action if action in ticked else "", 1, height=height))
    return [*shell(view), *column.widgets, *bar(view, view.say("rate.send"), "next", back=False, leave=False)]


def _cells(box: Box, count: int, columns: int, height: int) -> list[Box]:
    rooms = box.columns(columns, 16)
    return [
        Box(rooms[place % columns].x, box.y + place // columns * (height + 16), rooms[0].width, height)
        for place in range(count)
    ]
