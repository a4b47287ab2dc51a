"""The check of form: everything that is missing or wrong in an application, found at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contract.cases import Applicant, CaseRefusal, Defect, GivenMaterial
from contract.catalogue import FieldKind, FormField, MaterialWay, Need
from hallkit.rules.credit_code import CreditCodeError, check_credit_code
from hallkit.rules.identity import SYNTHETIC_COUNTRY, SYNTHETIC_REGION, IdentityError, check_document
from intake_server.core.cases import situation, words
from intake_server.core.cases.catalogue import COMPANY, PERSON, MaterialRule
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.plan import Plan


@dataclass(frozen=True, slots=True)
class Application:
    """What was handed in; `promises` are materials a signed promise stands for, `defers` the signed 容缺 promise."""

    applicant: Applicant
    situation: Mapping[str, str]
    answers: Mapping[str, str]
    materials: Mapping[str, GivenMaterial]
    promises: frozenset[str] = frozenset()
    defers: bool = False


def checked_applicant(applicant: Applicant, today: date, *, demo: bool) -> Applicant:
    """Return an applicant whose numbers can exist; RefusedError else: nobody else could be answered."""
    try:
        check_document(applicant.identity, today=today, demo=demo)
        if applicant.credit_code:
            check_credit_code(applicant.credit_code)
    except (IdentityError, CreditCodeError) as error:
        raise RefusedError(CaseRefusal.BAD_IDENTITY) from error
    if applicant.agent and not applicant.mandate:
        raise RefusedError(CaseRefusal.NO_CONSENT, "mandate")
    return applicant


def ineligible(plan: Plan, applicant: Applicant) -> str:
    """Return why this kind of applicant cannot apply, empty if it can."""
    kind = COMPANY if applicant.credit_code else PERSON
    if all(kind in item.applicants for item in plan.items):
        return ""
    return words.NOT_FOR_COMPANIES if kind == COMPANY else words.NOT_FOR_PERSONS


def open_questions(plan: Plan, application: Application) -> tuple[Defect, ...]:
    """Return the situation questions nobody answered."""
    open_ = situation.unanswered(plan.questions, application.situation)
    return tuple(Defect(code=question.code, remedy=words.ANSWER_SITUATION) for question in open_)


def field_defects(plan: Plan, answers: Mapping[str, str], today: date) -> tuple[Defect, ...]:
    """Return the fields that are empty though required, or hold what they cannot."""
    faults = []
    for field in plan.fields:
        value = answers.get(field.code, "").strip()
        if not value and field.required:
            faults.append(Defect(code=field.code, remedy=words.ASK))
        elif value and not is_possible(field, value, today):
            faults.append(Defect(code=field.code, remedy=words.field_remedy(field.kind)))
    return tuple(faults)


def is_possible(field: FormField, value: str, today: date) -> bool:
    """Whether a field can hold a value; length counts characters, as a name of 25 has."""
    if len(value) > field.longest:
        return False
    try:
        return _fits(field, value, today)
    except (ValueError, OverflowError):
        return False


def _fits(field: FormField, value: str, today: date) -> bool:
    match field.kind:
        case FieldKind.NUMBER:
            return 0 <= float(value) < float("inf")
        case FieldKind.DATE:
            return bool(date.fromisoformat(value))
        case FieldKind.CHOICE:
            return value in {option.code for option in field.options}
        case FieldKind.PHONE:
            digits = value.replace(" ", "").replace("-", "").lstrip("+")
            return digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15
        case FieldKind.IDENTITY:
            return bool(
                check_document(value, today=today, demo=value.startswith((SYNTHETIC_REGION, SYNTHETIC_COUNTRY)))
            )
        case FieldKind.CREDIT_CODE:
            return bool(check_credit_code(value))
        case FieldKind.TEXT:
            return value.isprintable()


def missing_materials(plan: Plan, application: Application) -> tuple[MaterialRule, ...]:
    """Return the materials neither brought in an allowed way nor promised where a promise is enough."""
    return tuple(rule for rule in plan.materials if not _is_there(rule, application))


def _is_there(rule: MaterialRule, application: Application) -> bool:
    if rule.need is Need.PROMISABLE and rule.code in application.promises:
        return True
    given = application.materials.get(rule.code)
    if given is None:
        return False
    return given.way in rule.ways or given.way is MaterialWay.ON_FILE


def check_promises(plan: Plan, promises: Sequence[str]) -> None:
    """Raise RefusedError for a promise where none is taken."""
    for code in promises:
        rule = plan.material(code)
        if rule is None or rule.need is not Need.PROMISABLE:
            raise RefusedError(CaseRefusal.NOT_PROMISABLE, code)
