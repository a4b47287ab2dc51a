"""What each request about cases reads and decides, inside the transaction it is answered in."""

import sqlalchemy as sa

from contract import case_requests as requests
from contract.body import Reply, Request
from contract.case_facts import ApplicationSubmitted
from contract.cases import Answer, CaseRefusal, CaseState, GivenMaterial, NoticeKind
from contract.catalogue import MaterialWay
from hallkit.rules.identity import IdentityError, check_document
from intake_server.core.cases import desk, progress, situation
from intake_server.core.cases import plan as plans
from intake_server.core.cases.acceptance import judge, outstanding
from intake_server.core.cases.application import Application, check_promises
from intake_server.core.cases.case import OPEN, Case
from intake_server.core.cases.case_number import check_case_number
from intake_server.core.cases.catalogue import MaterialRule, public_guide, public_topic
from intake_server.core.cases.errors import CaseNumberError, RefusedError
from intake_server.core.cases.legal_clock import count
from intake_server.core.cases.notice import defects_of, outstanding_of
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.core.cases.plan import Plan
from intake_server.store import case_rows, documents
from intake_server.store.case_tables import FILE

LINES = 60
"""Lines of the catalogue in one reply."""

_NOTICES = frozenset(NoticeKind) - {NoticeKind.SPECIAL}


def look(connection: sa.Connection, office: Office, request: Request, at: Occasion, centre: str) -> Reply:
    """Return the answer to a request that changes no case; RefusedError for an unknown one."""
    match request:
        case requests.AskCatalogue():
            return _catalogue(office, request, at)
        case requests.AskItem():
            catalogue, wanted = office.catalogue, request.version
            item = catalogue.version(request.item, wanted) if wanted else catalogue.at(request.item, at.today)
            return requests.ItemReply(guide=public_guide(item))
        case requests.AskTopic():
            answers = situation.answers_of(request.situation)
            guide = plans.topic_guide(office.catalogue, request.topic, answers, at.today)
            return requests.TopicReply(guide=public_topic(guide))
        case requests.AskOnFile():
            return _on_file(connection, office, request, at, centre)
        case requests.SendDocument():
            return documents.receive(connection, request, at.now)
        case requests.CheckApplication():
            return _check(office, request, at)
        case requests.AskProgress():
            return _progress(connection, office, request, at, centre)
        case _:
            raise RefusedError(CaseRefusal.WRONG_STATE, type(request).__name__)


def decide(connection: sa.Connection, office: Office, request: Request, at: Occasion, centre: str) -> Decided:
    """Return what a request that changes a case leads to; RefusedError if it is not granted."""
    match request:
        case requests.SubmitApplication():
            documents.check_here(connection, request.materials)
            return desk.submit(office, request, at)
        case requests.SupplementCase():
            documents.check_here(connection, request.materials)
            return desk.supplement(office, _owned(connection, request, centre), request, at)
        case requests.WithdrawCase():
            return desk.withdraw(_owned(connection, request, centre), at)
        case requests.ReprintNotice():
            return desk.reprint(_owned(connection, request, centre), request.document, at)
        case _:
            raise RefusedError(CaseRefusal.WRONG_STATE, type(request).__name__)


def same_application(connection: sa.Connection, request: requests.SubmitApplication, centre: str) -> Case | None:
    """Return the open case an equal application of the same person already opened, under whatever key."""
    person = case_rows.person_token(request.applicant.identity, centre)
    for number in case_rows.find(connection, FILE.c.person == person, FILE.c.state.in_([one.value for one in OPEN])):
        case = case_rows.load(connection, number)
        if _says_the_same(case.application, request):
            return case
    return None


def newest_notice(case: Case) -> str:
    """Return the number of the newest paper that answers the applicant."""
    answering = [one for one in case.papers if one.kind in _NOTICES]
    first = [one for one in answering if one.kind is not NoticeKind.DECISION]
    return (first or answering)[-1].document


def _says_the_same(known: ApplicationSubmitted, request: requests.SubmitApplication) -> bool:
    items = tuple(part.item for part in known.parts)
    named = known.topic == request.topic if request.topic else known.topic is None and items == request.items
    return named and (known.situation, known.answers, known.materials, known.applicant) == (
        request.situation,
        request.answers,
        request.materials,
        request.applicant,
    )


def _catalogue(office: Office, request: requests.AskCatalogue, at: Occasion) -> Reply:
    fingerprint = office.catalogue.fingerprint(at.today)
    if request.known == fingerprint and not request.after:
        return requests.CatalogueReply(fingerprint=fingerprint)
    entries = office.catalogue.entries(at.today)
    codes = [entry.code for entry in entries]
    start = codes.index(request.after) + 1 if request.after in codes else 0
    page = entries[start : start + LINES]
    more = page[-1].code if page and start + LINES < len(entries) else ""
    return requests.CatalogueReply(fingerprint=fingerprint, entries=page, after=more)


def _check(office: Office, request: requests.CheckApplication, at: Occasion) -> Reply:
    plan = desk.plan_for(office, request, at)
    check_promises(plan, request.promises)
    given = {one.code: one for one in request.materials}
    answers = situation.answers_of(request.answers)
    where = situation.answers_of(request.situation)
    held = Application(desk.SOMEBODY, where, answers, given, frozenset(request.promises), request.defers)
    verdict = judge(desk.for_anybody(plan), held, at.today)
    counted = count(office.calendar, at.today, plan.promise_days)
    assert counted.due is not None, "nothing suspends a promise before it begins"
    left = outstanding(plan, verdict.missing, at.today, counted.due, office.calendar)
    conditional = verdict.kind is NoticeKind.CONDITIONAL
    return requests.CheckReply(
        kind=verdict.kind if plan.is_formal else NoticeKind.RECEIPT, parts=plan.parts,
        defects=defects_of(plan, verdict.defects), outstanding=outstanding_of(plan, left) if conditional else (),
        due=counted.due, provisional=counted.provisional, days=counted.days,
    )  # fmt: skip


def _progress(
    connection: sa.Connection, office: Office, request: requests.AskProgress, at: Occasion, centre: str
) -> Reply:
    if request.identity is not None:
        own = FILE.c.person == case_rows.person_token(request.identity, centre)
        cases = [case_rows.load(connection, number) for number in case_rows.find(connection, own, most=20)]
        return requests.ProgressReply(cases=tuple(progress.full(office, one, at, by_card=True) for one in cases))
    if request.link is None and request.query_code is None:
        return requests.ProgressReply(cases=(progress.bare(office, _numbered(connection, request.case), at),))
    case = _owned(connection, request, centre)
    return requests.ProgressReply(cases=(progress.full(office, case, at),))


def _owned(
    connection: sa.Connection,
    request: requests.AskProgress | requests.SupplementCase | requests.WithdrawCase | requests.ReprintNotice,
    centre: str,
) -> Case:
    if request.link is not None:
        found = case_rows.find(connection, FILE.c.link == request.link)
        if not found:
            raise RefusedError(CaseRefusal.NO_CASE)
        return case_rows.load(connection, found[0])
    case = _numbered(connection, request.case)
    code = "".join((request.query_code or "").split()).upper()
    by_card = isinstance(request, requests.ReprintNotice) and request.identity is not None
    applicant = case.application.applicant
    if by_card and applicant is not None and applicant.identity == getattr(request, "identity", None):
        return case
    if not code or code != case.application.query_code:
        raise RefusedError(CaseRefusal.NO_CASE)
    return case


def _numbered(connection: sa.Connection, number: str | None) -> Case:
    try:
        return case_rows.load(connection, check_case_number(number or ""))
    except CaseNumberError as error:
        raise RefusedError(CaseRefusal.NO_CASE) from error


def _on_file(
    connection: sa.Connection, office: Office, request: requests.AskOnFile, at: Occasion, centre: str
) -> Reply:
    if not request.consent:
        raise RefusedError(CaseRefusal.NO_CONSENT)
    try:
        check_document(request.identity, today=at.today, demo=office.is_demo)
    except IdentityError as error:
        raise RefusedError(CaseRefusal.BAD_IDENTITY) from error
    plan = plans.of_items(office.catalogue, request.items, {}, at.today)
    wanted = {rule.code: rule for item in plan.items for rule in item.materials}
    own = FILE.c.person == case_rows.person_token(request.identity, centre)
    cases = [case_rows.load(connection, number) for number in case_rows.find(connection, own, most=20)]
    kept = [one for one in cases if one.state not in (CaseState.REFUSED, CaseState.RETURNED, CaseState.WITHDRAWN)]
    return requests.OnFileReply(materials=_materials(kept, wanted, plan, at), answers=_fields(kept, plan))


def _materials(
    cases: list[Case], wanted: dict[str, MaterialRule], plan: Plan, at: Occasion
) -> tuple[requests.MaterialOnFile, ...]:
    found: dict[str, requests.MaterialOnFile] = {}
    for case in cases:
        for code, given in case.materials.items():
            rule = wanted.get(code)
            until = desk.usable_until(plan, code, case.application.at.date())
            if rule is not None and code not in found and until >= at.today and _is_kept(given):
                found[code] = requests.MaterialOnFile(code=code, case=case.number, until=until)
    return tuple(found[code] for code in sorted(found))


def _is_kept(given: GivenMaterial) -> bool:
    return given.way not in (MaterialWay.FORM, MaterialWay.PROMISED)


def _fields(cases: list[Case], plan: Plan) -> tuple[Answer, ...]:
    known: dict[str, str] = {}
    for case in cases:
        for code, value in case.answers.items():
            known.setdefault(code, value)
    return tuple(Answer(code=field.code, value=known[field.code]) for field in plan.fields if field.code in known)
