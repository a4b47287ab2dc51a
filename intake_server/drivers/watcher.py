"""The screens of the hall as they are now, asked for only while somebody looks."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from contract import codec
from contract.body import Command, Result
from contract.link import CommandDone, CommandRefused
from contract.screen import PictureTaken, PressScreen, TakePicture
from contract.topics import Address, Channel
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import Postmark, open_message
from intake_server.core.picture import Picture

SCREENS = {"ticket-machine": 360, "hall-display": 640, "window-display": 320, "rating-pad": 320}
"""Kinds of devices with a screen, and how wide (pixels) a watcher takes it."""

PERIOD = 1.0
"""Seconds between two questions to one screen."""

PATIENCE = 3.0
"""Seconds a device has for an answer."""

_PNG = b"\x89PNG\r\n\x1a\n"


class Watcher:
    """Asks screens for pictures while watched; `screens` names those that answer now."""

    def __init__(
        self,
        postmark: Postmark,
        publish: Callable[[str, bytes], bool],
        clock: Clock,
        screens: Callable[[], list[Address]],
        on_change: Callable[[], None],
    ) -> None:
        self._postmark, self._publish, self._clock = postmark, publish, clock
        self._screens, self._on_change = screens, on_change
        self._asked: dict[str, tuple[Address, float]] = {}
        self._pressed: dict[str, tuple[Address, asyncio.Future[Result]]] = {}
        self._somebody = asyncio.Event()
        self.viewers = 0
        self.pictures: dict[Address, Picture] = {}

    def addresses(self) -> list[Address]:
        """Return the devices whose screens can be seen now."""
        return self._screens()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep pictures coming while the block runs."""
        self.viewers += 1
        self._somebody.set()
        try:
            yield
        finally:
            self.viewers -= 1
            if not self.viewers:
                self._somebody.clear()

    async def run(self) -> None:
        """Ask every screen once a period while somebody looks, until cancelled."""
        while True:
            await self._somebody.wait()
            self._ask_all()
            await self._clock.sleep(PERIOD)

    def _ask_all(self) -> None:
        now = self._clock.monotonic()
        self._asked = {corr: one for corr, one in self._asked.items() if now - one[1] < PATIENCE}
        busy = {address for address, _ in self._asked.values()}
        for address in self._screens():
            if address not in busy:
                known = self.pictures.get(address)
                command = TakePicture(width=SCREENS[address.kind], known=known.fingerprint if known else "")
                self._asked[self._send(address, command)] = (address, now)

    def _send(self, address: Address, command: Command) -> str:
        deadline = self._clock.now() + timedelta(seconds=PATIENCE)
        message = self._postmark.stamp(command, deadline=deadline)
        self._publish(address.topic(Channel.COMMAND), message)
        return codec.decode(message).id

    def hear(self, message: LinkMessage) -> None:
        """Take a device's answer to a command; one nobody asked for is ignored."""
        address, _, envelope = open_message(message)
        corr = envelope.corr or ""
        if (asked := self._asked.get(corr)) is not None and asked[0] == address:
            del self._asked[corr]
            self._see(address, codec.body_of(envelope, Result))
        elif (pressed := self._pressed.get(corr)) is not None and pressed[0] == address and not pressed[1].done():
            pressed[1].set_result(codec.body_of(envelope, Result))

    def _see(self, address: Address, result: Result) -> None:
        if not isinstance(result, PictureTaken):
            return
        known, now = self.pictures.get(address), self._clock.now()
        if result.png.startswith(_PNG):
            self.pictures[address] = Picture(result.fingerprint, result.width, result.height, result.png, now)
        elif known is not None and known.fingerprint == result.fingerprint:
            self.pictures[address] = Picture(known.fingerprint, known.width, known.height, known.png, now)
            return
        self._on_change()

    async def press(self, address: Address, x: int, y: int) -> str:
        """Touch a screen at full-size pixels; return `done`, the device's refusal, or `no_answer`."""
        return await self.tell(address, PressScreen(x=x, y=y))

    async def tell(self, address: Address, command: Command) -> str:
        """Tell a device to do something; return `done`, its refusal, or `no_answer`."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        corr = self._send(address, command)
        self._pressed[corr] = (address, answer)
        try:
            async with asyncio.timeout(PATIENCE):
                result = await answer
        except TimeoutError:
            return "no_answer"
        finally:
            del self._pressed[corr]
        if isinstance(result, CommandRefused):
            return result.code
        return "done" if isinstance(result, CommandDone) else "no_answer"
