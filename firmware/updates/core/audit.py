"""The audit's lines: each holds the digest of the one before, so that none can be changed or dropped."""

import hashlib
from collections.abc import Iterator

import msgspec

from firmware.updates.core.rollout_events import AnyEvent
from firmware.updates.errors import AuditError

START = "0" * 64


class Line(msgspec.Struct, frozen=True):
    """One event, its number, and the SHA-256 of the line before."""

    number: int
    before: str
    event: AnyEvent


def write(event: AnyEvent, number: int, before: str) -> bytes:
    """Return the line of an event, with its end."""
    return msgspec.json.encode(Line(number, before, event)) + b"\n"


def digest(line: bytes) -> str:
    """Return what the next line says of this one."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def whole(data: bytes) -> bytes:
    """Return the audit without a last line that was broken off while it was written."""
    return data[: data.rfind(b"\n") + 1]


def read(data: bytes) -> Iterator[AnyEvent]:
    """Yield the events of an audit; raise AuditError where a line was changed, lost or put in."""
    before = START
    for number, line in enumerate(data.splitlines(), 1):
        try:
            found = msgspec.json.decode(line, type=Line)
        except msgspec.DecodeError as error:
            raise AuditError(f"line {number} of the audit is damaged: {error}; restore it from its backup") from error
        if found.number != number or found.before != before:
            raise AuditError(f"line {number} of the audit does not follow the one before: restore it from its backup")
        before = digest(line)
        yield found.event
