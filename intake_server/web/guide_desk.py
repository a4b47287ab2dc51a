"""The guide desk's page: who called for help at a machine, who wants to be called back; on this machine only."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from contract.errors import ContractError
from contract.guide_desk import HelpHeard
from contract.topics import Address, address
from hallkit.rules.masking import mask_name
from intake_server.core.cases.errors import RefusedError
from intake_server.core.desk_facts import CallHeard
from intake_server.core.guide_desk import Call
from intake_server.core.texts import Language
from intake_server.web.case_words import CaseWords
from intake_server.web.site import CaseDesk, Site
from intake_server.web.workbench import here_only

Render = Callable[..., str]
CALM = 0.3
"""Seconds between two updates of one page at least."""

HEARTBEAT = 20.0
"""Seconds after which a silent stream says that it lives."""


class GuideDeskPages:
    """Answers the guide desk."""

    def __init__(self, site: Site, cases: CaseDesk, render: Render) -> None:
        self._site, self._cases, self._render = site, cases, render

    async def show(self, staff: str = "", said: str = "", lang: str = "zh") -> HTMLResponse:
        """Answer the page of who waits."""
        people = list(self._cases.office.roster.people.values())
        who = self._cases.office.roster.people.get(staff, people[0])
        page = self._render(
            "guide_desk.html", lang, "/guide-desk", c=_words(lang), people=people, who=who,
            said=said if said in ("done", "no_answer", "late") else "", part=await self._part(who.number, lang),
        )  # fmt: skip
        return HTMLResponse(page)

    async def live(self, staff: str = "", lang: str = "zh") -> Response:
        """Stream the list as it changes."""
        return StreamingResponse(self._stream(staff, lang), media_type="text/event-stream")

    async def _stream(self, staff: str, lang: str) -> AsyncIterator[bytes]:
        sent = ""
        while True:
            version = self._site.notice.version
            part = await self._part(staff, lang)
            if part != sent:
                yield f"event: case\ndata: {json.dumps(part, ensure_ascii=False)}\n\n".encode()
                sent = part
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self._site.notice.after(version)
            except TimeoutError:
                yield b": alive\n\n"
            await self._site.clock.sleep(CALM)

    async def hear(self, call: str, staff: Annotated[str, Form(max_length=20)], lang: str = "zh") -> Response:
        """Take a call: it is noted, and the machine it came from shows that somebody comes."""
        if staff not in self._cases.office.roster.people:
            raise HTTPException(403)
        found = self._site.hall.guide_desk.find(call)
        if found is None:
            raise HTTPException(404)
        said = "done"
        if found.heard is None:
            said = await self._tell(found)
            now = self._site.clock.now()
            await self._site.speaking.note(CallHeard(call=call, by=staff, at=now, reached=said == "done"))
        return RedirectResponse(f"/guide-desk?staff={staff}&said={said}&lang={_lang(lang)}", 303)

    async def _tell(self, call: Call) -> str:
        machine = self._machine(call)
        if machine is None:
            return "done"
        answer = await self._site.speaking.tell(machine, HelpHeard(help=call.call))
        return answer if answer in ("done", "no_answer") else "late"

    def _machine(self, call: Call) -> Address | None:
        kind, _, name = call.where.partition("/")
        if call.case:
            return None
        try:
            return address(self._site.hall.name, kind, name)
        except ContractError:
            return None

    async def _part(self, staff: str, lang: str) -> str:
        desk = self._site.hall.guide_desk
        waiting = [(one, self._machine(one), await self._whom(one)) for one in desk.waiting()]
        heard = [(one, self._machine(one)) for one in desk.heard()]
        return self._render(
            "_guide_desk.html", lang, "", c=_words(lang), waiting=waiting, heard=heard, staff=staff,
            today=self._site.clock.now().date(),
        )  # fmt: skip

    async def _whom(self, call: Call) -> tuple[str, str]:
        """Return whom to call back and where: masked name and telephone."""
        if not call.case:
            return "", ""
        try:
            applicant = (await self._cases.case(call.case)).application.applicant
        except RefusedError:
            applicant = None
        return mask_name(applicant.name) if applicant else "", call.phone or (applicant.phone if applicant else "")


def _lang(lang: str) -> str:
    return "en" if lang == "en" else "zh"


def _words(lang: str) -> CaseWords:
    return CaseWords(Language(_lang(lang)))


def router(site: Site, cases: CaseDesk, render: Render) -> APIRouter:
    """Return the guide desk's routes, open to this machine only."""
    pages, found = GuideDeskPages(site, cases, render), APIRouter(dependencies=[Depends(here_only)])
    found.add_api_route("/guide-desk", pages.show, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/guide-desk/live", pages.live, methods=["GET"], response_class=Response)
    found.add_api_route("/guide-desk/{call}/hear", pages.hear, methods=["POST"], response_class=Response)
    return found
