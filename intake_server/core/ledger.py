"""The hash-chained ledger: what a row covers, how it is sealed, and how a broken chain is found.

A row's chain hash covers the hash before it, the row's public header and body, and a salted commitment to the whole
body. The salt and the personal fields are the row's secret; erasing them leaves every hash as it is, and without the
salt the commitment tells nothing about what was erased.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from contract.body import Fact
from intake_server.core.kinds import FACTS, PERSONAL, LedgerKind, kind_of

GENESIS = hashlib.sha256(b"h24-ledger-1").digest()
"""The hash before the first row."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_CANON = msgspec.json.Encoder(order="sorted")
_SECOND = 1_000_000
_NOTHING = _CANON.encode({})


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where a fact comes from: the hall, the device as `kind/name`, and its place among the device's facts."""

    hall: str
    device: str
    inc: str
    seq: int


class LedgerRow(msgspec.Struct, frozen=True, gc=False):
    """One sealed row; `at_us` are microseconds since 1970 UTC, `public` is canonical JSON."""

    row: int
    at_us: int
    kind: LedgerKind
    type: str
    source: Source
    public: bytes
    commitment: bytes
    chain: bytes


class Secret(msgspec.Struct, frozen=True, gc=False):
    """What erasure takes away: the salt and the personal fields as canonical JSON."""

    salt: bytes
    personal: bytes


class Parts(msgspec.Struct, frozen=True, gc=False):
    """A fact taken apart: its type name and kind, its public and personal fields as canonical JSON."""

    type: str
    kind: LedgerKind
    public: bytes
    personal: bytes


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """A row ready to be stored, with its secret."""

    row: LedgerRow
    secret: Secret


def microseconds(moment: datetime) -> int:
    """Return an aware time as whole microseconds since 1970 UTC."""
    past = moment - EPOCH
    return (past.days * 86_400 + past.seconds) * _SECOND + past.microseconds


def moment_of(at_us: int) -> datetime:
    """Return the aware time in Asia/Shanghai of microseconds since 1970 UTC."""
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(SHANGHAI)


def take_apart(fact: Fact) -> Parts:
    """Return a fact's parts; raise OverflowError or ValueError for a number or text JSON cannot carry."""
    name, whole = type(fact).__name__, _CANON.encode(fact)
    if name not in PERSONAL:
        return Parts(name, kind_of(type(fact)), whole, _NOTHING)
    public, personal = split(name, msgspec.json.decode(whole))
    return Parts(name, kind_of(type(fact)), _CANON.encode(public), _CANON.encode(personal))


def seal(parts: Parts, at: datetime, source: Source, salt: bytes, row: int, before: bytes) -> Sealed:
    """Return a fact's parts as ledger row number `row` following the hash `before`."""
    commitment = commit(salt, parts.public, parts.personal)
    at_us = microseconds(at)
    chain = link(before, row, at_us, parts.kind, parts.type, source, parts.public, commitment)
    sealed = LedgerRow(row, at_us, parts.kind, parts.type, source, parts.public, commitment, chain)
    return Sealed(sealed, Secret(salt, parts.personal))


def commit(salt: bytes, public: bytes, personal: bytes) -> bytes:
    """Return the commitment to a whole body: its salt, public and personal parts."""
    return hashlib.sha256(salt + len(public).to_bytes(8, "big") + public + personal).digest()


def link(
    before: bytes, row: int, at_us: int, kind: str, name: str, source: Source, public: bytes, commitment: bytes
) -> bytes:
    """Return the chain hash of a row."""
    header = _CANON.encode((row, at_us, str(kind), name, source.hall, source.device, source.inc, source.seq))
    return hashlib.sha256(before + commitment + len(header).to_bytes(4, "big") + header + public).digest()


def verify(
    rows: Iterable[tuple[LedgerRow, Secret | None]], before: bytes = GENESIS, first: int = 1, head: bytes | None = None
) -> int | None:
    """Return the number of the first broken row, or None; `head` also finds rows cut off the end.

    A row is broken if it is missing, if its chain hash does not follow, or if its secret is there and does not open
    its commitment.
    """
    expected = first
    for row, secret in rows:
        if row.row != expected or not _holds(row, secret, before):
            return expected
        before, expected = row.chain, expected + 1
    return expected if head is not None and head != before else None


def _holds(row: LedgerRow, secret: Secret | None, before: bytes) -> bool:
    chain = link(before, row.row, row.at_us, row.kind, row.type, row.source, row.public, row.commitment)
    opened = secret is None or commit(secret.salt, row.public, secret.personal) == row.commitment
    return chain == row.chain and opened


def split(name: str, body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the public part of a body and its personal fields by dotted path; `body` is taken apart."""
    personal: dict[str, Any] = {}
    for path in PERSONAL.get(name, {}):
        place = body
        for step in path[:-1]:
            place = place[step]
        personal[".".join(path)] = place.pop(path[-1], None)
    return body, personal


def opened(name: str, public: bytes, personal: bytes | None) -> Fact:
    """Return the fact of a row; erased fields are blank."""
    body = msgspec.json.decode(public)
    known = msgspec.json.decode(personal) if personal is not None else {}
    for path, blank in PERSONAL.get(name, {}).items():
        place = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = known.get(".".join(path), blank)
    return msgspec.json.decode(msgspec.json.encode(body), type=FACTS[name])
