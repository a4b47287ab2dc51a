"""What a citizen is told before applying: the guide, the situation questions, the check of what is at hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from contract.catalogue import GuideMaterial, ItemGuide, MaterialWay, Need, TopicGuide
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, Facts, Widget
from kiosk.core.session import Aim, Choice
from kiosk.screens.blocks import Flow, MaterialCard, NamedBlocks, block_height
from kiosk.screens.column import Column, shortened
from kiosk.screens.packing import packed, parts_of
from kiosk.screens.rows import page_of, pager, pager_room
from kiosk.screens.shell import TAG, bar, sheet_word, shell
from kiosk.screens.view import View

TITLE_WIDTH = CONTENT_WIDTH - TAG
Page = Callable[[Column], None]
"""What fills the column of one page."""
Named = tuple[str, str]
Row = tuple[str, str, str, str]
FEW_ROWS = 200
"""Pixels of a list's rows below which it begins on a page of its own."""


def guide(view: View) -> list[Widget]:
    """Return one page of a guide: time, fee, visits and papers; the four blocks; the steps; what others asked."""
    choice = view.session.choice or Choice()
    told = choice.guide
    assert told is not None
    column = Column(view)
    column.title(shortened(view, view.name(told), "title_steps", TITLE_WIDTH, 2))
    shown, page, count = page_of(_pages(view, choice, column.room - pager_room(2)), view.session.page, 1)
    bottom, column.bottom = column.bottom, column.bottom - pager_room(count)
    shown[0](column)
    column.bottom = bottom
    pager(column, page, count)
    return [*shell(view), *column.widgets, *bar(view, *_primary(view, told))]


def _pages(view: View, choice: Choice, room: int) -> list[Page]:
    """Return the pages there are: more of them where less fits on one."""
    told = choice.guide
    pages: list[Page] = []
    if isinstance(told, TopicGuide):
        pages += _parts(view, told, room)
    pages += _papers(view, choice, room)
    if isinstance(told, ItemGuide):
        pages += [partial(place_blocks, part) for part in named_pages(view, _blocks_of(view, told), room)]
    if told is not None:
        size = _steps_shown(view)
        pages += [partial(_steps, view, told, start) for start in range(0, len(told.steps), size)]
    if isinstance(told, ItemGuide):
        asked = [(one.question, one.answer) for one in told.faq]
        pages += [partial(place_blocks, part) for part in named_pages(view, asked, room)]
    return pages


def named_pages(view: View, blocks: Sequence[Named], room: int) -> list[list[Named]]:
    """Return paragraphs page by page; one that is longer than a page goes on on the next under the same name."""
    cut = [(name, part) for name, text in blocks for part in parts_of(text, partial(_fits, view, name, room))]
    return packed(cut, lambda one: block_height(view.look, one, CONTENT_WIDTH), room)


def _fits(view: View, name: str, room: int, text: str) -> bool:
    return block_height(view.look, (name, text), CONTENT_WIDTH) <= room


def place_blocks(blocks: Sequence[Named], column: Column) -> None:
    """Place paragraphs in one card that fills what is left of the column."""
    column.add(NamedBlocks(column.box(column.room, 0), tuple(blocks)))


def _steps_shown(view: View) -> int:
    return 2 if view.is_tightest else 3 if view.mode.lowered else 5 if view.is_large else 9


def _steps(view: View, told: ItemGuide | TopicGuide, first: int, column: Column) -> None:
    part = told.steps[first : first + _steps_shown(view)]
    steps = tuple((one.name, one.department, _days(view, one.days)) for one in part)
    if not view.mode.lowered:
        column.text(view.say("guide.flow"), "row_large")
    column.add(Flow(column.box(column.room, 0), steps, first + 1))


def _primary(view: View, told: ItemGuide | TopicGuide) -> tuple[str, str]:
    if view.session.aim is Aim.PRECHECK:
        return view.say("guide.check"), "next"
    if not told.self_service:
        return view.say("guide.ticket"), "ticket"
    return view.say("guide.apply"), "next"


def _days(view: View, days: int) -> str:
    if days == 0:
        return view.say("days.same")
    return view.say("days.one" if days == 1 else "days", days=days)


def _facts(view: View, told: ItemGuide | TopicGuide) -> tuple[tuple[str, str], ...]:
    fee = view.say("fee.free") if told.fee_cents == 0 else view.say("fee.yuan", yuan=f"{told.fee_cents / 100:g}")
    visits = told.saved.visits_after if isinstance(told, TopicGuide) else told.visits
    return (
        (view.say("guide.days"), _days(view, told.promise_days)), (view.say("guide.fee"), fee),
        (view.say("guide.visits"), view.say("visits", count=visits)),
    )  # fmt: skip


def _papers(view: View, choice: Choice, room: int) -> list[Page]:
    """Return the pages of materials, each with how it can be brought; the first has time, fee and visits above."""
    materials = choice.materials
    told = choice.guide
    assert told is not None
    head = view.say("guide.papers", count=len(materials)) if materials else view.say("guide.no_papers")
    rows = [(str(place), one.name, *bring(view, one)) for place, one in enumerate(materials, 1)]
    below = partial(_print_key, view) if isinstance(told, ItemGuide) and not view.is_tight else None
    return _listed(view, head, rows, room, partial(_place_facts, view, told), below)


def _listed(
    view: View, head: str, rows: Sequence[Row], room: int, above: Page, below: Page | None = None
) -> list[Page]:
    """Return the pages of a list with something above it: on the first page if a few rows still fit, else alone."""
    card = MaterialCard(Box(MARGIN, 0, CONTENT_WIDTH, 0), head, ())
    trial = Column(view)
    top = trial.y
    above(trial)
    free = room - card.height(view.look)
    first = free - (trial.y - top)
    alone = first < FEW_ROWS
    parts = packed(rows, lambda row: card.row_height(view.look, row), free, None if alone else first) or [[]]
    pages: list[Page] = [above] if alone else []
    for place, part in enumerate(parts):
        with_head = above if not place and not alone else None
        pages.append(
            partial(_list_page, view, replace(card, rows=tuple(part)), with_head, below if not place else None)
        )
    return pages


def _list_page(view: View, card: MaterialCard, above: Page | None, below: Page | None, column: Column) -> None:
    if above is not None:
        above(column)
    column.add(replace(card, box=column.box(card.height(view.look))))
    if below is not None:
        below(column)


def _place_facts(view: View, told: ItemGuide | TopicGuide, column: Column) -> None:
    """Place days, fee and visits side by side, one below the other in large print."""
    if not view.is_tight:
        column.text(told.department if isinstance(told, ItemGuide) else view.say("topic.once"), "lead", "ink2", gap=24)
    facts = Facts(Box(MARGIN, 0, CONTENT_WIDTH, 0), _facts(view, told))
    if view.is_large:
        column.lines("", [f"{label}  {value}" for label, value in facts.facts])
    else:
        column.add(replace(facts, box=column.box(facts.height(view.look))))


def _print_key(view: View, column: Column) -> None:
    if column.room >= 112:
        left, right = column.box(112).columns(2, GUTTER)
        column.add(Button(left, sheet_word(view, "guide.print"), "print", icon="printer", role="strong"))
        if (
            view.session.aim is not Aim.PRECHECK
            and view.session.choice
            and view.session.choice.guide
            and (view.session.choice.guide.self_service)
        ):
            column.add(Button(right, view.say("guide.window"), "ticket", icon="ticket", role="strong"))


def bring(view: View, material: GuideMaterial) -> tuple[str, str]:
    """Return how a material can be brought, in a few words, and the colour of the words."""
    if material.need is Need.DEFERRABLE:
        return view.say("bring.later"), "warn"
    if material.need is Need.PROMISABLE:
        return view.say("bring.promise"), "warn"
    if MaterialWay.SHARED in material.ways:
        return view.say("bring.shared"), "ok"
    if MaterialWay.FORM in material.ways:
        return view.say("bring.form"), "ok"
    return view.say("bring.photo"), "ink2"


def _blocks_of(view: View, told: ItemGuide) -> tuple[tuple[str, str], ...]:
    blocks = told.blocks
    names = ("basis", "timing", "fees", "notes")
    return tuple((view.say(f"block.{name}"), getattr(blocks, name)) for name in names)


def _parts(view: View, told: TopicGuide, room: int) -> list[Page]:
    """Return what one form for several permits saves, and the permits in it with who decides them."""
    rows = [
        (str(place), one.name, "" if view.is_tight else one.department, "ink2")
        for place, one in enumerate(told.parts, 1)
    ]
    return _listed(view, view.say("saved.parts"), rows, room, partial(_saved, view, told))


def _saved(view: View, told: TopicGuide, column: Column) -> None:
    saved = told.saved
    pairs = (
        ("fields", saved.fields_before, saved.fields_after),
        ("materials", saved.materials_before, saved.materials_after),
        ("days", saved.days_before, saved.days_after),
        ("visits", saved.visits_before, saved.visits_after),
    )
    if not view.mode.lowered:
        column.text(view.say("saved.title", count=len(told.parts)), "row_large")
    facts = [(view.say(f"saved.{name}"), f"{before} → {after}") for name, before, after in pairs if after < before]
    for at in range(0, len(facts), 2):
        card = Facts(Box(MARGIN, 0, CONTENT_WIDTH, 0), tuple(facts[at : at + 2]))
        column.add(replace(card, box=column.box(card.height(view.look), 16)))
