"""What an event changes in what the kiosk knows: going about, choosing, identifying, and the end of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from contract.cases import Answer, CaseRefusal, DeliveryWay
from contract.catalogue import GuideMaterial, ItemGuide, TopicGuide
from contract.queue_requests import TicketIssuedReply
from contract.rating import RatingGrade, RatingReason
from kiosk.core.happening import SHEET, Cases, Happened, Means, SlipNews
from kiosk.core.session import Aim, Choice, Help, Issued, Person, Proof, Reading, Session, Shelf, Told
from kiosk.core.table import Event, State

Change = Callable[[Session, Happened, Means], Session]

SEEKS = frozenset({Aim.PROGRESS, Aim.PRINT, Aim.RATE})
"""What only somebody who proved who they are may see."""

TRIES = 3
"""Cards or codes that could not be used before another way is offered first."""


def _aim(aim: Aim) -> Change:
    return lambda session, happened, means: replace(session, aim=aim, shelf=Shelf(), page=0)


def _elder(session: Session, happened: Happened, means: Means) -> Session:
    return _turned_back(replace(session, mode=replace(session.mode, elder=not session.mode.elder)))


def _english(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, mode=replace(session.mode, english=not session.mode.english))


def _lowered(session: Session, happened: Happened, means: Means) -> Session:
    return _turned_back(replace(session, mode=replace(session.mode, lowered=not session.mode.lowered)))


def _contrast(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, mode=replace(session.mode, contrast=not session.mode.contrast))


def _turned_back(session: Session) -> Session:
    """Return a session on its first page: another size of print makes other pages."""
    form, entry = replace(session.form, page=0), replace(session.entry, page=0)
    return replace(session, page=0, form=form, entry=entry, shelf=replace(session.shelf, page=0))


def _theme(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, shelf=replace(session.shelf, theme=happened.text, page=0))


def _page(session: Session, happened: Happened, means: Means) -> Session:
    by = -1 if happened.text.startswith("-") else 1
    shelf = replace(session.shelf, page=max(session.shelf.page + by, 0))
    return replace(session, shelf=shelf, page=max(session.page + by, 0))


def _picked(session: Session, happened: Happened, means: Means) -> Session:
    kind, _, code = happened.text.partition(":")
    if kind == "queue":
        return replace(session, told=Told(word="queue", detail=code))
    known = session.choice
    if known is not None and (known.kind, known.code) == (kind, code):
        return session
    return replace(
        session, choice=Choice(kind=kind, code=code), brought=(), strokes=(), check=None, page=0,
        aim=session.aim if session.aim in (Aim.PRECHECK, Aim.CONSULT) else Aim.APPLY,
    )  # fmt: skip


def _guided(session: Session, happened: Happened, means: Means) -> Session:
    choice = session.choice
    match happened.brings:
        case ItemGuide() as guide if choice is not None:
            return replace(session, choice=replace(choice, item=guide), page=0)
        case TopicGuide() as guide if choice is not None:
            return replace(session, choice=replace(choice, topic=guide), page=0)
        case _:
            return session


def _answered(session: Session, happened: Happened, means: Means) -> Session:
    question, _, option = happened.text.partition(":")
    choice = session.choice
    if choice is None or choice.guide is None:
        return session
    asked = next((one for one in choice.guide.questions if one.code == question), None)
    if asked is None or option not in {one.code for one in asked.options}:
        return session
    others = {one.code: one for one in choice.situation if one.code != question}
    told = {**others, question: Answer(code=question, value=option)}
    ordered = tuple(told[code] for code in told)
    return replace(session, choice=replace(choice, situation=ordered))


def _identified(session: Session, happened: Happened, means: Means) -> Session:
    person = happened.brings
    if not isinstance(person, Person):
        return _failed_reading(session, Reading.BAD_CODE)
    if person.valid_until is not None and person.valid_until < means.today:
        return _failed_reading(session, Reading.EXPIRED)
    return replace(session, person=person, reading=Reading.WAITING, failures=0, card_left=person.proof is Proof.CARD)


def _card_fault(session: Session, happened: Happened, means: Means) -> Session:
    if happened.brings is Reading.UNUSABLE:
        return replace(session, reading=Reading.UNUSABLE)
    return _failed_reading(session, happened.brings if isinstance(happened.brings, Reading) else Reading.LIFT)


def _failed_reading(session: Session, reading: Reading) -> Session:
    failures = session.failures + 1
    return replace(session, failures=failures, reading=Reading.TRIED if failures >= TRIES else reading)


def _card_gone(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, card_left=False)


def _scanned(session: Session, happened: Happened, means: Means) -> Session:
    """A token identifies, where that is asked nothing else does; elsewhere a code is the address on a notice."""
    if isinstance(happened.brings, Person):
        return _identified(session, happened, means)
    if happened.brings is Reading.BAD_CODE or session.state is State.IDENTIFY:
        return _failed_reading(session, Reading.BAD_CODE)
    return replace(session, aim=session.aim or Aim.PROGRESS, told=Told(word="link", detail=happened.text))


def _by(session: Session, happened: Happened, means: Means) -> Session:
    seeks = replace(session, aim=session.aim or Aim.PROGRESS)
    is_shown = happened.text in (Proof.CARD, Proof.CODE) or (happened.text == Proof.NUMBER and seeks.aim not in SEEKS)
    return replace(seeks, by=Proof(happened.text) if is_shown else seeks.by, reading=Reading.WAITING)


def _found(session: Session, happened: Happened, means: Means) -> Session:
    found = happened.brings.found if isinstance(happened.brings, Cases) else ()
    return replace(session, cases=found, case=found[0] if found else None, page=0, told=Told())


def _case(session: Session, happened: Happened, means: Means) -> Session:
    place = int(happened.text) if happened.text.isdecimal() else 0
    return replace(session, case=session.cases[place], page=0) if place < len(session.cases) else session


def _issued(session: Session, happened: Happened, means: Means) -> Session:
    found = happened.brings
    return replace(session, issued=found, strokes=(), grade=None) if isinstance(found, Issued) else session


def _printing(session: Session, happened: Happened, means: Means) -> Session:
    news = happened.brings
    if isinstance(news, SlipNews) and news.document == SHEET:
        return replace(session, sheet=news.slip)
    if session.issued is None or not isinstance(news, SlipNews) or news.document != session.issued.notice.document:
        return session
    return replace(session, issued=replace(session.issued, slip=news.slip, cause=news.cause))


def _ticketed(session: Session, happened: Happened, means: Means) -> Session:
    ticket = happened.brings
    return replace(session, ticket=ticket) if isinstance(ticket, TicketIssuedReply) else session


def _told(session: Session, happened: Happened, means: Means) -> Session:
    told = happened.brings if isinstance(happened.brings, Told) else Told(word=happened.text)
    return replace(session, told=told)


def _delivery(session: Session, happened: Happened, means: Means) -> Session:
    known = {one.value for one in DeliveryWay}
    return replace(session, delivery=DeliveryWay(happened.text)) if happened.text in known else session


def _graded(session: Session, happened: Happened, means: Means) -> Session:
    if session.grade is not None or happened.text not in {str(int(one)) for one in RatingGrade}:
        return session
    return replace(session, grade=RatingGrade(int(happened.text)))


def _reasoned(session: Session, happened: Happened, means: Means) -> Session:
    if happened.text not in {one.value for one in RatingReason}:
        return session
    reason = RatingReason(happened.text)
    ticked = tuple(one for one in session.reasons if one is not reason)
    return replace(session, reasons=ticked if reason in session.reasons else (*ticked, reason))


def _category(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, category=happened.text)


def _called(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, help=Help.CALLING)


def _heard(session: Session, happened: Happened, means: Means) -> Session:
    return replace(session, help=Help.HEARD if happened.text == "heard" else Help.UNHEARD)


def _supplementing(session: Session, happened: Happened, means: Means) -> Session:
    """Ask for the materials the case shown still needs; fields to put right are for its page or a window."""
    case = session.case
    left = (*case.outstanding, *case.defects) if case is not None else ()
    asked = tuple(GuideMaterial(code=one.code, name=one.title, source=one.detail) for one in left if one.code)
    choice = Choice(kind="case", code=case.case if case is not None else "", asked=asked)
    return replace(session, aim=Aim.SUPPLEMENT, choice=choice, brought=())


def _failed(session: Session, happened: Happened, means: Means) -> Session:
    number = session.issued.notice.case if session.issued else ""
    return replace(session, told=Told(word=happened.text, number=number))


def _refused(session: Session, happened: Happened, means: Means) -> Session:
    told = _told(session, happened, means)
    lost = told.told.refusal is CaseRefusal.BAD_IDENTITY
    return replace(told, person=None if lost else told.person)


CHANGES: Mapping[Event, Change] = {
    Event.PROGRESS: _aim(Aim.PROGRESS), Event.CONSULT: _aim(Aim.CONSULT), Event.APPLY: _aim(Aim.APPLY),
    Event.PRINT: _aim(Aim.PRINT), Event.RATE: _aim(Aim.RATE), Event.PRECHECK: _aim(Aim.PRECHECK),
    Event.WRONG: _aim(Aim.WRONG), Event.ELDER: _elder, Event.LANGUAGE: _english, Event.LOWER: _lowered,
    Event.CONTRAST: _contrast, Event.THEME: _theme, Event.PAGE: _page, Event.PICK: _picked, Event.GUIDED: _guided,
    Event.ANSWER: _answered, Event.CARD: _identified, Event.CARD_FAULT: _card_fault, Event.CARD_GONE: _card_gone,
    Event.SCAN: _scanned, Event.BY: _by, Event.FOUND: _found, Event.CASE: _case, Event.SUBMITTED: _issued,
    Event.REPRINTED: _issued, Event.PRINTING: _printing, Event.TICKETED: _ticketed, Event.NOTED: _told,
    Event.REFUSED: _refused, Event.AWAY: _told, Event.DELIVERY: _delivery, Event.GRADE: _graded,
    Event.REASON: _reasoned, Event.CATEGORY: _category, Event.HELP: _called, Event.HEARD: _heard,
    Event.SUPPLEMENT: _supplementing, Event.FAILED: _failed,
}  # fmt: skip
