"""Requests that are repeated until they are answered."""

import asyncio
import logging

from contract import codec
from contract.body import Reply, Request
from contract.envelope import Envelope
from contract.errors import RemoteContractError
from contract.topics import Address, Channel
from hallkit.errors import HallkitError
from hallkit.runtime.link import Link
from hallkit.runtime.postmark import Postmark

_LOGGER = logging.getLogger(__name__)

FIRST_RETRY = 0.4
LONGEST_RETRY = 4.0


class NoAnswerError(HallkitError):
    """The service did not answer in time; the same key may be asked again later."""


class Requester:
    """Asks services on one device's `req` topic and matches their replies by key."""

    def __init__(self, address: Address, link: Link, postmark: Postmark) -> None:
        self._address, self._link, self._postmark = address, link, postmark
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self._again: dict[str, asyncio.TimerHandle] = {}
        self.strays = 0

    async def ask(self, service: str, body: Request, *, key: str, patience: float) -> Reply:
        """Return the service's reply to the request `key`; raise NoAnswerError after `patience` seconds."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            async with asyncio.timeout(patience):
                self._send(service, body, key, FIRST_RETRY)
                return await answer
        except TimeoutError as error:
            raise NoAnswerError(f"{service} did not answer {type(body).__name__} within {patience:g} s") from error
        finally:
            del self._waiting[key]
            if (again := self._again.pop(key, None)) is not None:
                again.cancel()

    def on_reply(self, envelope: Envelope) -> None:
        """Take a reply; one nobody waits for is counted and dropped."""
        answer = self._waiting.get(envelope.corr or "")
        if answer is None or answer.done():
            self.strays += 1
            return
        try:
            reply = codec.body_of(envelope, Reply)
        except RemoteContractError as error:
            _LOGGER.warning("a reply to %s was refused: %s", self._address.name, error)
            return
        answer.set_result(reply)

    def _send(self, service: str, body: Request, key: str, pause: float) -> None:
        """Send a request now, and again after `pause` seconds and after ever longer ones."""
        message = self._postmark.stamp(body, dev=self._address.name, key=key, service=service)
        self._link.publish(self._address.topic(Channel.REQUEST), message)
        longer = min(pause * 2, LONGEST_RETRY)
        self._again[key] = asyncio.get_running_loop().call_later(pause, self._send, service, body, key, longer)
