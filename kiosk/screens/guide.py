"""What a citizen is told before applying: the guide, the situation questions, the check of what is at hand."""

from dataclasses import replace

from contract.cases import NoticeKind
from contract.catalogue import GuideMaterial, ItemGuide, MaterialWay, Need, TopicGuide
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, Facts, Widget
from kiosk.core.session import Aim, Choice
from kiosk.screens.blocks import Flow, MaterialCard, NamedBlocks
from kiosk.screens.rows import choices, choices_height, fitting_columns, page_of, pager, pager_room
from kiosk.screens.shell import Column, bar, shell
from kiosk.screens.view import View

MATERIALS_SHOWN = 8


def guide(view: View) -> list[Widget]:
    """Return one page of a guide: time, fee, visits and papers; the four blocks; the steps; what others asked."""
    choice = view.session.choice or Choice()
    told = choice.guide
    assert told is not None
    primary, action = _primary(view, told)
    column = Column(view)
    pages = _pages(view, choice)
    (names, page, count) = page_of(pages, view.session.page, 1)
    column.title(view.name(told), _lead(view, told) if page == 0 and not view.is_tight else "")
    bottom, column.bottom = column.bottom, column.bottom - pager_room(count)
    _page(view, choice, names[0], column)
    column.bottom = bottom
    pager(column, page, count)
    return [*shell(view), *column.widgets, *bar(view, primary, action)]


def _pages(view: View, choice: Choice) -> list[str]:
    """Return the pages there are: more of them where less fits on one."""
    told = choice.guide
    size = _shown(view)
    papers = [f"papers:{start}" for start in range(0, len(choice.materials), size)]
    pages = papers or ["papers:0"]
    if view.mode.lowered:
        pages.insert(0, "facts")
    if isinstance(told, TopicGuide):
        pages = ["saved", *pages]
    if isinstance(told, ItemGuide):
        pages += [f"blocks:{start}" for start in range(0, 4, 1 if view.is_large else 2 if view.mode.lowered else 4)]
    pages += [f"steps:{start}" for start in range(0, len(told.steps) if told else 0, _steps_shown(view))]
    if isinstance(told, ItemGuide) and told.faq:
        size = 1 if view.is_tight else 4
        pages += [f"faq:{start}" for start in range(0, len(told.faq), size)]
    return pages


def _shown(view: View) -> int:
    return 2 if view.is_large and view.mode.lowered else 4 if view.is_tight else MATERIALS_SHOWN


def _steps_shown(view: View) -> int:
    return 2 if view.is_large and view.mode.lowered else 3 if view.mode.lowered else 5 if view.is_large else 9


def _page(view: View, choice: Choice, name: str, column: Column) -> None:
    told = choice.guide
    kind, _, start = name.partition(":")
    first = int(start or 0)
    if kind == "facts" and told is not None:
        _place_facts(view, told, column)
    elif kind == "papers":
        _papers(view, choice, column, first)
    elif kind == "saved" and isinstance(told, TopicGuide):
        _saved(view, told, column)
    elif kind == "steps" and told is not None:
        part = told.steps[first : first + _steps_shown(view)]
        steps = tuple((one.name, one.department, _days(view, one.days)) for one in part)
        if not view.mode.lowered:
            column.text(view.say("guide.flow"), "row_large")
        column.add(Flow(column.box(column.room, 0), steps, first + 1))
    elif kind == "blocks" and isinstance(told, ItemGuide):
        size = 1 if view.is_large else 2 if view.mode.lowered else 4
        blocks = _blocks(view, told)[first : first + size]
        column.add(NamedBlocks(column.box(column.room, 0), blocks))
    elif kind == "faq" and isinstance(told, ItemGuide):
        for one in told.faq[first : first + (1 if view.is_tight else 4)]:
            column.lines(one.question, [one.answer])


def _lead(view: View, told: ItemGuide | TopicGuide) -> str:
    if isinstance(told, TopicGuide):
        return view.say("topic.parts", names=("、" if not view.english else ", ").join(one.name for one in told.parts))
    return told.department


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


def _papers(view: View, choice: Choice, column: Column, first: int) -> None:
    """Place the three facts and the materials, each with how it can be brought."""
    told = choice.guide
    assert told is not None
    if first == 0 and not view.mode.lowered:
        _place_facts(view, told, column)
    materials = choice.materials
    head = view.say("guide.papers", count=len(materials)) if materials else view.say("guide.no_papers")
    rows = tuple(
        (str(first + place + 1), one.name, *bring(view, one))
        for place, one in enumerate(materials[first : first + _shown(view)])
    )
    card = MaterialCard(Box(MARGIN, column.y, CONTENT_WIDTH, column.room), head, rows)
    column.add(MaterialCard(column.box(card.height(view.look)), head, rows))
    if choice.item and not view.is_tight:
        _print_key(view, column)


def _place_facts(view: View, told: ItemGuide | TopicGuide, column: Column) -> None:
    """Place days, fee and visits side by side, one below the other in large print."""
    facts = Facts(Box(MARGIN, 0, CONTENT_WIDTH, 0), _facts(view, told))
    if view.is_large:
        column.lines("", [f"{label}  {value}" for label, value in facts.facts])
    else:
        column.add(replace(facts, box=column.box(facts.height(view.look))))


def _print_key(view: View, column: Column) -> None:
    if column.room >= 112:
        left, right = column.box(112).columns(2, GUTTER)
        column.add(Button(left, view.say("guide.print"), "print", icon="printer", role="strong"))
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


def _blocks(view: View, told: ItemGuide) -> tuple[tuple[str, str], ...]:
    blocks = told.blocks
    names = ("basis", "timing", "fees", "notes")
    return tuple((view.say(f"block.{name}"), getattr(blocks, name)) for name in names)


def _saved(view: View, told: TopicGuide, column: Column) -> None:
    """Place what one form for several permits saves, and the permits in it."""
    saved = told.saved
    pairs = (
        ("fields", saved.fields_before, saved.fields_after),
        ("materials", saved.materials_before, saved.materials_after),
        ("days", saved.days_before, saved.days_after), ("visits", saved.visits_before, saved.visits_after),
    )  # fmt: skip
    column.text(view.say("saved.title", count=len(told.parts)), "row_large")
    facts = [(view.say(f"saved.{name}"), f"{before} → {after}") for name, before, after in pairs if after < before]
    for at in range(0, len(facts), 2):
        card = Facts(Box(MARGIN, 0, CONTENT_WIDTH, 0), tuple(facts[at : at + 2]))
        column.add(replace(card, box=column.box(card.height(view.look), 16)))
    column.lines(view.say("saved.parts"), [f"{place}. {one.name}" for place, one in enumerate(told.parts, 1)])


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


def checked(view: View) -> list[Widget]:
    """Return what a check of the papers at hand found: nothing missing, or what to bring before coming."""
    reply = view.session.check
    assert reply is not None
    good = reply.kind in (NoticeKind.ACCEPTANCE, NoticeKind.CONDITIONAL)
    column = Column(view)
    column.text(view.say("checked.good" if good else "checked.bad"), "title_steps", "ok" if good else "warn",
                icon="check" if good else "warn", gap=24)  # fmt: skip
    if reply.defects:
        column.lines(view.say("checked.missing", count=len(reply.defects)),
                     [view.joined([one.title, one.detail]) for one in reply.defects])  # fmt: skip
    if reply.outstanding:
        column.lines(view.say("checked.later"), [
            view.joined([one.title, view.day(one.due) if one.due else one.detail]) for one in reply.outstanding
        ])  # fmt: skip
    if not good:
        column.text(view.say("checked.saved"), "body", "ink2")
    guide_of = view.session.choice.guide if view.session.choice else None
    here = guide_of is not None and guide_of.self_service
    if here and column.room > 130:
        column.add(Button(column.box(112), view.say("checked.ticket"), "ticket", icon="ticket", role="strong"))
    primary = (view.say("guide.apply"), "apply") if here else (view.say("guide.ticket"), "ticket")
    return [*shell(view), *column.widgets, *bar(view, *primary)]
