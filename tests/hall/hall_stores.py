"""What a hall's stores hold: every ticket's story in the journal, the hall store and the centre's ledger."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract import codec
from contract.body import Fact
from contract.field import FaultCleared, FaultRaised, SensorChanged
from contract.queue import TicketFact
from contract.queue_facts import OfflineTicketAccepted, ServiceStarted, TicketCalled, TicketIssued
from contract.rating import RatingGiven, RatingReasonsGiven

Step = tuple[int, str]
"""The place of a ticket in its script, and the fact that happened to it."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the stores say of one script's tickets, numbers replaced by their places."""

    journal: tuple[Step, ...]
    hall_store: tuple[Step, ...]
    ledger: tuple[Step, ...]
    ratings: tuple[Step, ...]
    centre_ratings: tuple[Step, ...]


def story(run: Path, tickets: Sequence[str]) -> Story:
    """Return the story of `tickets`."""
    stored = facts(run / "hall-store.db", "SELECT payload FROM fact ORDER BY row")
    events = {
        one.service_event: one.ticket for one in stored if hasattr(one, "service_event") and hasattr(one, "ticket")
    }
    ledger = rows(run / "intake.db", "SELECT type, ticket, service_event FROM ledger ORDER BY row")
    rated = [(kind, events.get(event)) for kind, _, event in ledger if kind.startswith("Rating")]
    return Story(
        _steps(facts(run / "queue-engine.db", "SELECT payload FROM fact ORDER BY seq"), tickets),
        _steps(stored, tickets),
        tuple((tickets.index(ticket), kind) for kind, ticket, _ in ledger if ticket in tickets and _is_step(kind)),
        tuple(sorted((tickets.index(events[one.service_event]), _grade(one)) for one in stored
              if isinstance(one, RatingGiven | RatingReasonsGiven) and events.get(one.service_event) in tickets)),
        tuple(sorted((tickets.index(ticket), kind) for kind, ticket in rated if ticket in tickets)),
    )  # fmt: skip


def served(run: Path, ticket: str) -> list[str]:
    """Return the service events of a ticket, as the engine's journal has them."""
    stored = facts(run / "queue-engine.db", "SELECT payload FROM fact ORDER BY seq")
    return [one.service_event for one in stored if isinstance(one, ServiceStarted) and one.ticket == ticket]


def panel_faults(run: Path, panel: str) -> list[bool]:
    """Return what the hall store was told of a panel: silent or well again, oldest first, each change once."""
    stored = facts(run / "hall-store.db", "SELECT payload FROM fact ORDER BY row")
    own = [one for one in stored if isinstance(one, FaultRaised | FaultCleared) and one.subject == panel]
    told = [isinstance(one, FaultRaised) for one in own]
    return [one for place, one in enumerate(told) if not place or told[place - 1] is not one]


def doors(run: Path) -> list[bool]:
    """Return what the hall store was told of the door, oldest first; a bridge that starts tells it again."""
    stored = facts(run / "hall-store.db", "SELECT payload FROM fact ORDER BY row")
    return [one.active for one in stored if isinstance(one, SensorChanged) and one.sensor == "door-1"]


def undrained(run: Path) -> dict[str, int]:
    """Return how many rows of each store wait for the next one; empty once everything is everywhere."""
    waiting = {}
    for path in sorted(run.glob("*.db")):
        for (one,) in _ask(path, "SELECT last - acked FROM outbox_meta"):
            waiting[path.stem] = one
    for name, last, acked in (("queue-engine", "max(seq)", "acked"), ("hall-store", "max(row)", "uplinked")):
        (newest,), (known,) = rows(run / f"{name}.db", f"SELECT {last} FROM fact")[0], rows(
            run / f"{name}.db", f"SELECT {acked} FROM meta")[0]  # fmt: skip
        waiting[name] = (newest or 0) - known
    for (one,) in _ask(run / "bridge-1-presses.db", "SELECT count(*) FROM press"):
        waiting["presses"] = one
    return {name: count for name, count in waiting.items() if count}


def broken(run: Path) -> list[str]:
    """Return every promise the stores break: doubles, gaps, differing marks, two windows for one ticket."""
    stored = facts(run / "hall-store.db", "SELECT payload FROM fact ORDER BY row")
    issued = [(one.business_day, one.ticket) for one in stored if isinstance(one, TicketIssued | OfflineTicketAccepted)]
    faults = [f"issued twice: {one}" for one, times in Counter(issued).items() if times > 1]
    calls = {(one.ticket, one.call) for one in stored if isinstance(one, TicketCalled)}
    if len(calls) != sum(isinstance(one, TicketCalled) for one in stored):
        faults.append("one call stands twice")
    events = {one.service_event for one in stored if isinstance(one, ServiceStarted)}
    ratings = [one.rating for one in stored if isinstance(one, RatingGiven) and one.service_event in events]
    faults += [f"rated twice: {one}" for one, times in Counter(ratings).items() if times > 1]
    sent = "SELECT kind, name, inc, count(*), min(seq), max(seq) FROM fact GROUP BY kind, name, inc"
    for kind, name, inc, count, first, last in rows(run / "hall-store.db", sent):
        if (first, count) != (1, last):
            faults.append(f"{kind}/{name}: {count} facts from {first} to {last} of {inc}")
    store_rows = rows(run / "hall-store.db", "SELECT count(*), max(row) FROM fact")[0]
    arrived = "SELECT count(*) FROM ledger JOIN ledger_source USING (source) WHERE device NOT LIKE 'intake/%'"
    centre = rows(run / "intake.db", arrived)[0][0]
    ((own,),) = rows(run / "hall-store.db", "SELECT inc FROM meta")
    set_aside = f"SELECT count(*) FROM quarantine WHERE number IS NOT NULL AND source = 'demo/uplink/{own}'"
    aside = rows(run / "intake.db", set_aside)[0][0]
    mark = rows(run / "intake.db", f"SELECT max(mark) FROM uplink_mark WHERE inc = '{own}'")[0][0]
    if store_rows != (centre + aside, mark):
        faults.append(f"the hall store has {store_rows}, the centre {(centre, aside, mark)}")
    return faults


def quarantine(run: Path) -> list[tuple[str, str]]:
    """Return topic and fault of everything in the hall store's quarantine, oldest first."""
    return rows(run / "hall-store.db", "SELECT topic, fault FROM quarantine ORDER BY id")


def facts(path: Path, question: str) -> list[Fact]:
    """Return the facts a store holds."""
    return [codec.body_of(codec.decode(payload), Fact) for (payload,) in rows(path, question)]


def rows(path: Path, question: str) -> list[Any]:
    """Return a store's answer, read while its program runs."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
        return database.execute(question).fetchall()


def _ask(path: Path, question: str) -> list[Any]:
    try:
        return rows(path, question)
    except sqlite3.OperationalError:  # a store without that table
        return []


def _steps(stored: Iterable[Fact], tickets: Sequence[str]) -> tuple[Step, ...]:
    own = [one for one in stored if isinstance(one, TicketFact) and one.ticket in tickets]
    return tuple((tickets.index(one.ticket), type(one).__name__) for one in own if _is_step(type(one).__name__))


def _is_step(kind: str) -> bool:
    return kind not in ("EstimateScored", "RatingGiven", "RatingReasonsGiven")


def _grade(fact: Fact) -> str:
    return f"grade {fact.grade}" if isinstance(fact, RatingGiven) else "reasons"
