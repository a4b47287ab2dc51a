"""Panels of one zone that say the same: the zone's board becomes one scene, the scene each panel's picture."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from contract.board import ZoneBoard
from contract.topics import Address
from display_controller.core.compose import compose
from display_controller.core.palette import Palette
from display_controller.core.picture import Picture
from display_controller.core.render import Renderer
from display_controller.core.scene import Role
from display_controller.core.schedule import next_change
from display_controller.drivers.panel import PanelDisplay
from hallkit.runtime.clock import Clock

FRESH = timedelta(days=2)


@dataclass(eq=False)
class Panel:
    """One panel of `size` (width, height); `picture` is what it was asked to show last."""

    address: Address
    size: tuple[int, int]
    palette: Palette
    display: PanelDisplay
    picture: Picture | None = None

    def show(self, picture: Picture) -> None:
        """Ask for `picture`; the one it has costs nothing."""
        if picture is not self.picture:
            self.picture = picture
            self.display.show(picture)


class PanelDesk:
    """Keeps the panels of one role in one zone showing what the zone's board says."""

    def __init__(self, zone: str, role: Role, panels: Sequence[Panel], *, renderer: Renderer, clock: Clock) -> None:
        self.zone, self.panels = zone, tuple(panels)
        self._role, self._renderer, self._clock = role, renderer, clock
        self._board: ZoneBoard | None = None
        self._lost_at: datetime | None = None
        self._wake = asyncio.Event()
        self._is_news = False
        self._shown_at = clock.now()

    def on_board(self, board: ZoneBoard) -> None:
        """Show another board."""
        self._board = board
        self.refresh()
        self._wake.set()

    def on_news(self, alive: bool) -> None:
        """Note whether boards still reach us; old ones are shown as old half a minute after they stopped."""
        if alive:
            self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = self._clock.now()
        self._is_news = True
        self._wake.set()

    async def run(self) -> None:
        """Change the pictures when their time comes, until cancelled; a board is shown by `on_board` itself."""
        self._is_news = True
        while True:
            if self._is_news:
                self._is_news = False
                self.refresh()
            due = next_change(self._board_now(self._shown_at), self._role, self._shown_at)
            try:
                async with asyncio.timeout((due - self._clock.now()).total_seconds() if due else None):
                    await self._wake.wait()
                self._wake.clear()
            except TimeoutError:
                self._is_news = True

    def refresh(self) -> None:
        """Show what the panels should say now; panels of one size and palette share the picture."""
        now = self._shown_at = self._clock.now()
        scene = compose(self._board_now(now), self._role, now)
        pictures: dict[tuple[tuple[int, int], Palette], Picture] = {}
        for panel in self.panels:
            kind = panel.size, panel.palette
            if kind not in pictures:
                pictures[kind] = self._renderer.picture(scene, panel.size, panel.palette)
            panel.show(pictures[kind])

    def _board_now(self, now: datetime) -> ZoneBoard | None:
        """Return the board as of when it was last known to be true: a quiet hall's board is old and right."""
        if self._board is None:
            return None
        return replace(self._board, as_of=self._lost_at or now + FRESH)
