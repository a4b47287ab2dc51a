"""Before applying: the questions about the situation, and the check of the papers at hand."""

from collections.abc import Sequence

from contract.cases import NoticeKind
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import Button, Widget
from kiosk.core.session import Choice
from kiosk.screens.column import Column, shortened
from kiosk.screens.guide import Named, named_pages, place_blocks
from kiosk.screens.rows import choices, choices_height, fitting_columns, page_of, pager, pager_room
from kiosk.screens.shell import bar, shell
from kiosk.screens.view import View


def situation(view: View) -> list[Widget]:
    """Return the questions whose answers change what has to be brought; large print asks one at a time."""
    choice = view.session.choice or Choice()
    told = {one.code: one.value for one in choice.situation}
    questions = choice.guide.questions if choice.guide else ()
    column = Column(view)
    open_ones = [one for one in questions if one.code not in told]
    if view.is_tight:
        shown = open_ones[:1] or questions[-1:]
        place = min(len(questions) - len(open_ones) + 1, len(questions))
        column.title(view.say("situation.of", place=place, count=len(questions)))
    else:
        shown = list(questions)
        column.title(view.say("situation.title"), view.say("situation.lead"))
    for one in shown:
        words = [(view.label(option), f"answer:{one.code}:{option.code}") for option in one.options]
        columns = fitting_columns(view, [word for word, _ in words], 4)
        height = choices_height(len(words), columns, 104)
        if column.room < height + 80:
            break
        column.text(view.ask(one), "row", gap=12)
        chosen = f"answer:{one.code}:{told[one.code]}" if one.code in told else ""
        column.add(*choices(view, column.box(height, 32), words, chosen, columns))
    reason = view.say("situation.left", count=len(open_ones)) if open_ones else ""
    return [*shell(view), *column.widgets, *bar(view, view.say("situation.next"), reason=reason)]


def _pages_of(view: View, column: Column, told: Sequence[Named]) -> None:
    """Place one page of paragraphs in the column, and the keys to the others."""
    column.bottom -= 0 if view.is_tightest else 120
    told = [(shortened(view, name, "row", CONTENT_WIDTH - 64, 2 if view.is_tight else 9), text) for name, text in told]
    pages = named_pages(view, told, column.room - pager_room(2))
    shown, page, count = page_of(pages, view.session.page, 1)
    whole, column.bottom = column.bottom, column.bottom - pager_room(count)
    if shown:
        place_blocks(shown[0], column)
    column.bottom = whole
    pager(column, page, count)


def checked(view: View) -> list[Widget]:
    """Return what a check of the papers at hand found: nothing missing, or what to bring before coming."""
    reply = view.session.check
    assert reply is not None
    good = reply.kind in (NoticeKind.ACCEPTANCE, NoticeKind.CONDITIONAL)
    column = Column(view)
    title = view.say("checked.good" if good else "checked.bad")
    if view.is_tightest:
        column.above(title)
    else:
        tone, icon = ("ok", "check") if good else ("warn", "warn")
        column.text(title, "title_steps", tone, icon=icon, gap=24)
    told = [(view.say("deliver.missing", name=one.title), one.detail) for one in reply.defects]
    for one in reply.outstanding:
        last = view.say("deliver.until", day=view.day(one.due)) if one.due else one.detail
        told.append((view.say("review.later", names=one.title), last))
    _pages_of(view, column, told)
    guide_of = view.session.choice.guide if view.session.choice else None
    here = guide_of is not None and guide_of.self_service
    if here and not view.is_tightest:
        top = column.bottom + 16
        column.add(Button(Box(MARGIN, top, CONTENT_WIDTH, 104), view.say("checked.ticket"), "ticket", icon="ticket",
                          role="strong"))  # fmt: skip
    primary = (view.say("guide.apply"), "apply") if here else (view.say("guide.ticket"), "ticket")
    return [*shell(view), *column.widgets, *bar(view, *primary)]
