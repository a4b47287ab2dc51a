"""A committed fact as the projections see it."""

from dataclasses import dataclass
from datetime import datetime

from contract.body import Fact
from intake_server.core.kinds import LedgerKind


@dataclass(frozen=True, slots=True)
class Event:
    """One ledger row, opened: its number, when and where it happened, and the fact itself."""

    row: int
    at: datetime
    kind: LedgerKind
    hall: str
    device: str
    fact: Fact
