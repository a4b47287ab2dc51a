"""Figures of a day by the hour, gathered from facts as they are committed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contract import queue_facts as facts
from contract.body import Fact
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
            "mean_estimate_error_minutes": _mean(self.estimate_error, self.scored),
            "ratings": {str(grade): number for grade, number in enumerate(self.ratings, 1)},
            "downtime_seconds": round(self.downtime, 1),
            "faults_injected": self.faults_injected,
            "faults_survived": self.faults_survived,
        }


class Figures:
    """Hours since the first midnight, and what the map replays: (second, window, state, ticket) and queue lengths."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self.hours: dict[int, Hour] = {}
        self._issued: dict[str, datetime] = {}

    def at(self, seconds: float) -> Hour:
        """Return the hour of a moment, in seconds since the first midnight."""
        return self.hours.setdefault(int(seconds // 3600), Hour())

    def take(self, fact: Fact) -> None:
        """Count one committed fact."""
        match fact:
            case facts.TicketIssued() | facts.OfflineTicketAccepted():
                self._hour(fact.at).tickets += 1
                self._issued[f"{fact.business_day}/{fact.ticket}"] = fact.at
            case facts.TicketCalled():
                self._call(fact)
            case facts.ServiceFinished():
                hour = self._hour(fact.at)
                hour.served += 1
                hour.serving += (fact.at - fact.started_at).total_seconds()
            case facts.EstimateScored():
                self._score(fact)
            case RatingGiven():
                self._hour(fact.at).ratings[fact.grade - 1] += 1

    def _call(self, fact: facts.TicketCalled) -> None:
        issued = self._issued.pop(f"{fact.business_day}/{fact.ticket}", None)
        if issued is None:
            return
        hour, wait = self._hour(fact.at), max(0.0, (fact.at - issued).total_seconds())
        hour.called += 1
        hour.waited += wait
        hour.longest_wait = max(hour.longest_wait, wait)

    def _score(self, fact: facts.EstimateScored) -> None:
        hour, told = self._hour(fact.at), fact.estimate
        hour.scored += 1
        hour.covered += fact.covered
        hour.estimate_error += abs(fact.waited_seconds - (told.low_minutes + told.high_minutes) * 30)

    def _hour(self, moment: datetime) -> Hour:
        return self.at(max(0.0, (moment - self._start).total_seconds()))


def _mean(seconds: float, number: int) -> float | None:
    return round(seconds / number / 60, 2) if number else None
