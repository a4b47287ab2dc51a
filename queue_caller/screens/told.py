"""Screens that tell something centred: closed, refused, engine away, done, starting over, paused, emergency."""

from contract.queue import RefusalCode
from hallkit.touch.box import Box
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER
from hallkit.touch.widgets import (
    ActionBar,
    Button,
    Card,
    Kind,
    Label,
    QrBlock,
    ValueCard,
    Widget,
)
from hallkit.touch.widgets.code import qr_height
from queue_caller.core.machine_session import Fate
from queue_caller.screens.emblem import Emblem
from queue_caller.screens.shown import Column, Shown, shell
from queue_caller.screens.words import WORDS

EMBLEM = 200


def _told(shown: Shown, icon: str, tone: str, title: str, lead: str, *, role: str = "title") -> Column:
    """Return a column that begins with an emblem, a title and a sentence, all centred."""
    regions = shown.regions()
    column = Column(shown, top=regions.content.y + (0 if shown.session.lowered else 96), bottom=regions.actions.y - 24)
    if not shown.session.lowered:
        box = column.box(EMBLEM, 48)
        column.widgets.append(Emblem(Box((1080 - EMBLEM) // 2, box.y, EMBLEM, EMBLEM), icon, tone))
    column.text(title, role, centred=True, gap=8)
    column.text(lead, "lead", "ink2", centred=True, gap=56 if not shown.session.lowered else 24)
    return column


def _card(shown: Shown, column: Column, title: str, note: str) -> None:
    """Add a card with one strong line and a note."""
    inner = CONTENT_WIDTH - 80
    heights = [shown.look.block(title, "row", inner).height, shown.look.block(note, "body", inner).height]
    box = column.box(sum(heights) + 64)
    rooms = Box(box.x + 40, box.y + 28, inner, 0).stack(heights, 8)
    column.widgets += [
        Card(box), Label(rooms[0], title, "row", ground="card"), Label(rooms[1], note, "body", "ink2", ground="card")
    ]  # fmt: skip


def closed(shown: Shown) -> list[Widget]:
    """Return that no ticket was taken, when there are some again, and what can be done now."""
    session = shown.session
    queue = shown.queue(session.service)
    when = session.when or (queue.reopens if queue else None)
    lead = shown.say("closed.lead", when=shown.clock(when)) if when else shown.say("closed.plain")
    shut = session.refusal is RefusalCode.SERVICE_CLOSED
    service = shown.name(session.service) if session.service else shown.say("closed.booked")
    title = shown.say("closed.shut" if shut else "closed.title", service=service)
    column = _told(shown, "clock", "warn", title, lead)
    buttons: list[Widget] = []
    if when and session.service and shown.face.service(session.service).slot_capacity:
        text = shown.say("closed.book", day=shown.day_ahead(when.date()))
        buttons.append(Button(column.box(144), text, "book", Kind.PRIMARY, icon="calendar", role="row"))
    buttons.append(Button(column.box(120), shown.say("closed.ask"), "help:ask", icon="help"))
    link = shown.face.public_url
    if column.room >= qr_height(link) + 8 and not session.elder:
        column.widgets.append(QrBlock(column.box(qr_height(link) + 8), link, shown.say("closed.online"),
                                      shown.say("closed.online_note")))  # fmt: skip
    bar = ActionBar(shown.regions().actions, back=shown.say("back"))
    return [*shell(shown), *column.widgets, *buttons, bar]


def refused(shown: Shown) -> list[Widget]:
    """Return why it was not done, and what to do."""
    name = f"refused.{_reason(shown)}"
    known = name in WORDS
    title = shown.say(name) if known else shown.say("refused.title")
    when = shown.clock(shown.session.when) if shown.session.when else ""
    note = shown.say(f"{name}_note", when=when) if known else shown.say("refused.other_note")
    column = _told(shown, "warn", "warn", title, note)
    bar = ActionBar(shown.regions().actions, primary=shown.say("again"), primary_action="done")
    return [*shell(shown), *column.widgets, bar]


def away(shown: Shown) -> list[Widget]:
    """Return that nothing was taken or found because the engine is away, and what to do instead."""
    if shown.session.service:
        column = _told(shown, "warn", "warn", shown.say("away.title"), shown.say("away.lead"))
        _card(shown, column, shown.say("away.desk"), shown.say("away.desk_note"))
    else:
        column = _told(shown, "warn", "warn", shown.say("away.asked"), shown.say("away.asked_note"))
    bar = ActionBar(shown.regions().actions, primary=shown.say("again"), primary_action="done")
    return [*shell(shown), *column.widgets, bar]


def noted(shown: Shown) -> list[Widget]:
    """Return what was done: cancelled, kept for later, booked."""
    note = shown.session.note
    assert note is not None
    lead = f"noted.{note.kind}_note"
    if note.kind == "stepped_away" and note.when is None:
        lead = "noted.stepped_away_soon"
    when = shown.clock(note.when) if note.when else ""
    title = shown.say(f"noted.{note.kind}", number=note.number)
    column = _told(shown, "check_disc", "ok", title, shown.say(lead, when=when))
    if note.kind == "booked":
        values = (
            (shown.say("noted.when"), when, "title" if len(when) < 10 else "row_large"),
            (shown.say("noted.code"), note.code, "value"),
        )
        for box, (label, value, role) in zip(column.box(240).columns(2, GUTTER), values, strict=True):
            column.widgets.append(
                ValueCard(box, label, (Span(value, role if not shown.session.elder else "row_large"),))
            )
    primary = shown.say("noted.done", seconds=shown.left or 0)
    bar = ActionBar(shown.regions().actions, primary=primary, primary_action="done")
    return [*shell(shown), *column.widgets, bar]


def working(shown: Shown) -> list[Widget]:
    """Return that a request is under way; nothing can be pressed twice."""
    name = "issuing" if shown.session.service else "asking"
    column = _told(shown, "ring", "ok", shown.say(f"{name}.title"), shown.say("issuing.lead"))
    return [*shell(shown, lower=False), *column.widgets]


def fail_safe(shown: Shown) -> list[Widget]:
    """Return that the machine starts over, and first what is true of the ticket."""
    fate, ticket = shown.session.fate, shown.session.ticket
    if fate is Fate.TICKET and ticket is not None:
        sure = shown.say("fail.ticket", number=ticket.ticket), shown.say("fail.ticket_note")
    else:
        sure = shown.say(f"fail.{fate.value}"), shown.say(f"fail.{fate.value}_note")
    column = _told(shown, "refresh", "warn", shown.say("fail.title"), shown.say("fail.lead"), role="title_fault")
    _card(shown, column, *sure)
    column.text(shown.say("fail.erased"), "body", "ink2", centred=True)
    return [*shell(shown, lower=False), *column.widgets]


def out_of_service(shown: Shown) -> list[Widget]:
    """Return that the machine is paused and where else to go."""
    column = _told(shown, "stop", "bad", shown.say("out.title"), shown.say("out.lead"), role="title_fault")
    _card(shown, column, shown.say("out.next"), shown.say("out.next_note"))
    return [*shell(shown, lower=False), *column.widgets]


def emergency(shown: Shown) -> list[Widget]:
    """Return that nobody is given a ticket now, and that those given stay valid."""
    column = _told(shown, "warn", "bad", shown.say("emergency.title"), shown.say("emergency.lead"), role="title_fault")
    _card(shown, column, shown.say("emergency.note"), shown.say("out.next_note"))
    return [*shell(shown), *column.widgets]


def _reason(shown: Shown) -> str:
    return shown.session.reason or (shown.session.refusal or RefusalCode.UNKNOWN_REQUEST).value
