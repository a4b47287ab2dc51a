"""What every decision about a case stands on, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from contract.case_facts import ApplicationSubmitted, CaseFact
from contract.cases import NoticeKind
from hallkit.rules.calendar import WorkCalendar
from intake_server.core.cases import case as cases
from intake_server.core.cases import plan as plans
from intake_server.core.cases.case import Case
from intake_server.core.cases.catalogue import Catalogue
from intake_server.core.cases.legal_clock import Count, count
from intake_server.core.cases.plan import Plan
from intake_server.core.cases.routing import Roster
from intake_server.core.cases.supervision import LampRules

SERIES = {
    NoticeKind.RECEIPT: "收",
    NoticeKind.ACCEPTANCE: "受",
    NoticeKind.CONDITIONAL: "容",
    NoticeKind.CORRECTION: "补",
    NoticeKind.REFUSAL: "不受",
    NoticeKind.SPECIAL: "特",
    NoticeKind.DECISION: "决",
}
SUPERVISION_SERIES = "督"
CASES = "case"


@dataclass(frozen=True, slots=True)
class Office:
    """One place that takes cases: region of six digits, short name on papers, catalogue, calendar, people, rules."""

    region: str
    short: str
    catalogue: Catalogue
    calendar: WorkCalendar
    roster: Roster
    lamps: LampRules = field(default_factory=LampRules)
    most_extension: int = 10
    is_demo: bool = False
    discredited: frozenset[str] = frozenset()

    def plan_of(self, case: Case) -> Plan:
        """Return a case's plan as it began."""
        application = case.application
        topic = (application.topic, application.topic_version) if application.topic else None
        return plans.of_case(self.catalogue, application.parts, case.situation, topic)

    def count_of(self, case: Case) -> Count | None:
        """Return how a case's due date is counted, None before it is accepted."""
        if case.accepted is None:
            return None
        days = case.accepted.promise_days + case.extension
        return count(self.calendar, case.accepted.accepted_on, days, case.suspensions)

    def days_on(self, today: date, days: int) -> date:
        """Return the day so many working days after today."""
        return self.calendar.after(today, days).day


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and by whom: `token` gives 26 random characters at every call, `number` the next of a named series."""

    now: datetime
    token: Callable[[], str]
    number: Callable[[str], int]
    device: str = ""

    @property
    def today(self) -> date:
        """The day it is."""
        return self.now.date()


class Decided(NamedTuple):
    """What happens if it is committed, and the case then."""

    case: Case
    facts: tuple[CaseFact, ...]

    def then(self, *more: CaseFact) -> "Decided":
        """Return this with more facts folded in."""
        case = self.case
        for fact in more:
            case = cases.evolve(case, fact)
        return Decided(case, self.facts + more)


def opened(fact: ApplicationSubmitted) -> Decided:
    """Return the beginning of a case."""
    return Decided(cases.begin(fact), (fact,))


def document_number(office: Office, at: Occasion, kind: NoticeKind) -> str:
    """Return the next number of a kind of paper, such as 示政受〔2026〕000318 号."""
    return numbered(office, at, SERIES[kind])


def numbered(office: Office, at: Occasion, series: str) -> str:
    """Return the next number of a series of papers, counted by the year."""
    serial = at.number(f"{series} {at.today.year}")
    return f"{office.short}政{series}〔{at.today.year}〕{serial:06d} 号"
