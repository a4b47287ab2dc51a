"""One citizen at a ticket machine: how an event changes what the machine knows of the session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import msgspec.structs

from contract.queue import RefusalCode, TicketStanding
from queue_caller.core.machine_table import (
    ELDER_LEAST,
    HOME_LIMIT,
    LIMITS,
    TABLE,
    WORKING,
    Effect,
    Event,
    State,
)
from queue_caller.core.machine_ticket import HeldTicket

CODE_LENGTH = 6
IDENTITY_LENGTH = 18
LONGEST_TICKET = 6


class Fate(StrEnum):
    """What is true of the citizen's business when the machine has to start over."""

    NOTHING = "nothing"
    TICKET = "ticket"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something done that is no new ticket: which text tells it, and its number, code and time."""

    kind: str
    number: str = ""
    code: str = ""
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the machine knows of the citizen in front of it; the first one is what everybody finds."""

    state: State = State.HOME
    service: str = ""
    typed: str = ""
    scanned: str = ""
    person: str | None = None
    holder: str = ""
    page: int = 0
    ticket: HeldTicket | None = None
    standing: TicketStanding | None = None
    refusal: RefusalCode | None = None
    reason: str = ""
    when: datetime | None = None
    note: Note | None = None
    fate: Fate = Fate.NOTHING
    below: State = State.HOME
    elder: bool = False
    english: bool = False
    lowered: bool = False

    @property
    def is_fresh(self) -> bool:
        """Return whether home is as the next citizen expects it."""
        return self == Session()

    @property
    def limit(self) -> int | None:
        """Return the seconds this screen lasts without a touch; None for ever."""
        if self.state is State.HOME:
            return None if self.is_fresh else HOME_LIMIT
        seconds = LIMITS[self.state]
        return max(3 * seconds, ELDER_LEAST) if self.elder and self.state not in WORKING else seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event with what it brings; `text` is a service, a key, a scanned code, a masked name or a page step."""

    event: Event
    text: str = ""
    person: str | None = None
    ticket: HeldTicket | None = None
    standing: TicketStanding | None = None
    refusal: RefusalCode | None = None
    when: datetime | None = None
    note: Note | None = None
    fate: Fate = Fate.NOTHING


@dataclass(frozen=True, slots=True)
class Step:
    """The session after an event and the work that follows; not `moved` means the event changed nothing."""

    session: Session
    effects: tuple[Effect, ...] = ()
    moved: bool = True


def step(session: Session, happened: Happened) -> Step:
    """Return what an event leads to."""
    move = TABLE[session.state].get(happened.event)
    if move is None:
        return Step(session, moved=False)
    known = _CHANGES.get(happened.event, _keep)(session, happened)
    if Effect.WIPE in move.effects:
        known = _wiped(known, happened)
    if move.returns:
        return Step(replace(known, state=session.below), move.effects)
    if move.to is None:
        return Step(known, move.effects)
    below = session.state if move.to in (State.HELP, State.STILL_THERE) else known.below
    return Step(replace(known, state=move.to, below=below), move.effects)


def _wiped(session: Session, happened: Happened) -> Session:
    """Forget the citizen; a failure keeps the words it is told in and what is true of the business."""
    if happened.event is not Event.FAILED:
        return Session()
    known = happened.ticket if happened.fate is Fate.TICKET else None
    return Session(fate=happened.fate, ticket=known, elder=session.elder, english=session.english)


def _keep(session: Session, happened: Happened) -> Session:
    return session


def _service(session: Session, happened: Happened) -> Session:
    return replace(session, service=happened.text, refusal=None, when=happened.when)


def _fresh_entry(session: Session, happened: Happened) -> Session:
    return replace(session, typed="", scanned="", page=0, person=None, holder="", reason="")


def _typed(session: Session, happened: Happened) -> Session:
    if happened.text == "clear":
        return replace(session, typed="")
    if happened.text == "delete":
        return replace(session, typed=session.typed[:-1])
    longest = IDENTITY_LENGTH if session.state is State.CODE else LONGEST_TICKET
    return replace(session, typed=(session.typed + happened.text)[:longest])


def _scanned(session: Session, happened: Happened) -> Session:
    return replace(session, scanned=happened.text)


def _carded(session: Session, happened: Happened) -> Session:
    return replace(session, person=happened.person, holder=happened.text, reason="")


def _unread(session: Session, happened: Happened) -> Session:
    return replace(session, reason=happened.text)


def _ticketed(session: Session, happened: Happened) -> Session:
    return replace(session, ticket=happened.ticket, typed="", scanned="")


def _refused(session: Session, happened: Happened) -> Session:
    return replace(session, refusal=happened.refusal, reason=happened.text, when=happened.when)


def _found(session: Session, happened: Happened) -> Session:
    return replace(session, standing=happened.standing, typed="", scanned="")


def _noted(session: Session, happened: Happened) -> Session:
    return replace(session, note=happened.note)


def _reprinted(session: Session, happened: Happened) -> Session:
    ticket = session.ticket
    return replace(session, ticket=_next_copy(ticket) if ticket else None)


def _next_copy(ticket: HeldTicket) -> HeldTicket:
    return msgspec.structs.replace(ticket, reprint=ticket.reprint + 1)


def _turned(session: Session, happened: Happened) -> Session:
    return replace(session, page=max(session.page + int(happened.text or "1"), 0))


def _elder(session: Session, happened: Happened) -> Session:
    return replace(session, page=0, elder=not session.elder)


def _english(session: Session, happened: Happened) -> Session:
    return replace(session, page=0, english=not session.english)


def _lowered(session: Session, happened: Happened) -> Session:
    return replace(session, page=0, lowered=not session.lowered)


def _unprinted(session: Session, happened: Happened) -> Session:
    if session.state is State.HELP and session.below in (State.ISSUED, State.OFFLINE):
        return replace(session, below=State.UNPRINTED)
    return session


_CHANGES: Mapping[Event, Callable[[Session, Happened], Session]] = {
    Event.PICK: _service,
    Event.EXPLAIN: _service,
    Event.MATTERS: _fresh_entry,
    Event.BOOKING: _fresh_entry,
    Event.CODE: _fresh_entry,
    Event.FIND: _fresh_entry,
    Event.KEY: _typed,
    Event.SCAN: _scanned,
    Event.CARD: _carded,
    Event.UNREAD: _unread,
    Event.ISSUED: _ticketed,
    Event.OFFLINE: _ticketed,
    Event.UNFINISHED: _ticketed,
    Event.CLOSED: _refused,
    Event.REFUSED: _refused,
    Event.FOUND: _found,
    Event.NOTED: _noted,
    Event.REPRINT: _reprinted,
    Event.PAGE: _turned,
    Event.ELDER: _elder,
    Event.LANGUAGE: _english,
    Event.LOWER: _lowered,
    Event.UNPRINTED: _unprinted,
}
