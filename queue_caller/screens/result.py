"""Screens of a ticket just taken: with its slip, without it, and out of the machine's own numbers."""

from contract.link import Fault
from hallkit.touch.box import Box
from hallkit.touch.codes import QUIET, qr_rows
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER
from hallkit.touch.widgets import (
    ActionBar,
    Card,
    DevicePointer,
    FaultBanner,
    Label,
    NumberCard,
    QrBlock,
    ValueCard,
    Widget,
)
from hallkit.touch.widgets.code import qr_height
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens.picture_code import PictureCode
from queue_caller.screens.shown import PRINTER_X, Column, Shown, shell


def link_of(shown: Shown, ticket: HeldTicket) -> str:
    """Return the address a citizen's phone opens to follow the ticket."""
    return f"{shown.face.public_url}/q/{ticket.link}"


def bar_of(shown: Shown, service: str) -> str:
    """Return area and service as the bar above a number says them."""
    return shown.say("issued.bar", zone=shown.face.service(service).prefix, service=shown.name(service))


def ticket_of(shown: Shown) -> HeldTicket:
    """Return the session's ticket."""
    assert shown.session.ticket is not None
    return shown.session.ticket


def issued(shown: Shown) -> list[Widget]:
    """Return the number, the wait, the code for the phone and where the slip comes out."""
    ticket = ticket_of(shown)
    if ticket.is_offline:
        return offline(shown)
    regions = shown.regions(pointer=True)
    column = Column(shown, top=regions.content.y - 8, bottom=regions.actions.y - 24)
    _title(shown, column, shown.say("issued.again" if ticket.reprint else "issued.title"))
    tall = not shown.session.lowered
    note = shown.say("issued.note") if tall else short_wait(shown, ticket)
    column.widgets.append(NumberCard(column.box(_number_height(shown, column)), bar_of(shown, ticket.service),
                                     ticket.ticket, note, _role(shown)))  # fmt: skip
    if tall:
        _values(shown, ticket, column)
        height = qr_height(link_of(shown, ticket)) + 8
        if column.room >= height and not shown.session.elder:
            column.widgets.append(QrBlock(column.box(height), link_of(shown, ticket), shown.say("issued.qr"),
                                          _leave(shown, ticket)))  # fmt: skip
    pointer = _pointer(shown, "issued.take_note")
    return [*shell(shown), *column.widgets, _done(shown, regions.actions, "issued.done"), pointer]


def offline(shown: Shown) -> list[Widget]:
    """Return the number out of the machine's own block, and what is true of its place."""
    ticket = ticket_of(shown)
    assert ticket.span is not None
    regions = shown.regions(pointer=True)
    column = Column(shown, top=regions.content.y - 8, bottom=regions.actions.y - 24)
    _title(shown, column, shown.say("offline.title"))
    note = shown.say("offline.span", first=ticket.span[0], last=ticket.span[1])
    column.widgets.append(NumberCard(column.box(_number_height(shown, column)), bar_of(shown, ticket.service),
                                     ticket.ticket, note, _role(shown)))  # fmt: skip
    if not shown.session.lowered:
        elder = shown.session.elder
        zone = shown.face.service(ticket.service).zone
        order = shown.say("offline.order")
        column.widgets.append(FaultBanner(column.box(336 if elder else 208), shown.say("offline.wait"), order))
        if not elder:
            column.widgets.append(FaultBanner(column.box(160), shown.say("offline.where", zone=zone),
                                              shown.say("offline.desk"), "ok"))  # fmt: skip
    pointer = _pointer(shown, "offline.slip")
    return [*shell(shown), *column.widgets, _done(shown, regions.actions, "issued.done"), pointer]


def unprinted(shown: Shown) -> list[Widget]:
    """Return the number and a large code: nothing came out, and the place is safe."""
    ticket = ticket_of(shown)
    regions = shown.regions()
    column = Column(shown, top=regions.content.y - 8, bottom=regions.actions.y - 24)
    paper = Fault.PAPER_OUT in shown.world.faults
    title = shown.say("unprinted.remember" if ticket.is_offline else "unprinted.title")
    column.text(title, "title", "ok", icon="check", gap=0)
    column.text(shown.say("unprinted.paper" if paper else "unprinted.lead"), "lead", "ink2", gap=24)
    note = short_wait(shown, ticket)
    column.widgets.append(NumberCard(column.box(_number_height(shown, column, with_code=True)),
                                     bar_of(shown, ticket.service), ticket.ticket, note, _role(shown)))  # fmt: skip
    if not shown.session.lowered and not ticket.is_offline:
        _large_code(shown, ticket, column)
    return [*shell(shown), *column.widgets, _done(shown, regions.actions, "unprinted.done")]


def short_wait(shown: Shown, ticket: HeldTicket) -> str:
    """Return people ahead and wait in one line."""
    if ticket.ahead is None:
        return shown.say("offline.wait")
    return shown.say("unprinted.short", ahead=ticket.ahead, wait=_wait(shown, ticket))


def _wait(shown: Shown, ticket: HeldTicket) -> str:
    if ticket.serves_from is not None:
        return shown.say("home.opens", when=shown.clock(ticket.serves_from))
    if ticket.low is None or ticket.high is None:
        return shown.say("home.unknown")
    if ticket.high == 0:
        return shown.say("home.now")
    return shown.say("wait.one" if ticket.low == ticket.high else "wait.span", low=ticket.low, high=ticket.high)


def _title(shown: Shown, column: Column, text: str) -> None:
    role = "title_steps" if shown.session.lowered else "title"
    column.text(text, role, "ok", centred=True, icon="check", gap=8 if shown.session.lowered else 16)


def _role(shown: Shown) -> str:
    return "ticket_beside_code" if shown.session.lowered else "ticket"


def _number_height(shown: Shown, column: Column, *, with_code: bool = False) -> int:
    if shown.session.lowered:
        return min(column.room, 520)
    return (520 if shown.session.elder else 480) if with_code else (688 if shown.session.elder else 520)


def _values(shown: Shown, ticket: HeldTicket, column: Column) -> None:
    """Place people ahead and wait side by side, one below the other in large print."""
    big = "title" if shown.session.elder else "value"
    people = shown.say("issued.people")
    ahead = (Span(str(ticket.ahead or 0), big), *((Span(people, "row"),) if people else ()))
    label, wait = _wait_value(shown, ticket, big)
    box = column.box(236 if shown.session.elder else 216)
    left = Box(box.x, box.y, 360, box.height)
    right = Box(box.x + 360 + GUTTER, box.y, CONTENT_WIDTH - 360 - GUTTER, box.height)
    column.widgets += [ValueCard(left, shown.say("issued.ahead"), ahead), ValueCard(right, label, wait)]


def _wait_value(shown: Shown, ticket: HeldTicket, big: str) -> tuple[str, tuple[Span, ...]]:
    label = shown.say("issued.wait")
    if ticket.serves_from is not None:
        when = shown.clock(ticket.serves_from)
        return shown.say("issued.opens"), (Span(when, big if len(when) <= 5 else "title"),)
    if ticket.low is None or ticket.high is None:
        return label, (Span(shown.say("issued.unknown"), "title_steps"),)
    if ticket.high == 0:
        return label, (Span(shown.say("issued.now"), "title_steps"),)
    span = str(ticket.low) if ticket.low == ticket.high else f"{ticket.low}–{ticket.high}"
    return label, (Span(span, big), Span(shown.say("issued.minutes"), "row"))


def _leave(shown: Shown, ticket: HeldTicket) -> str:
    if ticket.come_back_at is None:
        return shown.say("issued.late")
    return shown.say("issued.back_at", when=shown.clock(ticket.come_back_at))


def _done(shown: Shown, box: Box, name: str) -> Widget:
    return ActionBar(box, primary=shown.say(name, seconds=shown.left or 0), primary_action="done")


def _pointer(shown: Shown, note: str) -> Widget:
    shown_note = "" if shown.session.elder else shown.say(note)
    return DevicePointer(shown.regions(pointer=True).pointer, shown.say("issued.take"), shown_note, PRINTER_X)


def _large_code(shown: Shown, ticket: HeldTicket, column: Column) -> None:
    """Place the code as large as the room allows, with what it is for below it."""
    link = link_of(shown, ticket)
    texts = (shown.say("unprinted.scan"), "row", "ink"), (
        shown.say("unprinted.keep", number=ticket.ticket), "body", "ink2",
    )  # fmt: skip
    heights = [shown.look.block(text, role, CONTENT_WIDTH - 64).height for text, role, _ in texts]
    modules = len(qr_rows(link)) + 2 * QUIET
    side = max((min(column.room, 660) - sum(heights) - 48) // modules, 1) * modules
    box = column.box(side + sum(heights) + 48)
    rooms = Box(box.x + 32, box.y + 16 + side, CONTENT_WIDTH - 64, 0).stack(heights, 0)
    column.widgets += [Card(box), PictureCode(Box(box.x + (box.width - side) // 2, box.y + 12, side, side), link)]
    column.widgets += [
        Label(room, text, role, colour, "centre", "card")
        for room, (text, role, colour) in zip(rooms, texts, strict=True)
    ]
