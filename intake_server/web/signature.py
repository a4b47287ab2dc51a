"""The page that shows whether a case's signature was given for what was handed in."""

import hashlib
from collections.abc import Callable

from fastapi import HTTPException
from fastapi.responses import HTMLResponse

from intake_server.core.cases import signature
from intake_server.core.cases.case import Case
from intake_server.core.cases.errors import RefusedError
from intake_server.core.texts import Language
from intake_server.web.case_words import CaseWords
from intake_server.web.site import CaseDesk

Render = Callable[..., str]


class SignaturePage:
    """Answers whoever checks a signature."""

    def __init__(self, cases: CaseDesk, render: Render) -> None:
        self._cases, self._render = cases, render

    async def show(self, number: str, lang: str = "zh") -> HTMLResponse:
        """Answer the verdict with every hash it rests on, and the strokes."""
        try:
            case = await self._cases.case(number)
        except RefusedError as error:
            raise HTTPException(404) from error
        application, words = case.application, CaseWords(Language.EN if lang == "en" else Language.ZH)
        png = await self._cases.document(application.signature) if application.signature else b""
        checked = signature.check(application, png) if png and application.applicant else None
        verdict = "none" if not application.signature else "missing" if checked is None else "foreign"
        if checked is not None and checked.is_bound:
            verdict = "bound"
        page = self._render(
            "desk_signature.html", lang, f"/workbench/{number}/signature", c=words, number=number, checked=checked,
            verdict=verdict, application=application, materials=await self._materials(case),
        )  # fmt: skip
        return HTMLResponse(page)

    async def _materials(self, case: Case) -> list[tuple[str, str, bool]]:
        names, found = {rule.code: rule.name for rule in self._cases.office.plan_of(case).materials}, []
        for one in case.application.materials:
            if one.digest:
                kept = await self._cases.document(one.digest)
                found.append(
                    (names.get(one.code, one.code), one.digest, hashlib.sha256(kept).hexdigest() == one.digest)
                )
        return found
