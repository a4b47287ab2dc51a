"""Topics of a hall: `h24/v1/<hall>/<kind>/<device>/<channel>` and `h24/v1/<hall>/board/<zone>`."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from contract.errors import LocalContractError, RemoteContractError

ROOT = "h24/v1"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ZONE = re.compile(r"[A-Z]")


class Channel(StrEnum):
    """What a device's topic carries."""

    FACTS = "ev"
    STATE = "st"
    REQUEST = "req"
    REPLY = "rep"
    COMMAND = "cmd"
    RESULT = "res"
    ACK = "ack"


class Address(NamedTuple):
    """Where a device lives: hall, kind and name, each lower case ASCII."""

    hall: str
    kind: str
    name: str

    def topic(self, channel: Channel) -> str:
        """Return the literal topic of one of this device's channels."""
        return f"{ROOT}/{self.hall}/{self.kind}/{self.name}/{channel.value}"


def address(hall: str, kind: str, name: str) -> Address:
    """Return a checked address; raise LocalContractError for a name MQTT or the contract cannot carry."""
    for part in (hall, kind, name):
        if not _NAME.fullmatch(part):
            raise LocalContractError(f"{part!r} is no name: use a-z, 0-9 and '-', at most 40 characters")
    if kind == "board":
        raise LocalContractError("'board' is not a device kind")
    return Address(hall, kind, name)


def board(hall: str, zone: str) -> str:
    """Return the topic of a zone's board; a zone is one capital letter."""
    if not _ZONE.fullmatch(zone):
        raise LocalContractError(f"{zone!r} is no zone: use one capital letter")
    return f"{ROOT}/{hall}/board/{zone}"


@lru_cache(maxsize=1024)
def parse(topic: str) -> tuple[Address, Channel]:
    """Return the address and channel of a device topic; raise RemoteContractError for any other topic."""
    parts = topic.split("/")
    if len(parts) != 6 or "/".join(parts[:2]) != ROOT or not all(_NAME.fullmatch(part) for part in parts[2:5]):
        raise RemoteContractError("topic", topic[:120])
    try:
        return Address(parts[2], parts[3], parts[4]), Channel(parts[5])
    except ValueError as error:
        raise RemoteContractError("topic", topic[:120]) from error


def every(hall: str, channel: Channel) -> str:
    """Return the filter that matches one channel of every device of a hall; for services only."""
    return f"{ROOT}/{hall}/+/+/{channel.value}"
