"""The public pages of cases: plain HTML, no login, masked; they follow the case and work without a script."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from hmac import compare_digest
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from contract.case_requests import DOCUMENT_BYTES
from contract.cases import CaseProgress
from contract.rating import RatingReason
from intake_server.core.cases import progress
from intake_server.core.cases.case import ENDS, Case
from intake_server.core.cases.case_number import check_case_number
from intake_server.core.cases.errors import CaseNumberError, RefusedError
from intake_server.core.cases.office import Occasion
from intake_server.core.texts import Language
from intake_server.web.case_words import CaseWords
from intake_server.web.feedback import Feedback, has_phone, service_event
from intake_server.web.site import CaseDesk, Site
from intake_server.web.watch import Watch

Render = Callable[..., str]
LONGEST = 64
CALM = 0.3
"""Seconds between two updates of one page at least."""

HEARTBEAT = 20.0
"""Seconds after which a silent stream says that it lives."""


class ProgressPages:
    """Answers what citizens open."""

    def __init__(self, site: Site, cases: CaseDesk, render: Render, watch: Watch) -> None:
        self._site, self._cases, self._render, self._watch = site, cases, render, watch

    async def show(self, request: Request, token: str, lang: str = "zh", brought: int = 0) -> HTMLResponse:
        """Answer the page behind a notice's code."""
        case = await self.find(request, token)
        part = self._part(case, lang)
        page = self._render(
            "case.html", lang, f"/p/{token}", part=part, token=token, c=_words(lang), brought=brought,
            ended=case.state in ENDS, ratings=self._site.hall.ratings.of(service_event(case.number)),
            reasons=list(RatingReason), call=self._site.hall.guide_desk.asked_for(case.number),
            has_phone=has_phone(case),
        )  # fmt: skip
        return HTMLResponse(page)

    async def live(self, request: Request, token: str, lang: str = "zh") -> Response:
        """Stream the changing part of a case's page."""
        first = await self.find(request, token)
        return StreamingResponse(self._stream(token, lang, first), media_type="text/event-stream")

    async def _stream(self, token: str, lang: str, case: Case | None) -> AsyncIterator[bytes]:
        sent, known = "", ""
        while case is not None:
            version = self._site.notice.version
            state = f"{len(case.moments)} {self._site.clock.now().date()}"
            part = self._part(case, lang) if state != known else sent
            if part != sent:
                yield f"event: case\ndata: {json.dumps(part, ensure_ascii=False)}\n\n".encode()
            sent, known = part, state
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self._site.notice.after(version)
            except TimeoutError:
                yield b": alive\n\n"
            await self._site.clock.sleep(CALM)
            case = await self._cases.by_link(token)

    async def ask(self, request: Request, case: str = "", code: str = "", lang: str = "zh") -> Response:
        """Answer the form, and what a number alone or with its query code tells."""
        found: CaseProgress | None = None
        if case:
            self._watch.look_up(request)
            known, wanted = await self._numbered(case), "".join(code.split()).upper()
            if known is not None and wanted:
                self._watch.guess(known.number)
            if known is not None and wanted and compare_digest(wanted.encode(), known.application.query_code.encode()):
                target = f"/p/{known.application.link}?lang={'en' if lang == 'en' else 'zh'}"
                return RedirectResponse(target, 303)
            if known is not None and not wanted:
                found = progress.bare(self._cases.office, known, self._occasion())
            else:
                self._watch.wrong(request, known.number if known else "")
        page = self._render(
            "case_ask.html", lang, "/progress", c=_words(lang), found=found, asked=bool(case), case=case
        )
        return HTMLResponse(page, 200 if found or not case else 404)

    async def bring(
        self, request: Request, token: str, code: Annotated[str, Form()], file: Annotated[UploadFile, File()],
        lang: str = "zh",
    ) -> Response:  # fmt: skip
        """Take a material from a telephone."""
        data = await file.read(DOCUMENT_BYTES + 1)
        if not data or len(data) > DOCUMENT_BYTES:
            raise HTTPException(413)
        await self.find(request, token)
        if not await self._cases.bring(token, code[:LONGEST], data):
            raise HTTPException(409)
        return RedirectResponse(f"/p/{token}?brought=1&lang={'en' if lang == 'en' else 'zh'}", 303)

    async def guide(self, item: str, lang: str = "zh") -> HTMLResponse:
        """Answer an item's guide in force today."""
        try:
            found = self._cases.office.catalogue.at(item, self._site.clock.now().date())
        except RefusedError as error:
            raise HTTPException(404) from error
        return HTMLResponse(self._render("case_guide.html", lang, f"/guide/{item}", c=_words(lang), guide=found))

    def _part(self, case: Case, lang: str) -> str:
        shown = progress.full(self._cases.office, case, self._occasion())
        codes = {one.code for one in case.outstanding} | {one.code for one in case.defects}
        plan = self._cases.office.plan_of(case)
        asked = [(rule.code, rule.name) for rule in plan.materials if rule.code in codes]
        words = _words(lang)
        return self._render("_case.html", lang, "", p=shown, c=words, asked=asked, token=case.application.link)

    async def find(self, request: Request, token: str) -> Case:
        """Return the case of a notice's code; 404 for a wrong one, 429 for an address that tries too many."""
        self._watch.may(request)
        case = await self._cases.by_link(token) if len(token) <= LONGEST else None
        if case is None:
            self._watch.wrong(request)
            raise HTTPException(404)
        return case

    async def _numbered(self, number: str) -> Case | None:
        try:
            return await self._cases.case(check_case_number(number))
        except (RefusedError, CaseNumberError):
            return None

    def _occasion(self) -> Occasion:
        return Occasion(self._site.clock.now(), _nothing, _nothing_counted)


def _nothing() -> str:
    raise AssertionError("a page makes no tokens")


def _nothing_counted(_: str) -> int:
    raise AssertionError("a page takes no numbers")


def _words(lang: str) -> CaseWords:
    return CaseWords(Language.EN if lang == "en" else Language.ZH)


def router(site: Site, cases: CaseDesk, render: Render, watch: Watch) -> APIRouter:
    """Return the routes of the public case pages."""
    pages, found = ProgressPages(site, cases, render, watch), APIRouter()
    feedback = Feedback(site, cases, pages.find)
    found.add_api_route("/p/{token}/rate", feedback.rate, methods=["POST"], response_class=Response)
    found.add_api_route("/p/{token}/reasons", feedback.explain, methods=["POST"], response_class=Response)
    found.add_api_route("/p/{token}/call-back", feedback.call_back, methods=["POST"], response_class=Response)
    found.add_api_route("/p/{token}", pages.show, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/p/{token}/live", pages.live, methods=["GET"], response_class=Response)
    found.add_api_route("/p/{token}/bring", pages.bring, methods=["POST"], response_class=Response)
    found.add_api_route("/progress", pages.ask, methods=["GET"], response_class=Response)
    found.add_api_route("/guide/{item}", pages.guide, methods=["GET"], response_class=HTMLResponse)
    return found
