"""What every answer carries and every change must pass: headers, origin, rate."""

from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_CLIENTS = 1_000
_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses changes from other sites and too many from one client; adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, monotonic: Callable[[], float], a_minute: int) -> None:
        self._app, self._monotonic, self._a_minute = app, monotonic, a_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = None if scope["method"] in _SAFE else self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
            origin is not None and origin.partition("://")[2] != headers.get("host")
        ):
            return PlainTextResponse("another site may not change anything here\n", 403)
        if not self._may(scope["client"][0] if scope.get("client") else ""):
            return PlainTextResponse("too many changes, wait a minute\n", 429, {"Retry-After": "60"})
        return None

    def _may(self, client: str) -> bool:
        now = self._monotonic()
        left, since = self._left.pop(client, (float(self._a_minute), now))
        left = min(self._a_minute, left + (now - since) * self._a_minute / 60)
        self._left[client] = (max(0.0, left - 1), now)
        while len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return left >= 1
