"""One window's call pad at the bridge: its presses to the queue in order, its display from the board."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from contract.board import WindowState, ZoneBoard
from contract.body import Reply, Request
from contract.queue import RefusalCode
from contract.queue_requests import OpenWindow, QueueRefused
from contract.topics import Address
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.requester import NoAnswerError
from mqtt_bridge.core import translate
from mqtt_bridge.core.field_exchange import KeyPress, PadDisplay, PadKey, PadLamp
from mqtt_bridge.core.translate import PadWindow
from mqtt_bridge.store.presses import KeptPress

_LOGGER = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds for one round of asking; a press that changes something is asked again until the queue answers."""

OPENING_KEYS = (PadKey.NEXT, PadKey.RESUME)


class PadDesk:
    """Asks the queue for one pad, one press after the other."""

    def __init__(
        self, address: Address, at: PadWindow, staff: str, device: Device, clock: Clock, *,
        show: Callable[[PadDisplay], None], forget: Callable[[KeyPress], None],
    ) -> None:  # fmt: skip
        self.address, self.at = address, at
        self._staff, self._device, self._clock, self._show, self._forget = staff, device, clock, show, forget
        self._presses: deque[KeptPress] = deque()
        self._wake = asyncio.Event()
        self._shown = PadDisplay()
        self._board: ZoneBoard | None = None

    def take(self, kept: KeptPress) -> None:
        """Ask the queue for a press that is on disk."""
        self._presses.append(kept)
        self._wake.set()

    def on_board(self, board: ZoneBoard) -> None:
        """Show what the zone's board says of this window."""
        self._board = board
        self._display(translate.display(board, self.at, self._shown))

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._presses:
                await self._ask(self._presses[0])
                self._drop(self._presses.popleft().press)

    def _drop(self, press: KeyPress) -> None:
        try:
            self._forget(press)
        except sqlite3.Error as error:
            _LOGGER.error("an answered press stays on disk, to be asked again under its name: %s", error)

    async def _ask(self, kept: KeptPress) -> None:
        while True:
            press = replace(kept.press, age=kept.press.age + self._seconds_since(kept))
            request = translate.to_request(press, self.at, self._shown.ticket)
            if request is None and press.key is not PadKey.RESUME:
                self._display(translate.refused(self._shown))
                return
            try:
                await self._carry(press, request)
            except NoAnswerError:
                self._display(translate.offline(self._shown))
                continue
            return

    async def _carry(self, press: KeyPress, request: Request | None) -> None:
        if press.key in OPENING_KEYS and self._window_state() is WindowState.CLOSED:
            opened = await self._request(OpenWindow(window=self.at.window, staff=self._staff), f"{press.name}-open")
            is_open = isinstance(opened, QueueRefused) and opened.code is RefusalCode.WINDOW_OPEN
            if not is_open and (isinstance(opened, QueueRefused) or press.key is PadKey.RESUME):
                self._display(translate.after_reply(self._shown, opened))
                return
        if request is not None:
            reply = await self._request(request, press.name)
            self._display(translate.after_reply(self._shown, reply))

    async def _request(self, request: Request, key: str) -> Reply:
        reply = await self._device.ask("queue", request, key=key, patience=PATIENCE, speaker=self.address)
        if isinstance(reply, QueueRefused):
            _LOGGER.info("window %d: %s refused: %s", self.at.window, type(request).__name__, reply.code.value)
        return reply

    def _display(self, display: PadDisplay) -> None:
        if display != self._shown or display.beep:
            self._shown = replace(display, beep=False)
            self._show(display)

    def _window_state(self) -> WindowState:
        if self._board is None:
            return WindowState.CLOSED if self._shown.lamp is PadLamp.OFF else WindowState.FREE
        found = [one.state for one in self._board.windows if one.window == self.at.window]
        return found[0] if found else WindowState.CLOSED

    def _seconds_since(self, kept: KeptPress) -> int:
        return max(0, int((self._clock.now() - kept.taken).total_seconds()))
