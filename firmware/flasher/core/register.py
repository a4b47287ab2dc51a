"""Which board stands at which place: every certificate ever issued, and which of them count no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from firmware.flasher.core.authority import Revoked
from firmware.flasher.errors import AuthorityError, PlaceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One provisioning: a device's name, the board it was written to, its certificate; `revoked` when it ended."""

    device: str
    kind: str
    board: str
    serial: str
    issued: datetime
    expires: datetime
    window: int | None = None
    version: str = ""
    revoked: datetime | None = None


_ENTRIES = msgspec.json.Decoder(tuple[Entry, ...])


def decode(data: bytes) -> tuple[Entry, ...]:
    """Return a register; raise AuthorityError if the file is damaged."""
    try:
        return _ENTRIES.decode(data)
    except msgspec.DecodeError as error:
        raise AuthorityError(f"the register of boards is damaged: {error}; restore it from its backup") from error


def encode(entries: Sequence[Entry]) -> bytes:
    """Return a register as a file."""
    return msgspec.json.format(msgspec.json.encode(tuple(entries)), indent=1) + b"\n"


def standing(entries: Sequence[Entry], device: str) -> Entry | None:
    """Return what stands at a device's place now."""
    return next((one for one in reversed(entries) if one.device == device and one.revoked is None), None)


def check_place(entries: Sequence[Entry], device: str, board: str, *, swap: bool) -> None:
    """Raise PlaceError if another board stands there and this one is not said to take its place."""
    known = standing(entries, device)
    if known is not None and known.board != board and not swap:
        raise PlaceError(
            f"{device} is board {known.board} since {known.issued:%Y-%m-%d}: add --swap if this board takes its place"
        )


def enter(entries: Sequence[Entry], entry: Entry) -> tuple[Entry, ...]:
    """Return the register with a new entry; whatever its device or its board was before ends."""
    ended = (
        replace(one, revoked=entry.issued)
        if one.revoked is None and (one.device == entry.device or one.board == entry.board)
        else one
        for one in entries
    )
    return (*ended, entry)


def end(entries: Sequence[Entry], device: str, now: datetime) -> tuple[Entry, ...]:
    """Return the register with a device's certificate revoked; raise PlaceError if it has none."""
    if standing(entries, device) is None:
        raise PlaceError(f"{device} has no certificate that counts")
    return tuple(replace(one, revoked=now) if one.device == device and not one.revoked else one for one in entries)


def revoked(entries: Sequence[Entry]) -> list[Revoked]:
    """Return the certificates that count no more."""
    return [Revoked(one.serial, one.revoked) for one in entries if one.revoked is not None]
