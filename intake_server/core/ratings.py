"""Ratings and what a bad one sets going (State Council Office 2019 no. 51; GB/T 39734-2020, one visit one rating).

One valid rating per service event; whatever comes later is a supplement. A press is never refused: the reason a bad
grade must carry is asked afterwards, and a bad grade without one is marked until it has one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contract.body import Fact
from contract.queue_facts import ServiceFinished
from contract.rating import RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven
from hallkit.rules.calendar import DueDate, WorkCalendar
from intake_server.core.kinds import RatingDefaulted, RectificationMoved, RectificationState
from intake_server.core.ledger import SHANGHAI
from intake_server.errors import RectificationError


@dataclass(slots=True)
class Rating:
    """One press; `has_text` tells that words were given, which only the verifier may read."""

    rating: str
    service_event: str
    grade: RatingGrade
    at: datetime
    window: int | None
    reasons: tuple[RatingReason, ...] = ()
    has_text: bool = False

    @property
    def lacks_reason(self) -> bool:
        """Whether a bad grade still has neither a ticked reason nor words."""
        return self.grade.is_bad and not self.reasons and not self.has_text


@dataclass(slots=True)
class Rectification:
    """The answer to a bad rating: its state, when each step was taken, and the working day it is due."""

    service_event: str
    window: int | None
    opened_at: datetime
    due: DueDate
    state: RectificationState = RectificationState.OPEN
    steps: list[tuple[RectificationState, datetime]] = field(default_factory=list)

    def lateness(self, today: date, calendar: WorkCalendar) -> int:
        """Return the working days past due (negative: left); a closed record is not late."""
        return 0 if self.state is RectificationState.CLOSED else calendar.between(self.due.day, today)


@dataclass(frozen=True, slots=True)
class Rate:
    """Valid ratings, the satisfied among them (grades 3 to 5), and what is left out of the rate."""

    valid: int
    satisfied: int
    supplements: int
    defaulted: int

    @property
    def share(self) -> float | None:
        """The satisfied share of the valid ratings, None without any."""
        return self.satisfied / self.valid if self.valid else None


class Ratings:
    """All ratings of one hall."""

    def __init__(self, calendar: WorkCalendar, rectify_days: int) -> None:
        self._calendar, self._rectify_days = calendar, rectify_days
        self.valid: dict[str, Rating] = {}
        self.supplements: dict[str, list[Rating]] = {}
        self.defaulted: dict[str, datetime] = {}
        self.rectifications: dict[str, Rectification] = {}
        self._by_id: dict[str, Rating] = {}
        self._reasons: dict[str, RatingReasonsGiven] = {}
        self._unrated: dict[str, datetime] = {}

    def apply(self, fact: Fact) -> None:
        """Take one fact; facts that concern no rating change nothing."""
        match fact:
            case RatingGiven():
                self._give(fact)
            case RatingReasonsGiven():
                self._explain(fact)
            case RatingDefaulted():
                self._default(fact)
            case RectificationMoved():
                self._move(fact)
            case ServiceFinished() if fact.service_event not in self.valid:
                self._unrated[fact.service_event] = fact.at

    def _give(self, fact: RatingGiven) -> None:
        if fact.rating in self._by_id:
            return
        rating = Rating(fact.rating, fact.service_event, fact.grade, fact.at, fact.window)
        self._by_id[fact.rating] = rating
        self._unrated.pop(fact.service_event, None)
        self.defaulted.pop(fact.service_event, None)
        if fact.service_event in self.valid:
            self.supplements.setdefault(fact.service_event, []).append(rating)
        else:
            self.valid[fact.service_event] = rating
        if fact.rating in self._reasons:
            self._explain(self._reasons.pop(fact.rating))
        if rating.grade.is_bad:
            self._open(rating)

    def _explain(self, fact: RatingReasonsGiven) -> None:
        rating = self._by_id.get(fact.rating)
        if rating is None:
            self._reasons[fact.rating] = fact
            return
        rating.reasons = fact.reasons or rating.reasons
        rating.has_text = rating.has_text or bool(fact.text.strip())

    def _default(self, fact: RatingDefaulted) -> None:
        self._unrated.pop(fact.service_event, None)
        if fact.service_event not in self.valid:
            self.defaulted[fact.service_event] = fact.at

    def _open(self, rating: Rating) -> None:
        due = self._calendar.after(rating.at.astimezone(SHANGHAI).date(), self._rectify_days)
        record = Rectification(rating.service_event, rating.window, rating.at, due)
        self.rectifications.setdefault(rating.service_event, record)

    def _move(self, fact: RectificationMoved) -> None:
        record = self.rectifications.get(fact.service_event)
        if record is not None and fact.state is following(record.state):
            record.state = fact.state
            record.steps.append((fact.state, fact.at))

    def step(self, service_event: str, state: RectificationState, role: str, now: datetime) -> RectificationMoved:
        """Return the fact that takes a record to its next state; raise RectificationError for any other state."""
        record = self.rectifications.get(service_event)
        if record is None:
            raise RectificationError(f"no bad rating of {service_event!r} is known; look the service event up again")
        if state is not following(record.state):
            wanted = following(record.state)
            hint = f"next is {wanted.value}" if wanted else "the record is closed"
            raise RectificationError(f"{record.state.value} cannot become {state.value}; {hint}")
        return RectificationMoved(service_event=service_event, state=state, role=role, at=now)

    def to_default(self, now: datetime, days: int) -> list[RatingDefaulted]:
        """Return a default for every service event nobody rated within `days` natural days."""
        limit = now - timedelta(days=days)
        return [RatingDefaulted(service_event=event, at=now) for event, at in self._unrated.items() if at <= limit]

    def of(self, service_event: str) -> list[Rating]:
        """Return the valid rating of a service event and its supplements, oldest first."""
        first = self.valid.get(service_event)
        return [*([first] if first else []), *self.supplements.get(service_event, [])]

    def rate(self, day: date | None = None) -> Rate:
        """Return the figures of all time, or of one day in the hall's zone."""
        valid = [one for one in self.valid.values() if day is None or _day(one.at) == day]
        later = [one for many in self.supplements.values() for one in many if day is None or _day(one.at) == day]
        defaulted = sum(day is None or _day(at) == day for at in self.defaulted.values())
        return Rate(len(valid), sum(not one.grade.is_bad for one in valid), len(later), defaulted)

    def grades(self, day: date | None = None) -> dict[RatingGrade, int]:
        """Return how often each grade was given as a valid rating, best first."""
        counts = dict.fromkeys(sorted(RatingGrade, reverse=True), 0)
        for one in self.valid.values():
            if day is None or _day(one.at) == day:
                counts[one.grade] += 1
        return counts


def following(state: RectificationState) -> RectificationState | None:
    """Return the state after `state`, None after the last."""
    order = list(RectificationState)
    place = order.index(state) + 1
    return order[place] if place < len(order) else None


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
