"""What a business day looked like, hour by hour."""

from dataclasses import dataclass, field
from datetime import date, datetime

from contract import queue_facts as facts
from contract.body import Fact
from intake_server.core.ledger import SHANGHAI


@dataclass(slots=True)
class Hour:
    """One clock hour: tickets issued and called, seconds waited and served, estimates scored and right."""

    issued: int = 0
    called: int = 0
    waits: list[int] = field(default_factory=list)
    services: list[int] = field(default_factory=list)
    scored: int = 0
    covered: int = 0


class Hours:
    """The hours of every business day kept; a first call's wait counts from the time the ticket was taken."""

    def __init__(self) -> None:
        self.days: dict[date, dict[int, Hour]] = {}
        self._taken: dict[tuple[date, str], datetime] = {}

    def apply(self, fact: Fact) -> None:
        """Take one fact; facts that are no figure change nothing."""
        match fact:
            case facts.TicketIssued():
                self._issue(fact.business_day, fact.ticket, fact.at)
            case facts.OfflineTicketAccepted():
                self._issue(fact.business_day, fact.ticket, fact.offline.taken_at)
            case facts.TicketCalled():
                self._call(fact)
            case facts.ServiceFinished():
                seconds = int((fact.at - fact.started_at).total_seconds())
                self._hour(fact.business_day, fact.at).services.append(max(0, seconds))
            case facts.EstimateScored():
                hour = self._hour(fact.business_day, fact.at)
                hour.scored += 1
                hour.covered += fact.covered

    def _issue(self, day: date, ticket: str, taken_at: datetime) -> None:
        self._taken[day, ticket] = taken_at
        self._hour(day, taken_at).issued += 1

    def _call(self, fact: facts.TicketCalled) -> None:
        hour = self._hour(fact.business_day, fact.at)
        hour.called += 1
        taken_at = self._taken.pop((fact.business_day, fact.ticket), None)
        if taken_at is not None:
            hour.waits.append(max(0, int((fact.at - taken_at).total_seconds())))

    def _hour(self, day: date, at: datetime) -> Hour:
        return self.days.setdefault(day, {}).setdefault(at.astimezone(SHANGHAI).hour, Hour())

    def of(self, day: date) -> dict[int, Hour]:
        """Return a business day's hours that saw anything, in order of the clock."""
        return dict(sorted(self.days.get(day, {}).items()))

    def coverage(self, day: date) -> tuple[int, int]:
        """Return how many estimates of a day held what happened, and how many were scored."""
        hours = self.days.get(day, {}).values()
        return sum(hour.covered for hour in hours), sum(hour.scored for hour in hours)

    def forget(self, before: date) -> None:
        """Drop the figures of earlier business days."""
        self.days = {day: hours for day, hours in self.days.items() if day >= before}
        self._taken = {key: taken_at for key, taken_at in self._taken.items() if key[0] >= before}


def mean(values: list[int]) -> float | None:
    """Return the mean, None of nothing."""
    return sum(values) / len(values) if values else None


def ninth_decile(values: list[int]) -> int | None:
    """Return the value nine of ten do not exceed (nearest rank), None of nothing."""
    return sorted(values)[-(-9 * len(values) // 10) - 1] if values else None
