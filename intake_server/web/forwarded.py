"""Who asks, when a proxy stands before the pages."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from intake_server.core.lookups import client_of

HEADER = "x-forwarded-for"


class Forwarded:
    """Puts the citizen's own address in the place of a trusted proxy's."""

    def __init__(self, app: ASGIApp, trusted: tuple[str, ...]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self._trusted and scope.get("client"):
            said = ",".join(Headers(scope=scope).getlist(HEADER))
            peer, port = scope["client"]
            scope = {**scope, "client": (client_of(peer, said, self._trusted), port)}
        await self._app(scope, receive, send)
