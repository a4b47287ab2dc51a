"""What the workbench shows of a case, and which forms it offers to whom."""

from dataclasses import dataclass
from datetime import date, datetime

from contract.cases import CaseState, Lamp, PublicState
from hallkit.rules.masking import mask_name
from intake_server.core.cases import words
from intake_server.core.cases.case import RUNNING, WORKING, Case
from intake_server.core.cases.office import Office
from intake_server.core.cases.progress import PUBLIC
from intake_server.core.cases.routing import Duty, Staff
from intake_server.core.cases.supervision import lamp_of


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the list."""

    case: str
    item: str
    applicant: str
    state: PublicState
    due: date | None
    days_left: int | None
    lamp: Lamp
    at: datetime


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material of a case: how it came, and what to look for."""

    code: str
    name: str
    came: str
    points: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A form for one action on a part of the case."""

    action: str
    item: str = ""
    name: str = ""


def line(office: Office, case: Case, now: datetime) -> Line:
    """Return a case as the list shows it; an unanswered one is due on the day silence accepts it."""
    stands = lamp_of(case, now.date(), office.calendar, office.lamps)
    due = case.due or case.answer_by
    applicant = case.application.applicant
    return Line(
        case.number, office.plan_of(case).name, mask_name(applicant.name) if applicant else "", PUBLIC[case.state],
        due, stands.days_left if stands else None, stands.lamp if stands else Lamp.GREEN, case.application.at,
    )  # fmt: skip


def materials(office: Office, case: Case) -> tuple[MaterialLine, ...]:
    """Return every material the case asks for."""
    plan, found = office.plan_of(case), []
    for rule in plan.materials:
        given = case.materials.get(rule.code)
        came = words.received(given.way, given.pages) if given else ""
        if not came and rule.code in case.application.promises:
            came = words.PROMISED
        found.append(
            MaterialLine(rule.code, rule.name, came, rule.review_points, (given.digest or "") if given else "")
        )
    return tuple(found)


def answers(office: Office, case: Case) -> tuple[tuple[str, str], ...]:
    """Return the form as filled in; the identity number is not among what a list may show whole."""
    fields = [field for field in office.plan_of(case).fields if field.code != "applicant-identity"]
    labels = {(field.code, option.code): option.label for field in fields for option in field.options}
    filled = [(field, case.answers[field.code]) for field in fields if field.code in case.answers]
    return tuple((field.label, labels.get((field.code, value), value)) for field, value in filled)


def forms(office: Office, case: Case, who: Staff) -> tuple[Offered, ...]:
    """Return the forms for what this member of staff may do now; authority is checked again when it is done."""
    offered: list[Offered] = []
    items = office.plan_of(case).items
    if Duty.ACCEPT in who.duties and case.state is CaseState.SUBMITTED:
        allowed = all(who.is_authorised(item.item) for item in items)
        offered += [Offered(action) for action in ("accept", "correct", "refuse") if allowed]
    if case.state in RUNNING:
        accepted_by = case.accepted.by if case.accepted else ""
        mine = [
            item
            for item in items
            if item.item not in case.decisions
            and ((Duty.DECIDE in who.duties and item.department == who.department and who.number != accepted_by)
                 or (item.immediate and who.number == accepted_by))
        ]  # fmt: skip
        offered += [Offered("decide", item.item, item.name) for item in mine]
        if Duty.DECIDE in who.duties and mine:
            offered += [Offered("review", mine[0].item, mine[0].name), Offered("suspend")]
        if Duty.LEAD in who.duties:
            offered.append(Offered("extend"))
    if case.state is CaseState.SUSPENDED and Duty.DECIDE in who.duties:
        offered.append(Offered("resume"))
    if case.state is CaseState.DECIDED and Duty.HAND_OUT in who.duties:
        offered.append(Offered("hand_out"))
    unanswered = case.supervision is not None and not case.is_answered and case.state in WORKING
    if unanswered and any(item.department == who.department for item in items):
        offered.append(Offered("answer"))
    return tuple(offered)
