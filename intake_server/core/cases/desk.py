"""What citizens ask: an application handed in, something brought later, taken back, a paper again."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec

from contract import case_facts as facts
from contract import case_requests as requests
from contract.cases import Applicant, CaseRefusal, CaseState, DeliveryWay, NoticeKind, Outcome
from contract.catalogue import MaterialWay
from intake_server.core.cases import plan as plans
from intake_server.core.cases import situation
from intake_server.core.cases.acceptance import Verdict, judge, outstanding
from intake_server.core.cases.application import Application, check_promises, checked_applicant
from intake_server.core.cases.case import CORRECTING, Case
from intake_server.core.cases.case_number import case_number
from intake_server.core.cases.catalogue import COMPANY, PERSON
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.legal_clock import ANSWER_DAYS, count
from intake_server.core.cases.office import CASES, Decided, Occasion, Office, document_number, opened
from intake_server.core.cases.plan import Plan

CORRECTION_DAYS = 10
"""Working days an applicant has to put things right."""

CODE_LENGTH = 8
PICKUP_LENGTH = 6
SOMEBODY = Applicant(name="—", identity="")
"""Stands for an applicant not yet known."""


def plan_for(office: Office, request: requests.SubmitApplication | requests.CheckApplication, at: Occasion) -> Plan:
    """Return what an application is for; RefusedError for unknown items or impossible answers."""
    answers = situation.answers_of(request.situation)
    if request.topic is not None:
        return plans.of_topic(office.catalogue, request.topic, answers, at.today)
    return plans.of_items(office.catalogue, request.items, answers, at.today)


def submit(office: Office, request: requests.SubmitApplication, at: Occasion) -> Decided:
    """Return the case an application opens, already answered where the check of form alone can answer it."""
    applicant = checked_applicant(request.applicant, at.today, demo=office.is_demo)
    plan = plan_for(office, request, at)
    check_promises(plan, request.promises)
    _check_consents(request)
    verdict = judge(plan, _application(request), at.today, discredited=applicant.identity in office.discredited)
    answers_now = plan.is_formal or verdict.kind is NoticeKind.REFUSAL
    begun = opened(_submitted(office, request, plan, at, with_receipt=not answers_now))
    return answer(office, begun, plan, verdict, at) if answers_now else begun


def answer(office: Office, begun: Decided, plan: Plan, verdict: Verdict, at: Occasion, by: str = "") -> Decided:
    """Return a submitted case answered with a verdict, by a clerk or by the machine."""
    case = begun.case
    match verdict.kind:
        case NoticeKind.ACCEPTANCE | NoticeKind.CONDITIONAL:
            accepted = begun.then(acceptance(office, case, plan, at, verdict, by=by))
            return _finished_at_once(office, accepted, plan, at)
        case NoticeKind.CORRECTION:
            return begun.then(_correction(office, case, verdict, at, by))
        case _:
            return begun.then(refusal(office, case, at, verdict.reason, verdict.next_step, by))


def acceptance(
    office: Office, case: Case, plan: Plan, at: Occasion, verdict: Verdict, *, by: str = "", deemed: bool = False
) -> facts.CaseAccepted:
    """Return a case's acceptance: `deemed` counts from the day the application came in."""
    day = case.application.at.date() if deemed else at.today
    counted = count(office.calendar, day, plan.promise_days)
    assert counted.due is not None, "nothing suspends a promise before it begins"
    left = outstanding(plan, verdict.missing, day, counted.due, office.calendar)
    kind = NoticeKind.CONDITIONAL if left else NoticeKind.ACCEPTANCE
    return facts.CaseAccepted(
        case=case.number, at=at.now, by=by, document=document_number(office, at, kind), accepted_on=day,
        due=counted.due, provisional=counted.provisional, promise_days=plan.promise_days,
        calendar=office.calendar.version, outstanding=left, deemed=deemed,
    )  # fmt: skip


def refusal(
    office: Office, case: Case, at: Occasion, reason: str, next_step: str, by: str = ""
) -> facts.ApplicationRefused:
    """Return a refusal; RefusedError without a reason or without a next step."""
    if not reason.strip() or not next_step.strip():
        raise RefusedError(CaseRefusal.REASON_MISSING)
    document = document_number(office, at, NoticeKind.REFUSAL)
    return facts.ApplicationRefused(
        case=case.number, at=at.now, by=by, document=document, reason=reason.strip(), next_step=next_step.strip()
    )


def supplement(office: Office, case: Case, request: requests.SupplementCase, at: Occasion) -> Decided:
    """Return a case after what was asked for was brought, answered again where it had not been accepted."""
    plan = office.plan_of(case)
    receipt = ""
    if case.state is CaseState.CORRECTION and not plan.is_formal:
        receipt = document_number(office, at, NoticeKind.RECEIPT)
    brought = Decided(case, ()).then(
        facts.MaterialsSupplemented(
            case=case.number, at=at.now, device=at.device, materials=request.materials, answers=request.answers,
            receipt=receipt, answer_by=office.days_on(at.today, ANSWER_DAYS),
        )
    )  # fmt: skip
    if brought.case.state is CaseState.SUBMITTED and plan.is_formal:
        return answer(office, brought, plan, judged(office, brought.case, plan, at), at)
    pause = case.suspensions[-1].procedure if case.state is CaseState.SUSPENDED else ""
    if pause == CORRECTING and not brought.case.defects:
        return brought.then(resumption(office, brought.case, at))
    return brought


def judged(office: Office, case: Case, plan: Plan, at: Occasion) -> Verdict:
    """Return what the check of form says of everything a case holds by now."""
    applicant = case.application.applicant
    assert applicant is not None, "an open case keeps who applied"
    held = Application(
        applicant, case.situation, case.answers, case.materials, frozenset(case.application.promises),
        case.application.defers,
    )  # fmt: skip
    return judge(plan, held, at.today, discredited=applicant.identity in office.discredited)


def resumption(office: Office, case: Case, at: Occasion, by: str = "") -> facts.ClockResumed:
    """Return the end of a suspension, the due date counted anew; RefusedError if nothing is suspended."""
    if case.state is not CaseState.SUSPENDED or case.accepted is None:
        raise RefusedError(CaseRefusal.WRONG_STATE, case.state.value)
    ended = (*case.suspensions[:-1], replace(case.suspensions[-1], until=at.today))
    counted = count(office.calendar, case.accepted.accepted_on, case.accepted.promise_days + case.extension, ended)
    assert counted.due is not None, "the last suspension has just ended"
    return facts.ClockResumed(
        case=case.number, at=at.now, by=by, until=at.today, due=counted.due, provisional=counted.provisional
    )


def usable_until(plan: Plan, code: str, since: date) -> date:
    """Return the last day on which a material brought on `since` may be used again."""
    rules = [(item, rule) for item in plan.items for rule in item.materials if rule.code == code]
    days = [rule.valid_days or item.reuse_days for item, rule in rules]
    return since + timedelta(days=min(days, default=0))


def for_anybody(plan: Plan) -> Plan:
    """Return a plan that asks nothing about who applies, for a check before anybody is known."""
    return replace(
        plan, items=tuple(msgspec.structs.replace(item, applicants=(PERSON, COMPANY)) for item in plan.items)
    )


def withdraw(case: Case, at: Occasion) -> Decided:
    """Return a case taken back by its applicant; RefusedError once it is decided."""
    return Decided(case, ()).then(facts.CaseWithdrawn(case=case.number, at=at.now))


def reprint(case: Case, document: str, at: Occasion) -> Decided:
    """Return a paper given again under the next copy number; RefusedError if the case has no such paper."""
    copy = case.paper(document).copies + 1
    fact = facts.NoticeReissued(case=case.number, at=at.now, document=document, copy=copy, device=at.device)
    return Decided(case, ()).then(fact)


def _finished_at_once(office: Office, accepted: Decided, plan: Plan, at: Occasion) -> Decided:
    if not all(item.automatic for item in plan.items) or accepted.case.outstanding:
        return accepted
    number = accepted.case.number
    for item in plan.items:
        document = document_number(office, at, NoticeKind.DECISION)
        accepted = accepted.then(
            facts.PartDecided(case=number, at=at.now, item=item.item, outcome=Outcome.GRANTED, document=document),
            facts.LicenceMade(case=number, at=at.now, item=item.item, licence=document),
        )
    if accepted.case.application.delivery is DeliveryWay.ONLINE:
        accepted = accepted.then(facts.ResultHandedOut(case=number, at=at.now, proof=DeliveryWay.ONLINE.value))
    return accepted


def _correction(office: Office, case: Case, verdict: Verdict, at: Occasion, by: str) -> facts.CorrectionRequested:
    return facts.CorrectionRequested(
        case=case.number, at=at.now, by=by, document=document_number(office, at, NoticeKind.CORRECTION),
        defects=verdict.defects, answer_by=office.days_on(at.today, CORRECTION_DAYS),
    )  # fmt: skip


def _submitted(
    office: Office, request: requests.SubmitApplication, plan: Plan, at: Occasion, *, with_receipt: bool
) -> facts.ApplicationSubmitted:
    receipt = document_number(office, at, NoticeKind.RECEIPT) if with_receipt else ""
    return facts.ApplicationSubmitted(
        case=case_number(office.region, at.today, at.number(f"{CASES} {at.today:%Y-%m-%d}")), at=at.now,
        channel=request.channel, device=at.device, parts=plan.parts, topic=request.topic,
        topic_version=plan.topic.version if plan.topic else 0, situation=request.situation,
        materials=request.materials, promises=request.promises, defers=request.defers, consents=request.consents,
        delivery=request.delivery, responsible=plan.lead.responsible, receipt=receipt,
        answer_by=office.days_on(at.today, ANSWER_DAYS), applicant=request.applicant, answers=request.answers,
        address=request.address, signature=request.signature or "", link=at.token(),
        query_code=at.token()[-CODE_LENGTH:], pickup_code=at.token()[-PICKUP_LENGTH:],
    )  # fmt: skip


def _application(request: requests.SubmitApplication) -> Application:
    return Application(
        request.applicant, situation.answers_of(request.situation), situation.answers_of(request.answers),
        {one.code: one for one in request.materials}, frozenset(request.promises), request.defers,
    )  # fmt: skip


def _check_consents(request: requests.SubmitApplication) -> None:
    reused = (MaterialWay.ON_FILE, MaterialWay.SHARED)
    for material in request.materials:
        if material.way in reused and material.code not in request.consents:
            raise RefusedError(CaseRefusal.NO_CONSENT, material.code)
