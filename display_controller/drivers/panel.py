"""What all panels share: the newest wish, reconnecting, and an honest status."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from display_controller.core.picture import Picture
from display_controller.drivers.display import DisplayStatus
from display_controller.errors import DisplayError, SilentError
from hallkit.errors import StreamError
from hallkit.runtime.reconnect import Backoff

REACH_WITHIN = 5.0
"""Seconds a connection may take to open."""

LATE_AFTER = 5.0
"""Seconds a wish may take before the panel counts as stale."""


@dataclass
class Wish:
    """What a panel should be; None means nobody asked."""

    picture: Picture | None = None
    brightness: int | None = None
    power: bool | None = None


class Session(Protocol):
    """One connection to a panel; methods raise SilentError or StreamError when it is gone, DisplayError if refused."""

    refresh_every: float | None
    """Seconds of rest after which `refresh` is due; None: never."""

    def check(self) -> None:
        """Raise StreamError if the far end went away meanwhile."""

    async def start(self) -> None:
        """Greet the panel."""

    async def show(self, picture: Picture) -> None:
        """Bring the panel to show `picture`."""

    def show_at_once(self, picture: Picture) -> bool:
        """Bring the panel to show `picture` if that takes no waiting; False leaves it to `show`."""

    async def set_brightness(self, percent: int) -> None:
        """Bring the panel to a brightness, 0 to 100."""

    async def set_power(self, on: bool) -> None:
        """Light or darken the panel."""

    async def refresh(self) -> None:
        """Repeat what the panel should show, in case it forgot, and see if it is there."""


Connect = Callable[[Callable[[], None]], Awaitable[AbstractAsyncContextManager[Session]]]
"""Opens a connection; its argument is to be called when the far end goes away."""


class PanelDisplay:
    """A display that carries its newest wish to a panel over one connection after another."""

    def __init__(self, connect: Connect, backoff: Backoff) -> None:
        self._connect = connect
        self._backoff = backoff
        self._wish = Wish()
        self._done = Wish()
        self._wake = asyncio.Event()
        self._state, self._is_known = DisplayStatus.SILENT, False
        self._asked_at: float | None = None
        self._resting: Session | None = None
        self._rested_at = 0.0
        self._trouble: StreamError | None = None
        self._detail = "not reached yet"
        self.sent = 0
        """How many pictures the panel took."""
        self.on_status: Callable[[DisplayStatus], None] = lambda status: None
        """Told when the panel comes, goes or refuses."""

    @property
    def status(self) -> DisplayStatus:
        """Return how the panel is."""
        if self._state is DisplayStatus.ONLINE and self._asked_at is not None:
            late = asyncio.get_running_loop().time() - self._asked_at > LATE_AFTER
            return DisplayStatus.STALE if late else DisplayStatus.ONLINE
        return self._state

    @property
    def detail(self) -> str:
        """Return what the operator should know about a status other than online."""
        return self._detail

    def show(self, picture: Picture) -> None:
        """Ask for `picture`; one not sent yet is dropped. A panel at rest that needs no waiting has it on return."""
        self._wish.picture = picture
        if not self._is_shown_at_once(picture):
            self._ask()

    def set_brightness(self, percent: int) -> None:
        """Ask for a brightness, 0 to 100."""
        self._wish.brightness = percent
        self._ask()

    def set_power(self, on: bool) -> None:
        """Ask for a lit or a dark panel."""
        self._wish.power = on
        self._ask()

    async def run(self) -> None:
        """Serve the panel until cancelled, through every failure."""
        while True:
            try:
                async with await self._reach() as session:
                    await session.start()
                    self._done = Wish()
                    await self._serve(session)
            except (StreamError, SilentError) as error:
                self._become(DisplayStatus.SILENT, str(error))
            except DisplayError as error:
                self._become(DisplayStatus.REFUSING, str(error))
            await asyncio.sleep(self._backoff.next())

    async def _reach(self) -> AbstractAsyncContextManager[Session]:
        try:
            async with asyncio.timeout(REACH_WITHIN):
                return await self._connect(self._wake.set)
        except TimeoutError as error:
            raise SilentError(1) from error

    async def _serve(self, session: Session) -> None:
        while True:
            self._wake.clear()
            session.check()
            answers = [await self._attempt(doing()) for doing in self._next_steps(session)]
            if all(answers) if answers else self._state is not DisplayStatus.REFUSING:
                self._become(DisplayStatus.ONLINE, "")
                self._backoff.reset()
            if self._is_done():
                self._asked_at = None
                await self._rest(session)

    async def _rest(self, session: Session) -> None:
        """Wait for the next wish, or repeat what is shown once nothing was sent for long enough."""
        loop = asyncio.get_running_loop()
        self._resting, self._rested_at = session, loop.time()
        try:
            while not self._wake.is_set():
                due = None if session.refresh_every is None else self._rested_at + session.refresh_every
                if due is not None and due <= loop.time():
                    await self._refresh(session)
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await self._wake.wait()
        finally:
            self._resting = None
        if (trouble := self._trouble) is not None:
            self._trouble = None
            raise trouble

    async def _refresh(self, session: Session) -> None:
        self._resting = None
        if await self._attempt(session.refresh()):
            self._become(DisplayStatus.ONLINE, "")

    def _is_shown_at_once(self, picture: Picture) -> bool:
        if picture is self._done.picture:
            return not self._wake.is_set()
        session = self._resting
        if session is None or self._wake.is_set() or self._state is not DisplayStatus.ONLINE:
            return False
        try:
            if not session.show_at_once(picture):
                return False
        except StreamError as error:
            self._trouble = error
            return False
        self._done.picture, self._rested_at = picture, asyncio.get_running_loop().time()
        self.sent += 1
        return True

    def _next_steps(self, session: Session) -> list[Callable[[], Awaitable[None]]]:
        """Return what brings the panel to the wish, and count it as done: what is refused is not asked again."""
        wish, done, steps = replace(self._wish), self._done, list[Callable[[], Awaitable[None]]]()
        if (power := wish.power) is not None and power is not done.power:
            steps.append(partial(session.set_power, power))
        if (percent := wish.brightness) is not None and percent != done.brightness:
            steps.append(partial(session.set_brightness, percent))
        if (picture := wish.picture) is not None and picture is not done.picture:
            steps.append(partial(self._show, session, picture))
        self._done = wish
        return steps

    async def _show(self, session: Session, picture: Picture) -> None:
        await session.show(picture)
        self.sent += 1

    async def _attempt(self, doing: Awaitable[None]) -> bool:
        try:
            await doing
        except SilentError:
            raise
        except DisplayError as error:
            self._become(DisplayStatus.REFUSING, str(error))
            return False
        return True

    def _is_done(self) -> bool:
        wish, done = self._wish, self._done
        return wish.picture is done.picture and wish.brightness == done.brightness and wish.power is done.power

    def _ask(self) -> None:
        if self._asked_at is None:
            with suppress(RuntimeError):
                self._asked_at = asyncio.get_running_loop().time()
        self._wake.set()

    def _become(self, state: DisplayStatus, detail: str) -> None:
        changed = state is not self._state or not self._is_known  # a panel silent from the start is news too
        self._state, self._detail, self._is_known = state, detail, True
        if changed:
            self.on_status(state)
