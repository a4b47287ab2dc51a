"""The editors' pages: a new version of a guide with its day, refused with every fault at once; on this machine only."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from intake_server.core.cases import editing
from intake_server.core.cases.catalogue import HandlingItem
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.lint import Finding
from intake_server.core.texts import Language
from intake_server.web.case_words import CaseWords
from intake_server.web.site import CaseDesk, Site
from intake_server.web.workbench import here_only

Render = Callable[..., str]
MOST_FIELDS, LONGEST = 400, 4_000


async def _filled(request: Request) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: value[:LONGEST] for name, value in form.items() if isinstance(value, str)}


Filled = Annotated[dict[str, str], Depends(_filled)]


class GuidePages:
    """Answers editors."""

    def __init__(self, site: Site, cases: CaseDesk, render: Render) -> None:
        self._site, self._cases, self._render = site, cases, render

    async def list(self, staff: str = "", lang: str = "zh") -> HTMLResponse:
        """Answer every item with its version in force and the one to come."""
        office, today = self._cases.office, self._site.clock.now().date()
        rows = [(one, editing.newest(office.catalogue, one.item, today)) for one in office.catalogue.items(today)]
        people = list(office.roster.people.values())
        who = office.roster.people.get(staff, people[-1])
        page = self._render("guides.html", lang, "/guides", c=_words(lang), rows=rows, people=people, who=who)
        return HTMLResponse(page)

    async def edit(self, item: str, staff: str = "", said: int = 0, lang: str = "zh") -> HTMLResponse:
        """Answer an item's newest guide, ready to be changed."""
        guide = self._newest(item)
        return self._page(guide, guide.version, staff, lang, (), 200, said=said)

    async def publish(self, item: str, filled: Filled, lang: str = "zh") -> Response:
        """Publish a version: 403 without authority, 409 with everything that is wrong and what was written."""
        before, staff = self._newest(item), filled.get("staff", "")
        who = self._cases.office.roster.people.get(staff)
        if who is None or not editing.may_publish(who, before):
            raise HTTPException(403)
        wanted = editing.edited(before, filled)
        found = editing.faults(wanted, before, filled.get("based_on", ""), self._site.clock.now().date())
        if found:
            return self._page(wanted, before.version, staff, lang, found, 409)
        try:
            await self._cases.publish(wanted, staff)
        except RefusedError as error:
            raise HTTPException(409) from error
        return RedirectResponse(f"/guides/{item}?staff={staff}&said={wanted.version}&lang={_lang(lang)}", 303)

    def _newest(self, item: str) -> HandlingItem:
        try:
            return editing.newest(self._cases.office.catalogue, item, self._site.clock.now().date())
        except RefusedError as error:
            raise HTTPException(404) from error

    def _page(
        self, guide: HandlingItem, version: int, staff: str, lang: str, found: tuple[Finding, ...], status: int,
        said: int = 0,
    ) -> HTMLResponse:  # fmt: skip
        people = list(self._cases.office.roster.people.values())
        allowed = [one for one in people if editing.may_publish(one, guide)]
        now = self._site.clock.now()
        page = self._render(
            "guide_edit.html", lang, f"/guides/{guide.item}", c=_words(lang), guide=guide, version=version,
            people=allowed, staff=staff, found=found, said=said, faq=editing.spelled(guide.faq),
            blocks=[(name, getattr(guide.blocks, name)) for name in editing.BLOCKS],
            day=max(now.date(), guide.effective).isoformat() if not found else guide.effective.isoformat(),
        )  # fmt: skip
        return HTMLResponse(page, status)


def _lang(lang: str) -> str:
    return "en" if lang == "en" else "zh"


def _words(lang: str) -> CaseWords:
    return CaseWords(Language(_lang(lang)))


def router(site: Site, cases: CaseDesk, render: Render) -> APIRouter:
    """Return the editors' routes, open to this machine only."""
    pages, found = GuidePages(site, cases, render), APIRouter(dependencies=[Depends(here_only)])
    found.add_api_route("/guides", pages.list, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/guides/{item}", pages.edit, methods=["GET"], response_class=HTMLResponse)
    found.add_api_route("/guides/{item}", pages.publish, methods=["POST"], response_class=Response)
    return found
