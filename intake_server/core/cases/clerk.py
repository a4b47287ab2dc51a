"""What staff does: accept, have corrected, refuse, review, suspend, extend, decide, hand out, answer supervision."""

import hmac
from collections.abc import Sequence

from contract import case_facts as facts
from contract.cases import CaseRefusal, CaseState, Defect, NoticeKind, Outcome
from intake_server.core.cases import desk, routing, words
from intake_server.core.cases.acceptance import Verdict, may_follow
from intake_server.core.cases.case import Case
from intake_server.core.cases.desk import CORRECTION_DAYS
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.legal_clock import count
from intake_server.core.cases.office import Decided, Occasion, Office, document_number
from intake_server.core.cases.routing import Duty

IDENTITY, PICKUP = "identity", "pickup_code"


def accept(office: Office, case: Case, number: str, at: Occasion) -> Decided:
    """Return a case accepted by a clerk: whole, or with deferrable materials outstanding; RefusedError else."""
    plan = office.plan_of(case)
    routing.check_acceptor(office.roster.with_duty(number, Duty.ACCEPT), plan.items)
    verdict = desk.judged(office, case, plan, at)
    if verdict.kind is NoticeKind.CORRECTION:
        follows = may_follow(plan, verdict.missing) and len(verdict.missing) == len(verdict.defects)
        if not (follows and case.application.defers):
            raise RefusedError(CaseRefusal.WRONG_STATE, verdict.defects[0].code)
    return desk.answer(office, Decided(case, ()), plan, verdict, at, number)


def correct(office: Office, case: Case, number: str, defects: Sequence[Defect], at: Occasion) -> Decided:
    """Return a case whose applicant is told everything at once; RefusedError for nothing, or for a second telling.

    A later notice may only repeat what was told, or name what came in since.
    """
    plan = office.plan_of(case)
    routing.check_acceptor(office.roster.with_duty(number, Duty.ACCEPT), plan.items)
    found = {one.code: one for one in (*desk.judged(office, case, plan, at).defects, *defects)}
    if not found:
        raise RefusedError(CaseRefusal.REASON_MISSING)
    _check_told(case, found)
    verdict = Verdict(NoticeKind.CORRECTION, tuple(found.values()))
    return desk.answer(office, Decided(case, ()), plan, verdict, at, number)


def refuse(office: Office, case: Case, number: str, reason: str, next_step: str, at: Occasion) -> Decided:
    """Return a case not accepted; RefusedError without a reason and a next step."""
    plan = office.plan_of(case)
    routing.check_acceptor(office.roster.with_duty(number, Duty.ACCEPT), plan.items)
    return Decided(case, ()).then(desk.refusal(office, case, at, reason, next_step, number))


def review(office: Office, case: Case, number: str, item: str, at: Occasion) -> Decided:
    """Return a case one part of which a reviewer of its department took."""
    _check_decider(office, case, number, item)
    return Decided(case, ()).then(facts.ReviewStarted(case=case.number, at=at.now, by=number, item=item))


def suspend(office: Office, case: Case, number: str, procedure: str, at: Occasion) -> Decided:
    """Return a case whose clock stops for a named special procedure."""
    if not procedure.strip():
        raise RefusedError(CaseRefusal.REASON_MISSING)
    office.roster.with_duty(number, Duty.DECIDE)
    fact = facts.ClockSuspended(
        case=case.number, at=at.now, by=number, procedure=procedure.strip(), since=at.today,
        document=document_number(office, at, NoticeKind.SPECIAL),
    )  # fmt: skip
    return Decided(case, ()).then(fact)


def resume(office: Office, case: Case, number: str, at: Occasion) -> Decided:
    """Return a case whose clock runs again."""
    office.roster.with_duty(number, Duty.DECIDE)
    return Decided(case, ()).then(desk.resumption(office, case, at, number))


def extend(office: Office, case: Case, number: str, days: int, reason: str, at: Occasion) -> Decided:
    """Return a case with more working days, by a leader, with a reason, within the law's ten days in all."""
    office.roster.with_duty(number, Duty.LEAD)
    if not reason.strip():
        raise RefusedError(CaseRefusal.REASON_MISSING)
    if days < 1 or case.extension + days > office.most_extension or case.accepted is None:
        raise RefusedError(CaseRefusal.WRONG_STATE, "days")
    total = case.accepted.promise_days + case.extension + days
    counted = count(office.calendar, case.accepted.accepted_on, total, case.suspensions)
    if counted.due is None:
        raise RefusedError(CaseRefusal.WRONG_STATE, case.state.value)
    fact = facts.DeadlineExtended(
        case=case.number, at=at.now, by=number, days=days, reason=reason.strip(), due=counted.due,
        provisional=counted.provisional,
    )  # fmt: skip
    return Decided(case, ()).then(fact)


def decide(
    office: Office, case: Case, number: str, item: str, outcome: Outcome, at: Occasion, *,
    reason: str = "", defects: Sequence[Defect] = (),
) -> Decided:  # fmt: skip
    """Return a case one part of which was decided; a denial needs a reason, a supplement something to bring."""
    _check_decider(office, case, number, item)
    if item in case.decisions:
        raise RefusedError(CaseRefusal.WRONG_STATE, item)
    _check_decision(office, case, item, outcome, reason, defects)
    plan = office.plan_of(case)
    handling = next(one for one in plan.items if one.item == item)
    denied = outcome is Outcome.DENIED
    fact = facts.PartDecided(
        case=case.number, at=at.now, by=number, item=item, outcome=outcome, reason=reason.strip(),
        remedies=(handling.remedies or words.REMEDIES) if denied else "", defects=tuple(defects),
        document=document_number(office, at, NoticeKind.DECISION),
        answer_by=office.days_on(at.today, CORRECTION_DAYS) if outcome is Outcome.SUPPLEMENT else None,
    )  # fmt: skip
    decided = Decided(case, ()).then(fact)
    if outcome is Outcome.GRANTED:
        made = facts.LicenceMade(case=case.number, at=at.now, by=number, item=item, licence=fact.document)
        return decided.then(made)
    stops = denied and plan.topic is not None and plan.topic.stop_on_denial
    return _stop_others(office, decided, number, at) if stops else decided


def hand_out(office: Office, case: Case, number: str, proof: str, value: str, at: Occasion) -> Decided:
    """Return a case whose results were handed out once, to whoever showed the card or the pick-up code."""
    if case.state is CaseState.HANDED_OUT:
        raise RefusedError(CaseRefusal.ALREADY_HANDED_OUT)
    deciders = [one.by for one in case.decisions.values()]
    routing.check_hand_out(office.roster.find(number), deciders, immediate=office.plan_of(case).is_immediate)
    applicant = case.application.applicant
    wanted = {IDENTITY: applicant.identity if applicant else "", PICKUP: case.application.pickup_code}.get(proof, "")
    if not wanted or not hmac.compare_digest(value.strip().upper().encode(), wanted.encode()):
        raise RefusedError(CaseRefusal.WRONG_PROOF)
    return Decided(case, ()).then(facts.ResultHandedOut(case=case.number, at=at.now, by=number, proof=proof))


def answer_supervision(office: Office, case: Case, number: str, text: str, at: Occasion) -> Decided:
    """Return a case whose department answered for its red lamp."""
    staff = office.roster.find(number)
    if case.supervision is None or staff.department not in {one.department for one in office.plan_of(case).items}:
        raise RefusedError(CaseRefusal.NOT_AUTHORISED, Duty.SUPERVISE.value)
    if not text.strip():
        raise RefusedError(CaseRefusal.REASON_MISSING)
    return Decided(case, ()).then(facts.SupervisionAnswered(case=case.number, at=at.now, by=number, text=text.strip()))


def _check_told(case: Case, found: dict[str, Defect]) -> None:
    if not case.told:
        return
    new = [code for code in found if code not in case.told]
    first = {one.code for one in case.application.materials}
    since = {code for code in case.materials if code not in first}
    for code in new:
        if code not in since:
            raise RefusedError(CaseRefusal.ALREADY_TOLD, code)


def _check_decider(office: Office, case: Case, number: str, item: str) -> None:
    handling = next((one for one in office.plan_of(case).items if one.item == item), None)
    if handling is None:
        raise RefusedError(CaseRefusal.NO_ITEM, item)
    accepted_by = case.accepted.by if case.accepted else ""
    routing.check_decider(office.roster.find(number), handling, accepted_by)


def _check_decision(
    office: Office, case: Case, item: str, outcome: Outcome, reason: str, defects: Sequence[Defect]
) -> None:
    if outcome is Outcome.DENIED and not reason.strip():
        raise RefusedError(CaseRefusal.REASON_MISSING)
    if outcome is Outcome.SUPPLEMENT and not defects:
        raise RefusedError(CaseRefusal.REASON_MISSING)
    if outcome is not Outcome.GRANTED:
        return
    if case.outstanding:
        raise RefusedError(CaseRefusal.WRONG_STATE, case.outstanding[0].code)
    for before in office.plan_of(case).waits_for(item):
        decided = case.decisions.get(before)
        if decided is None or decided.outcome is not Outcome.GRANTED:
            raise RefusedError(CaseRefusal.WRONG_STATE, before)


def _stop_others(office: Office, decided: Decided, number: str, at: Occasion) -> Decided:
    for item in decided.case.items:
        if item not in decided.case.decisions:
            document = document_number(office, at, NoticeKind.DECISION)
            fact = facts.PartDecided(
                case=decided.case.number, at=at.now, by=number, item=item, outcome=Outcome.DENIED,
                reason=words.STOPPED, remedies=words.REMEDIES, document=document,
            )  # fmt: skip
            decided = decided.then(fact)
    return decided
