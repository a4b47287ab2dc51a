"""Clerks at their windows: they look at the board and press the keys of their call pads."""

import asyncio
import random
from collections.abc import Mapping

from contract.board import WindowState, ZoneBoard
from hall24.demo.witness import Witness
from hallkit.inventory.schema import Hall, WindowEntry
from hallkit.runtime.clock import Clock
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators.call_pad_device import SimulatedCallPad

REACTION = (0.3, 0.9)
"""Seconds between seeing something and pressing a key."""

ARRIVAL_PATIENCE = 8.0
"""Seconds a clerk waits for a called person before calling again."""


class Clerk:
    """Serves one window; `arrived` is set by the visitor who stands there."""

    def __init__(
        self, window: WindowEntry, pad: SimulatedCallPad, witness: Witness, clock: Clock, chance: random.Random,
        service_seconds: float,
    ) -> None:  # fmt: skip
        self.window, self._pad, self._witness, self._clock, self._chance = window, pad, witness, clock, chance
        self._service_seconds = service_seconds
        self._news = asyncio.Event()
        self.arrived: asyncio.Queue[str] = asyncio.Queue()
        self.served = 0
        witness.on_board.append(self._look)

    async def run(self) -> None:
        """Open the window and work until cancelled."""
        await self._press(KeyCode.RESUME)
        while True:
            self._news.clear()
            state, ticket = self._state()
            if state is WindowState.FREE and self._people_wait():
                await self._press(KeyCode.NEXT)
                await self._settle(state)
            elif state is WindowState.CALLING and ticket is not None:
                await self._meet(ticket)
            elif state is WindowState.SERVING:
                await self._serve()
            else:
                await self._news.wait()

    async def _meet(self, ticket: str) -> None:
        try:
            async with asyncio.timeout(ARRIVAL_PATIENCE):
                while await self.arrived.get() != ticket:
                    continue
            await self._press(KeyCode.START)
        except TimeoutError:
            board = self._witness.boards[self.window.zone]
            count = next((one.count for one in board.windows if one.window == self.window.number), 0)
            await self._press(KeyCode.NO_SHOW if count >= 2 else KeyCode.RECALL)
        await self._settle(WindowState.CALLING)

    async def _serve(self) -> None:
        await self._clock.sleep(self._service_seconds * (0.5 + self._chance.random()))
        await self._press(KeyCode.FINISH)
        self.served += 1
        await self._settle(WindowState.SERVING)

    async def _press(self, key: KeyCode) -> None:
        await self._clock.sleep(self._chance.uniform(*REACTION))
        self._pad.press(key)

    async def _settle(self, before: WindowState) -> None:
        """Wait until the board shows something else, a moment at most: a key may also have been refused."""
        try:
            async with asyncio.timeout(2.0):
                while self._state()[0] is before:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return

    def _look(self, board: ZoneBoard) -> None:
        if board.zone == self.window.zone:
            self._news.set()

    def _state(self) -> tuple[WindowState, str | None]:
        board = self._witness.boards.get(self.window.zone)
        windows = board.windows if board is not None else ()
        found = [(one.state, one.ticket) for one in windows if one.window == self.window.number]
        return found[0] if found else (WindowState.CLOSED, None)

    def _people_wait(self) -> bool:
        board = self._witness.boards[self.window.zone]
        own = (*self.window.services, *self.window.overflow)
        return any(queue.waiting for queue in board.queues if queue.service in own)


def clerks(
    hall: Hall, pads: Mapping[int, SimulatedCallPad], witness: Witness, clock: Clock, chance: random.Random,
    service_seconds: float,
) -> dict[int, Clerk]:  # fmt: skip
    """Return a clerk for every window whose call pad is simulated."""
    return {
        window.number: Clerk(window, pads[window.number], witness, clock, chance, service_seconds)
        for window in hall.windows
        if window.number in pads
    }
