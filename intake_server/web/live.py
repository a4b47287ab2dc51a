"""Server-sent events: the changed parts of a page, at most two times a second."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from intake_server.web.site import Site

CALM = 0.5
"""Seconds between two updates of one page at least."""

HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it lives."""


async def changes(site: Site, parts: Callable[[], dict[str, str]]) -> AsyncIterator[bytes]:
    """Yield every part that differs from what was sent before, for ever."""
    sent: dict[str, str] = {}
    version = -1
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT):
                await site.notice.after(version)
        except TimeoutError:
            yield b": alive\n\n"
        version = site.notice.version
        for name, html in parts().items():
            if sent.get(name) != html:
                sent[name] = html
                yield f"event: {name}\ndata: {json.dumps(html, ensure_ascii=False)}\n\n".encode()
        await site.clock.sleep(CALM)
