"""Forms of a session: which fields they have, what fills them, and what a key changes in them."""

from collections.abc import Iterable
from dataclasses import replace

from contract.cases import Answer
from contract.catalogue import FieldKind, FormField
from kiosk.core.application import ADDRESS, IDENTITY, NAME
from kiosk.core.field_check import faults_of
from kiosk.core.happening import Means
from kiosk.core.session import Choice, Form, Layout, Person, Session, Typing
from kiosk.core.table import State

_DIGITS = frozenset({FieldKind.NUMBER, FieldKind.PHONE, FieldKind.IDENTITY, FieldKind.DATE})

SMALL_FORMS: dict[State, tuple[FormField, ...]] = {
    State.NUMBER: (
        FormField(code="name", label="姓名", label_en="Name", longest=50),
        FormField(code="identity", label="身份证号码", label_en="Identity number", kind=FieldKind.IDENTITY, longest=18),
    ),
    State.FIND: (
        FormField(code="case", label="办件编号", label_en="Case number", kind=FieldKind.NUMBER, longest=20),
        FormField(code="query", label="查询码", label_en="Query code", required=False, longest=8),
    ),
    State.SEARCH: (FormField(code="search", label="搜索事项", label_en="Search", required=False, longest=20),),
    State.COMPLAIN: (
        FormField(code="text", label="请说说情况", label_en="What happened", longest=200),
        FormField(code="phone", label="联系电话", label_en="Telephone", kind=FieldKind.PHONE, required=False,
                  longest=20, hint="想要答复时留下，也可以不留"),
    ),
    State.WRONG: (FormField(code="text", label="哪里不对", label_en="What is wrong", longest=200),),
}  # fmt: skip
"""Fields of the small forms; all but the search begin empty each time."""


def of_choice(form: Form, choice: Choice | None, person: Person | None) -> Form:
    """Return the form of what was chosen: what is known already is kept, the card fills what it can."""
    fields = choice.guide.fields if choice is not None and choice.guide is not None else ()
    kept = {one.code: one.value for one in form.answers}
    known = [code for code in form.known if code in kept]
    for code, value in _of_card(person):
        if code in {one.code for one in fields} and not kept.get(code):
            kept[code] = value
            known.append(code)
    answers = tuple(Answer(code=one.code, value=kept[one.code]) for one in fields if one.code in kept)
    return Form(fields=fields, answers=answers, known=tuple(known))


def filled(form: Form, answers: Iterable[Answer]) -> Form:
    """Return a form with answers of the centre's files where nothing was typed yet."""
    fields = {one.code for one in form.fields}
    new = [one for one in answers if (not fields or one.code in fields) and not form.value(one.code)]
    return replace(
        form, answers=(*form.answers, *new), known=(*form.known, *(one.code for one in new))
    )  # fmt: skip


def with_answer(form: Form, code: str, value: str) -> Form:
    """Return a form with one answer changed and no fault at it."""
    others = tuple(one for one in form.answers if one.code != code)
    known = tuple(one for one in form.known if one != code)
    faults = tuple(one for one in form.faults if one.code != code)
    return replace(form, answers=(*others, Answer(code=code, value=value)), known=known, faults=faults)


def opened(form: Form, code: str, *, english: bool) -> Typing | None:
    """Return the keyboard for a field; None where there is no such field or it is chosen, not typed."""
    asked = next((one for one in form.fields if one.code == code), None)
    if asked is None or asked.kind is FieldKind.CHOICE:
        return None
    return Typing(code=code, text=form.value(code), longest=asked.longest, layout=_layout(asked, english))


def shown_fields(session: Session) -> tuple[FormField, ...]:
    """Return the fields of the page of a form that is on the screen."""
    form, size = session.filling, session.fields_shown
    return form.fields[form.page * size : (form.page + 1) * size]


def is_last_page(session: Session) -> bool:
    """Return whether the form has no page after the one shown."""
    return (session.filling.page + 1) * session.fields_shown >= len(session.filling.fields)


def checked(session: Session, codes: tuple[str, ...], means: Means) -> Form:
    """Return the form on the screen with what is wrong with some fields."""
    form = session.filling
    found = faults_of(form, codes, today=means.today, demo=means.demo)
    others = tuple(one for one in form.faults if one.code not in codes)
    return replace(form, faults=(*others, *found))


def _layout(asked: FormField, english: bool) -> Layout:
    if asked.kind in _DIGITS:
        return Layout.DIGITS
    if asked.kind is FieldKind.CREDIT_CODE or asked.code == "query":
        return Layout.LATIN
    return Layout.LATIN if english else Layout.PINYIN


def _of_card(person: Person | None) -> tuple[tuple[str, str], ...]:
    if person is None:
        return ()
    known = ((NAME, person.name), (IDENTITY, person.identity), (ADDRESS, person.address))
    return tuple((code, value) for code, value in known if value)
