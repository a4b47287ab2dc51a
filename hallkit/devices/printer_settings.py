"""What a hall sets for its receipt printers, and what is known of one. No I/O."""

from dataclasses import dataclass, field
from enum import StrEnum

from hallkit.codecs.escpos import PrinterStatus
from hallkit.devices.paper_roll import PaperRoll
from hallkit.devices.print_job import Cause


class Confirmation(StrEnum):
    """How the printer says that a chunk is on paper: GS ( H echoes, or the answer to GS r in order."""

    PROCESS_ID = "process_id"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSettings:
    """Deadlines in seconds; `patience` is how long a job waits, before or in mid-print, for a cause to go away."""

    answer_deadline: float = 0.5
    stall_deadline: float = 10.0
    fresh_for: float = 60.0
    probe_longest: float = 60.0
    chunk_bytes: int = 4096
    window: int = 4
    confirmation: Confirmation = Confirmation.PROCESS_ID
    confirms_clearing: bool = True
    cutter_retries: int = 1
    patience: dict[Cause, float] = field(
        default_factory=lambda: {
            Cause.COVER_OPEN: 30.0,
            Cause.HEAD_HOT: 20.0,
            Cause.OFFLINE: 2.0,
            Cause.CUTTER_JAM: 2.0,
        }
    )


@dataclass(frozen=True, slots=True)
class PrinterView:
    """What is known of the printer now: unknown is not good, so `cause` is None only after a good status."""

    cause: Cause | None
    status: PrinterStatus | None
    paper: PaperRoll

    @property
    def can_print(self) -> bool:
        """Return whether a slip may be promised."""
        return self.cause is None
