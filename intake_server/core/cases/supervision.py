"""Electronic supervision: a warning before the due date, yellow and red lamps after it, and who has to answer.

Source: Jining 2018 policy interpretation, electronic supervision: one working day before the promise a warning, more
than one day late a yellow lamp, more than two a red one with an order to answer; no answer opens accountability.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from contract.cases import CaseState, Lamp
from hallkit.rules.calendar import WorkCalendar
from intake_server.core.cases.case import RUNNING, Case


@dataclass(frozen=True, slots=True)
class LampRules:
    """The site's rules in working days; `elapsed` reads "more than n days" as n days fully gone by."""

    warn_before: int = 1
    yellow_after: int = 1
    red_after: int = 2
    answer_days: int = 3
    elapsed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a due date stands on a day: the lamp, whether to warn, working days left (negative when late)."""

    lamp: Lamp
    warns: bool
    days_left: int


def stands(due: date, today: date, calendar: WorkCalendar, rules: LampRules) -> Standing:
    """Return how a due date stands today."""
    left = calendar.between(today, due)
    late = -left - rules.elapsed
    lamp = Lamp.RED if late >= rules.red_after else Lamp.YELLOW if late >= rules.yellow_after else Lamp.GREEN
    return Standing(lamp, lamp is Lamp.GREEN and left <= rules.warn_before, left)


def lamp_of(case: Case, today: date, calendar: WorkCalendar, rules: LampRules) -> Standing | None:
    """Return how a running case stands, None while its clock does not run."""
    if case.due is None or case.state not in RUNNING:
        return None
    return stands(case.due, today, calendar, rules)


def worst(lamps: tuple[Lamp, ...]) -> Lamp:
    """Return the lamp of a chain: the worst of its parts."""
    order = (Lamp.RED, Lamp.YELLOW)
    return next((one for one in order if one in lamps), Lamp.GREEN)


def next_look(case: Case, today: date, calendar: WorkCalendar, rules: LampRules) -> date | None:
    """Return the next day on which time alone changes something about a case, None if never."""
    days = [_after(day) for day in _last_days(case)]
    if case.due is not None and case.state in RUNNING:
        days += _lamp_days(case.due, calendar, rules)
    if case.supervision is not None and not (case.is_answered or case.is_accountable):
        days.append(_after(case.supervision.answer_by))
    return min((day for day in days if day > today), default=None)


def _lamp_days(due: date, calendar: WorkCalendar, rules: LampRules) -> list[date]:
    warn = due
    for _ in range(rules.warn_before):
        warn = _before(warn, calendar)
    late = rules.elapsed
    yellow, red = (calendar.after(due, days + late).day for days in (rules.yellow_after, rules.red_after))
    return [warn, yellow, red]


def _before(day: date, calendar: WorkCalendar) -> date:
    day -= timedelta(days=1)
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def _last_days(case: Case) -> list[date]:
    days = [one.due for one in case.outstanding] if case.reminded_until is None else [case.reminded_until]
    waits = case.state in (CaseState.SUBMITTED, CaseState.CORRECTION, CaseState.SUSPENDED)
    return [*days, case.answer_by] if case.answer_by is not None and waits else days


def _after(day: date) -> date:
    return day + timedelta(days=1)
