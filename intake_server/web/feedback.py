"""What a citizen says from the page behind a notice's code: a rating and its reasons, and a wish to be called."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

from fastapi import Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from contract.rating import RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven
from intake_server.core.cases.case import Case
from intake_server.core.desk_facts import CallBackAsked
from intake_server.web.site import CaseDesk, Site

CALL_BACK_DAYS = 1
"""Working days within which somebody calls."""

SAME_PRESS = timedelta(minutes=1)
"""Within this time the same grade again is the same press."""

MOST = 10
"""Ratings of one case taken from its page."""

WORDS = 500

Find = Callable[[Request, str], Awaitable[Case]]


class Feedback:
    """Takes what is said about one case; `find` returns it or answers 404."""

    def __init__(self, site: Site, cases: CaseDesk, find: Find) -> None:
        self._site, self._cases, self._find = site, cases, find

    async def rate(
        self, request: Request, token: str, grade: Annotated[int, Form(ge=1, le=5)], lang: str = "zh"
    ) -> Response:
        """Store a grade; its reasons are asked afterwards."""
        event, now = service_event((await self._find(request, token)).number), self._site.clock.now()
        known = self._site.hall.ratings.of(event)
        if len(known) >= MOST:
            raise HTTPException(429, headers={"Retry-After": "86400"})
        pressed = RatingGrade(grade)
        if not any(one.grade is pressed and now - one.at < SAME_PRESS for one in known):
            rating = self._site.speaking.new_id()
            await self._site.speaking.note(RatingGiven(rating=rating, service_event=event, grade=pressed, at=now))
        return _back(token, lang)

    async def explain(
        self, request: Request, token: str, rating: Annotated[str, Form(max_length=64)],
        reasons: Annotated[list[RatingReason] | None, Form()] = None,
        text: Annotated[str, Form(max_length=WORDS)] = "", lang: str = "zh",
    ) -> Response:  # fmt: skip
        """Store the reasons for a grade given to this case."""
        event = service_event((await self._find(request, token)).number)
        if not any(one.rating == rating and one.lacks_reason for one in self._site.hall.ratings.of(event)):
            raise HTTPException(409)
        said = tuple(dict.fromkeys(reasons or ()))
        if said or text.strip():
            fact = RatingReasonsGiven(rating=rating, service_event=event, reasons=said, text=text.strip())
            await self._site.speaking.note(fact)
        return _back(token, lang)

    async def call_back(
        self, request: Request, token: str, phone: Annotated[str, Form(max_length=20)] = "", lang: str = "zh"
    ) -> Response:
        """Put the case on the guide desk's list of calls to make; asked again, it stays there once."""
        case, now = await self._find(request, token), self._site.clock.now()
        digits = "".join(one for one in phone if one.isdecimal() or one == "+")
        if len(digits) < 5 and not has_phone(case):
            raise HTTPException(409)
        if self._site.hall.guide_desk.asked_for(case.number) is None:
            due = self._cases.office.days_on(now.date(), CALL_BACK_DAYS)
            call = self._site.speaking.new_id()
            await self._site.speaking.note(CallBackAsked(call=call, case=case.number, at=now, due=due, phone=digits))
        return _back(token, lang)


def service_event(number: str) -> str:
    """Return what a case is rated under, at a kiosk as on its page."""
    return f"case/{number}"


def has_phone(case: Case) -> bool:
    """Return whether the application itself names a telephone."""
    return bool(case.application.applicant and case.application.applicant.phone)


def _back(token: str, lang: str) -> RedirectResponse:
    return RedirectResponse(f"/p/{token}?lang={'en' if lang == 'en' else 'zh'}#said", 303)
