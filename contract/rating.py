"""Ratings of a service event: five equal grades, reasons asked afterwards (State Council Office 2019 no. 51)."""

from enum import IntEnum, StrEnum

from contract.body import Command, Fact
from contract.moment import Moment


class RatingGrade(IntEnum):
    """Five grades, 5 best; the lowest two are bad ratings."""

    VERY_POOR = 1
    POOR = 2
    FAIR = 3
    GOOD = 4
    EXCELLENT = 5

    @property
    def is_bad(self) -> bool:
        """Whether the grade opens a rectification record."""
        return self <= RatingGrade.POOR


class RatingReason(StrEnum):
    """The reasons a citizen can tick after a bad grade."""

    WAITED_LONG = "waited_long"
    ATTITUDE = "attitude"
    ASKED_TOO_MUCH = "asked_too_much"
    UNCLEAR = "unclear"
    TOO_MANY_VISITS = "too_many_visits"
    OTHER = "other"


class AskRating(Command, frozen=True, kw_only=True):
    """Ask the citizen at a window for a grade until `until`; sent to that window's pad only."""

    service_event: str
    window: int
    ticket: str
    staff: str
    until: Moment


class RatingGiven(Fact, frozen=True, kw_only=True):
    """A citizen pressed a grade for a service event; stored before the reasons are asked."""

    rating: str
    service_event: str
    grade: RatingGrade
    at: Moment
    window: int | None = None


class RatingReasonsGiven(Fact, frozen=True, kw_only=True):
    """The citizen's reasons for an earlier grade; both may be empty when the question was passed over."""

    rating: str
    service_event: str
    reasons: tuple[RatingReason, ...] = ()
    text: str = ""


class SetStaffCard(Command, frozen=True, kw_only=True):
    """Show who serves at the pad's window, `masked_name` like 张*; empty when nobody does."""

    window: int
    staff: str
    masked_name: str = ""
