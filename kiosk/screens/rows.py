"""Lists of lines to touch, their pages, and small choices side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hallkit.touch.box import Box
from hallkit.touch.look import Span
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, Kind, Label, ListRow, Widget
from kiosk.screens.column import Column, shortened
from kiosk.screens.view import View

T = TypeVar("T")
GAP = 16
PAGER = 104
LEAST, MOST = 104, 184


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list; `aside` stands at its right in `tone`, `closed` greys it."""

    title: str
    note: str
    action: str
    icon: str = ""
    aside: str = ""
    tone: str = "ink2"
    closed: bool = False


def page_of(things: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int, int]:
    """Return the things of a page, the page that is shown (the last one if there are fewer), and how many there are."""
    count = max(-(-len(things) // size), 1)
    shown = min(page, count - 1)
    return things[shown * size : (shown + 1) * size], shown, count


def place_lines(column: Column, lines: Sequence[Line], *, role: str = "row", keep: int = 0) -> None:
    """Place lines of one height below each other; notes go, and titles are cut, where the room is short.

    Lines for which there is no room at all are left out; `keep` pixels at the end of the column stay free.
    """
    if not lines:
        return
    room = column.room - keep
    lines = lines[: max((room + GAP) // (LEAST + GAP), 1)]
    most = (room - GAP * (len(lines) - 1)) // len(lines)
    kept = [_fitted(column.view, line, role, most) for line in lines]
    height = min(max(LEAST, *(_height(column.view, line, role) for line in kept)), most, MOST)
    for line in kept:
        column.add(_row(column.box(height, GAP), line, role))
    column.y += 8


def pager(column: Column, page: int, count: int) -> None:
    """Place the keys that turn pages at the end of the column; nothing for one page."""
    if count < 2:
        return
    view = column.view
    box = Box(MARGIN, column.bottom - PAGER, CONTENT_WIDTH, PAGER)
    left, middle, right = box.columns(3, GUTTER)
    if page > 0:
        column.add(Button(left, view.say("page.before"), "page:-1", role="strong"))
    if page < count - 1:
        column.add(Button(right, view.say("page.after"), "page:1", role="strong"))
    text = view.say("page.of", page=page + 1, count=count)
    height = view.look.block(text, "note", middle.width).height
    top = middle.y + (middle.height - height) // 2
    column.add(Label(Box(middle.x, top, middle.width, height), text, "note", "ink2", "centre"))


def pager_room(count: int) -> int:
    """Return the pixels the keys that turn pages need at the end of a column."""
    return PAGER + GAP if count > 1 else 0


def choices(view: View, box: Box, options: Sequence[tuple[str, str]], chosen: str, columns: int,
            role: str = "strong", height: int = 104) -> list[Widget]:  # fmt: skip
    """Return buttons of (word, action) in rows; the chosen one has a check and a tinted ground."""
    found: list[Widget] = []
    for place, (word, action) in enumerate(options):
        row, across = divmod(place, columns)
        room = box.columns(columns, GAP)[across]
        at = Box(room.x, box.y + row * (height + GAP), room.width, height)
        on = action == chosen
        found.append(
            Button(at, word, action, Kind.HELP if on else Kind.SECONDARY, icon="check" if on else "", role=role)
        )
    return found


def choices_height(count: int, columns: int, height: int = 104) -> int:
    """Return how high rows of buttons stand."""
    rows = -(-count // columns)
    return rows * height + (rows - 1) * GAP


def fitting_columns(view: View, words: Sequence[str], most: int, role: str = "strong") -> int:
    """Return in how many columns these words can stand in one line each, at most `most`."""
    look = view.look
    widest = max(look.block(word, role).width for word in words) + round(look.px(role) * 1.15) + 20 + 40
    return max(min(most, len(words), (CONTENT_WIDTH + GAP) // (widest + GAP)), 1)


def _row(box: Box, line: Line, role: str) -> Widget:
    aside = ((Span(line.aside, "small_strong", line.tone),),) if line.aside else ()
    return ListRow(box, line.title, line.note, line.action, icon=line.icon, aside=aside, closed=line.closed, role=role)


def _width(view: View, line: Line) -> int:
    aside = view.look.block(line.aside, "small_strong").width + 28 if line.aside else 0
    return CONTENT_WIDTH - 64 - (0 if line.closed else 52) - (92 if line.icon else 0) - aside


def _height(view: View, line: Line, role: str) -> int:
    width = _width(view, line)
    note = view.look.block(line.note, "note", width).height if line.note else 0
    return view.look.block(line.title, role, width).height + note + 28


def _fitted(view: View, line: Line, role: str, most: int) -> Line:
    """Return a line no higher than `most`: without its note first, then with its title cut."""
    width = _width(view, line)
    kept = line
    if _height(view, kept, role) > min(most, MOST):
        kept = Line(line.title, shortened(view, line.note, "note", width), *_rest(line))
    if _height(view, kept, role) > min(most, MOST):
        kept = Line(line.title, "", *_rest(line))
    lines = max((min(most, MOST) - 28) // view.look.line(role), 1)
    if _height(view, kept, role) > min(most, MOST):
        kept = Line(shortened(view, line.title, role, width, lines), "", *_rest(line))
    return kept


def _rest(line: Line) -> tuple[str, str, str, str, bool]:
    return line.action, line.icon, line.aside, line.tone, line.closed
