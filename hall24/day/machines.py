"""Where people take tickets: a ticket machine's place on the link, without its screen."""

from contract.body import Reply, Request
from hall24.day.disk import Killed
from hall24.day.program import Run
from hallkit.inventory.start import Start
from hallkit.runtime.device import Device
from hallkit.runtime.requester import NoAnswerError


class AskingMachine:
    """Asks the queue for whoever stands at it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._device: Device | None = None

    def build(self, start: Start) -> Run:
        """Make the machine anew; return how to run it."""
        self._device = Device(
            start.hall.address(self.name), start.password(self.name), links=start.links, clock=start.clock,
            chance=start.chance,
        )  # fmt: skip
        return self._device.run

    async def ask(self, request: Request, key: str, patience: float = 5.0) -> Reply | None:
        """Return the queue's answer, None if there is none within `patience` seconds."""
        assert self._device is not None
        try:
            return await self._device.ask("queue", request, key=key, patience=patience)
        except (NoAnswerError, Killed):
            return None
