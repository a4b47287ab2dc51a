"""A device's life on the link: presence, facts, requests, commands and whatever else it hears."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import UNSET, UnsetType

from contract import codec
from contract.body import Command, Fact, Reply, Request, Result
from contract.envelope import ClockQuality, Envelope
from contract.errors import RemoteContractError
from contract.link import CommandRefused, DeviceState, Fault, Presence
from contract.topics import Address, Channel
from hallkit.codecs.mqtt.topics import matches
from hallkit.runtime.clock import Clock
from hallkit.runtime.fact_sender import FactSender
from hallkit.runtime.link import LinkFactory, LinkMessage, LinkSetup, Will
from hallkit.runtime.log import clean
from hallkit.runtime.outbox import Outbox
from hallkit.runtime.postmark import Postmark, open_message
from hallkit.runtime.release import running_release
from hallkit.runtime.requester import Requester
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import InlineWriter, Writer

_LOGGER = logging.getLogger(__name__)

Listener = Callable[[LinkMessage], None]
CommandHandler = Callable[[Address, Command, Envelope], Awaitable[Result]]
REMEMBERED_COMMANDS = 64


class Device:
    """One identity on the link; a gateway also speaks for its `members`.

    `on_command` is set by the owner before `run`; `hear` maps topic filters to listeners for everything else.
    """

    def __init__(
        self,
        address: Address,
        password: str,
        *,
        links: LinkFactory,
        clock: Clock,
        chance: random.Random,
        hear: Mapping[str, Listener] | None = None,
        members: tuple[Address, ...] = (),
        outbox: Outbox | None = None,
        writer: Writer | None = None,
        version: str = "",
    ) -> None:
        self.address, self.members, self.outbox = address, members, outbox
        self.writer = writer or InlineWriter()
        self.postmark = Postmark(address.name, clock, chance)
        self.on_command: CommandHandler | None = None
        self.on_link: Callable[[bool], None] = lambda up: None
        self.refused = 0
        self._clock, self._hear, self._version = clock, dict(hear or {}), version or running_release()
        self._since = clock.now()
        self._faults: tuple[Fault, ...] = ()
        self.quarantined: int | UnsetType = UNSET
        self._answered: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._own = (address, *members)
        self.link = links(self._setup(password), self)
        self._requesters = {one: Requester(one, self.link, self.postmark) for one in self._own}
        self.sender = self._new_sender() if outbox else None

    def _setup(self, password: str) -> LinkSetup:
        channels = [Channel.REPLY, Channel.COMMAND]
        filters = [one.topic(channel) for one in self._own for channel in channels]
        if self.outbox is not None:
            filters.append(self.address.topic(Channel.ACK))
        will = Will(self.address.topic(Channel.STATE), self._state(Presence.OFFLINE))
        return LinkSetup(self.address.name, password, (*filters, *self._hear), will)

    def _new_sender(self) -> FactSender:
        assert self.outbox is not None
        topic = self.address.topic(Channel.FACTS)
        return FactSender(self.outbox, self.writer, self.postmark, lambda data: self.link.publish(topic, data))

    async def run(self) -> None:
        """Stay connected and send facts until cancelled."""
        try:
            await run_jobs([("link", self.link.run), *([("facts", self.sender.run)] if self.sender else [])])
        finally:
            for task in list(self._tasks):
                task.cancel()

    async def ask(
        self,
        service: str,
        body: Request,
        *,
        key: str | None = None,
        patience: float = 5.0,
        speaker: Address | None = None,
    ) -> Reply:
        """Return a service's reply; `key` makes a repeat the same request; raise NoAnswerError after `patience`."""
        requester = self._requesters[speaker or self.address]
        return await requester.ask(service, body, key=key or self.postmark.new_id(), patience=patience)

    def add_fact(self, fact: Fact) -> None:
        """Store a fact inside the caller's own transaction, on the writer; call `facts_committed` afterwards."""
        assert self.outbox is not None, "this device was built without an outbox"
        seq = self.outbox.next_seq()
        self.outbox.add(seq, self.postmark.stamp(fact, inc=self.outbox.inc, seq=seq))

    def facts_committed(self) -> None:
        """Send what was just committed."""
        if self.sender is not None:
            self.sender.notify()

    async def report(self, *facts: Fact) -> None:
        """Commit facts of their own transaction; they are on disk when this returns."""
        assert self.outbox is not None, "this device was built without an outbox"
        outbox = self.outbox

        def commit() -> None:
            with outbox.transaction():
                for fact in facts:
                    self.add_fact(fact)

        await self.writer.run(commit)
        self.facts_committed()

    def set_faults(self, *faults: Fault) -> None:
        """Tell everybody what is wrong now; silent if nothing changed."""
        if faults != self._faults:
            self._faults = faults
            self._publish_state()

    def set_quarantined(self, messages: int) -> None:
        """Tell everybody how many messages that did not validate are kept here; silent if nothing changed."""
        if messages != self.quarantined:
            self.quarantined = messages
            self._publish_state()

    def member_state(self, member: Address, presence: Presence, *faults: Fault) -> None:
        """Publish what a member of this gateway is now."""
        state = DeviceState(presence=presence, boot=self.postmark.boot, since=self._clock.now(), faults=faults)
        data = self.postmark.stamp(state, dev=member.name)
        self.link.publish(member.topic(Channel.STATE), data, qos=1, retain=True)

    def on_up(self) -> None:
        """Say we are here and go on sending."""
        self._publish_state()
        if self.sender:
            self.sender.on_up()
        self.on_link(True)

    def on_down(self) -> None:
        """Stop sending."""
        if self.sender:
            self.sender.on_down()
        self.on_link(False)

    def on_message(self, message: LinkMessage) -> None:
        """Bring a message where it belongs; what is not ours, not valid or not bearable is counted and dropped."""
        listener = self._listener(message.topic)
        try:
            if listener is not None:
                listener(message)
                return
            self._own_message(message)
        except RemoteContractError as error:
            self.refused += 1
            _LOGGER.warning(
                "%s refused a message on %s: %s", self.address.name, clean(message.topic), clean(str(error))
            )
        except Exception:
            self.refused += 1
            _LOGGER.exception("%s could not bear a message on %s", self.address.name, clean(message.topic))

    def _listener(self, topic: str) -> Listener | None:
        if topic in self._hear:
            return self._hear[topic]
        return next((listener for wanted, listener in self._hear.items() if matches(wanted, topic)), None)

    def _own_message(self, message: LinkMessage) -> None:
        address, channel, envelope = open_message(message)
        if address not in self._own:
            raise RemoteContractError("identity", f"{address.name} is not us")
        if channel is Channel.REPLY:
            self._requesters[address].on_reply(envelope)
        elif channel is Channel.ACK and self.sender is not None:
            self.sender.on_ack(envelope)
        elif channel is Channel.COMMAND:
            task = asyncio.get_running_loop().create_task(self._obey(address, envelope))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            raise RemoteContractError("channel", channel.value)

    async def _obey(self, address: Address, envelope: Envelope) -> None:
        topic = address.topic(Channel.RESULT)
        if envelope.id not in self._answered:
            result = await self._carry_out(address, envelope)
            self._answered[envelope.id] = self.postmark.stamp(result, dev=address.name, corr=envelope.id)
            while len(self._answered) > REMEMBERED_COMMANDS:
                del self._answered[next(iter(self._answered))]
        self.link.publish(topic, self._answered[envelope.id], qos=1)

    async def _carry_out(self, address: Address, envelope: Envelope) -> Result:
        if self.on_command is None:
            return CommandRefused(code="no_commands")
        if self.postmark.clock_quality is ClockQuality.NONE:
            return CommandRefused(code="clock_unset")
        if _is_late(envelope.deadline, self._clock.now()):
            return CommandRefused(code="late")
        try:
            return await self.on_command(address, codec.body_of(envelope, Command), envelope)
        except RemoteContractError as error:
            return CommandRefused(code=error.fault)
        except Exception:
            _LOGGER.exception("%s could not carry out %s", self.address.name, clean(envelope.type))
            return CommandRefused(code="failed")

    def _publish_state(self) -> None:
        self.link.publish(self.address.topic(Channel.STATE), self._state(Presence.ONLINE), qos=1, retain=True)

    def _state(self, presence: Presence) -> bytes:
        return self.postmark.stamp(
            DeviceState(
                presence=presence,
                boot=self.postmark.boot,
                since=self._since,
                version=self._version,
                faults=self._faults,
                outbox=self.outbox.depth if self.outbox else 0,
                quarantined=self.quarantined,
            )
        )


def _is_late(deadline: datetime | None, now: datetime) -> bool:
    return deadline is None or now > deadline
