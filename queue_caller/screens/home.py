"""The first screen, and the list of matters for whoever does not know the area."""

from contract.board import QueueState
from contract.link import Fault
from hallkit.inventory.schema import ServiceEntry
from hallkit.touch.box import Box
from hallkit.touch.frame import FOOTER
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import ActionBar, Button, ListRow, Widget
from queue_caller.screens.shown import Column, Shown, page_of, pages, shell

BELOW = 120
GAP = 16
TAG = 130


def home(shown: Shown) -> list[Widget]:
    """Return the areas with their queues, and the ways for whoever has a booking or a number already."""
    column = Column(shown, top=shown.regions().content.y, bottom=FOOTER.y - 32)
    column.text(shown.say("home.title"), "title", gap=0, right=TAG)
    if shown.world.is_stale and shown.world.as_of and not shown.session.elder:
        column.text(shown.say("home.stale", time=f"{shown.world.as_of:%H:%M}"), "lead", "ink2", gap=24)
    elif not shown.session.elder:
        column.text(shown.say("home.carded" if shown.session.person else "home.lead"), "lead", "ink2", gap=24)
    else:
        column.y += 24
    return [*shell(shown), *column.widgets, *_rows(shown, column), *_ways(shown)]


def _rows(shown: Shown, column: Column) -> list[Widget]:
    services = shown.face.services
    ways = 2 * BELOW + GAP if shown.session.elder else BELOW
    room = column.room - ways - GUTTER
    least = 188 if shown.session.elder else 136
    size, height = pages(len(services), room, least, GAP)
    if size < len(services):
        size, height = pages(len(services), room - BELOW - GAP, least, GAP)
    rows: list[Widget] = [
        _row(shown, one, column.box(height, GAP)) for one in page_of(services, shown.session.page, size)
    ]
    if size < len(services):
        last = shown.session.page % -(-len(services) // size) == -(-len(services) // size) - 1
        rows.append(Button(column.box(BELOW), shown.say("first_page" if last else "more"), "page:1", icon="down"))
    return rows


def _row(shown: Shown, entry: ServiceEntry, box: Box) -> ListRow:
    note = entry.note_en if shown.session.english else entry.note
    full = shown.world.is_full(entry.id)
    elder = shown.session.elder
    return ListRow(
        box, shown.name(entry.id), "" if elder else note, f"{'explain' if full else 'pick'}:{entry.id}",
        letter=entry.prefix, aside=_aside(shown, entry.id), closed=full, role="row",
    )  # fmt: skip


def _aside(shown: Shown, service: str) -> tuple[tuple[Span, ...], ...]:
    queue = shown.queue(service)
    if queue is None:
        return ()
    if queue.state is QueueState.FULL:
        again = shown.say("home.again", when=shown.clock(queue.reopens)) if queue.reopens else ""
        return ((Span(shown.say("home.full"), "strong"),), *(((Span(again),),) if again else ()))
    ahead = tuple(
        span for span in (Span(shown.say("home.ahead")), Span(str(queue.waiting), "row_large", "ink"),
                          Span(shown.say("home.people"))) if span.text
    )  # fmt: skip
    return (ahead, (Span(_wait(shown, service)),))


def _wait(shown: Shown, service: str) -> str:
    queue = shown.queue(service)
    assert queue is not None
    if queue.state is QueueState.CLOSED and queue.reopens is not None:
        return shown.say("home.opens", when=shown.clock(queue.reopens))
    if queue.low_minutes is None or queue.high_minutes is None or shown.world.is_stale:
        return shown.say("home.unknown")
    if queue.high_minutes == 0:
        return shown.say("home.now")
    return shown.say("home.minutes", low=queue.low_minutes, high=queue.high_minutes)


def _ways(shown: Shown) -> list[Widget]:
    reads = shown.face.has_reader and Fault.READER_SILENT not in shown.world.faults
    booking = "booking" if reads else "code"
    ways = [
        ("home.booking", booking, "calendar"),
        ("home.find", "find", "ticket"),
        ("home.matters", "matters", "search"),
    ]
    bottom = FOOTER.y - 32
    if shown.session.elder:
        upper = Box(MARGIN, bottom - 2 * BELOW - GAP, CONTENT_WIDTH, BELOW).columns(2, GUTTER)
        boxes = [*upper, Box(MARGIN, bottom - BELOW, CONTENT_WIDTH, BELOW)]
    else:
        widths, x, boxes = (272, 264, 384), MARGIN, []
        for width in widths:
            boxes.append(Box(x, bottom - BELOW, width, BELOW))
            x += width + GUTTER
    return [
        Button(box, shown.say(name), action, icon="" if shown.session.elder else icon, role="strong")
        for box, (name, action, icon) in zip(boxes, ways, strict=True)
    ]


def matters(shown: Shown) -> list[Widget]:
    """Return what the areas are for, one matter a row, leading to a ticket of its area."""
    column = Column(shown, top=shown.regions().content.y, bottom=shown.regions().actions.y - 24)
    column.text(shown.say("matters.title"), "title", gap=0, right=TAG)
    if shown.session.elder:
        column.y += 24
    else:
        column.text(shown.say("matters.lead"), "lead", "ink2", gap=24)
    found = [(matter, entry) for entry in shown.face.services for matter in _matters(shown, entry)]
    size, height = pages(
        len(found),
        column.room - BELOW - GAP,
        168 if shown.session.elder else 136 if shown.session.english else 112,
        GAP,
    )
    count = -(-len(found) // size)
    start = shown.session.page % count * size
    rows: list[Widget] = [_matter(shown, *one, column.box(height, GAP), number)
                          for number, one in enumerate(found[start : start + size], start)]  # fmt: skip
    if count > 1:
        last = shown.session.page % count == count - 1
        rows.append(Button(column.box(BELOW), shown.say("first_page" if last else "more"), "page:1", icon="down"))
    note = "" if shown.session.elder else shown.say("idle")
    bar = ActionBar(shown.regions().actions, back=shown.say("back"), note=note)
    return [*shell(shown), *column.widgets, *rows, bar]


def _matters(shown: Shown, entry: ServiceEntry) -> list[str]:
    if shown.session.english:
        return [entry.note_en or entry.name_en]
    if "，" in entry.note or "和" in entry.note:
        return [entry.note]
    return [part for part in entry.note.split("、") if part] or [entry.name]


def _matter(shown: Shown, matter: str, entry: ServiceEntry, box: Box, number: int) -> ListRow:
    goes = shown.say("matters.goes", zone=entry.prefix, service=shown.name(entry.id))
    full = shown.world.is_full(entry.id)
    aside = ((Span(shown.say("home.full"), "strong"),),) if full else ()
    action = f"{'explain' if full else 'pick'}:{entry.id}:{number}"
    return ListRow(box, matter, goes, action, icon="place", aside=aside, closed=full)
