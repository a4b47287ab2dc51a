"""A rating pad at a service window: five keys and a touch screen, its own store, its own place on the link."""

import asyncio
import math
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from PIL import Image

from contract import codec, topics
from contract.board import HallMode, WindowOnBoard, ZoneBoard
from contract.body import Command, Result
from contract.envelope import Envelope
from contract.errors import RemoteContractError
from contract.ids import token
from contract.link import CommandDone, CommandRefused, Fault
from contract.rating import AskRating, RatingGrade, RatingReason, SetStaffCard
from contract.screen import PressScreen, TakePicture
from contract.topics import Address
from hallkit.pad import state as states
from hallkit.pad.face import (
    GRADE_BOXES,
    NO_REASON_BOX,
    REASON_BOXES,
    SUBMIT_BOX,
    Box,
    Face,
    paint,
)
from hallkit.pad.pause import PauseShown, pause_of
from hallkit.pad.state import AskRefusal, PadScreen, PadState
from hallkit.pad.texts import PadLanguage
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import OutboxFullError
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from hallkit.text.fonts import system_fonts
from simulators.rating_pad_camera import PadCamera
from simulators.rating_pad_radio import PadRadio
from simulators.rating_pad_store import PadOutbox, PadStore

T = TypeVar("T")

CAPACITY = 2_000
"""Facts a pad keeps while the hall store is away."""


@dataclass(frozen=True, slots=True)
class PadSetup:
    """Where a pad stands and what it may do; `zone` lets it hear whether its window pauses."""

    window: int
    zone: str | None = None
    zone_name: str = ""
    language: PadLanguage = "zh"
    supplement_days: int = 5
    capacity: int = CAPACITY
    demo: bool = False


class RatingPad:
    """One pad. Faults are fields: `battery` percent (0 is off), `silent` (no radio), `frozen_key` (a dead key)."""

    def __init__(
        self,
        address: Address,
        password: str,
        setup: PadSetup,
        *,
        links: LinkFactory,
        clock: Clock,
        chance: random.Random,
        database: sqlite3.Connection,
        writer: Writer | None = None,
        version: str = "",
    ) -> None:
        self.setup, self.state = setup, PadState(window=setup.window)
        self.on_change: Callable[[PadState], None] = lambda state: None
        self.frozen_key: RatingGrade | None = None
        self.taken = 0
        self._clock = clock
        self._battery, self._silent, self._is_full = 100, False, False
        self._windows: tuple[WindowOnBoard, ...] = ()
        self._outbox = PadOutbox(database, token(chance.getrandbits(128)), setup.capacity)
        hear = {topics.board(address.hall, setup.zone): self._on_board} if setup.zone else None
        self.device = Device(
            address,
            password,
            links=links,
            clock=clock,
            chance=chance,
            hear=hear,
            outbox=self._outbox,
            writer=writer,
            version=version,
        )
        self.device.on_command = self._obey
        self._store = PadStore(database, self._outbox, self.device.add_fact)
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._radio, self._camera = PadRadio(), PadCamera()

    @property
    def battery(self) -> int:
        """Charge in percent; at 0 the pad is dark, off the link and feels nothing."""
        return self._battery

    @battery.setter
    def battery(self, percent: int) -> None:
        self._battery = percent
        self._radio.switch(self.is_on and not self._silent)

    @property
    def silent(self) -> bool:
        """Whether the pad's radio is dead; it goes on taking ratings."""
        return self._silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._silent = silent
        self._radio.switch(self.is_on and not silent)

    @property
    def is_on(self) -> bool:
        """Whether the pad has power."""
        return self._battery > 0

    @property
    def face(self) -> Face:
        """Return what is on the screen now."""
        state, setup = self.state, self.setup
        left = (state.until - self._clock.now()).total_seconds() if state.until else 0.0
        return Face(
            window=setup.window,
            screen=state.screen,
            zone_name=setup.zone_name,
            staff=state.staff,
            masked_name=state.masked_name,
            seconds_left=max(math.ceil(left), 0),
            ticks=state.ticks,
            pause=PauseShown(full=True) if self._is_full else pause_of(self._windows, setup.window),
            offline=not self.device.link.is_up,
            waiting=self._outbox.depth,
            supplement_days=setup.supplement_days,
            battery=self._battery,
            demo=setup.demo,
            language=setup.language,
            dark=not self.is_on,
        )

    def picture(self) -> Image.Image:
        """Return the screen as it is now, 320 by 240 pixels, RGB."""
        return paint(self.face)

    async def press(self, key: int) -> bool:
        """Press side key 1–5 (5 is the top one, 非常满意); True once its rating is on the pad's disk."""
        grade = RatingGrade(key)
        return False if grade is self.frozen_key else await self._in_turn(partial(self._grade, grade))

    async def touch(self, x: int, y: int) -> bool:
        """Touch the screen at pixels; True if something was there to be touched."""
        box = next((name for name, box in self.boxes().items() if box.holds(x, y)), None)
        if isinstance(box, RatingGrade):
            return await self._in_turn(partial(self._grade, box))
        return False if box is None else await self._in_turn(partial(self._reason, box))

    def boxes(self) -> dict[RatingGrade | RatingReason | str, Box]:
        """Return what can be touched now: grades, reasons, `submit` and `no_reason`."""
        if not self.is_on or self.state.screen not in (PadScreen.GRADES, PadScreen.REASONS):
            return {}
        if self.state.screen is PadScreen.GRADES:
            return dict(GRADE_BOXES.items())
        boxes: dict[RatingGrade | RatingReason | str, Box] = dict(REASON_BOXES.items())
        return boxes | {"submit": SUBMIT_BOX, "no_reason": NO_REASON_BOX}

    async def run(self) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        self._outbox.on_acknowledged = lambda: _soon(loop, self._acknowledged)
        await self._answer_left_over()
        await run_jobs([("link", partial(self._radio.run, self.device.run)), ("time", self._keep_time)])

    async def _in_turn(self, step: Callable[[], Awaitable[bool]]) -> bool:
        async with self._turn:
            if not self.is_on or states.is_over(self.state, self._clock.now()):
                return False
            return await step()

    async def _grade(self, grade: RatingGrade) -> bool:
        state, fact = states.graded(self.state, grade, self._clock.now(), self.device.postmark.new_id())
        if fact is None:
            return False
        is_new = await self._commit(partial(self._store.rate, fact))
        self._show(state if is_new else self.state.idle())
        self.taken += bool(is_new)
        return bool(is_new)

    async def _reason(self, touched: RatingReason | str) -> bool:
        if isinstance(touched, RatingReason):
            self._show(states.ticked(self.state, touched))
            return True
        return await self._answer(kept=touched == "submit", after=states.thanked(self.state, self._clock.now()))

    async def _answer(self, *, kept: bool, after: PadState) -> bool:
        """Store the answer to the reasons question if it is open, then go on to `after`."""
        fact = states.reasons_of(self.state, kept=kept)
        if fact is not None:
            await self._commit(partial(self._store.answer, fact))
        self._show(after)
        return fact is not None

    async def _commit(self, work: Callable[[], T]) -> T | None:
        """Run store work; on a full or broken store the pad says 暂停服务 and takes nothing more."""
        try:
            result = await self.device.writer.run(work)
        except (OutboxFullError, sqlite3.Error) as error:
            self._is_full = True
            self.device.set_faults(Fault.OUTBOX_FULL if isinstance(error, OutboxFullError) else Fault.DISK_FULL)
            return None
        self.device.facts_committed()
        return result

    async def _obey(self, address: Address, command: Command, envelope: Envelope) -> Result:
        if not self.is_on:
            return CommandRefused(code="off")
        if isinstance(command, TakePicture):
            return self._camera.take(command, self.face)
        if isinstance(command, PressScreen):
            return await self._press_screen(command)
        async with self._turn:
            return await self._change(command)

    async def _change(self, command: Command) -> Result:
        if isinstance(command, AskRating):
            refused = await self._refusal(command)
            if refused is None:
                await self._answer(kept=True, after=states.asked(self.state, command, self._clock.now()))
            return CommandDone() if refused is None else CommandRefused(code=refused.value)
        if not isinstance(command, SetStaffCard):
            raise RemoteContractError("unknown_command", type(command).__name__)
        if command.window != self.setup.window:
            return CommandRefused(code=AskRefusal.FOREIGN_WINDOW.value)
        if not system_fonts().ui(36, bold=True).covers(command.masked_name + command.staff):
            return CommandRefused(code="missing_glyph")
        self._show(states.carded(self.state, command))
        return CommandDone()

    async def _refusal(self, ask: AskRating) -> AskRefusal | None:
        if refused := states.refusal(self.state, ask, self._clock.now()):
            return refused
        self._look_for_room()
        if self._is_full:
            return AskRefusal.OUTBOX_FULL
        is_rated = await self.device.writer.run(partial(self._store.is_rated, ask.service_event))
        return AskRefusal.ALREADY_RATED if is_rated else None

    async def _press_screen(self, command: PressScreen) -> Result:
        if not self.setup.demo:
            return CommandRefused(code="not_a_demo")
        await self.touch(command.x, command.y)
        return CommandDone()

    def _show(self, state: PadState) -> None:
        self.state = state
        self._wake.set()
        self.on_change(state)

    def _acknowledged(self) -> None:
        self._look_for_room()
        self.on_change(self.state)

    def _look_for_room(self) -> None:
        self._is_full = self._outbox.is_full
        self.device.set_faults(*([Fault.OUTBOX_FULL] if self._is_full else []))

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        if board.zone != self.setup.zone:
            raise RemoteContractError("zone", board.zone[:8])
        self._windows = () if board.mode is HallMode.EMERGENCY else board.windows
        self.on_change(self.state)

    async def _answer_left_over(self) -> None:
        for fact in await self.device.writer.run(self._store.unanswered):
            await self._commit(partial(self._store.answer, fact))

    async def _keep_time(self) -> None:
        """Put questions away when their time is up; sleeps until then, or until something changes."""
        while True:
            self._wake.clear()
            left = None
            if self.state.until is not None:
                left = max((self.state.until - self._clock.now()) / timedelta(seconds=1), 0.0)
            try:
                async with asyncio.timeout(left):
                    await self._wake.wait()
            except TimeoutError:
                await self._time_is_up()

    async def _time_is_up(self) -> None:
        async with self._turn:
            if not states.is_over(self.state, self._clock.now()):
                return
            after = self.state.idle()
            if self.state.screen is PadScreen.REASONS:
                after = states.thanked(self.state, self._clock.now())
            await self._answer(kept=True, after=after)


def _soon(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    """Run `work` on the loop, from the loop itself or from the store's own thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop.call_soon_threadsafe(work)
    else:
        loop.call_soon(work)
