"""The answer to an application: accepted, accepted with materials outstanding, to be corrected once, or refused.

Source: Administrative Licensing Law, article 32 (tell everything at once, within five days, else it counts as
accepted); local rules of conditional acceptance (容缺受理): secondary materials only, against a signed promise, and
never longer than the item's own promise.
"""

from dataclasses import dataclass
from datetime import date

from contract.cases import Defect, NoticeKind, Outstanding
from contract.catalogue import Need
from hallkit.rules.calendar import WorkCalendar
from intake_server.core.cases import words
from intake_server.core.cases.application import (
    Application,
    field_defects,
    ineligible,
    missing_materials,
    open_questions,
)
from intake_server.core.cases.catalogue import MaterialRule
from intake_server.core.cases.plan import Plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an application is answered; a correction lists everything, a refusal says why and where to go."""

    kind: NoticeKind
    defects: tuple[Defect, ...] = ()
    missing: tuple[MaterialRule, ...] = ()
    reason: str = ""
    next_step: str = ""


def judge(plan: Plan, application: Application, today: date, *, discredited: bool = False) -> Verdict:
    """Return the answer the check of form alone gives; people on the credit list bring everything first."""
    if reason := ineligible(plan, application.applicant):
        return Verdict(NoticeKind.REFUSAL, reason=reason, next_step=words.NEXT_WINDOW)
    trusted = application if not discredited else _untrusted(application)
    missing = missing_materials(plan, trusted)
    formal = open_questions(plan, trusted) + field_defects(plan, trusted.answers, today)
    if not missing and not formal:
        return Verdict(NoticeKind.ACCEPTANCE)
    if not formal and may_follow(plan, missing) and trusted.defers:
        return Verdict(NoticeKind.CONDITIONAL, missing=missing)
    listed = tuple(Defect(code=rule.code, remedy=_bring(rule)) for rule in missing)
    return Verdict(NoticeKind.CORRECTION, formal + listed, missing, words.NOT_CREDITED if discredited else "")


def may_follow(plan: Plan, missing: tuple[MaterialRule, ...]) -> bool:
    """Whether materials may be brought later: deferrable ones of items that are not done the same day."""
    return not plan.is_immediate and all(rule.need is Need.DEFERRABLE for rule in missing)


def outstanding(
    plan: Plan, missing: tuple[MaterialRule, ...], accepted: date, due: date, calendar: WorkCalendar
) -> tuple[Outstanding, ...]:
    """Return each missing material's last day: the item's days for it, but never after the promise itself."""
    days = min((item.supplement_days for item in plan.items if item.supplement_days), default=plan.promise_days)
    last = min(calendar.after(accepted, days).day, due)
    return tuple(Outstanding(code=rule.code, due=last) for rule in missing)


def _untrusted(application: Application) -> Application:
    return Application(
        application.applicant, application.situation, application.answers, application.materials, frozenset(), False
    )


def _bring(rule: MaterialRule) -> str:
    return f"请补交：{words.how_to_bring(rule)}"[:200]
