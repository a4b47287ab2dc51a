"""A case as its facts made it: one table of (fact, state) → state, and the fold of everything else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from contract import case_facts as facts
from contract.cases import (
    CaseRefusal,
    CaseState,
    Defect,
    GivenMaterial,
    Lamp,
    NoticeKind,
    Outcome,
    Outstanding,
)
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.legal_clock import Suspension

S = CaseState
CORRECTING = "correction"
"""The special procedure a decision of 补齐补正 opens."""

OPEN = frozenset({S.SUBMITTED, S.CORRECTION, S.ACCEPTED, S.REVIEW, S.SUSPENDED})
RUNNING = frozenset({S.ACCEPTED, S.REVIEW})
WORKING = RUNNING | {S.SUSPENDED}
ENDS = frozenset({S.HANDED_OUT, S.REFUSED, S.RETURNED, S.WITHDRAWN})
EVERY = frozenset(S)

TABLE: Mapping[type[facts.CaseFact], tuple[frozenset[CaseState], CaseState | None]] = {
    facts.CaseAccepted: (frozenset({S.SUBMITTED}), S.ACCEPTED),
    facts.CorrectionRequested: (frozenset({S.SUBMITTED}), S.CORRECTION),
    facts.ApplicationRefused: (frozenset({S.SUBMITTED}), S.REFUSED),
    facts.MaterialsSupplemented: (frozenset({S.CORRECTION}) | WORKING, None),
    facts.SupplementReminded: (frozenset({S.CORRECTION}) | WORKING, None),
    facts.CaseReturned: (frozenset({S.CORRECTION}) | WORKING, S.RETURNED),
    facts.CaseWithdrawn: (OPEN, S.WITHDRAWN),
    facts.ReviewStarted: (RUNNING, S.REVIEW),
    facts.ClockSuspended: (RUNNING, S.SUSPENDED),
    facts.ClockResumed: (frozenset({S.SUSPENDED}), S.REVIEW),
    facts.DeadlineExtended: (RUNNING, None),
    facts.DueDateMoved: (RUNNING, None),
    facts.PartDecided: (RUNNING, None),
    facts.LicenceMade: (RUNNING | {S.DECIDED}, None),
    facts.ResultHandedOut: (frozenset({S.DECIDED}), S.HANDED_OUT),
    facts.NoticeReissued: (EVERY, None),
    facts.LampTurned: (WORKING, None),
    facts.SupervisionOrdered: (WORKING, None),
    facts.SupervisionAnswered: (EVERY, None),
    facts.AccountabilityOpened: (WORKING, None),
}
"""In which states a fact may happen, and the state after it; None keeps the state or decides by what was said."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A numbered paper of a case and how often it was given again."""

    document: str
    kind: NoticeKind
    at: datetime
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """When the case came to a point, for the citizen's page."""

    fact: str
    at: datetime
    by: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case now."""

    number: str
    application: facts.ApplicationSubmitted
    state: CaseState = S.SUBMITTED
    materials: Mapping[str, GivenMaterial] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    answer_by: date | None = None
    accepted: facts.CaseAccepted | None = None
    due: date | None = None
    provisional: bool = False
    extension: int = 0
    suspensions: tuple[Suspension, ...] = ()
    outstanding: tuple[Outstanding, ...] = ()
    reminded_until: date | None = None
    defects: tuple[Defect, ...] = ()
    told: tuple[str, ...] = ()
    decisions: Mapping[str, facts.PartDecided] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    lamp: Lamp = Lamp.GREEN
    warned: bool = False
    supervision: facts.SupervisionOrdered | None = None
    is_answered: bool = False
    is_accountable: bool = False
    refusal: facts.ApplicationRefused | None = None
    papers: tuple[Paper, ...] = ()
    moments: tuple[Moment, ...] = ()

    @property
    def situation(self) -> Mapping[str, str]:
        """The answers to the situation questions."""
        return {answer.code: answer.value for answer in self.application.situation}

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the case."""
        return tuple(part.item for part in self.application.parts)

    @property
    def outcome(self) -> Outcome | None:
        """What was decided, once every part is: denied if nothing was granted."""
        if self.state not in (S.DECIDED, S.HANDED_OUT):
            return None
        granted = any(one.outcome is Outcome.GRANTED for one in self.decisions.values())
        return Outcome.GRANTED if granted else Outcome.DENIED

    def paper(self, document: str) -> Paper:
        """Return one of the case's papers; RefusedError if it has no such one."""
        for paper in self.papers:
            if paper.document == document:
                return paper
        raise RefusedError(CaseRefusal.NO_DOCUMENT, document[:40])


def begin(fact: facts.ApplicationSubmitted) -> Case:
    """Return the case an application opens."""
    given = {material.code: material for material in fact.materials}
    answers = {answer.code: answer.value for answer in fact.answers}
    papers = (Paper(fact.receipt, NoticeKind.RECEIPT, fact.at),) if fact.receipt else ()
    moments = (Moment("ApplicationSubmitted", fact.at, fact.by),)
    return Case(fact.case, fact, S.SUBMITTED, given, answers, fact.answer_by, papers=papers, moments=moments)


def evolve(case: Case, fact: facts.CaseFact) -> Case:
    """Return the case after a fact; RefusedError if the table does not let it happen now."""
    allowed, after = TABLE[type(fact)]
    if case.state not in allowed:
        raise RefusedError(CaseRefusal.WRONG_STATE, case.state.value)
    moment = Moment(type(fact).__name__, fact.at, fact.by, getattr(fact, "item", ""))
    case = replace(case, state=after or case.state, moments=(*case.moments, moment))
    fold = _FOLDS.get(type(fact))
    return fold(case, fact) if fold else case


def retell(history: Iterable[facts.CaseFact]) -> Case:
    """Return the case a history tells; the first fact is its application."""
    told = iter(history)
    first = next(told)
    if not isinstance(first, facts.ApplicationSubmitted):
        raise RefusedError(CaseRefusal.NO_CASE, first.case)
    case = begin(first)
    for fact in told:
        case = evolve(case, fact)
    return case


def _accepted(case: Case, fact: facts.CaseAccepted) -> Case:
    kind = NoticeKind.CONDITIONAL if fact.outstanding else NoticeKind.ACCEPTANCE
    papers = (*case.papers, Paper(fact.document, kind, fact.at))
    return replace(
        case, accepted=fact, due=fact.due, provisional=fact.provisional, outstanding=fact.outstanding, papers=papers,
        answer_by=None,
    )  # fmt: skip


def _corrected(case: Case, fact: facts.CorrectionRequested) -> Case:
    told = (*case.told, *(defect.code for defect in fact.defects))
    papers = (*case.papers, Paper(fact.document, NoticeKind.CORRECTION, fact.at))
    return replace(case, defects=fact.defects, told=told, answer_by=fact.answer_by, papers=papers)


def _refused(case: Case, fact: facts.ApplicationRefused) -> Case:
    papers = (*case.papers, Paper(fact.document, NoticeKind.REFUSAL, fact.at))
    return replace(case, refusal=fact, papers=papers, answer_by=None)


def _supplemented(case: Case, fact: facts.MaterialsSupplemented) -> Case:
    given = {material.code: material for material in fact.materials}
    answers = {answer.code: answer.value for answer in fact.answers}
    left = tuple(one for one in case.outstanding if one.code not in given)
    state, answer_by = case.state, case.answer_by
    if state is S.CORRECTION:
        state, answer_by = S.SUBMITTED, fact.answer_by
    defects = tuple(one for one in case.defects if one.code not in given and one.code not in answers)
    papers = (*case.papers, Paper(fact.receipt, NoticeKind.RECEIPT, fact.at)) if fact.receipt else case.papers
    return replace(
        case, state=state, materials={**case.materials, **given}, answers={**case.answers, **answers},
        outstanding=left, answer_by=answer_by, defects=() if state is S.SUBMITTED else defects,
        reminded_until=case.reminded_until if left else None, papers=papers,
    )  # fmt: skip


def _suspended(case: Case, fact: facts.ClockSuspended) -> Case:
    pause = Suspension(fact.procedure, fact.since)
    papers = (*case.papers, Paper(fact.document, NoticeKind.SPECIAL, fact.at)) if fact.document else case.papers
    return replace(case, suspensions=(*case.suspensions, pause), due=None, papers=papers)


def _resumed(case: Case, fact: facts.ClockResumed) -> Case:
    ended = replace(case.suspensions[-1], until=fact.until)
    return replace(
        case, suspensions=(*case.suspensions[:-1], ended), due=fact.due, provisional=fact.provisional, answer_by=None,
        defects=(),
    )  # fmt: skip


def _extended(case: Case, fact: facts.DeadlineExtended) -> Case:
    return replace(case, extension=case.extension + fact.days, due=fact.due, provisional=fact.provisional)


def _moved(case: Case, fact: facts.DueDateMoved) -> Case:
    return replace(case, due=fact.due, provisional=fact.provisional)


def _decided(case: Case, fact: facts.PartDecided) -> Case:
    papers = (*case.papers, Paper(fact.document, NoticeKind.DECISION, fact.at)) if fact.document else case.papers
    if fact.outcome is Outcome.SUPPLEMENT:
        pause = Suspension(CORRECTING, fact.at.date())
        told = (*case.told, *(defect.code for defect in fact.defects))
        return replace(
            case, state=S.SUSPENDED, suspensions=(*case.suspensions, pause), due=None, papers=papers, told=told,
            defects=fact.defects, answer_by=fact.answer_by,
        )  # fmt: skip
    decisions = {**case.decisions, fact.item: fact}
    done = all(item in decisions for item in case.items)
    return replace(case, decisions=decisions, papers=papers, state=S.DECIDED if done else S.REVIEW)


def _reissued(case: Case, fact: facts.NoticeReissued) -> Case:
    papers = tuple(
        replace(paper, copies=fact.copy) if paper.document == fact.document else paper for paper in case.papers
    )
    return replace(case, papers=papers)


_FOLDS: Mapping[type[facts.CaseFact], Callable[..., Case]] = {
    facts.CaseAccepted: _accepted,
    facts.CorrectionRequested: _corrected,
    facts.ApplicationRefused: _refused,
    facts.MaterialsSupplemented: _supplemented,
    facts.SupplementReminded: lambda case, fact: replace(case, reminded_until=fact.until),
    facts.ClockSuspended: _suspended,
    facts.ClockResumed: _resumed,
    facts.DeadlineExtended: _extended,
    facts.DueDateMoved: _moved,
    facts.PartDecided: _decided,
    facts.LicenceMade: lambda case, fact: replace(case, licences={**case.licences, fact.item: fact.licence}),
    facts.NoticeReissued: _reissued,
    facts.LampTurned: lambda case, fact: replace(case, lamp=fact.lamp, warned=case.warned or fact.warned),
    facts.SupervisionOrdered: lambda case, fact: replace(case, supervision=fact, is_answered=False),
    facts.SupervisionAnswered: lambda case, _: replace(case, is_answered=True),
    facts.AccountabilityOpened: lambda case, _: replace(case, is_accountable=True),
}
