"""The pages: routes from requests to templates."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from contract.errors import ContractError
from contract.queue import TicketState
from contract.topics import Address, address
from hallkit.web.guard import Guard
from intake_server.core.picture import Picture
from intake_server.core.texts import Language, has
from intake_server.web import boards, complaints, guide_desk, guides, overview, progress, rating_list, workbench
from intake_server.web.forwarded import Forwarded
from intake_server.web.live import changes
from intake_server.web.site import Site
from intake_server.web.watch import Watch
from intake_server.web.words import Words

HERE = Path(__file__).parent
LONGEST_TOKEN = 64
TOUCH_KINDS = ("ticket-machine", "rating-pad", "kiosk")
"""Kinds whose pictures can be touched."""


class Pages:
    """Answers the routes of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, lang: str, path: str = "/", **values: Any) -> str:
        """Return a template in a language; every template gets the words and the time."""
        words = Words(self._site.names, Language.EN if lang == "en" else Language.ZH)
        shared = {"t": words, "now": self._site.clock.now(), "path": path}
        return self._templates.get_template(name).render(**shared, **values)

    def live_parts(self, lang: str) -> dict[str, str]:
        """Return the parts of the hall page that change, by element id."""
        site = self._site
        words = Words(site.names, Language.EN if lang == "en" else Language.ZH)
        rows, head = site.ledger()
        live = self.render(
            "_live.html", lang, hall=site.hall, view=overview, w=words, rows=rows, head=head[:12], **self._ratings()
        )
        shown: dict[str, list[tuple[Address, Picture | None]]] = {}
        for one in site.screens.addresses():
            shown.setdefault(one.kind, []).append((one, site.screens.pictures.get(one)))
        return {"live": live, "screens": self.render("_screens.html", lang, shown=shown, touch=TOUCH_KINDS)}

    def _ratings(self) -> dict[str, Any]:
        today = self._site.clock.now().date()
        return {"grades": self._site.hall.ratings.grades(today), "rate": self._site.hall.ratings.rate(today)}

    async def overview(self, lang: str = "zh") -> HTMLResponse:
        """Answer the live hall page."""
        return HTMLResponse(self.render("hall.html", lang, "/", parts=self.live_parts(lang)))

    async def live(self, lang: str = "zh") -> Response:
        """Stream the parts of the hall page as they change."""

        async def stream() -> AsyncIterator[bytes]:
            with self._site.screens.watched():
                async for part in changes(self._site, lambda: self.live_parts(lang)):
                    yield part

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def screen(self, kind: str, name: str) -> Response:
        """Answer the last picture of a device's screen."""
        picture = self._site.screens.pictures.get(self._address(kind, name))
        if picture is None:
            raise HTTPException(404)
        return Response(picture.png, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})

    async def press(
        self,
        request: Request,
        kind: str,
        name: str,
        x: Annotated[int, Form(ge=0)],
        y: Annotated[int, Form(ge=0)],
        shown: Annotated[int, Form(ge=1)],
        lang: Annotated[str, Form()] = "zh",
    ) -> Response:
        """Touch a screen at `x`, `y` of a picture shown `shown` pixels wide."""
        address_ = self._address(kind, name)
        picture = self._site.screens.pictures.get(address_)
        if picture is None or kind not in TOUCH_KINDS or address_ not in self._site.screens.addresses():
            raise HTTPException(404)
        at = (min(round(x * picture.width / shown), picture.width - 1), round(y * picture.width / shown))
        code = await self._site.screens.press(address_, at[0], min(at[1], picture.height - 1))
        if "application/json" not in request.headers.get("accept", ""):
            return RedirectResponse(f"/?lang={'en' if lang == 'en' else 'zh'}#screens", HTTPStatus.SEE_OTHER)
        words = Words(self._site.names, Language.EN if lang == "en" else Language.ZH)
        said = words(f"press.{code}" if has(f"press.{code}") else "press.refused")
        return Response(said, 200 if code == "done" else 409, media_type="text/plain; charset=utf-8")

    def _address(self, kind: str, name: str) -> Address:
        try:
            return address(self._site.hall.name, kind, name)
        except ContractError as error:
            raise HTTPException(404) from error

    async def ratings(self, lang: str = "zh") -> HTMLResponse:
        """Answer the ratings overview with the list of bad ratings being answered."""
        words = Words(self._site.names, Language.EN if lang == "en" else Language.ZH)
        today = self._site.clock.now().date()
        values = rating_list.page(self._site.hall.ratings, words, today)
        return HTMLResponse(self.render("ratings.html", lang, "/ratings", **values))

    async def journey(self, token: str, lang: str = "zh") -> HTMLResponse:
        """Answer one visitor's journey."""
        journey = await self._site.journey(token) if len(token) <= LONGEST_TOKEN else None
        page = self.render("journey.html", lang, f"/journey/{token}", journey=journey, token=token)
        return HTMLResponse(page, 200 if journey else 404)

    async def follow(self, token: str, lang: str = "zh") -> HTMLResponse:
        """Answer the page behind the code on a slip."""
        standing = await self._site.standing(token) if len(token) <= LONGEST_TOKEN else None
        ended = standing is not None and standing.state in (
            TicketState.FINISHED,
            TicketState.CANCELLED,
            TicketState.EXPIRED,
        )
        page = self.render("follow.html", lang, f"/q/{token}", standing=standing, token=token, ended=ended)
        return HTMLResponse(page, 200 if standing else 404)

    async def metrics(self) -> Response:
        """Answer the figures for Prometheus."""
        return Response(self._site.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def healthz(self) -> Response:
        """Answer 200 while the ledger can be written, 503 else."""
        rows, head = self._site.ledger()
        well = self._site.is_well()
        content = {"ok": well, "ledger_rows": rows, "ledger_head": head}
        return JSONResponse(content, 200 if well else 503)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """Answer an error as a page with a way back."""
        status = error.status_code if isinstance(error, StarletteHTTPException) else 500
        lang = request.query_params.get("lang", "zh")
        headers = getattr(error, "headers", None) or {}
        wait = int(headers.get("Retry-After", 0))
        again = self._site.clock.now() + timedelta(seconds=wait) if wait else None
        page = self.render("error.html", lang, "/", status=status, again=again, minutes=ceil(wait / 60))
        return HTMLResponse(page, status, headers)


def build(site: Site) -> FastAPI:
    """Return the web application of a site."""
    pages, router = Pages(site), APIRouter()
    for path, answer in (
        ("/", pages.overview),
        ("/ratings", pages.ratings),
        ("/journey/{token}", pages.journey),
        ("/q/{token}", pages.follow),
    ):
        router.add_api_route(path, answer, methods=["GET"], response_class=HTMLResponse)
    for path, answer_ in (
        ("/live", pages.live),
        ("/screens/{kind}/{name}.png", pages.screen),
        ("/metrics", pages.metrics),
        ("/healthz", pages.healthz),
    ):
        router.add_api_route(path, answer_, methods=["GET"], response_class=Response)
    router.add_api_route("/screens/{kind}/{name}/press", pages.press, methods=["POST"], response_class=Response)
    app = FastAPI(title="hall24 intake server", docs_url=None, redoc_url=None)
    app.include_router(router)
    if site.boards is not None:
        app.include_router(boards.router(site, site.boards))
    if site.cases is not None:
        watch = Watch(site.config, site.clock)
        app.include_router(progress.router(site, site.cases, pages.render, watch))
        app.include_router(complaints.router(site, site.cases, pages.render, watch))
        app.include_router(guides.router(site, site.cases, pages.render))
        app.include_router(guide_desk.router(site, site.cases, pages.render))
        app.include_router(workbench.router(site, site.cases, pages.render))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(StarletteHTTPException, pages.not_found)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(site.config.allowed_hosts), www_redirect=False)
    app.add_middleware(Guard, monotonic=site.clock.monotonic, a_minute=site.config.posts_a_minute)
    app.add_middleware(Forwarded, trusted=site.config.trusted_proxies)
    return app
