"""The clerk's workbench: accept, correct, refuse, review, decide, hand out; by keyboard, on this machine only."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contract.cases import CaseRefusal, CaseState, Defect, Outcome
from intake_server.core.cases import clerk, progress
from intake_server.core.cases.case import OPEN, Case
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.core.cases.page_words import refusal
from intake_server.core.cases.routing import Duty, Staff
from intake_server.core.cases.supervision import lamp_of
from intake_server.core.texts import Language
from intake_server.web import workbench_view as view
from intake_server.web.case_words import CaseWords
from intake_server.web.forwarded import HEADER
from intake_server.web.signature import SignaturePage
from intake_server.web.site import CaseDesk, Site

Render = Callable[..., str]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
FORBIDDEN = (CaseRefusal.NOT_AUTHORISED, CaseRefusal.SAME_PERSON, CaseRefusal.NO_STAFF, CaseRefusal.WRONG_PROOF)


class Sheet:
    """What a clerk filled in; unknown names are ignored by each action."""

    def __init__(
        self,
        staff: Annotated[str, Form(max_length=20)],
        item: Annotated[str, Form(max_length=64)] = "",
        outcome: Annotated[str, Form(max_length=20)] = "",
        reason: Annotated[str, Form(max_length=500)] = "",
        next_step: Annotated[str, Form(max_length=500)] = "",
        defects: Annotated[list[str] | None, Form()] = None,
        proof: Annotated[str, Form(max_length=20)] = "",
        value: Annotated[str, Form(max_length=40)] = "",
        days: Annotated[int, Form(ge=0, le=60)] = 0,
    ) -> None:
        self.staff, self.item, self.outcome, self.reason = staff, item, outcome, reason
        self.next_step, self.proof, self.value, self.days = next_step, proof, value, days
        remedy = reason.strip() or "请按要求重新提交"
        self.defects = tuple(Defect(code=code[:64], remedy=remedy[:200]) for code in (defects or ())[:60])


Action = Callable[[Office, Case, Sheet, Occasion], Decided]

ACTIONS: dict[str, Action] = {
    "accept": lambda office, case, sheet, at: clerk.accept(office, case, sheet.staff, at),
    "correct": lambda office, case, sheet, at: clerk.correct(office, case, sheet.staff, sheet.defects, at),
    "refuse": lambda office, case, sheet, at: clerk.refuse(
        office, case, sheet.staff, sheet.reason, sheet.next_step, at
    ),
    "review": lambda office, case, sheet, at: clerk.review(office, case, sheet.staff, sheet.item, at),
    "suspend": lambda office, case, sheet, at: clerk.suspend(office, case, sheet.staff, sheet.reason, at),
    "resume": lambda office, case, sheet, at: clerk.resume(office, case, sheet.staff, at),
    "extend": lambda office, case, sheet, at: clerk.extend(office, case, sheet.staff, sheet.days, sheet.reason, at),
    "decide": lambda office, case, sheet, at: clerk.decide(
        office, case, sheet.staff, sheet.item, _outcome(sheet.outcome), at, reason=sheet.reason, defects=sheet.defects
    ),
    "hand_out": lambda office, case, sheet, at: clerk.hand_out(office, case, sheet.staff, sheet.proof, sheet.value, at),
    "answer": lambda office, case, sheet, at: clerk.answer_supervision(office, case, sheet.staff, sheet.reason, at),
}


class Workbench:
    """Answers clerks."""

    def __init__(self, site: Site, cases: CaseDesk, render: Render) -> None:
        self._site, self._cases, self._render = site, cases, render

    async def list(self, staff: str = "", lang: str = "zh") -> HTMLResponse:
        """Answer what waits for one member of staff, the most urgent first."""
        people = list(self._cases.office.roster.people.values())
        who = self._cases.office.roster.people.get(staff, people[0])
        states = (*sorted(OPEN), CaseState.DECIDED)
        found = [case for case in await self._cases.in_states(*states) if self._is_for(who, case)]
        rows = [view.line(self._cases.office, case, self._site.clock.now()) for case in found]
        rows.sort(key=lambda row: (row.due is None, row.due, row.case))
        page = self._render("desk.html", lang, "/workbench", c=_words(lang), people=people, who=who, rows=rows)
        return HTMLResponse(page)

    async def show(self, number: str, staff: str = "", lang: str = "zh", said: str = "") -> HTMLResponse:
        """Answer one case with everything this member of staff may do."""
        return await self._page(number, staff, lang, said if said in ACTIONS else "", 200, "")

    async def do(self, number: str, action: str, sheet: Annotated[Sheet, Depends()], lang: str = "zh") -> Response:
        """Do one thing to a case: 403 without authority, 409 where the rules say no."""
        act = ACTIONS.get(action)
        if act is None:
            raise HTTPException(404)
        try:
            await self._cases.act(number, lambda office, case, at: act(office, case, sheet, at))
        except RefusedError as error:
            status = 403 if error.code in FORBIDDEN else 404 if error.code is CaseRefusal.NO_CASE else 409
            words = refusal(error.code, Language.EN if lang == "en" else Language.ZH, error.detail)
            return await self._page(number, sheet.staff, lang, "", status, words)
        target = f"/workbench/{number}?staff={sheet.staff}&said={action}&lang={'en' if lang == 'en' else 'zh'}"
        return RedirectResponse(target, 303)

    async def _page(self, number: str, staff: str, lang: str, said: str, status: int, refused: str) -> HTMLResponse:
        office = self._cases.office
        try:
            case = await self._cases.case(number)
        except RefusedError as error:
            raise HTTPException(404) from error
        who = office.roster.people.get(staff) or next(iter(office.roster.people.values()))
        at = Occasion(self._site.clock.now(), str, lambda _: 0)
        page = self._render(
            "desk_case.html", lang, f"/workbench/{number}", c=_words(lang), who=who, said=said, refused=refused,
            p=progress.full(office, case, at), forms=view.forms(office, case, who), rows=view.materials(office, case),
            answers=view.answers(office, case), papers=await self._cases.papers(case),
            applicant=case.application.applicant, signed=bool(case.application.signature),
            number=number, plan=office.plan_of(case), outcomes=list(Outcome),
            line=view.line(office, case, self._site.clock.now()),
        )  # fmt: skip
        return HTMLResponse(page, status)

    def _is_for(self, who: Staff, case: Case) -> bool:
        office = self._cases.office
        items = office.plan_of(case).items
        waits = case.state in (CaseState.SUBMITTED, CaseState.CORRECTION)
        if Duty.ACCEPT in who.duties and waits:
            return all(who.is_authorised(item.item) for item in items)
        if Duty.DECIDE in who.duties and case.state in (CaseState.ACCEPTED, CaseState.REVIEW, CaseState.SUSPENDED):
            return any(item.department == who.department for item in items)
        if Duty.HAND_OUT in who.duties:
            return case.state is CaseState.DECIDED
        stands = lamp_of(case, self._site.clock.now().date(), office.calendar, office.lamps)
        return Duty.SUPERVISE in who.duties and stands is not None and stands.days_left <= 1


def _outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError as error:
        raise RefusedError(CaseRefusal.WRONG_STATE, text[:20]) from error


def _words(lang: str) -> CaseWords:
    return CaseWords(Language.EN if lang == "en" else Language.ZH)


async def here_only(request: Request) -> None:
    """Let only this machine in, and nobody by way of a proxy on it."""
    is_here = request.client is not None and request.client.host in LOOPBACK
    if not is_here or HEADER in request.headers or "forwarded" in request.headers:
        raise HTTPException(403)


def router(site: Site, cases: CaseDesk, render: Render) -> APIRouter:
    """Return the workbench's routes, open to this machine only."""
    bench, found = Workbench(site, cases, render), APIRouter(dependencies=[Depends(here_only)])
    found.add_api_route("/workbench", bench.list, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/workbench/{number}", bench.show, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route(
        "/workbench/{number}/signature", SignaturePage(cases, render).show, methods=["GET"], response_class=HTMLResponse
    )
    found.add_api_route("/workbench/{number}/{action}", bench.do, methods=["POST"], response_class=Response)
    return found
