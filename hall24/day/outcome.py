"""What a simulated day came to."""

from dataclasses import dataclass, field

from hall24.day.fault_plan import FaultPlan
from hall24.day.figures import Hour
from hall24.day.film import Film
from hall24.day.options import DayOptions


@dataclass(slots=True)
class Outcome:
    """A day's ledger hash, its broken invariants by name, its figures, and what it takes to see it again."""

    options: DayOptions
    ledger: str
    centre_ledger: str
    rows: int
    broken: dict[str, str]
    around: dict[str, list[str]]
    counts: dict[str, int]
    hours: dict[int, Hour]
    plan: list[FaultPlan]
    injected: dict[str, int]
    survived: dict[str, int]
    log_lines: dict[str, int]
    film: Film
    rss: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every invariant held."""
        return not self.broken
