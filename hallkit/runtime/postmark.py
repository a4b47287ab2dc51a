"""Envelopes written and opened: who we are on the way out, who they are on the way in."""

import random
from datetime import datetime
from typing import NamedTuple

import msgspec

from contract import codec, topics
from contract.body import Body
from contract.envelope import VERSION, ClockQuality, Envelope
from contract.errors import RemoteContractError
from contract.ids import token, ulid
from contract.topics import Address, Channel
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import LinkMessage


class Postmark:
    """Stamps our messages with identity, boot, time and an id; chance and time are brought in."""

    def __init__(self, name: str, clock: Clock, chance: random.Random) -> None:
        self.name = name
        self._clock = clock
        self._chance = chance
        self.boot = self.new_id()
        self.clock_quality = ClockQuality.NTP

    def new_id(self) -> str:
        """Return a fresh ULID."""
        return ulid(self._clock.now(), self._chance.getrandbits(80))

    def new_token(self) -> str:
        """Return a fresh unguessable token of 128 bits."""
        return token(self._chance.getrandbits(128))

    def stamp(
        self,
        body: Body,
        *,
        dev: str | None = None,
        inc: str | None = None,
        seq: int | None = None,
        key: str | None = None,
        service: str | None = None,
        corr: str | None = None,
        deadline: datetime | None = None,
    ) -> bytes:
        """Return `body` in an encoded envelope; `dev` names a member when a gateway speaks for it."""
        return codec.encode(
            Envelope(
                v=VERSION,
                id=self.new_id(),
                dev=dev or self.name,
                boot=self.boot,
                ts=self._clock.now(),
                clk=self.clock_quality,
                type=type(body).__name__,
                body=msgspec.Raw(codec.encode_body(body)),
                inc=inc,
                seq=seq,
                key=key,
                service=service,
                corr=corr,
                deadline=deadline,
            )
        )


class Received(NamedTuple):
    """A checked message: where it came on, and what it is."""

    address: Address
    channel: Channel
    envelope: Envelope


def open_message(message: LinkMessage) -> Received:
    """Return a message whose topic and envelope agree on the device; raise RemoteContractError else.

    On `rep`, `cmd` and `ack` the topic names the receiver and the envelope the service that wrote it.
    """
    address, channel = topics.parse(message.topic)
    envelope = codec.decode(message.payload)
    to_the_device = channel in (Channel.REPLY, Channel.COMMAND, Channel.ACK)
    if not to_the_device and envelope.dev != address.name:
        raise RemoteContractError("identity", f"{envelope.dev[:40]!r} wrote on {message.topic}")
    return Received(address, channel, envelope)
