"""Complaints and suggestions: number, category, who answers by when, and what is published of them.

Source: Jining 2020 plan for one-window acceptance (找茬窗口); State Council Office 2019 no. 51 (answered within days).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contract.body import Fact
from contract.guide_desk import ComplaintCategory, ComplaintFiled
from hallkit.rules.calendar import WorkCalendar
from intake_server.core.desk_facts import ComplaintAnswered
from intake_server.core.ledger import SHANGHAI
from intake_server.errors import ComplaintError

NUMBER = 10
"""Last characters of a complaint's identity: the number its giver was told."""

KEPT = 2_000
"""Answered complaints kept in memory; older ones stay in the ledger."""

_NAMES_SOMEBODY = re.compile(r"\d{7}|\d{3,4}[- ]\d{4}")
"""Digits that may be somebody's telephone or identity number."""


@dataclass(slots=True)
class Complaint:
    """One complaint; `where` is the device it was given at, `answered` what it was answered, None before."""

    number: str
    complaint: str
    category: ComplaintCategory
    at: datetime
    due: date
    where: str
    text: str
    phone: str
    answered: ComplaintAnswered | None = None


class Complaints:
    """All complaints of one hall."""

    def __init__(self, calendar: WorkCalendar, days: int) -> None:
        self._calendar, self._days = calendar, days
        self._all: dict[str, Complaint] = {}
        self._numbers: dict[str, str] = {}
        self._early: dict[str, ComplaintAnswered] = {}

    def apply(self, fact: Fact, where: str) -> None:
        """Take one fact said at `where`; facts that concern no complaint change nothing."""
        if isinstance(fact, ComplaintFiled) and fact.complaint not in self._all:
            due = self._calendar.after(fact.at.astimezone(SHANGHAI).date(), self._days).day
            made = Complaint(
                number_of(fact.complaint), fact.complaint, fact.category, fact.at, due, where, fact.text, fact.phone,
                self._early.pop(fact.complaint, None),
            )  # fmt: skip
            self._all[fact.complaint] = made
            self._numbers[made.number] = fact.complaint
        elif isinstance(fact, ComplaintAnswered):
            self._answer(fact)

    def _answer(self, fact: ComplaintAnswered) -> None:
        known = self._all.get(fact.complaint)
        if known is None:
            self._early[fact.complaint] = fact
        elif known.answered is None:
            known.answered = fact
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        answered = [one for one in self._all.values() if one.answered]
        for one in answered[: max(0, len(answered) - KEPT)]:
            del self._all[one.complaint], self._numbers[one.number]

    def find(self, number: str) -> Complaint | None:
        """Return the complaint of a number as its giver types it, None for an unknown one."""
        return self._all.get(self._numbers.get("".join(number.split()).upper(), ""))

    def open(self) -> list[Complaint]:
        """Return what is not answered, the most urgent first."""
        waiting = [one for one in self._all.values() if one.answered is None]
        return sorted(waiting, key=lambda one: (one.due, one.at, one.complaint))

    def answered(self, most: int = 50) -> list[Complaint]:
        """Return what was answered, newest first."""
        done = sorted(self._done(), key=lambda pair: (pair[0], pair[1].complaint), reverse=True)
        return [one for _, one in done[:most]]

    def _done(self) -> Iterator[tuple[datetime, Complaint]]:
        return ((one.answered.at, one) for one in self._all.values() if one.answered)

    def answer(self, number: str, by: str, subject: str, answer: str, now: datetime) -> ComplaintAnswered:
        """Return the fact that answers a complaint; ComplaintError says why it is not published like this."""
        known = self.find(number)
        if known is None:
            raise ComplaintError("unknown")
        if known.answered is not None:
            raise ComplaintError("answered")
        if not subject.strip() or not answer.strip():
            raise ComplaintError("empty")
        if any(_NAMES_SOMEBODY.search(text) for text in (subject, answer)) or _tells(known, subject + answer):
            raise ComplaintError("names")
        return ComplaintAnswered(
            complaint=known.complaint, by=by, at=now, subject=subject.strip(), answer=answer.strip()
        )


def number_of(complaint: str) -> str:
    """Return the number of a complaint's identity."""
    return complaint[-NUMBER:].upper()


def _tells(known: Complaint, text: str) -> bool:
    return bool(known.phone) and known.phone in text
