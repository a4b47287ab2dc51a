"""A pad's radio: keeps its device on the link while it has power and is not dead."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class PadRadio:
    """On or off; while off the device is nowhere, and its last will says so."""

    def __init__(self) -> None:
        self._is_on = True
        self._changed = asyncio.Event()

    def switch(self, on: bool) -> None:
        """Turn it on or off."""
        if on is not self._is_on:
            self._is_on = on
            self._changed.set()

    async def run(self, device: Callable[[], Awaitable[None]]) -> None:
        """Run `device` whenever the radio is on, until cancelled; raise what it raises."""
        while True:
            self._changed.clear()
            if self._is_on:
                await self._until_changed(asyncio.ensure_future(device()))
            else:
                await self._changed.wait()

    async def _until_changed(self, linked: "asyncio.Future[None]") -> None:
        changed = asyncio.ensure_future(self._changed.wait())
        either: list[asyncio.Future[Any]] = [linked, changed]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if linked.done():
                linked.result()
        finally:
            linked.cancel()
            changed.cancel()
            await asyncio.gather(linked, changed, return_exceptions=True)
