"""Finding what to apply for: by field of life and group of people, or by typing."""

from collections.abc import Sequence
from dataclasses import replace

from contract.catalogue import CatalogueEntry, EntryKind
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import Button, Field, Widget
from hallkit.touch.widgets.keyboard import KEYBOARD
from kiosk.core.session import ROWS_SHOWN, Aim, Typing
from kiosk.screens.column import Column, shortened
from kiosk.screens.rows import Line, choices, choices_height, page_of, pager, pager_room, place_lines
from kiosk.screens.search_box import SearchBox
from kiosk.screens.shell import bar, shell
from kiosk.screens.typing import keyboard
from kiosk.screens.view import View
from kiosk.screens.words import WORDS

FIELDS = ("社会保障", "卫生健康", "就业创业", "民政救助", "户籍办理", "公安交警", "交通运输")
GROUPS = ("老年人", "残疾人", "退役军人", "高校毕业生", "高层次人才")
FOUND = 3
"""Lines a search shows above the keyboard."""


def browse(view: View) -> list[Widget]:
    """Return the fields and groups, and the lines of the chosen one; large print shows one of the two at a time."""
    column = Column(view, primary=False)
    theme = view.session.shelf.theme
    aims = {Aim.CONSULT: "browse.ask", Aim.PRECHECK: "browse.check"}
    if not (view.is_tight and theme):
        column.title(view.say(aims.get(view.session.aim, "browse.title")))
        _facets(view, column)
    if theme or not view.is_tight:
        _listed(view, column)
    return [*shell(view), *column.widgets, *bar(view)]


def _facets(view: View, column: Column) -> None:
    """Place the search, then seven fields of life and five groups of people; a field without items is left out."""
    if not view.mode.lowered:
        column.add(SearchBox(column.box(112, 16), view.say("browse.search"), "search"))
    seen = {theme for one in view.world.entries for theme in (*one.themes, *one.groups)}
    names = [name for name in (*FIELDS, *GROUPS) if name in seen]
    names += sorted(seen - set(names))
    if view.mode.lowered and not view.is_large:
        names.insert(0, "")
    words = [(facet(view, name), f"theme:{name}" if name else "search") for name in names]
    columns = 3 if view.is_tightest else 2 if view.is_large else 4
    rows = -(-len(words) // columns)
    height = min((column.room - 16 * (rows - 1)) // rows, 144) if view.is_tight else 96
    chosen = f"theme:{view.session.shelf.theme}"
    box = column.box(choices_height(len(words), columns, height))
    column.add(
        *choices(
            view,
            box,
            words,
            chosen,
            columns,
            "strong" if view.is_large and not view.english else "small_strong",
            height,
        )
    )


def facet(view: View, name: str) -> str:
    """Return a field's or group's name; no name is the search."""
    if not name:
        return view.say("browse.type")
    key = f"facet.{name}"
    return view.say(key) if key in WORDS else name


def _listed(view: View, column: Column) -> None:
    theme = view.session.shelf.theme
    entries = [one for one in view.world.entries if not theme or theme in one.themes or theme in one.groups]
    size = view.session.shown(ROWS_SHOWN)
    rows, page, count = page_of(entries, view.session.shelf.page, size)
    if view.is_tight:
        column.title(facet(view, theme))
    if not rows:
        column.note(view.say("browse.none"), view.say("browse.none_note"))
    place_lines(column, [entry_line(view, one) for one in rows], keep=pager_room(count))
    pager(column, page, count)


def entry_line(view: View, entry: CatalogueEntry) -> Line:
    """Return a line of the catalogue: what it is, and whether this kiosk can do it."""
    topic = entry.kind is EntryKind.TOPIC
    note = view.say("topic.at_once", count=entry.items) if topic else ""
    if entry.closed:
        return Line(view.name(entry), entry.closed, _pick(entry), closed=True)
    if entry.self_service:
        return Line(view.name(entry), note, _pick(entry), aside=view.say("entry.here"), tone="ok")
    at = view.say("entry.window", window=entry.window) if entry.window else ""
    return Line(view.name(entry), view.joined([note, at]), _pick(entry), aside=view.say("entry.counter"))


def _pick(entry: CatalogueEntry) -> str:
    return f"pick:{entry.kind.value}:{entry.code}"


def search(view: View) -> list[Widget]:
    """Return what is typed, what it finds at every key, and the keyboard."""
    typing = view.session.typing or Typing(code="search")
    column = Column(view, bar=False)
    column.bottom = KEYBOARD.y - 8
    found = view.session.shelf.found
    _query(view, column, typing)
    reach: list[Widget] = []
    if view.mode.lowered:
        reach = [] if typing.composing else _nearest(view, found)
    elif typing.text or typing.composing:
        _found(view, column, found)
    else:
        _hint(view, column)
    kind = view.session.filling.fields[0].kind if view.session.filling.fields else None
    assert kind is not None
    return [*shell(view), *column.widgets, keyboard(view, typing, kind, ""), *reach]


def _query(view: View, column: Column, typing: Typing) -> None:
    """Place back and the field side by side; within reach there is only room for the field."""
    if view.face.demo and not view.is_tight:
        column.y += 32
    side = 120
    field = Field(Box(MARGIN + side + 24, column.y, CONTENT_WIDTH - side - 24, 0), "", typing.text, "field:search",
                  ask=view.say("home.search_short"), active=True, most=1)  # fmt: skip
    box = column.box(field.height(view.look), 16)
    column.add(Button(Box(box.x, box.y, side, box.height), "", "back", icon="back", spoken=view.say("back")))
    column.add(replace(field, box=Box(field.box.x, box.y, field.box.width, box.height)))


def _hint(view: View, column: Column) -> None:
    if column.room > 300:
        column.lines(
            view.say("search.how"), [view.say("search.how_1"), view.say("search.how_2"), view.say("search.how_3")]
        )


def _found(view: View, column: Column, found: Sequence[CatalogueEntry]) -> None:
    count = len(found)
    column.text(view.say("search.found", count=count) if count else view.say("search.none"), "strong", "ink2", gap=12)
    place_lines(column, [entry_line(view, one) for one in found[: 2 if view.is_large else FOUND]])


def _nearest(view: View, found: Sequence[CatalogueEntry]) -> list[Widget]:
    """Return one found line at a time in the room of the candidates, within a wheelchair's reach."""
    if not found:
        return []
    rows, page, count = page_of(found, view.session.shelf.page, 1)
    row = Box(KEYBOARD.x + 24, KEYBOARD.y + 24, KEYBOARD.width - 48, 104)
    turn = 112
    left = Box(row.x, row.y, row.width - 2 * (turn + 8), row.height)
    name = shortened(view, view.name(rows[0]), "strong", left.width - 120)
    keys: list[Widget] = [Button(left, name, _pick(rows[0]), icon="apply", role="strong")]
    if page > 0:
        at = Box(left.right + 8, row.y, turn, row.height)
        keys.append(Button(at, "", "page:-1", icon="up", spoken=view.say("page.before")))
    if page < count - 1:
        at = Box(row.right - turn, row.y, turn, row.height)
        keys.append(Button(at, "", "page:1", icon="down", spoken=view.say("page.after")))
    return keys
