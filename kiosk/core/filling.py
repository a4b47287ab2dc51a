"""What an event changes in what the citizen fills in, brings and signs."""

from collections.abc import Mapping
from dataclasses import replace

from contract.case_requests import CheckReply, OnFileReply
from contract.catalogue import FieldKind, MaterialWay
from kiosk.core.application import IDENTITY, may_follow, ways_of
from kiosk.core.changes import Change
from kiosk.core.forms import checked, filled, is_last_page, opened, shown_fields, with_answer
from kiosk.core.happening import Drawn, Happened, Means
from kiosk.core.session import Aim, Brought, Choice, Form, Person, Proof, Session, Typing
from kiosk.core.table import Event, State

LONGEST_STROKES = 400
"""Strokes a pad takes; nobody's name has more."""


def with_filling(session: Session, form: Form) -> Session:
    """Return a session with the form on its screen replaced."""
    return replace(session, form=form) if session.state is State.FORM else replace(session, entry=form)


def _field(session: Session, happened: Happened, means: Means) -> Session:
    left = _left(session, means)
    typing = opened(left.filling, happened.text, english=left.mode.english)
    return replace(left, typing=typing) if typing is not None else session


def _left(session: Session, means: Means) -> Session:
    """Return a session with the field that has the keyboard left: what was still composing is taken."""
    if session.typing is None:
        return session
    done = means.finish(session.typing)
    closed = replace(session, typing=None)
    if done.text == session.typing.text:
        return closed
    return with_filling(closed, with_answer(closed.filling, done.code, done.text))


def _key(session: Session, happened: Happened, means: Means) -> Session:
    typing = session.typing
    if typing is None:
        return session
    key = happened.text
    if _is_identity(session, typing) and key == "x":
        key = "X"
    pressed = means.press(typing, key)
    changed = replace(session, typing=pressed)
    if pressed.text != typing.text:
        changed = with_filling(changed, with_answer(changed.filling, pressed.code, pressed.text))
    if session.state is State.SEARCH:
        query = pressed.text + pressed.composing
        changed = replace(changed, shelf=replace(changed.shelf, found=means.find(query), page=0))
    return changed


def _is_identity(session: Session, typing: Typing) -> bool:
    kinds = {one.code: one.kind for one in session.filling.fields}
    return kinds.get(typing.code) in (FieldKind.IDENTITY, FieldKind.CREDIT_CODE)


def _chosen(session: Session, happened: Happened, means: Means) -> Session:
    code, _, option = happened.text.partition(":")
    asked = next((one for one in session.form.fields if one.code == code and one.kind is FieldKind.CHOICE), None)
    if asked is None or option not in {one.code for one in asked.options}:
        return session
    return replace(session, form=with_answer(session.form, code, option))


def _next(session: Session, happened: Happened, means: Means) -> Session:
    """Close the keyboard with its field checked, or check the page and turn it; a search only loses its keyboard."""
    if session.state is State.FORM:
        return _next_in_form(session, means)
    if session.state is State.SEARCH:
        return _left(session, means)
    if session.state not in (State.NUMBER, State.FIND, State.COMPLAIN, State.WRONG):
        return session
    codes = tuple(one.code for one in session.entry.fields)
    left = replace(_left(session, means), typing=session.typing)
    done = replace(left, entry=checked(left, codes, means))
    return _keyed(done) if session.state is State.NUMBER and not done.entry.faults else done


def _next_in_form(session: Session, means: Means) -> Session:
    if session.typing is not None:
        left = _left(session, means)
        return replace(left, form=checked(left, (session.typing.code,), means))
    form = checked(session, tuple(one.code for one in shown_fields(session)), means)
    if form.faults or is_last_page(session):
        return replace(session, form=form)
    return replace(session, form=replace(form, page=form.page + 1))


def _keyed(session: Session) -> Session:
    """Return a session of whom a number and a name were keyed in: enough to apply, not to see anything."""
    entry = session.entry
    person = Person(name=entry.value("name").strip(), identity=entry.value("identity").upper(), proof=Proof.NUMBER)
    return replace(session, person=person)


def _back(session: Session, happened: Happened, means: Means) -> Session:
    if session.state is not State.FORM:
        return replace(session, typing=None)
    if session.typing is not None:
        return replace(session, typing=None)
    return replace(session, form=replace(session.form, page=max(session.form.page - 1, 0), faults=()))


def _on_file(session: Session, happened: Happened, means: Means) -> Session:
    reply = happened.brings
    if not isinstance(reply, OnFileReply):
        return session
    known = {one.code: one for one in session.brought}
    for held in reply.materials:
        known[held.code] = Brought(code=held.code, way=MaterialWay.ON_FILE, until=held.until)
    answers = tuple(one for one in reply.answers if one.code != IDENTITY)
    return replace(
        session, form=filled(session.form, answers), brought=tuple(known.values()), on_file=reply.materials
    )  # fmt: skip


def _put(session: Session, brought: Brought) -> Session:
    others = tuple(one for one in session.brought if one.code != brought.code)
    return replace(session, brought=(*others, brought), check=None, strokes=())


def _material(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, material=happened.text, page=0)


def _way(session: Session, happened: Happened, means: Means) -> Session:
    code, _, way = happened.text.partition(":")
    material = next((one for one in (session.choice or Choice()).materials if one.code == code), None)
    if material is None or way not in {one.value for one in MaterialWay}:
        return session
    chosen, known = MaterialWay(way), session.material_of(code)
    on_file = chosen is MaterialWay.ON_FILE and code in {one.code for one in session.on_file}
    if not (chosen in ways_of(material) or on_file or session.aim is Aim.PRECHECK):
        return session
    if known.way is chosen and session.aim is Aim.PRECHECK:
        return _put(session, Brought(code=code))
    return _put(session, replace(known, way=chosen, is_later=False))


def _later(session: Session, happened: Happened, means: Means) -> Session:
    material = next((one for one in (session.choice or Choice()).materials if one.code == happened.text), None)
    if material is None or not may_follow(material):
        return session
    known = session.material_of(happened.text)
    return _put(session, replace(known, is_later=not known.is_later))


def _paper(session: Session, happened: Happened, means: Means) -> Session:
    brought = happened.brings
    if not isinstance(brought, Brought):
        return session
    known = session.material_of(brought.code)
    return replace(_put(session, replace(brought, until=known.until)), page=max(len(brought.pages) - 1, 0))


def _stroke(session: Session, happened: Happened, means: Means) -> Session:
    drawn = happened.brings
    if not isinstance(drawn, Drawn) or len(session.strokes) >= LONGEST_STROKES:
        return session
    before = session.strokes if session.pad == drawn.size else ()
    return replace(session, strokes=(*before, drawn.stroke), pad=drawn.size)


def _redone(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, strokes=())


def _checked(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, check=happened.brings) if isinstance(happened.brings, CheckReply) else session


CHANGES: Mapping[Event, Change] = {
    Event.FIELD: _field, Event.KEY: _key, Event.CHOOSE: _chosen, Event.NEXT: _next, Event.BACK: _back,
    Event.ON_FILE: _on_file, Event.MATERIAL: _material, Event.WAY: _way, Event.LATER: _later, Event.PAPER: _paper,
    Event.STROKE: _stroke, Event.REDO: _redone, Event.CHECKED: _checked,
}  # fmt: skip
