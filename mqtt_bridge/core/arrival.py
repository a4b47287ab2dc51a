"""A message on a device's fact topic, judged: a fact to store, or what is wrong with it."""

import hashlib
from dataclasses import dataclass

import msgspec

from contract import codec, topics
from contract.body import Fact
from contract.envelope import Envelope
from contract.errors import RemoteContractError
from contract.roles import may_report
from contract.topics import Address, Channel
from hallkit.rules.marks import is_place


class _Numbers(msgspec.Struct):
    """All a receiver needs of an envelope it cannot otherwise read."""

    inc: str
    seq: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message: its place in the sender's numbering where that can be read, and its fault if it has one."""

    topic: str
    payload: bytes
    address: Address | None
    inc: str | None = None
    seq: int | None = None
    low: int | None = None
    digest: bytes = b""
    fault: str | None = None


def examine(topic: str, payload: bytes) -> Arrival:
    """Return the judged message; never raises, a message nobody can read is an arrival with a fault."""
    address: Address | None = None
    try:
        address, channel = topics.parse(topic)
        if channel is not Channel.FACTS:
            raise RemoteContractError("channel", channel.value)
        envelope = codec.decode(payload)
    except RemoteContractError as error:
        return _unreadable(topic, payload, address, str(error))
    if not is_place(envelope.inc, envelope.seq):
        return Arrival(topic=topic, payload=payload, address=address, fault="unnumbered")
    return Arrival(
        topic=topic,
        payload=payload,
        address=address,
        inc=envelope.inc,
        seq=envelope.seq,
        low=envelope.low,
        digest=digest(envelope),
        fault=_fault(address, envelope),
    )


def digest(envelope: Envelope) -> bytes:
    """Return 16 bytes that tell two messages under one number apart."""
    return hashlib.blake2b(envelope.id.encode() + bytes(envelope.body), digest_size=16).digest()


def _fault(address: Address, envelope: Envelope) -> str | None:
    if envelope.dev != address.name:
        return f"identity: {envelope.dev[:40]!r}"
    try:
        fact = codec.body_of(envelope, Fact)
    except RemoteContractError as error:
        return str(error)
    if not may_report(address.kind, type(fact)):
        return f"kind: a {address.kind} does not report {envelope.type}"
    return None


def _unreadable(topic: str, payload: bytes, address: Address | None, fault: str) -> Arrival:
    try:
        numbers = msgspec.json.decode(payload, type=_Numbers)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Arrival(topic=topic, payload=payload, address=address, fault=fault)
    if not is_place(numbers.inc, numbers.seq):
        return Arrival(topic=topic, payload=payload, address=address, fault=fault)
    return Arrival(topic=topic, payload=payload, address=address, inc=numbers.inc, seq=numbers.seq, fault=fault)
