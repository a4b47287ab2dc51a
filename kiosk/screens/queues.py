"""A ticket for a window: which queue, and the number with its wait."""

from contract.board import QueueState
from hallkit.touch.box import Box
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER
from hallkit.touch.widgets import NumberCard, QrBlock, ValueCard, Widget
from hallkit.touch.widgets.code import qr_height
from kiosk.core.session import ROWS_SHOWN
from kiosk.screens.column import Column
from kiosk.screens.rows import Line, page_of, pager, pager_room, place_lines
from kiosk.screens.shell import bar, shell
from kiosk.screens.view import View


def queues(view: View) -> list[Widget]:
    """Return the queues with how many wait and about how long; a full one says when there are numbers again."""
    column = Column(view, primary=False)
    column.title(view.say("queues.title"), view.say("queues.lead"))
    size = max(view.session.shown(ROWS_SHOWN), 1)
    rows, page, count = page_of(view.face.queues, view.session.page, size)
    place_lines(column, [_line(view, *one) for one in rows], keep=pager_room(count))
    pager(column, page, count)
    return [*shell(view), *column.widgets, *bar(view)]


def _line(view: View, queue: str, name: str, english: str) -> Line:
    board = view.world.queues.get(queue)
    title = (english if view.english else "") or name
    action = f"pick:queue:{queue}"
    if board is None:
        return Line(title, view.say("queue.unknown"), action, "ticket")
    if board.state is QueueState.FULL:
        when = view.moment(board.reopens) if board.reopens else ""
        return Line(title, view.say("queue.again", when=when) if when else "", action, "ticket", view.say("queue.full"),
                    closed=True)  # fmt: skip
    ahead = view.say("queue.ahead", count=board.waiting)
    if board.state is QueueState.CLOSED and board.reopens is not None:
        return Line(title, view.say("queue.opens", when=view.moment(board.reopens)), action, "ticket", ahead)
    return Line(title, wait(view, board.low_minutes, board.high_minutes), action, "ticket", ahead)


def wait(view: View, low: int | None, high: int | None) -> str:
    """Return an honest span of minutes, or that it is not known."""
    if low is None or high is None:
        return view.say("queue.unknown")
    if high == 0:
        return view.say("queue.now")
    return view.say("queue.wait", low=low, high=high) if low != high else view.say("queue.wait_one", low=low)


def ticket(view: View) -> list[Widget]:
    """Return the number as the largest thing, how many are ahead, and the code for the phone."""
    issued = view.session.ticket
    assert issued is not None
    column = Column(view)
    column.text(view.say("ticket.title"), "title_steps" if view.mode.lowered else "title", "ok", align="centre",
                icon="check", gap=12)  # fmt: skip
    names = {queue: english if view.english and english else name for queue, name, english in view.face.queues}
    height = column.room if view.mode.lowered else 480 if not view.is_large else 560
    role = "hero" if view.mode.lowered and view.is_large else "ticket_beside_code" if view.mode.lowered else "ticket"
    note = "" if view.mode.lowered and view.is_large else view.say("ticket.note")
    column.add(NumberCard(column.box(height), names.get(issued.service, issued.service), issued.ticket, note, role))
    if not view.mode.lowered:
        _wait(view, column)
    link = f"{view.face.public_url}/q/{issued.link}"
    if not view.is_tight and column.room >= qr_height(link) + 8:
        column.add(QrBlock(column.box(qr_height(link) + 8), link, view.say("ticket.scan"), view.say("ticket.late")))
    return [*shell(view), *column.widgets,
            *bar(view, view.say("ticket.done", seconds=view.left or 0), "done", back_action="home", back_word="to_home",
                 leave=False)]  # fmt: skip


def _wait(view: View, column: Column) -> None:
    issued = view.session.ticket
    assert issued is not None
    big = "title" if view.is_large else "value"
    told = issued.estimate
    if issued.serves_from is not None:
        value = view.moment(issued.serves_from)
    elif told is None:
        value = view.say("queue.unknown_short")
    elif told.high_minutes == 0:
        value = view.say("queue.now")
    else:
        value = view.say("queue.minutes", low=told.low_minutes, high=told.high_minutes)
    box = column.box(216)
    left = Box(box.x, box.y, 320, box.height)
    right = Box(left.right + GUTTER, box.y, CONTENT_WIDTH - 320 - GUTTER, box.height)
    label = view.say("ticket.opens" if issued.serves_from else "ticket.wait")
    size = next((one for one in (big, "title", "row_large", "strong")
                 if view.look.block(value, one).width <= right.width - 72), "strong")  # fmt: skip
    column.add(ValueCard(left, view.say("ticket.ahead"), (Span(str(issued.ahead), big),)))
    column.add(ValueCard(right, label, (Span(value, size),)))
