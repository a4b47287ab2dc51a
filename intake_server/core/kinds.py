"""What the ledger calls a fact, which of its fields are personal, and the facts the centre itself writes."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from contract import queue_facts, rating
from contract.body import Body, Fact
from contract.guide_desk import ComplaintFiled, HelpCalled
from contract.queue import TicketFact
from contract.registry import BODIES
from intake_server.core.cases import facts as cases
from intake_server.core.desk_facts import CallBackAsked, CallHeard, ComplaintAnswered


class LedgerKind(StrEnum):
    """The seven kinds a visitor's journey is made of, and the hall's own operation."""

    APPLICATION = "application"
    BOOKING = "booking"
    QUEUE = "queue"
    RATING = "rating"
    ACCEPTANCE = "acceptance"
    DECISION = "decision"
    LICENCE = "licence"
    OPERATION = "operation"


class RectificationState(StrEnum):
    """How far a bad rating has been answered; each state follows the one before."""

    OPEN = "open"
    CONTACTED = "contacted"
    RECTIFIED = "rectified"
    CALLED_BACK = "called_back"
    CLOSED = "closed"


class RectificationMoved(Fact, frozen=True, kw_only=True):
    """A step of answering a bad rating was taken by `role`."""

    service_event: str
    state: RectificationState
    role: str
    at: datetime


class RatingDefaulted(Fact, frozen=True, kw_only=True):
    """Nobody rated a service event within the site's days; kept apart from every rate."""

    service_event: str
    at: datetime


class PersonalDataErased(Fact, frozen=True, kw_only=True):
    """The personal fields of `rows` ledger rows and `raw` quarantined messages older than `before` were erased."""

    rows: int
    raw: int
    before: datetime
    rule: str
    at: datetime


_DESK: tuple[type[Fact], ...] = (CallBackAsked, CallHeard, ComplaintAnswered)
_OWN: tuple[type[Fact], ...] = (RectificationMoved, RatingDefaulted, PersonalDataErased, *_DESK)
OWN_FACTS: dict[str, type[Fact]] = {kind.__name__: kind for kind in (*_OWN, *cases.CENTRE_FACTS)}
FACTS: dict[str, type[Fact]] = {
    **{name: kind for name, kind in BODIES.items() if issubclass(kind, Fact) and name != "UplinkBatch"},
    **OWN_FACTS,
}
"""Every fact the ledger can hold, by name."""

_BOOKING = (
    queue_facts.AppointmentBooked,
    queue_facts.AppointmentCancelled,
    queue_facts.AppointmentCheckedIn,
    queue_facts.AppointmentMissed,
)
_SAID: tuple[type[Fact], ...] = (HelpCalled, ComplaintFiled, *_DESK)
_RATING: tuple[type[Fact], ...] = (
    rating.RatingGiven,
    rating.RatingReasonsGiven,
    RatingDefaulted,
    RectificationMoved,
    *_SAID,
)
_CASES = (
    (LedgerKind.APPLICATION, cases.APPLICATION),
    (LedgerKind.ACCEPTANCE, cases.ACCEPTANCE),
    (LedgerKind.DECISION, cases.DECISION),
    (LedgerKind.LICENCE, cases.LICENCE),
)
_QUEUE = (TicketFact, queue_facts.OfflineTicketRefused)

PERSONAL: dict[str, dict[tuple[str, ...], Any]] = {
    "TicketIssued": {("link",): "", ("person",): None},
    "OfflineTicketAccepted": {("offline", "link"): "", ("offline", "person"): None},
    "OfflineTicketRefused": {("offline", "link"): "", ("offline", "person"): None},
    "AppointmentBooked": {("person",): None},
    "AppointmentMissed": {("person",): None},
    "RequestAnswered": {("key",): "", ("digest",): "", ("reply",): None},
    "RatingReasonsGiven": {("text",): ""},
    "ComplaintFiled": {("text",): "", ("phone",): ""},
    "CallBackAsked": {("phone",): ""},
    **cases.PERSONAL,
}
"""The erasable fields of each fact, by path, and what a reader sees once they are erased."""


@lru_cache(maxsize=256)
def kind_of(fact: type[Body]) -> LedgerKind:
    """Return the ledger kind of a fact."""
    if issubclass(fact, _BOOKING):
        return LedgerKind.BOOKING
    if issubclass(fact, _RATING):
        return LedgerKind.RATING
    for kind, members in _CASES:
        if issubclass(fact, members):
            return kind
    return LedgerKind.QUEUE if issubclass(fact, _QUEUE) else LedgerKind.OPERATION
