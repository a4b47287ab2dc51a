"""Forms: the application's fields page by page, and the small forms of a name, a number, a complaint."""

from dataclasses import replace

from contract.catalogue import FieldKind, FormField
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import Button, Field, Widget
from hallkit.touch.widgets.keyboard import KEYBOARD
from kiosk.core.forms import shown_fields
from kiosk.core.session import Form
from kiosk.core.table import State
from kiosk.screens.column import Column, shortened
from kiosk.screens.rows import choices, choices_height, fitting_columns
from kiosk.screens.shell import bar, shell
from kiosk.screens.typing import keyboard, side_keys, switch_keys, typed_field
from kiosk.screens.view import View, masked
from kiosk.screens.words import WORDS

CATEGORIES = ("attitude", "slow", "unclear", "device", "suggestion", "other")
OPTION = 104


def form(view: View) -> list[Widget]:
    """Return a page of the application's fields, or the one with the keyboard."""
    typed = _typed(view, view.session.form, _next_word(view))
    if typed is not None:
        return typed
    session = view.session
    count = len(session.form.fields)
    size = session.fields_shown
    pages = -(-count // size)
    column = Column(view)
    shown = shown_fields(session)
    one = view.label(shown[0]) if view.is_large and shown else ""
    column.title(one or view.say("form.title"), _progress(view, pages))
    if view.mode.lowered:
        column.text(_progress(view, pages), "note", "ink2")
    for asked in shown:
        _place(view, column, asked, named=not one)
    last = session.form.page >= pages - 1
    primary = view.say("form.done" if last else "form.next_one" if one else "form.next")
    return [*shell(view), *column.widgets, *bar(view, primary, back_word="form.back" if session.form.page else "back")]


def _progress(view: View, pages: int) -> str:
    if pages < 2:
        return view.say("form.all")
    return view.say("form.question" if view.is_large else "form.page", page=view.session.form.page + 1, count=pages)


def _place(view: View, column: Column, asked: FormField, *, named: bool = True) -> None:
    """Place one field: options to choose from, or a box that opens the keyboard; not `named` where the title does."""
    form = view.session.filling
    fault = fault_words(view, form, asked)
    if asked.kind is FieldKind.CHOICE:
        _options(view, column, asked, fault, named=named)
        return
    value = masked(asked.code, asked.kind.value, form.value(asked.code))
    known = asked.code in form.known
    remark = view.say("field.known") if known else "" if asked.required else view.say("field.optional")
    hint = "" if view.english or view.mode.lowered else asked.hint
    most = 1 if view.is_tight else 2
    label, note = (view.label(asked), hint) if named else ("", view.joined([remark, hint]))
    field = Field(
        Box(MARGIN, column.y, CONTENT_WIDTH, 0), label, value, f"field:{asked.code}", remark if named else "",
        view.say("field.tap"), fault, note, most=most, private=asked.kind is FieldKind.IDENTITY,
        spoken=view.label(asked),
    )  # fmt: skip
    column.add(replace(field, box=column.box(field.height(view.look), 28)))


def _options(view: View, column: Column, asked: FormField, fault: str, *, named: bool) -> None:
    value = view.session.filling.value(asked.code)
    if named:
        column.text(view.label(asked), "strong", gap=8)
    labels = [view.label(one) for one in asked.options]
    fit = max((column.room - 32) // (OPTION + 16), 1)
    columns = max(fitting_columns(view, labels, 3), -(-len(labels) // fit))
    width = CONTENT_WIDTH // columns - 3 * view.look.px("strong")
    words = [
        (shortened(view, label, "strong", width), f"choose:{asked.code}:{one.code}")
        for label, one in zip(labels, asked.options, strict=True)
    ]
    box = column.box(choices_height(len(words), columns, OPTION), 8 if fault else 28)
    column.add(*choices(view, box, words, f"choose:{asked.code}:{value}", columns, height=OPTION))
    if fault:
        column.text(fault, "note", "bad", icon="warn", gap=28)


def fault_words(view: View, form: Form, asked: FormField) -> str:
    """Return what is wrong with a field and what to do, empty for nothing."""
    word = form.fault(asked.code)
    if not word:
        return ""
    name = f"fault.{word}"
    return view.say(name if name in WORDS else "fault.other", most=asked.longest)


def _next_word(view: View) -> str:
    return view.say("field.done")


def _typed(view: View, form: Form, go: str) -> list[Widget] | None:
    """Return the one field that has the keyboard, as the question of the screen; None when none has."""
    typing = view.session.typing
    asked = next((one for one in form.fields if typing is not None and one.code == typing.code), None)
    if typing is None or asked is None:
        return None
    column = Column(view, bar=False)
    if not view.mode.lowered:
        column.text(view.label(asked), "title_steps", gap=12)
    typed_field(view, column, asked, typing, fault_words(view, form, asked))
    side_keys(view, column)
    return [*shell(view), *column.widgets, keyboard(view, typing, asked.kind, go)]


def small_form(view: View, title: str, lead: str, go: str) -> list[Widget]:
    """Return a form of one or two fields with the keyboard up: the field that is typed, the others above it."""
    entry, typing = view.session.entry, view.session.typing
    column = Column(view, bar=False)
    if not view.mode.lowered:
        column.title(title, "" if view.is_large else lead)
    for asked in entry.fields:
        if typing is not None and asked.code == typing.code:
            if not view.mode.lowered:
                _label(view, column, asked)
            typed_field(view, column, asked, typing, fault_words(view, entry, asked))
        elif not view.mode.lowered or typing is None:
            _place(view, column, asked)
        else:
            continue
    if typing is None:
        return [*shell(view), *column.widgets, *bar(view, go)]
    if view.session.state is State.FIND and not view.mode.lowered and column.y + 120 < KEYBOARD.y - 160:
        column.add(Button(column.box(104), view.say("find.card"), "by:card", icon="card", role="strong"))
    side_keys(view, column)
    keys = [keyboard(view, typing, _kind(entry, typing.code), go), *switch_keys(view, entry.fields, typing)]
    return [*shell(view), *column.widgets, *keys]


def _label(view: View, column: Column, asked: FormField) -> None:
    """Name the typed field, unless the question of the screen already does."""
    remark = "" if asked.required else view.say("field.optional_short")
    if len(view.session.entry.fields) > 1:
        column.text(f"{view.label(asked)}{remark}", "strong", gap=8)


def _kind(entry: Form, code: str) -> FieldKind:
    return next((one.kind for one in entry.fields if one.code == code), FieldKind.TEXT)


def find(view: View) -> list[Widget]:
    """Return the fields for a case number and its query code."""
    return small_form(view, view.say("find.title"), view.say("find.lead"), view.say("find.next"))


def wrong(view: View) -> list[Widget]:
    """Return where to say which data held here is wrong; it blocks nothing."""
    return small_form(view, view.say("wrong.title"), view.say("wrong.lead"), view.say("wrong.next"))


def complain(view: View) -> list[Widget]:
    """Return what it is about, then the words; the name is not asked."""
    if view.session.category:
        return small_form(view, view.say("complain.title"), view.say("complain.lead"), view.say("complain.next"))
    column = Column(view, primary=False)
    column.title(view.say("complain.what"), view.say("complain.free"))
    words = [(view.say(f"complain.{name}"), f"category:{name}") for name in CATEGORIES]
    height = min((column.room - 2 * 16) // 3, 184)
    column.add(*choices(view, column.box(choices_height(6, 2, height)), words, "", 2, "row", height))
    if not view.is_tight:
        column.lines("", [view.say("complain.next_1"), view.say("complain.next_2")])
    return [*shell(view), *column.widgets, *bar(view)]
