"""A demonstration's fingers: touch a ticket machine's screen from afar and know that the touch was taken."""

import asyncio
from datetime import timedelta

from contract import codec
from contract.body import Command, Result
from contract.screen import PressScreen, TakePicture
from contract.topics import Address, Channel
from hallkit.errors import HallkitError
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import open_message
from hallkit.touch.box import Box

PATIENCE = 5.0
"""Seconds a machine has for an answer."""


class UntouchedError(HallkitError):
    """The machine did not answer a touch: look whether it runs."""


class Fingers:
    """Touches screens over one connection; whoever waits for the answer touches the screen that follows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, asyncio.Future[Result]] = {}
        self.device: Device | None = None

    def touch(self, machine: Address, box: Box) -> str:
        """Touch the middle of a box; return the touch's id."""
        return self._send(machine, PressScreen(x=box.x + box.width // 2, y=box.y + box.height // 2))

    async def press(self, machine: Address, box: Box) -> Result:
        """Touch the middle of a box and return the machine's answer; raise UntouchedError when there is none."""
        return await self._answer(machine, self.touch(machine, box))

    async def look(self, machine: Address, patience: float = PATIENCE) -> Result:
        """Return the machine's picture: it hears, and has painted what was touched before."""
        return await self._answer(machine, self._send(machine, TakePicture(width=64)), patience)

    def hear(self, message: LinkMessage) -> None:
        """Take a machine's answer; one nobody waits for is dropped."""
        envelope = open_message(message).envelope
        waiting = self._waiting.get(envelope.corr or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(codec.body_of(envelope, Result))

    def _send(self, machine: Address, command: Command) -> str:
        assert self.device is not None
        deadline = self._clock.now() + timedelta(seconds=PATIENCE)
        message = self.device.postmark.stamp(command, deadline=deadline)
        self.device.link.publish(machine.topic(Channel.COMMAND), message, qos=1)
        return codec.decode(message).id

    async def _answer(self, machine: Address, sent: str, patience: float = PATIENCE) -> Result:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[sent] = answer
        try:
            async with asyncio.timeout(patience):
                return await answer
        except TimeoutError as error:
            raise UntouchedError(f"{machine.name} did not answer within {patience:g} s") from error
        finally:
            del self._waiting[sent]
