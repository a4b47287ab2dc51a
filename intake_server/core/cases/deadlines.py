"""What time alone brings about: acceptance by silence, reminders, returns, lamps, orders to answer, accountability."""

from contract import case_facts as facts
from contract.cases import CaseState, Lamp, NoticeKind
from intake_server.core.cases import desk
from intake_server.core.cases.acceptance import Verdict
from intake_server.core.cases.case import Case
from intake_server.core.cases.office import SUPERVISION_SERIES, Decided, Occasion, Office, numbered
from intake_server.core.cases.supervision import lamp_of


def pass_time(office: Office, case: Case, at: Occasion) -> Decided:
    """Return a case with everything that is due by now; no facts if nothing is."""
    decided = _answered_by_silence(office, Decided(case, ()), at)
    decided = _not_brought(office, decided, at)
    decided = _lamp(office, decided, at)
    return _accountable(decided, at)


def _answered_by_silence(office: Office, decided: Decided, at: Occasion) -> Decided:
    case = decided.case
    if case.state is not CaseState.SUBMITTED or case.answer_by is None or at.today <= case.answer_by:
        return decided
    silent = Verdict(NoticeKind.ACCEPTANCE)
    return decided.then(desk.acceptance(office, case, office.plan_of(case), at, silent, deemed=True))


def _not_brought(office: Office, decided: Decided, at: Occasion) -> Decided:
    case = decided.case
    codes = _late(case, at)
    if not codes:
        return decided
    if case.reminded_until is None:
        grace = max(item.grace_days for item in office.plan_of(case).items)
        until = office.days_on(at.today, grace)
        return decided.then(facts.SupplementReminded(case=case.number, at=at.now, codes=codes, until=until))
    if at.today > case.reminded_until:
        return decided.then(facts.CaseReturned(case=case.number, at=at.now, codes=codes))
    return decided


def _late(case: Case, at: Occasion) -> tuple[str, ...]:
    waits = case.state in (CaseState.CORRECTION, CaseState.SUSPENDED) and case.answer_by is not None
    if waits and case.answer_by is not None and at.today > case.answer_by:
        return tuple(defect.code for defect in case.defects)
    return tuple(one.code for one in case.outstanding if at.today > one.due)


def _lamp(office: Office, decided: Decided, at: Occasion) -> Decided:
    case = decided.case
    stands = lamp_of(case, at.today, office.calendar, office.lamps)
    if stands is None:
        return decided
    if stands.lamp is not case.lamp or (stands.warns and not case.warned):
        turned = facts.LampTurned(case=case.number, at=at.now, lamp=stands.lamp, warned=stands.warns)
        decided = decided.then(turned)
    if stands.lamp is Lamp.RED and case.supervision is None:
        document = numbered(office, at, SUPERVISION_SERIES)
        answer_by = office.days_on(at.today, office.lamps.answer_days)
        order = facts.SupervisionOrdered(case=case.number, at=at.now, document=document, answer_by=answer_by)
        decided = decided.then(order)
    return decided


def _accountable(decided: Decided, at: Occasion) -> Decided:
    case = decided.case
    order = case.supervision
    open_ = order is not None and not case.is_answered and not case.is_accountable
    if order is None or not open_ or at.today <= order.answer_by or case.state not in _ORDERED:
        return decided
    return decided.then(facts.AccountabilityOpened(case=case.number, at=at.now))


_ORDERED = (CaseState.ACCEPTED, CaseState.REVIEW, CaseState.SUSPENDED)
