"""The papers of a case: what each of them says, masked, ready to print and to check."""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from contract.cases import Defect, Notice, NoticeKind, Outcome, Outstanding, PaperMaterial
from hallkit.rules.masking import mask_identity, mask_name
from intake_server.core.cases import words
from intake_server.core.cases.case import Case
from intake_server.core.cases.legal_clock import first_counted
from intake_server.core.cases.office import Office
from intake_server.core.cases.plan import Plan

_CANON = msgspec.json.Encoder(order="sorted")


def notice_of(office: Office, case: Case, document: str) -> Notice:
    """Return one of a case's papers as the case is now; RefusedError if it has no such paper."""
    paper, plan, application = case.paper(document), office.plan_of(case), case.application
    applicant = application.applicant
    responsible = office.roster.people.get(application.responsible)
    counted = office.count_of(case)
    notice = Notice(
        document=document, kind=paper.kind, case=case.number, issued_at=paper.at,
        applicant=mask_name(applicant.name) if applicant else "",
        identity=mask_identity(applicant.identity) if applicant else "", item=plan.name,
        responsible=f"{mask_name(responsible.name)}　{responsible.place}" if responsible else "",
        responsible_phone=responsible.phone if responsible else "", promise_days=plan.promise_days,
        link=application.link, query_code=application.query_code, due=case.due, provisional=case.provisional,
        received_on=case.accepted.accepted_on if case.accepted else application.at.date(),
        count_from=first_counted(counted) if counted else None, answer_by=case.answer_by,
        delivery=application.delivery, deemed=bool(case.accepted and case.accepted.deemed),
        received=received_of(case, plan),
    )  # fmt: skip
    notice = msgspec.structs.replace(notice, **_said(case, plan, paper.kind))
    return msgspec.structs.replace(notice, fingerprint=fingerprint(notice))


def fingerprint(notice: Notice) -> str:
    """Return SHA-256 over a paper, 64 hexadecimal digits; its random link keeps anybody from making one up."""
    plain = msgspec.structs.replace(notice, fingerprint="", copy=0)
    return hashlib.sha256(_CANON.encode(plain)).hexdigest()


def outstanding_of(plan: Plan, outstanding: Iterable[Outstanding]) -> tuple[PaperMaterial, ...]:
    """Return outstanding materials as a paper names them, each with its last day."""
    return tuple(
        PaperMaterial(title=rule.name, detail=words.how_to_bring(rule), due=one.due, code=one.code)
        for one in outstanding
        if (rule := plan.material(one.code)) is not None
    )


def defects_of(plan: Plan, defects: Iterable[Defect]) -> tuple[PaperMaterial, ...]:
    """Return defects as a paper names them."""
    named = {field.code: field.label for field in plan.fields}
    named |= {question.code: question.text for question in plan.questions}
    named |= {rule.code: rule.name for rule in plan.materials}
    brought = {rule.code for rule in plan.materials}
    return tuple(
        PaperMaterial(
            title=named.get(one.code, one.code), detail=one.remedy, code=one.code if one.code in brought else ""
        )
        for one in defects
    )


def received_of(case: Case, plan: Plan) -> tuple[PaperMaterial, ...]:
    """Return the materials that came in, in the order the guide lists them."""
    given = [(rule, case.materials[rule.code]) for rule in plan.materials if rule.code in case.materials]
    papers = [PaperMaterial(title=rule.name, detail=words.received(one.way, one.pages)) for rule, one in given]
    promised = [rule for rule in plan.materials if rule.code in case.application.promises]
    return (*papers, *(PaperMaterial(title=rule.name, detail=words.PROMISED) for rule in promised))


def _said(case: Case, plan: Plan, kind: NoticeKind) -> dict[str, Any]:
    """Return what only this kind of paper says."""
    if kind is NoticeKind.CONDITIONAL and case.accepted is not None:
        return {"outstanding": outstanding_of(plan, case.accepted.outstanding), "consequence": words.CONSEQUENCE}
    if kind is NoticeKind.CORRECTION:
        return {"defects": defects_of(plan, case.defects)}
    if kind is NoticeKind.REFUSAL and case.refusal is not None:
        return {"reason": case.refusal.reason, "next_step": case.refusal.next_step}
    if kind is NoticeKind.SPECIAL:
        return {"reason": case.suspensions[-1].procedure}
    return _decision(case, plan) if kind is NoticeKind.DECISION else {}


def _decision(case: Case, plan: Plan) -> dict[str, Any]:
    if case.defects or not case.decisions:
        return {"outcome": Outcome.SUPPLEMENT, "defects": defects_of(plan, case.defects)}
    last = list(case.decisions.values())[-1]
    return {"outcome": last.outcome, "reason": last.reason, "next_step": last.remedies}
