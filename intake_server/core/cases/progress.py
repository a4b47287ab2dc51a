"""How a case stands, for its citizen: six states, masked, with every counted day; by bare number nothing personal."""

from contract.cases import CaseProgress, CaseState, DeliveryWay, Outcome, ProgressStep, PublicState
from hallkit.rules.masking import mask_name
from intake_server.core.cases.case import Case
from intake_server.core.cases.notice import defects_of, outstanding_of
from intake_server.core.cases.office import Occasion, Office
from intake_server.core.cases.plan import Plan
from intake_server.core.cases.supervision import lamp_of

PUBLIC = {
    CaseState.SUBMITTED: PublicState.SUBMITTED,
    CaseState.CORRECTION: PublicState.CORRECTION,
    CaseState.ACCEPTED: PublicState.ACCEPTED,
    CaseState.REVIEW: PublicState.REVIEW,
    CaseState.SUSPENDED: PublicState.REVIEW,
    CaseState.DECIDED: PublicState.FINISHED,
    CaseState.HANDED_OUT: PublicState.FINISHED,
    CaseState.REFUSED: PublicState.CLOSED,
    CaseState.RETURNED: PublicState.CLOSED,
    CaseState.WITHDRAWN: PublicState.CLOSED,
}
_SHOWN = {
    "ApplicationSubmitted": "submitted",
    "MaterialsSupplemented": "supplemented",
    "CorrectionRequested": "correction",
    "CaseAccepted": "accepted",
    "ApplicationRefused": "refused",
    "ReviewStarted": "review",
    "ClockSuspended": "suspended",
    "ClockResumed": "resumed",
    "DeadlineExtended": "extended",
    "SupplementReminded": "reminded",
    "PartDecided": "decided",
    "ResultHandedOut": "handed_out",
    "CaseReturned": "returned",
    "CaseWithdrawn": "withdrawn",
}
_AHEAD = {
    PublicState.SUBMITTED: ("accepted", "review", "decided", "handed_out"),
    PublicState.CORRECTION: ("accepted", "review", "decided", "handed_out"),
    PublicState.ACCEPTED: ("review", "decided", "handed_out"),
    PublicState.REVIEW: ("decided", "handed_out"),
}


def bare(office: Office, case: Case, at: Occasion) -> CaseProgress:
    """Return what the bare case number tells: the item, the state and the due date, nothing about a person."""
    plan = office.plan_of(case)
    return CaseProgress(
        case=case.number, state=PUBLIC[case.state], item=plan.name, as_of=at.now, due=case.due,
        provisional=case.provisional, is_suspended=case.state is CaseState.SUSPENDED,
    )  # fmt: skip


def full(office: Office, case: Case, at: Occasion, *, by_card: bool = False) -> CaseProgress:
    """Return what the holder of a notice sees, masked; whoever showed the card also gets the pick-up code."""
    plan, applicant = office.plan_of(case), case.application.applicant
    stands = lamp_of(case, at.today, office.calendar, office.lamps)
    counted = office.count_of(case)
    responsible = office.roster.people.get(case.application.responsible)
    denied = [one for one in case.decisions.values() if one.outcome is Outcome.DENIED]
    return CaseProgress(
        case=case.number, state=PUBLIC[case.state], item=plan.name, as_of=at.now, due=case.due,
        provisional=case.provisional, is_suspended=case.state is CaseState.SUSPENDED, outcome=case.outcome,
        applicant=mask_name(applicant.name) if applicant else "", link=case.application.link,
        days_left=stands.days_left if stands else None, lamp=stands.lamp if stands else None,
        responsible=f"{mask_name(responsible.name)}，{responsible.place}" if responsible else "",
        outstanding=outstanding_of(plan, case.outstanding), defects=defects_of(plan, case.defects),
        reason=case.refusal.reason if case.refusal else denied[0].reason if denied else "",
        next_step=case.refusal.next_step if case.refusal else denied[0].remedies if denied else "",
        steps=steps(office, case, plan), days=counted.days if counted else (), delivery=case.application.delivery,
        documents=tuple(paper.document for paper in case.papers),
        pickup_code=case.application.pickup_code if by_card and case.state is CaseState.DECIDED else "",
    )  # fmt: skip


def steps(office: Office, case: Case, plan: Plan) -> tuple[ProgressStep, ...]:
    """Return what happened, in order, and what lies ahead; the step a case is in is marked."""
    names = {item.item: item.name for item in plan.items} if len(plan.items) > 1 else {}
    past = [
        ProgressStep(code=_SHOWN[one.fact], at=one.at, detail=names.get(one.item, ""))
        for one in case.moments
        if one.fact in _SHOWN
    ]
    by = {"accepted": case.answer_by, "decided": case.due}
    ahead = [ProgressStep(code=code, expected=by.get(code)) for code in _AHEAD.get(PUBLIC[case.state], ())]
    if PUBLIC[case.state] is PublicState.FINISHED and case.state is CaseState.DECIDED and _is_given(case):
        ahead = [ProgressStep(code="handed_out", is_now=True)]
    elif past and ahead:
        past[-1] = ProgressStep(code=past[-1].code, at=past[-1].at, detail=past[-1].detail, is_now=True)
    return (*past, *ahead)


def _is_given(case: Case) -> bool:
    return case.outcome is Outcome.GRANTED and case.application.delivery is not DeliveryWay.ONLINE
