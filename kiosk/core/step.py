"""One step of a session: the change an event makes, the move it leads to, and what the new screen begins with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from contract.catalogue import MaterialWay
from kiosk.core import changes, filling
from kiosk.core.application import wanted
from kiosk.core.forms import SMALL_FORMS, of_choice, opened
from kiosk.core.guards import holds
from kiosk.core.happening import Happened, Means
from kiosk.core.moves import QUESTIONS, TABLE, Effect, Move
from kiosk.core.session import Brought, Choice, Form, Proof, Reading, Session, Told
from kiosk.core.table import Event, State

_CHANGES: Mapping[Event, changes.Change] = {**changes.CHANGES, **filling.CHANGES}
_WORK = frozenset({State.WORKING, State.SUBMITTING})


@dataclass(frozen=True, slots=True)
class Step:
    """The session after an event and the work that follows; not `moved` means the event changed nothing."""

    session: Session
    effects: tuple[Effect, ...] = ()
    moved: bool = True


def step(session: Session, happened: Happened, means: Means) -> Step:
    """Return what an event leads to."""
    ways = TABLE[session.state].get(happened.event)
    if ways is None:
        return Step(session, moved=False)
    change = _CHANGES.get(happened.event, _keep)
    known = change(session, happened, means)
    move = _chosen(ways, session, known)
    after = _arrived(session, known, move)
    if Effect.WIPE in move.effects:
        after = wiped(after, happened)
    elif Effect.FORGET in move.effects:
        after = forgotten(after)
    return Step(after, move.effects)


def wiped(session: Session, happened: Happened) -> Session:
    """Return a session that knows nothing of the citizen; what lies on the kiosk is still told, a failure too."""
    if session.state is State.ATTRACT:
        return Session()
    told = Told(word=session.told.word, number=session.told.number) if session.state is State.FAIL_SAFE else Told()
    return Session(
        state=session.state, mode=session.mode, told=told, card_left=session.card_left, paper_left=session.paper_left
    )


def forgotten(session: Session) -> Session:
    """Return a session that goes on with another matter: who is there, and how they read, is kept."""
    return Session(state=session.state, mode=session.mode, person=session.person, card_left=session.card_left)


def _keep(session: Session, happened: Happened, means: Means) -> Session:
    return session


def _chosen(ways: Move | tuple[Move, ...], before: Session, after: Session) -> Move:
    if isinstance(ways, Move):
        return ways
    return next(one for one in ways if holds(one.only, before, after))


def _arrived(before: Session, known: Session, move: Move) -> Session:
    """Return the session on the screen a move leads to."""
    if move.returns:
        return replace(known, state=known.below)
    to = known.origin if move.retries else move.to
    if to is None:
        return known
    below = before.state if to in QUESTIONS and before.state not in QUESTIONS else known.below
    origin = before.state if to in _WORK and before.state not in _WORK else known.origin
    moved = replace(known, state=to, below=below, origin=origin)
    if to in QUESTIONS or to is before.state:
        return moved
    return _ENTRIES.get(to, _plain)(replace(moved, typing=None))


def _plain(session: Session) -> Session:
    return session


def _small_form(session: Session) -> Session:
    fields = SMALL_FORMS[session.state]
    form = Form(fields=fields)
    fresh = replace(session, entry=form)
    return replace(fresh, typing=opened(form, fields[0].code, english=session.mode.english))


def _form(session: Session) -> Session:
    form = of_choice(session.form, session.choice, session.person)
    return replace(session, form=form, strokes=(), check=None)


def _materials(session: Session) -> Session:
    """Give the form itself for a material that is nothing but the form."""
    known = session
    for one in (session.choice or Choice()).materials:
        if one.ways == (MaterialWay.FORM,) and known.material_of(one.code).way is None:
            known = replace(known, brought=(*known.brought, Brought(code=one.code, way=MaterialWay.FORM)))
    return replace(known, material="", page=0)


def _sign(session: Session) -> Session:
    return replace(_materials(session) if not session.brought and wanted(session) else session, strokes=(), check=None)


def _identify(session: Session) -> Session:
    return replace(session, by=Proof.CARD, reading=Reading.WAITING, failures=0)


_ENTRIES: Mapping[State, Callable[[Session], Session]] = {
    State.FORM: _form, State.MATERIALS: _materials, State.SIGN: _sign, State.IDENTIFY: _identify,
    State.NUMBER: _small_form, State.FIND: _small_form, State.SEARCH: _small_form, State.COMPLAIN: _small_form,
    State.WRONG: _small_form,
}  # fmt: skip
