"""What one commit did."""

from dataclasses import dataclass, field
from typing import NamedTuple

from contract.topics import Address
from intake_server.core.event import Event


class Aside(NamedTuple):
    """The quarantine: messages and bytes it holds, and how many messages it let go to stay within its bounds."""

    messages: int
    bytes: int
    dropped: int


@dataclass(slots=True)
class Report:
    """What a commit did: acknowledgements to send (uplink, inc: mark), events to show, and what was odd.

    `aside` is how the quarantine stands, told when something went there.
    """

    acks: dict[tuple[Address, str], int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    repeated: int = 0
    early: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    aside: Aside | None = None
    conflicts: int = 0
    lost: int = 0
