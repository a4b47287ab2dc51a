"""The desk's page: what is offered now, as buttons with a key each; news by server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from contract.board import PauseReason
from contract.queue import ChoiceReason, HoldReason
from queue_caller.core.desk import ACTIONS
from queue_caller.core.errors import DeskError

FOLDER = Path(__file__).parent
_PAUSES = {
    PauseReason.BREAK: "短暂离开",
    PauseReason.MEAL: "用餐",
    PauseReason.MEETING: "开会",
    PauseReason.FAULT: "设备故障",
}
_HOLDS = {
    HoldReason.FETCHING_MATERIAL: "取材料",
    HoldReason.FILLING_FORM: "填表",
    HoldReason.PAYING: "缴费",
    HoldReason.SYSTEM_DOWN: "业务系统中断",
}
_CHOICES = {
    ChoiceReason.RETURNED: "办完其他手续回来",
    ChoiceReason.FRAIL: "年老体弱",
    ChoiceReason.SAME_MATTER: "同一件事",
    ChoiceReason.COMPLAINT: "投诉处理",
    ChoiceReason.SUPERVISOR: "值班长安排",
}


@dataclass(frozen=True, slots=True)
class DeskWords:
    """What stands on the page: hall, window and the services a ticket can be sent to."""

    hall: str
    window: int
    business: str
    services: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeskPort:
    """What the page needs of the desk: its state as data, news of it, and a way to act."""

    state: Callable[[], Mapping[str, Any]]
    changed: Callable[[], Awaitable[None]]
    act: Callable[[str, Mapping[str, str]], Awaitable[str]]


def desk_page(words: DeskWords, port: DeskPort) -> FastAPI:
    """Return the page as an application; it refuses every other site's requests and has no login: loopback only."""
    app = FastAPI(title="hall24 clerk's desk", docs_url=None, redoc_url=None)
    templates = Jinja2Templates(directory=FOLDER / "templates")
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")

    @app.get("/", response_class=HTMLResponse)
    async def page(request: Request) -> HTMLResponse:
        lists = {"pauses": _PAUSES, "holds": _HOLDS, "choices": _CHOICES, "services": words.services}
        return templates.TemplateResponse(request, "desk.html", {"words": words, "actions": ACTIONS, **lists})

    @app.get("/news")
    async def news() -> StreamingResponse:
        return StreamingResponse(_events(port), media_type="text/event-stream")

    @app.post("/do/{action}")
    async def do(
        action: str, request: Request, staff: Annotated[str, Form(max_length=16)] = "",
        ticket: Annotated[str, Form(max_length=8)] = "", service: Annotated[str, Form(max_length=16)] = "",
        place: Annotated[str, Form()] = "by_age", hold_reason: Annotated[str, Form()] = "",
        pause_reason: Annotated[str, Form()] = "", choice_reason: Annotated[str, Form()] = "",
    ) -> JSONResponse:  # fmt: skip
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return JSONResponse({"said": "another site may not press keys here"}, 403)
        form = {"staff": staff, "ticket": ticket, "service": service, "place": place}
        form |= {"hold_reason": hold_reason, "pause_reason": pause_reason, "choice_reason": choice_reason}
        try:
            return JSONResponse({"said": await port.act(action, {key: text for key, text in form.items() if text})})
        except DeskError as error:
            return JSONResponse({"said": str(error)}, 400)

    return app


async def _events(port: DeskPort) -> AsyncIterator[bytes]:
    while True:
        yield b"data: " + JSONResponse(dict(port.state())).body + b"\n\n"
        try:
            async with asyncio.timeout(20):
                await port.changed()
        except TimeoutError:
            yield b": still here\n\n"
