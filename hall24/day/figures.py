"""Figures of a day by the hour, gathered from facts as they are committed."""

from dataclasses import dataclass, field
from typing import Any

from contract import queue_facts as facts
from contract.body import Fact
from contract.queue import Estimate, TicketFact
from contract.rating import RatingGiven


@dataclass(slots=True)
class Hour:
    """What happened in one hour; times in seconds."""

    arrivals: int = 0
    tickets: int = 0
    called: int = 0
    waited: float = 0.0
    longest_wait: float = 0.0
    served: int = 0
    serving: float = 0.0
    scored: int = 0
    covered: int = 0
    told: int = 0
    estimate_error: float = 0.0
    ratings: list[int] = field(default_factory=lambda: [0] * 5)
    downtime: float = 0.0
    faults_injected: int = 0
    faults_survived: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the hour with means instead of sums."""
        return {
            "arrivals": self.arrivals,
            "tickets": self.tickets,
            "called": self.called,
            "mean_wait_minutes": _mean(self.waited, self.called),
            "longest_wait_minutes": round(self.longest_wait / 60, 1),
            "served": self.served,
            "mean_service_minutes": _mean(self.serving, self.served),
            "estimates_scored": self.scored,
            "estimates_covered": self.covered,
            "mean_estimate_error_minutes": _mean(self.estimate_error, self.told),
            "ratings": {str(grade): number for grade, number in enumerate(self.ratings, 1)},
            "downtime_seconds": round(self.downtime, 1),
            "faults_injected": self.faults_injected,
            "faults_survived": self.faults_survived,
        }


class Figures:
    """Hours since the first midnight, by the simulation's own time: the hall's clocks may be wrong."""

    def __init__(self) -> None:
        self.hours: dict[int, Hour] = {}
        self._issued: dict[str, tuple[float, Estimate | None]] = {}
        self._started: dict[str, float] = {}

    def at(self, seconds: float) -> Hour:
        """Return the hour of a moment, in seconds since the first midnight."""
        return self.hours.setdefault(int(seconds // 3600), Hour())

    def take(self, fact: Fact, now: float) -> None:
        """Count one fact as it is committed."""
        hour = self.at(now)
        match fact:
            case facts.TicketIssued() | facts.OfflineTicketAccepted():
                hour.tickets += 1
                self._issued[_key(fact)] = now, fact.estimate if isinstance(fact, facts.TicketIssued) else None
            case facts.TicketCalled():
                self._call(fact, hour, now)
            case facts.ServiceStarted():
                self._started[fact.service_event] = now
            case facts.ServiceFinished():
                hour.served += 1
                hour.serving += now - self._started.pop(fact.service_event, now)
            case facts.EstimateScored():
                hour.scored += 1
                hour.covered += fact.covered
            case RatingGiven():
                hour.ratings[fact.grade - 1] += 1

    def _call(self, fact: facts.TicketCalled, hour: Hour, now: float) -> None:
        issued, told = self._issued.pop(_key(fact), (None, None))
        if issued is None:
            return
        wait = now - issued
        hour.called += 1
        hour.waited += wait
        hour.longest_wait = max(hour.longest_wait, wait)
        if told is not None:
            hour.told += 1
            hour.estimate_error += abs(wait - (told.low_minutes + told.high_minutes) * 30)


def _key(fact: TicketFact) -> str:
    return f"{fact.business_day}/{fact.ticket}"


def _mean(seconds: float, number: int) -> float | None:
    return round(seconds / number / 60, 2) if number else None
