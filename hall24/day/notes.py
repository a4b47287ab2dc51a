"""What people remember of their day, to be held against what the hall has stored."""

from dataclasses import dataclass, field
from datetime import date

from contract.rating import RatingGrade

PERSON_NAME = "演示人"
"""What every card of a simulated day says its holder is called."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A ticket somebody holds: who, the ticket of which business day, its link, and what was promised."""

    visitor: str
    ticket: str
    business_day: date
    link: str
    at: float


@dataclass(frozen=True, slots=True)
class Press:
    """A rating the pad took."""

    service_event: str
    grade: RatingGrade
    at: float


@dataclass(slots=True)
class Notes:
    """Everything people saw and did; `counts` what came of their visits, `owed` by ticket who got no slip."""

    slips: list[Slip] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    owed: dict[str, bool] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count one more of something."""
        self.counts[what] = self.counts.get(what, 0) + 1
