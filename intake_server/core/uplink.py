"""What arrives from a hall: batches taken apart row by row, and the rule of the cumulative mark.

Nothing in here raises for what a peer wrote: a row that does not validate becomes a `BadRow` with its raw bytes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.inspect import DateTimeType, StructType, UnionType, VarTupleType, type_info

from contract import codec, topics
from contract.body import Fact
from contract.envelope import Envelope
from contract.errors import RemoteContractError
from contract.topics import Address, Channel
from contract.uplink import UplinkBatch, UplinkRow
from hallkit.rules.marks import is_place
from intake_server.core.kinds import OWN_FACTS
from intake_server.core.ledger import Parts, Source, take_apart

MOST_ROWS = 1_000
"""Rows a batch may hold, and the furthest an unreadable one may move the mark."""

UPLINK_KIND = "uplink"
_YEARS = range(2000, 2100)
_UNREADABLE = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
_ROWS = msgspec.json.Decoder(UplinkRow)
_PLAIN = msgspec.json.Encoder()


class _LooseBatch(msgspec.Struct):
    first: int
    rows: list[msgspec.Raw]


class GoodRow(msgspec.Struct, frozen=True, gc=False):
    """A device fact that validates; `digest` tells two different facts under one number apart."""

    number: int
    source: Source
    at: datetime
    digest: bytes
    fact: Fact
    parts: Parts
    raw: bytes


@dataclass(frozen=True, slots=True)
class BadRow:
    """Bytes that do not validate, and the rule they break."""

    number: int
    fault: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows `first` to `last` of incarnation `inc` of an uplink; `first` is None if it cannot be read."""

    uplink: Address
    inc: str
    first: int | None
    last: int
    low: int | None
    rows: tuple[GoodRow | BadRow, ...]


@dataclass(frozen=True, slots=True)
class Garbage:
    """A message without a readable place in any sequence."""

    topic: str
    fault: str
    raw: bytes


class Outcome(Enum):
    """What becomes of a batch."""

    TAKEN = "taken"
    KNOWN = "known"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The mark after a batch, the rows it brings, and the rows the sender declared lost (first, last)."""

    outcome: Outcome
    mark: int
    rows: tuple[GoodRow | BadRow, ...] = ()
    lost: tuple[int, int] | None = None


def judge(mark: int, batch: Batch) -> Verdict:
    """Return what a batch means to a receiver that holds everything up to `mark`."""
    lost = None
    if batch.low is not None and batch.low > mark + 1:
        lost, base = (mark + 1, batch.low - 1), batch.low - 1
    else:
        base = mark
    if batch.last <= base:
        return Verdict(Outcome.KNOWN, mark)
    if batch.first is None and batch.last > base + MOST_ROWS:
        return Verdict(Outcome.EARLY, mark)
    if batch.first is not None and batch.first > base + 1:
        return Verdict(Outcome.EARLY, mark)
    return Verdict(Outcome.TAKEN, batch.last, tuple(row for row in batch.rows if row.number > base), lost)


def open_batch(topic: str, payload: bytes) -> Batch | Garbage:
    """Return the batch in a message from an uplink, or the whole message as garbage."""
    try:
        uplink, channel = topics.parse(topic)
        if uplink.kind != UPLINK_KIND or channel is not Channel.FACTS:
            raise RemoteContractError("topic", topic[:120])
        envelope = codec.decode(payload)
        if envelope.dev != uplink.name:
            raise RemoteContractError("identity", f"{envelope.dev[:40]!r} wrote on {topic[:120]}")
        inc, last = _place(envelope)
    except RemoteContractError as error:
        return Garbage(topic, error.fault, payload)
    return _rows(uplink, inc, last, envelope, payload)


def _place(envelope: Envelope) -> tuple[str, int]:
    inc, seq = envelope.inc, envelope.seq
    if inc is None or seq is None or not is_place(inc, seq):
        raise RemoteContractError("sequence", "no usable incarnation and number")
    return inc, seq


def _rows(uplink: Address, inc: str, last: int, envelope: Envelope, payload: bytes) -> Batch:
    try:
        if envelope.type != UplinkBatch.__name__:
            raise RemoteContractError("type", envelope.type[:60])
        loose = msgspec.json.decode(envelope.body, type=_LooseBatch)
        if (
            loose.first < 1
            or not loose.rows
            or loose.first + len(loose.rows) - 1 != last
            or len(loose.rows) > MOST_ROWS
        ):
            raise RemoteContractError("batch", "its rows do not end at its number")
    except (RemoteContractError, *_UNREADABLE) as error:
        fault = error.fault if isinstance(error, RemoteContractError) else "batch"
        return Batch(uplink, inc, None, last, None, (BadRow(last, fault, payload),))
    rows = tuple(open_row(uplink, number, bytes(raw)) for number, raw in enumerate(loose.rows, loose.first))
    low = envelope.low if envelope.low is not None and 0 < envelope.low <= loose.first else None
    return Batch(uplink, inc, loose.first, last, low, rows)


def open_row(uplink: Address, number: int, raw: bytes) -> GoodRow | BadRow:
    """Return row `number` of an uplink's batch, checked like any message of the hall."""
    try:
        return _good_row(uplink, number, raw)
    except RemoteContractError as error:
        return BadRow(number, error.fault, raw)
    except _UNREADABLE:
        return BadRow(number, "row", raw)


def _good_row(uplink: Address, number: int, raw: bytes) -> GoodRow:
    row = _ROWS.decode(raw)
    if row.row != number:
        raise RemoteContractError("row", f"{row.row} stands at {number}")
    device, channel = topics.parse(row.topic)
    message = bytes(row.message)
    envelope = codec.decode(message)
    if device.hall != uplink.hall or channel is not Channel.FACTS or envelope.dev != device.name:
        raise RemoteContractError("identity", f"{envelope.dev[:40]!r} on {row.topic[:120]}")
    inc, seq = _place(envelope)
    fact = codec.body_of(envelope, Fact)
    if isinstance(fact, UplinkBatch) or type(fact).__name__ in OWN_FACTS:
        raise RemoteContractError("family", f"{envelope.type} does not come from a device")
    at = getattr(fact, "at", envelope.ts)
    _check_text(message, fact, at)
    source = Source(device.hall, f"{device.kind}/{device.name}", inc, seq)
    return GoodRow(number, source, at, _digest(envelope), fact, take_apart(fact), raw)


def _digest(envelope: Envelope) -> bytes:
    """Hash a fact without `low`, which only a repeat carries; the id's chance keeps its content from being guessed."""
    plain = envelope if envelope.low is None else msgspec.structs.replace(envelope, low=None)
    return hashlib.sha256(_PLAIN.encode(plain)).digest()[:16]


def _check_text(message: bytes, fact: Fact, at: datetime) -> None:
    if b"\\u0000" in message:
        raise RemoteContractError("text", "a NUL character")
    if at.year not in _YEARS or not _is_in_range(fact):
        raise RemoteContractError("time", "a time out of range")


def _is_in_range(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.year in _YEARS
    if isinstance(value, msgspec.Struct):
        value = tuple(map(value.__getattribute__, _timed(type(value))))
    return all(map(_is_in_range, value)) if isinstance(value, tuple) else True


@lru_cache(maxsize=256)
def _timed(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields of a message in which a time can stand."""
    shape = type_info(kind)
    assert isinstance(shape, StructType)
    return tuple(field.name for field in shape.fields if _holds_time(field.type))


def _holds_time(shape: Any) -> bool:
    if isinstance(shape, UnionType):
        return any(_holds_time(one) for one in shape.types)
    if isinstance(shape, VarTupleType):
        return _holds_time(shape.item_type)
    return bool(_timed(shape.cls)) if isinstance(shape, StructType) else isinstance(shape, DateTimeType)
