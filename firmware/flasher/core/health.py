"""How the hall's devices are, from their retained states and the register of boards."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contract import codec
from contract.errors import RemoteContractError
from contract.link import DeviceState
from contract.topics import Address, Channel
from firmware.flasher.core import register
from firmware.flasher.core.register import Entry

RENEW_BEFORE = timedelta(days=60)
LOW_HEAP = 8_000
WEAK_SIGNAL = -80
LONG_NUMBER, FOREIGN = re.compile(r"\d{5,}"), re.compile(r"[^\x20-\x7e]+")


class _Board(msgspec.Struct):
    """What only small boards tell of themselves."""

    boots: int | None = None
    reset: str = ""
    last_words: str = ""
    heap_free: int | None = None
    rssi: int | None = None


class _Told(msgspec.Struct):
    board: _Board = msgspec.field(default_factory=_Board)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One device; None and empty mean not told. `signal` is dBm, `heap` bytes, `worries` words about what to do."""

    device: str
    kind: str
    window: int | None = None
    presence: str = "unheard"
    since: datetime | None = None
    version: str = ""
    outbox: int | None = None
    faults: tuple[str, ...] = ()
    boots: int | None = None
    heap: int | None = None
    signal: int | None = None
    reset: str = ""
    last_words: str = ""
    board: str = ""
    expires: datetime | None = None
    worries: tuple[str, ...] = ()


def read_state(payload: bytes) -> tuple[DeviceState, _Board]:
    """Return a retained state and what its board tells besides; raise RemoteContractError for anything else."""
    envelope = codec.decode(payload)
    state = codec.body_of(envelope, DeviceState)
    try:
        return state, msgspec.json.decode(envelope.body, type=_Told).board
    except msgspec.DecodeError as error:
        raise RemoteContractError("body", f"board: {error}") from error


def of_device(
    address: Address, window: int | None, payload: bytes | None, entry: Entry | None, now: datetime
) -> Health:
    """Return one device's health; a state that cannot be read is itself a worry."""
    told: dict[str, Any] = {}
    if payload is not None:
        try:
            told = _told(*read_state(payload))
        except RemoteContractError as error:
            told = {"presence": "unreadable", "worries": (f"its state is unreadable: {error}"[:120],)}
    certified: dict[str, Any] = {} if entry is None else {"board": entry.board, "expires": entry.expires}
    found = Health(device=address.name, kind=address.kind, window=window, **told, **certified)
    return replace(found, worries=tuple(_worries(found, now)))


def _told(state: DeviceState, board: _Board) -> dict[str, Any]:
    return {
        "presence": state.presence.value,
        "since": state.since,
        "version": state.version,
        "outbox": state.outbox,
        "faults": tuple(fault.value for fault in state.faults),
        "boots": board.boots,
        "heap": board.heap_free,
        "signal": board.rssi,
        "reset": board.reset[:40],
        "last_words": harmless(board.last_words),
    }


def harmless(text: str) -> str:
    """Return a device's last words without anything that could be a person's: long numbers, names, control bytes."""
    return LONG_NUMBER.sub("#", FOREIGN.sub("·", text))[:120]


def _worries(found: Health, now: datetime) -> Iterator[str]:
    yield from found.worries
    if found.presence in ("offline", "unheard"):
        yield "check its power and network"
    if found.reset in ("watchdog", "brown_out"):
        yield f"last start was a {found.reset.replace('_', '-')}: {found.last_words or 'no last words'}"
    if found.heap is not None and found.heap < LOW_HEAP:
        yield "little memory left: restart it and report its version"
    if found.signal is not None and found.signal < WEAK_SIGNAL:
        yield "weak radio: move the access point or the antenna"
    if found.expires is not None and found.expires - now < RENEW_BEFORE:
        yield f"provision it again before {found.expires:%Y-%m-%d}"


def of_hall(
    devices: Iterable[tuple[Address, int | None]], states: Mapping[str, bytes], entries: Sequence[Entry], now: datetime
) -> list[Health]:
    """Return the health of every device, in the order given; `states` are payloads by topic of the state."""
    return [
        of_device(one, window, states.get(one.topic(Channel.STATE)), register.standing(entries, one.name), now)
        for one, window in devices
    ]
