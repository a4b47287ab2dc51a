"""Clerks at their call pads, and the manager who closes the windows in the evening."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from contract.board import WindowState, ZoneBoard
from contract.queue_requests import CloseWindow
from hall24.day.machines import AskingMachine
from hall24.day.people import Person, Windows
from hall24.day.stage import Stage
from hallkit.inventory.schema import WindowEntry
from mqtt_bridge.wire.call_pad_values import LampCode
from simulators.call_pad_device import SimulatedCallPad
from simulators.people.clerk import Clerk, Duty, Look, Move, duty_of

OPENS, CLOSES = 510 * 60_000, 1_080 * 60_000
DAY = 86_400_000

GLANCE = 0.25
"""Seconds after news in which a pad has it too."""

KEY_PATIENCE = 20
"""Seconds a clerk waits for a key to show."""


class ClerkAtWork:
    """Drives one clerk: looks at the pad on news or when the next move is due."""

    def __init__(self, window: WindowEntry, pad: SimulatedCallPad, stage: Stage, windows: Windows) -> None:
        self._window, self._pad, self._stage, self._windows = window, pad, stage, windows
        self._clerk = Clerk(stage.options.seed, window.number)
        self._news = asyncio.Event()
        self._looked: tuple[int, str | None, int] | None = None
        self._person: Person | None = None
        self._over_at = 0.0

    @property
    def zone(self) -> str:
        """Where the window is."""
        return self._window.zone

    def wake(self) -> None:
        """Look again."""
        self._news.set()

    def glance(self) -> None:
        """Look again if the pad shows something else than before."""
        if self._shown() != self._looked:
            self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._news.clear()
            move = self._clerk.look(self._seen(), self._duty(), self._now(), self._is_over())
            if move is None:
                await self._wait(self._until_duty())
            elif move.key is None:
                await self._wait(self._no_longer_than(move.pause / 1000))
            else:
                await self._press(move)

    async def _press(self, move: Move) -> None:
        assert move.key is not None
        await self._stage.clock.sleep(move.pause / 1000)
        if move.held:
            self._pad.hold(move.key)
        else:
            self._pad.press(move.key)
        before = self._looked = self._shown()
        self._news.clear()
        for _ in range(KEY_PATIENCE):
            await self._wait(1.0)
            if self._shown()[:2] != before[:2]:
                return

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()

    def _seen(self) -> Look:
        pad, number = self._pad, self._window.number
        self._looked = self._shown()
        person = self._windows.with_ticket(number, pad.ticket)
        if pad.lamp is LampCode.SERVING and person is not None and not person.begun.is_set():
            person.begun.set()
            self._person, self._over_at = person, self._stage.clock.monotonic() + person.takes
        if self._person is not None and pad.ticket != self._person.ticket:
            self._person.over.set()
            self._person = None
        return Look(LampCode(pad.lamp), pad.ticket, pad.waiting, person is not None)

    def _is_over(self) -> bool:
        return self._person is None or self._stage.clock.monotonic() >= self._over_at

    def _no_longer_than(self, seconds: float) -> float:
        if self._person is None:
            return seconds
        return max(0.01, min(seconds, self._over_at - self._stage.clock.monotonic()))

    def _duty(self) -> Duty:
        return duty_of(self._stage.options.seed, self._window.number, self._now() // DAY, OPENS, CLOSES).on(
            self._now() // DAY * DAY
        )

    def _until_duty(self) -> float:
        """Return the seconds until the next moment of the duty that may change what the clerk does."""
        duty, now = self._duty(), self._now()
        moments = [duty.begins, duty.ends, *(at for pause in duty.pauses for at in pause[:2]), now // DAY * DAY + DAY]
        return (min(one for one in moments if one > now) - now) / 1000

    def _now(self) -> int:
        return int(self._stage.clock.monotonic() * 1000)

    def _shown(self) -> tuple[int, str | None, int]:
        return self._pad.lamp, self._pad.ticket, self._pad.waiting


class Glances:
    """Lets the clerks of a zone look at their pads a moment after its board changed."""

    def __init__(self, at_work: Sequence[ClerkAtWork]) -> None:
        self._zones: dict[str, list[ClerkAtWork]] = {}
        for one in at_work:
            self._zones.setdefault(one.zone, []).append(one)
        self._due: dict[str, bool] = {}

    def on_board(self, board: ZoneBoard) -> None:
        """Take note of a board."""
        if not self._due.get(board.zone):
            self._due[board.zone] = True
            asyncio.get_running_loop().call_later(GLANCE, self._glance, board.zone)

    def _glance(self, zone: str) -> None:
        self._due[zone] = False
        for one in self._zones.get(zone, ()):
            one.glance()


class Manager:
    """Closes the windows in the evening, once nobody is at them."""

    def __init__(self, stage: Stage, desk: AskingMachine) -> None:
        self._stage, self._desk = stage, desk
        self._asked = 0

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            now = int(self._stage.clock.monotonic() * 1000) % DAY
            at = CLOSES + 5 * 60_000
            await self._stage.clock.sleep(((at - now) % DAY or DAY) / 1000)
            for _ in range(30):
                if not await self._close_windows():
                    break
                await self._stage.clock.sleep(300.0)

    async def _close_windows(self) -> bool:
        """Close every window that serves nobody; return whether some are still open."""
        windows = [(board, one) for board in self._stage.eyes.boards.values() for one in board.windows]
        still = False
        for _, window in windows:
            if window.state is WindowState.CLOSED:
                continue
            still = True
            if window.state in (WindowState.FREE, WindowState.PAUSED):
                self._asked += 1
                await self._desk.ask(CloseWindow(window=window.window), f"close-{window.window}-{self._asked}")
        return still


def clerks(stage: Stage, windows: Windows) -> list[ClerkAtWork]:
    """Return a clerk for every window with a call pad."""
    lines = list(stage.hardware.pad_lines.values())
    pads = {pad.address: pad for line in lines for pad in line.pads}
    at_work = {one.number: ClerkAtWork(one, pads[one.number], stage, windows) for one in stage.hall.windows}
    stage.eyes.on_board.append(Glances(list(at_work.values())).on_board)
    windows.on_arrival = lambda number: at_work[number].wake()
    return list(at_work.values())
