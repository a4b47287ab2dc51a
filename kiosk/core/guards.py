"""Whether a move's condition holds: of the session as it was, and as the event made it."""

from collections.abc import Callable, Mapping

from kiosk.core.application import is_short, wanted
from kiosk.core.changes import SEEKS
from kiosk.core.forms import is_last_page
from kiosk.core.moves import Guard
from kiosk.core.session import Aim, Choice, Proof, Session
from kiosk.core.strokes import sign
from kiosk.core.table import State
from kiosk.errors import SignatureError

Condition = Callable[[Session, Session], bool]


def holds(guard: Guard | None, before: Session, after: Session) -> bool:
    """Return whether a guard holds; a move without one always may be made."""
    return guard is None or CONDITIONS[guard](before, after)


def is_proven(session: Session) -> bool:
    """Return whether somebody proved who is standing here; a keyed number proves nothing."""
    return session.person is not None and session.person.proof is not Proof.NUMBER


def is_signed(session: Session) -> bool:
    """Return whether the strokes on the pad are a signature."""
    try:
        sign(session.strokes, session.pad, b"")
    except SignatureError:
        return False
    return True


def _is_lost(session: Session) -> bool:
    return session.person is None or (session.aim in SEEKS and not is_proven(session))


def _is_asked(session: Session) -> bool:
    choice = session.choice or Choice()
    return choice.guide is not None and not choice.is_answered


def _is_elsewhere(session: Session) -> bool:
    guide = session.choice.guide if session.choice else None
    return guide is not None and not guide.self_service and session.aim is not Aim.PRECHECK


def _costs(session: Session) -> bool:
    guide = session.choice.guide if session.choice else None
    return guide is not None and guide.fee_cents > 0


CONDITIONS: Mapping[Guard, Condition] = {
    Guard.KNOWN: lambda before, after: after.person is not None,
    Guard.PROVEN: lambda before, after: is_proven(after),
    Guard.SEEKING: lambda before, after: after.aim in SEEKS,
    Guard.ELSEWHERE: lambda before, after: _is_elsewhere(after),
    Guard.ASKED: lambda before, after: _is_asked(after),
    Guard.PRECHECKING: lambda before, after: after.aim is Aim.PRECHECK,
    Guard.SUPPLEMENTING: lambda before, after: after.aim is Aim.SUPPLEMENT,
    Guard.TYPING: lambda before, after: before.typing is not None,
    Guard.FAULTY: lambda before, after: bool(after.filling.faults),
    Guard.LATER_PAGE: lambda before, after: before.form.page > 0,
    Guard.MORE_FIELDS: lambda before, after: not is_last_page(before),
    Guard.SHORT: lambda before, after: is_short(after),
    Guard.UNSIGNED: lambda before, after: not is_signed(after),
    Guard.COSTLY: lambda before, after: _costs(after),
    Guard.CARD_LEFT: lambda before, after: after.card_left,
    Guard.EMPTY: lambda before, after: not wanted(after),
    Guard.OF_TOPIC: lambda before, after: after.choice is not None and after.choice.kind == "topic",
    Guard.SIGNED: lambda before, after: before.origin is State.SIGN,
    Guard.LOST: lambda before, after: _is_lost(after),
    Guard.MANY: lambda before, after: len(after.cases) > 1,
    Guard.CHOSEN: lambda before, after: after.choice is not None and after.choice.guide is not None,
    Guard.BY_NUMBER: lambda before, after: after.by is Proof.NUMBER,
    Guard.ANSWERING: lambda before, after: before.origin is State.SITUATION,
}
