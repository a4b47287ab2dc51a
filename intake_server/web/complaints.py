"""Complaints and suggestions: given without a name, followed by number, published once they are answered."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contract.guide_desk import ComplaintCategory, ComplaintFiled
from contract.topics import Address, address
from hallkit.rules.masking import mask_name
from intake_server.core.complaints import Complaint, number_of
from intake_server.core.texts import Language
from intake_server.errors import ComplaintError
from intake_server.web.case_words import CaseWords
from intake_server.web.site import CaseDesk, Site
from intake_server.web.watch import Watch
from intake_server.web.workbench import here_only

Render = Callable[..., str]
WORDS = 2_000


class ComplaintPages:
    """Answers citizens, and on this machine who answers them."""

    def __init__(self, site: Site, cases: CaseDesk, render: Render, watch: Watch) -> None:
        self._site, self._cases, self._render, self._watch = site, cases, render, watch

    async def show(self, request: Request, number: str = "", filed: str = "", lang: str = "zh") -> HTMLResponse:
        """Answer the form, what was answered to others, and one complaint by its number."""
        found = None
        if number:
            self._watch.look_up(request)
            found = self._site.hall.complaints.find(number)
            if found is None:
                self._watch.wrong(request)
        page = self._render(
            "complaints.html", lang, "/complaints", c=_words(lang), categories=list(ComplaintCategory), number=number,
            found=found, responsible=self._responsible(found), filed=filed[:20],
            answered=self._site.hall.complaints.answered(),
        )  # fmt: skip
        return HTMLResponse(page, 200 if found or not number else 404)

    async def file(
        self, category: Annotated[ComplaintCategory, Form()], text: Annotated[str, Form(max_length=WORDS)],
        phone: Annotated[str, Form(max_length=20)] = "", lang: str = "zh",
    ) -> Response:  # fmt: skip
        """Take a complaint and tell its number."""
        if not text.strip():
            raise HTTPException(422)
        name = self._site.speaking.new_id()
        filed = ComplaintFiled(
            complaint=name, category=category, at=self._site.clock.now(), text=text.strip(), phone=phone.strip()
        )
        await self._site.speaking.note(filed)
        return RedirectResponse(f"/complaints?filed={number_of(name)}&lang={_lang(lang)}#filed", 303)

    async def desk(self, staff: str = "", lang: str = "zh") -> HTMLResponse:
        """Answer what waits for an answer, the most urgent first."""
        return self._desk(staff, lang, 200, "")

    async def answer(
        self, number: str, staff: Annotated[str, Form(max_length=20)], subject: Annotated[str, Form(max_length=200)],
        answer: Annotated[str, Form(max_length=1_000)], lang: str = "zh",
    ) -> Response:  # fmt: skip
        """Answer a complaint and publish the answer; 403 for who is not on the roster, 409 if it may not be so."""
        if staff not in self._cases.office.roster.people:
            raise HTTPException(403)
        try:
            fact = self._site.hall.complaints.answer(number, staff, subject, answer, self._site.clock.now())
        except ComplaintError as error:
            return self._desk(staff, lang, 409, str(error))
        await self._site.speaking.note(fact)
        return RedirectResponse(f"/complaint-desk?staff={staff}&lang={_lang(lang)}", 303)

    def _desk(self, staff: str, lang: str, status: int, refused: str) -> HTMLResponse:
        people = list(self._cases.office.roster.people.values())
        who = self._cases.office.roster.people.get(staff, people[-1])
        waiting = self._site.hall.complaints.open()
        rows = [(one, self._cases.office.roster.for_complaint(one.category)) for one in waiting]
        page = self._render(
            "complaint_desk.html", lang, "/complaint-desk", c=_words(lang), people=people, who=who, rows=rows,
            refused=refused, today=self._site.clock.now().date(), machine=self._machine,
            answered=self._site.hall.complaints.answered(10),
        )  # fmt: skip
        return HTMLResponse(page, status)

    def _machine(self, complaint: Complaint) -> Address | None:
        kind, _, name = complaint.where.partition("/")
        return address(self._site.hall.name, kind, name) if kind != "intake" else None

    def _responsible(self, found: Complaint | None) -> str:
        staff = self._cases.office.roster.for_complaint(found.category) if found else None
        return f"{mask_name(staff.name)}，{staff.place}" if staff else ""


def _lang(lang: str) -> str:
    return "en" if lang == "en" else "zh"


def _words(lang: str) -> CaseWords:
    return CaseWords(Language(_lang(lang)))


def router(site: Site, cases: CaseDesk, render: Render, watch: Watch) -> APIRouter:
    """Return the routes of complaints; answering them is for this machine only."""
    pages, found, here = ComplaintPages(site, cases, render, watch), APIRouter(), [Depends(here_only)]
    found.add_api_route("/complaints", pages.show, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/complaints", pages.file, methods=["POST"], response_class=Response)
    found.add_api_route("/complaint-desk", pages.desk, methods=["GET"], response_class=HTMLResponse, dependencies=here)
    found.add_api_route(
        "/complaint-desk/{number}", pages.answer, methods=["POST"], response_class=Response, dependencies=here
    )
    return found
