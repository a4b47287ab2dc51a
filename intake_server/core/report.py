"""What one commit did."""

from dataclasses import dataclass, field

from contract.topics import Address
from intake_server.core.event import Event


@dataclass(slots=True)
class Report:
    """What a commit did: acknowledgements to send (uplink, inc: mark), events to show, and what was odd."""

    acks: dict[tuple[Address, str], int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    repeated: int = 0
    early: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    conflicts: int = 0
    lost: int = 0
