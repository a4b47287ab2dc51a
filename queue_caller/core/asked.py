"""What every decision gets and gives."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from contract.body import Fact, Reply

Ids = Callable[[], str]
"""Gives a new unguessable token at every call, such as `contract.ids.token` over a good source of chance."""


class Asked(NamedTuple):
    """The circumstances of a request: the time, a source of ids, and the device that asks (may be empty)."""

    now: datetime
    ids: Ids
    device: str = ""


class Decision(NamedTuple):
    """What happens if it is committed, and what is then answered."""

    facts: tuple[Fact, ...]
    reply: Reply
