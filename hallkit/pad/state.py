"""What a rating pad shows and how it goes on: idle, grades, reasons, thanks; pure, time brought in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contract.rating import AskRating, RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven, SetStaffCard

ASK_SECONDS = 60
REASON_SECONDS = 60
THANKS_SECONDS = 3


class PadScreen(StrEnum):
    """Which question or sentence is on the pad."""

    IDLE = "idle"
    GRADES = "grades"
    REASONS = "reasons"
    THANKS = "thanks"


class AskRefusal(StrEnum):
    """Why a pad does not ask; the code its answer carries."""

    FOREIGN_WINDOW = "foreign_window"
    EXPIRED = "expired"
    ALREADY_RATED = "already_rated"
    OUTBOX_FULL = "outbox_full"


@dataclass(frozen=True, slots=True)
class PadState:
    """Everything on the pad that a citizen or a command changes; `until` is when the screen goes on by itself."""

    window: int
    screen: PadScreen = PadScreen.IDLE
    until: datetime | None = None
    service_event: str = ""
    rating: str = ""
    ticks: tuple[RatingReason, ...] = ()
    staff: str = ""
    masked_name: str = ""

    def idle(self) -> "PadState":
        """Return the pad with its question put away and its staff card as it was."""
        return PadState(window=self.window, staff=self.staff, masked_name=self.masked_name)


def refusal(state: PadState, ask: AskRating, now: datetime) -> AskRefusal | None:
    """Return why `ask` is not asked here and now, or None."""
    if ask.window != state.window:
        return AskRefusal.FOREIGN_WINDOW
    return AskRefusal.EXPIRED if ask.until <= now else None


def asked(state: PadState, ask: AskRating, now: datetime) -> PadState:
    """Return the pad asking for a grade, at most 60 s; a question before it is put away."""
    until = min(ask.until, now + timedelta(seconds=ASK_SECONDS))
    return replace(state.idle(), screen=PadScreen.GRADES, until=until, service_event=ask.service_event)


def graded(state: PadState, grade: RatingGrade, now: datetime, rating: str) -> tuple[PadState, RatingGiven | None]:
    """Return what a grade key does and the fact to store first; any screen but the grades ignores it."""
    if state.screen is not PadScreen.GRADES or is_over(state, now):
        return state, None
    fact = RatingGiven(rating=rating, service_event=state.service_event, grade=grade, at=now, window=state.window)
    if not grade.is_bad:
        return thanked(state, now), fact
    until = now + timedelta(seconds=REASON_SECONDS)
    return replace(state, screen=PadScreen.REASONS, until=until, rating=rating), fact


def ticked(state: PadState, reason: RatingReason) -> PadState:
    """Return the pad with `reason` ticked, or not any more; ticks keep the order of the boxes."""
    if state.screen is not PadScreen.REASONS:
        return state
    chosen = {*state.ticks} ^ {reason}
    return replace(state, ticks=tuple(one for one in RatingReason if one in chosen))


def reasons_of(state: PadState, *, kept: bool = True) -> RatingReasonsGiven | None:
    """Return the answer to the reasons question, with its ticks if `kept`; None while it is not asked."""
    if state.screen is not PadScreen.REASONS:
        return None
    ticks = state.ticks if kept else ()
    return RatingReasonsGiven(rating=state.rating, service_event=state.service_event, reasons=ticks)


def thanked(state: PadState, now: datetime) -> PadState:
    """Return the pad saying thanks for 3 s."""
    return replace(state.idle(), screen=PadScreen.THANKS, until=now + timedelta(seconds=THANKS_SECONDS))


def carded(state: PadState, card: SetStaffCard) -> PadState:
    """Return the pad with another staff card; what is being asked goes on."""
    return replace(state, staff=card.staff, masked_name=card.masked_name)


def is_over(state: PadState, now: datetime) -> bool:
    """Whether the screen's time is up."""
    return state.until is not None and now >= state.until
