"""A committed fact as the projections see it."""

from datetime import datetime

import msgspec

from contract.body import Fact
from intake_server.core.kinds import LedgerKind


class Event(msgspec.Struct, frozen=True, gc=False):
    """One ledger row, opened: its number, when and where it happened, and the fact itself."""

    row: int
    at: datetime
    kind: LedgerKind
    hall: str
    device: str
    fact: Fact
