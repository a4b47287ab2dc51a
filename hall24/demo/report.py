"""What a demonstration shows: every ticket in one state, every rating stored, every screen true, nothing left over."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract import codec
from contract.body import Fact
from contract.queue import TicketFact
from contract.queue_facts import (
    OfflineTicketAccepted,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReturned,
    TicketSteppedAway,
    TicketTransferred,
)
from contract.rating import RatingGiven

_STATES: dict[type[Fact], str] = {
    TicketIssued: "waiting",
    OfflineTicketAccepted: "waiting",
    TicketReturned: "waiting",
    TicketTransferred: "waiting",
    TicketCalled: "called",
    TicketRecalled: "called",
    ServiceStarted: "serving",
    TicketSteppedAway: "away",
    TicketHeld: "held",
    TicketMissed: "missed",
    TicketCancelled: "cancelled",
    TicketExpired: "expired",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in the hall itself, to be held against what was stored."""

    seconds: float
    visitors: int
    told_full: int
    tickets_taken: Sequence[str]
    ratings_pressed: int
    screens: dict[str, dict[str, Any]]
    outboxes: dict[str, int]
    restarts: dict[str, int]
    devices: int


def facts(path: Path) -> list[Fact]:
    """Return every fact of a hall store, in the order of arrival."""
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT payload FROM fact ORDER BY row").fetchall()
    found = []
    for (payload,) in rows:
        envelope = codec.decode(payload)
        found.append(codec.body_of(envelope, Fact))
    return found


def report(stored: Sequence[Fact], centre_rows: int, quarantined: int, seen: Seen) -> dict[str, Any]:
    """Return the report; `ok` comes first and is true only if every invariant held."""
    states = ticket_states(stored)
    calls = [(fact.window, fact.ticket) for fact in stored if isinstance(fact, TicketCalled)]
    ratings = {fact.rating for fact in stored if isinstance(fact, RatingGiven)}
    counts = dict(sorted(Counter(states.values()).items()))
    issued = sum(isinstance(fact, TicketIssued | OfflineTicketAccepted) for fact in stored)
    invariants = {
        "every_visitor_got_a_ticket_or_was_told_why_not": not _visitors(seen)["without"],
        "every_issued_ticket_is_in_exactly_one_state": sum(counts.values()) == issued,
        "no_number_was_issued_twice": len(states) == issued,
        "every_ticket_taken_is_stored": {number for _, number in states} >= set(seen.tickets_taken),
        "every_ticket_stored_was_taken": len(seen.tickets_taken) == issued,
        "no_ticket_was_called_by_two_windows": not _called_twice(calls),
        "ratings_stored_are_ratings_pressed": len(ratings) == seen.ratings_pressed,
        "the_centre_has_every_row": centre_rows == len(stored),
        "every_outbox_is_drained": not any(seen.outboxes.values()),
        "nothing_is_in_quarantine": quarantined == 0,
        "screens_show_the_last_calls": all(one["shown"] == one["expected"] for one in seen.screens.values()),
    }
    return {
        "ok": all(invariants.values()),
        "invariants": invariants,
        "seconds": round(seen.seconds, 1),
        "devices": seen.devices,
        "visitors": _visitors(seen),
        "issued": issued,
        "tickets": counts,
        "calls": len(calls),
        "ratings": {"pressed": seen.ratings_pressed, "stored": len(ratings)},
        "screens": seen.screens,
        "rows": {"hall_store": len(stored), "centre": centre_rows, "quarantine": quarantined},
        "outboxes": seen.outboxes,
        "restarts": seen.restarts,
    }


def _visitors(seen: Seen) -> dict[str, int]:
    given = len(seen.tickets_taken)
    without = seen.visitors - given - seen.told_full
    return {"came": seen.visitors, "with_a_ticket": given, "told_full": seen.told_full, "without": without}


def ticket_states(stored: Iterable[Fact]) -> dict[tuple[str, str], str]:
    """Return the state of every ticket by (business day, number)."""
    states: dict[tuple[str, str], str] = {}
    for fact in stored:
        if not isinstance(fact, TicketFact):
            continue
        ticket = (fact.business_day.isoformat(), fact.ticket)
        if isinstance(fact, ServiceFinished):
            states[ticket] = "waiting" if fact.next_service else "finished"
        elif type(fact) in _STATES:
            states[ticket] = _STATES[type(fact)]
    return states


def _called_twice(calls: Sequence[tuple[int, str]]) -> list[str]:
    windows: dict[str, set[int]] = {}
    for window, ticket in calls:
        windows.setdefault(ticket, set()).add(window)
    return [ticket for ticket, at in windows.items() if len(at) > 1]
