"""The hall's power goes in the middle of a write: what was promised is there, and a store that cheats is found."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("apsw")

from hall24.day.fault_plan import FaultKind, FaultPlan
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hall24.day.platter import Drive
from hall24.day.run import run_day
from hallkit.runtime import store

NINE = 9 * 3600.0
PATH = Path("/run/one.db")
CHEATS = ("OFF", "NORMAL")


def cuts(*writes: int) -> list[FaultPlan]:
    """Return power cuts two minutes apart, each in the middle of a later write to a disk."""
    return [
        FaultPlan(NINE + 60 + 120 * place, FaultKind.POWER_CUT, "", 20.0, write) for place, write in enumerate(writes)
    ]


def morning(plan: list[FaultPlan]) -> Outcome:
    options = DayOptions(seed=7, visitors=3_000, begins=9.0, hours=0.2, power_disk=True)
    return run_day(options, plan)


@pytest.fixture(name="drive")
def _drive() -> Iterator[Drive]:
    drive = Drive(random.Random(4))
    yield drive
    drive.close()


def count(drive: Drive) -> int:
    database = drive.open(PATH)
    try:
        return int(database.execute("SELECT count(*) FROM ticket").fetchone()[0])
    finally:
        drive.abandon(database)


def commits(database: sqlite3.Connection) -> int:
    """Return how many commits were promised until the disk refused one."""
    for number in range(1_000):
        try:
            database.execute("INSERT INTO ticket VALUES (?)", (number,))
        except sqlite3.OperationalError:
            return number
    return 1_000


def write_and_cut(drive: Drive, rows: int) -> int:
    """Return how many of `rows` commits are there after a power cut."""
    database = drive.open(PATH)
    database.execute("CREATE TABLE ticket(number INTEGER PRIMARY KEY)")
    for number in range(rows):
        database.execute("INSERT INTO ticket VALUES (?)", (number,))
    drive.abandon(database)
    drive.cut_power()
    return count(drive)


def test_what_a_hall_commits_is_there_after_a_power_cut(drive: Drive) -> None:
    assert write_and_cut(drive, 300) == 300
    assert drive.syncs >= 300


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_store_that_does_not_sync_loses_commits(drive: Drive, monkeypatch: pytest.MonkeyPatch, cheat: str) -> None:
    monkeypatch.setattr(store, "PRAGMAS", (*store.PRAGMAS, f"PRAGMA synchronous={cheat}"))
    with pytest.raises((AssertionError, sqlite3.OperationalError)):
        assert write_and_cut(drive, 300) == 300


@pytest.mark.parametrize("write", range(1, 40, 3))
def test_wherever_the_power_goes_a_commit_is_whole_or_was_never_promised(drive: Drive, write: int) -> None:
    database = drive.open(PATH)
    database.execute("CREATE TABLE ticket(number INTEGER PRIMARY KEY)")
    drive.countdown = write
    promised = commits(database)
    drive.abandon(database)
    drive.cut_power()
    assert promised < 1_000
    assert count(drive) in (promised, promised + 1)


def test_a_killed_program_loses_nothing_it_committed(drive: Drive) -> None:
    database = drive.open(PATH)
    database.execute("CREATE TABLE ticket(number INTEGER PRIMARY KEY)")
    database.execute("INSERT INTO ticket VALUES (1)")
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO ticket VALUES (2)")
    drive.abandon(database)
    assert count(drive) == 1


def test_power_cuts_in_the_middle_of_writes_lose_nothing_and_are_the_same_every_time() -> None:
    first, again = (morning(cuts(3, 17, 30, 44)) for _ in range(2))
    assert first.broken == {}
    assert first.counts["slips"] > 20
    assert (first.ledger, first.centre_ledger) == (again.ledger, again.centre_ledger)


@pytest.mark.slow
@pytest.mark.parametrize("cheat", CHEATS)
def test_a_hall_whose_stores_do_not_sync_breaks_a_promise(monkeypatch: pytest.MonkeyPatch, cheat: str) -> None:
    monkeypatch.setattr(store, "PRAGMAS", (*store.PRAGMAS, f"PRAGMA synchronous={cheat}"))
    assert morning(cuts(3, 17, 30, 44)).broken != {}
