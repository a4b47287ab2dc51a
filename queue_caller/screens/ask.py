"""Screens about a ticket that exists, and the questions over a screen."""

from contract.queue import TicketStanding, TicketState
from hallkit.touch.box import Box
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER
from hallkit.touch.widgets import ActionBar, Button, Dialog, NumberCard, StillThere, ValueCard, Widget
from queue_caller.core.machine_table import LIMITS, State
from queue_caller.screens.result import bar_of
from queue_caller.screens.shown import Column, Shown, shell

WAITS = (TicketState.WAITING, TicketState.AWAY)


def ticket(shown: Shown) -> list[Widget]:
    """Return how a ticket stands, and the ways to leave with or without it."""
    standing = shown.session.standing
    assert standing is not None
    regions = shown.regions()
    column = Column(shown, top=regions.content.y - 8, bottom=regions.actions.y - 24)
    column.text(shown.say(f"ticket.{standing.state.value}"), "title", centred=True)
    height = 480 if not shown.session.elder else 640
    height = 360 if shown.session.lowered else height
    role = "ticket" if not shown.session.lowered else "hero"
    column.widgets.append(NumberCard(column.box(height), bar_of(shown, standing.service), standing.ticket,
                                     _note(shown, standing), role))  # fmt: skip
    waits = standing.state in WAITS
    if waits and not shown.session.lowered:
        _values(shown, standing, column)
    buttons: list[Widget] = []
    if waits and column.room >= 120:
        box = column.box(136 if not shown.session.elder else 176)
        left, right = box.columns(2, GUTTER)
        if standing.state is TicketState.WAITING:
            buttons.append(Button(left, shown.say("ticket.step_away"), "step_away", role="strong"))
        buttons.append(Button(right, shown.say("ticket.cancel"), "cancel", role="strong"))
    bar = ActionBar(regions.actions, primary=shown.say("ticket.done"), primary_action="done")
    return [*shell(shown), *column.widgets, *buttons, bar]


def _note(shown: Shown, standing: TicketStanding) -> str:
    if standing.window is not None and standing.state in (TicketState.CALLED, TicketState.SERVING):
        return shown.say("ticket.window", window=standing.window)
    if standing.state is TicketState.MISSED:
        return shown.say("ticket.missed_note", zone=shown.face.service(standing.service).zone)
    if standing.come_back_at is not None:
        return shown.say("noted.stepped_away_note", when=shown.clock(standing.come_back_at))
    return shown.say("issued.note") if standing.state in WAITS else ""


def _values(shown: Shown, standing: TicketStanding, column: Column) -> None:
    big = "title" if shown.session.elder else "value"
    people = shown.say("issued.people")
    ahead = (Span(str(standing.ahead), big), *((Span(people, "row"),) if people else ()))
    told = standing.estimate
    if told is None:
        wait: tuple[Span, ...] = (Span(shown.say("issued.unknown"), "title_steps"),)
    elif told.high_minutes == 0:
        wait = (Span(shown.say("issued.now"), "title_steps"),)
    else:
        wait = (Span(f"{told.low_minutes}–{told.high_minutes}", big), Span(shown.say("issued.minutes"), "row"))
    box = column.box(236 if shown.session.elder else 216)
    left = Box(box.x, box.y, 360, box.height)
    right = Box(box.x + 360 + GUTTER, box.y, CONTENT_WIDTH - 360 - GUTTER, box.height)
    label = shown.say("issued.wait")
    column.widgets += [ValueCard(left, shown.say("issued.ahead"), ahead), ValueCard(right, label, wait)]


def confirm(shown: Shown) -> Widget:
    """Return the question before a ticket is given up."""
    standing = shown.session.standing
    assert standing is not None
    return Dialog(
        shown.say("confirm.title", number=standing.ticket), shown.say("confirm.text"), shown.say("confirm.keep"),
        shown.say("confirm.cancel"), safe_action="stay", leave_action="confirm",
    )  # fmt: skip


def reprint(shown: Shown) -> Widget:
    """Return the offer of a slip that a crash may have kept back."""
    held = shown.session.ticket
    assert held is not None
    return Dialog(
        shown.say("reprint.title", number=held.ticket), shown.say("reprint.text"),
        shown.say("reprint.print", number=held.reprint + 1), shown.say("reprint.not_mine"),
        safe_action="reprint", leave_action="not_mine",
    )  # fmt: skip


def help_dialog(shown: Shown) -> Widget:
    """Return whom to call."""
    return Dialog(
        shown.say("help.title"), shown.say("help.text", phone=shown.face.helpline), shown.say("help.done"),
        safe_action="stay",
    )  # fmt: skip


def still_there(shown: Shown) -> Widget:
    """Return the question before a session ends."""
    seconds, total = shown.left or 0, LIMITS[State.STILL_THERE]
    return StillThere(
        shown.say("still.title"), shown.say("still.text", seconds=seconds), shown.say("still.stay"),
        shown.say("still.leave"), min(seconds, total), total, stay_action="stay", leave_action="leave",
    )  # fmt: skip
