"""The locker: opens one door at a time, believes only what the board says afterwards, watches doors that stand open."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from hallkit.devices.answer_line import AnswerLine, LineCause, NoAnswerError, Opener, attend, hold_open
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream
from kiosk.drivers.lock_doors import DoorEvent, Doors
from kiosk.errors import LockCause, LockError
from kiosk.wire.lock_8a import Lock8A
from kiosk.wire.lock_board import DoorContact, LockWire, Report
from kiosk.wire.lock_kerong import LockKerong

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
WIRES: dict[str, LockWire] = {"8a": Lock8A(), "kerong": LockKerong()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """The cabinet as it is wired, and seconds; the contact is found out by kiosk.drivers.lock_commissioning."""

    kind: str = "8a"
    board: int = 1
    doors: int = 16
    contact: DoorContact = DoorContact.CLOSED_WHEN_LOCKED
    answer_deadline: float = 0.5
    open_deadline: float = 3.0
    look_every: float = 1.0
    left_open_after: float = 60.0
    probe_longest: float = 60.0

    def __post_init__(self) -> None:
        if self.kind not in WIRES:
            raise ValueError(f"kind: no board {self.kind!r}; there are {', '.join(WIRES)}")
        for door in (1, self.doors):
            WIRES[self.kind].encode_query(self.board, door)


@dataclass(frozen=True, slots=True)
class LockView:
    """What is known of the cabinet now: `cause` is None only after a good answer."""

    cause: LockCause | None = LockCause.UNPLUGGED
    open_doors: tuple[int, ...] = ()


class LockBoard:
    """One board of locks; `run` must be running. `on_door` is told what happens at the doors."""

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        settings: LockSettings,
        *,
        backoff: Backoff | None = None,
        on_door: Callable[[DoorEvent], None] = lambda _: None,
        on_change: Callable[[LockView], None] = lambda _: None,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._settings = settings
        self._wire = WIRES[settings.kind]
        self._backoff = backoff or Backoff(random.Random(0), 0.5, 5.0)
        self._on_door = on_door
        self._on_change = on_change
        self._turn = asyncio.Lock()
        self._line: AnswerLine[Report] | None = None
        self._stir = asyncio.Event()
        self._changed = asyncio.Event()
        self._doors = Doors(settings.doors, settings.contact)
        self.view = LockView()

    async def run(self) -> None:
        """Hold the line for ever; ends by cancellation."""
        await hold_open(self._opener, self._serve, self._lost, self._clock, self._backoff)

    async def wait_for(self, wanted: Callable[[LockView], bool]) -> LockView:
        """Return the view as soon as `wanted` holds for it."""
        while not wanted(self.view):
            self._changed.clear()
            await self._changed.wait()
        return self.view

    async def open(self, door: int) -> None:
        """Open one door and return once its contact says so; LockError STUCK, WRONG_DOOR, or why nobody knows.

        After an error the door may still be open: give out another box, and leave this one to a person.
        """
        async with self._turn:
            before = list(self._doors.opened)
            until = self._clock.monotonic() + self._settings.open_deadline
            await self._unlock(door)
            while not await self._has_opened(door, until):
                if self._clock.monotonic() >= until:
                    raise await self._diagnose(door, before)
                await self._clock.sleep(self._settings.answer_deadline / 2)

    async def closed(self, door: int) -> None:
        """Return once a door that stands open is shut."""
        await self.wait_for(lambda view: door not in view.open_doors)

    async def is_open(self, door: int) -> bool:
        """Return whether a door is open now; LockError if the board does not say."""
        async with self._turn:
            return self._doors.is_open((await self._query(door)).levels, door)

    async def has_item(self, door: int) -> bool | None:
        """Return whether something lies in the box, None if this kind of board cannot tell; LockError."""
        async with self._turn:
            items = (await self._query(door)).items
        return None if items is None else items[door]

    async def level(self, door: int) -> bool:
        """Return the bare level of a door's contact, for commissioning; LockError."""
        async with self._turn:
            return (await self._query(door)).levels[door]

    async def unlock(self, door: int) -> None:
        """Order one lock to open without looking whether it did, for commissioning; LockError."""
        async with self._turn:
            await self._unlock(door)

    async def _unlock(self, door: int) -> None:
        """Give the order and wait for the board's own report, if it gives one; not believed, for it may be an echo."""
        order = self._wire.encode_open(self._settings.board, door)
        self._doors.order(door)
        deadline = self._settings.open_deadline
        try:
            if self._wire.answers_open:
                await self._line_now().ask(order, lambda report: self._is_mine(report, door), deadline)
            else:
                await self._line_now().tell(order, deadline)
        except NoAnswerError as error:
            if error.cause is LineCause.UNPLUGGED:
                self._doubt(LockCause.UNPLUGGED)
                raise LockError(LockCause.UNPLUGGED, door) from error
            _LOGGER.info("order to open door %d: %s", door, error)

    async def _has_opened(self, door: int, until: float) -> bool:
        """Return whether a door is open by now; a board that is busy with its lock may be silent up to `until`."""
        try:
            report = await self._ask(door)
        except LockError as error:
            if error.cause is LockCause.UNPLUGGED or self._clock.monotonic() >= until:
                self._doubt(error.cause)
                raise
            return False
        return self._doors.is_open(report.levels, door)

    async def _query(self, door: int) -> Report:
        try:
            return await self._ask(door)
        except LockError as error:
            self._doubt(error.cause)
            raise

    async def _ask(self, door: int) -> Report:
        strangers: list[Report] = []

        def fits(report: Report) -> bool:
            if self._is_mine(report, door):
                return True
            strangers.append(report)
            return False

        question = self._wire.encode_query(self._settings.board, door)
        try:
            report = await self._line_now().ask(question, fits, self._settings.answer_deadline)
        except NoAnswerError as error:
            raise LockError(self._suspect(strangers) or LockCause(error.cause), door) from error
        self._learn(report)
        return report

    def _is_mine(self, report: Report, door: int) -> bool:
        return report.board == self._settings.board and door in report.levels

    def _suspect(self, strangers: list[Report]) -> LockCause | None:
        if not strangers:
            return None
        same = any(report.board == self._settings.board for report in strangers)
        return LockCause.WRONG_LOCK if same else LockCause.WRONG_BOARD

    async def _diagnose(self, door: int, before: list[int]) -> LockError:
        """Return why a door stays shut: it is stuck, or another one opened."""
        if not self._wire.reports_all:
            for other in range(1, self._settings.doors + 1):
                await self._query(other)
        others = [other for other in self._doors.opened if other not in before and other != door]
        return LockError(LockCause.WRONG_DOOR, others[0]) if others else LockError(LockCause.STUCK, door)

    def _learn(self, report: Report) -> None:
        open_before = len(self._doors.opened)
        self._tell(self._doors.learn(report.levels, self._clock.monotonic()))
        if len(self._doors.opened) > open_before:
            self._stir.set()
        self._show(None)

    async def _serve(self, stream: ByteStream) -> None:
        self._line = line = AnswerLine(stream, self._wire.decoder())
        line.on_gone = self._stir.set
        try:
            await attend(line, lambda: self._look_after(line))
        finally:
            self._line = None

    async def _look_after(self, line: AnswerLine[Report]) -> None:
        """Look at every door once, then only at open ones; a board in doubt is asked again with growing pauses."""
        pause, is_known = FIRST_PAUSE, False
        while not line.is_gone:
            try:
                await self._look(everywhere=not is_known)
            except LockError as error:
                _LOGGER.warning("%s", error)
                is_known = await line.gone(pause)
                pause = min(2 * pause, self._settings.probe_longest)
                continue
            pause, is_known = FIRST_PAUSE, True
            self._backoff.reset()
            self._tell(self._doors.overdue(self._clock.monotonic() - self._settings.left_open_after))
            await self._rest()
            is_known = self.view.cause is None

    async def _look(self, *, everywhere: bool) -> None:
        doors = list(range(1, self._settings.doors + 1)) if everywhere else list(self._doors.opened)
        for door in doors[:1] if self._wire.reports_all else doors:
            async with self._turn:
                await self._query(door)

    async def _rest(self) -> None:
        """Wait until an open door is to be looked at again, or something stirs."""
        try:
            async with asyncio.timeout(self._settings.look_every if self._doors.opened else None):
                await self._stir.wait()
        except TimeoutError:
            return
        self._stir.clear()

    def _line_now(self) -> AnswerLine[Report]:
        if self._line is None:
            raise NoAnswerError(LineCause.UNPLUGGED)
        return self._line

    def _doubt(self, cause: LockCause) -> None:
        self._show(cause)
        self._stir.set()

    def _lost(self) -> None:
        self._show(LockCause.UNPLUGGED)

    def _tell(self, events: list[DoorEvent]) -> None:
        for event in events:
            _LOGGER.info("door %d %s", event.door, event.change)
            self._on_door(event)

    def _show(self, cause: LockCause | None) -> None:
        view = LockView(cause, tuple(sorted(self._doors.opened)))
        if view != self.view:
            self.view = view
            self._changed.set()
            self._on_change(view)
