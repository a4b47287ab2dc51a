"""The salts of person tokens: the hall's for the day, on the same disk or the next best, and dropped in time."""

import random
from datetime import date, timedelta

import pytest

from hallkit.runtime.store import open_database
from queue_caller.core.machine_person import SALT_BYTES, person_token, salt_of
from queue_caller.drivers.day_salts import KEPT, DaySalts
from queue_caller.drivers.machine_store import MachineStore

TODAY = date(2026, 9, 14)
NUMBER = "000000199001011234"
FRESH = bytes(SALT_BYTES)


def _machine() -> MachineStore:
    return MachineStore(open_database(":memory:"), "inc")


def test_a_days_salt_is_the_same_after_a_restart_and_another_on_the_next_day() -> None:
    database = open_database(":memory:")
    first = DaySalts(database, random.Random(1)).of(TODAY)
    again = DaySalts(database, random.Random(2))
    assert again.of(TODAY) == first
    assert again.of(TODAY + timedelta(days=1)) != first
    assert len(first) == SALT_BYTES


def test_a_salt_is_dropped_once_its_day_is_over() -> None:
    database = open_database(":memory:")
    salts = DaySalts(database, random.Random(1))
    first = salts.of(TODAY)
    salts.of(TODAY + KEPT + timedelta(days=1))
    assert database.execute("SELECT count(*) FROM salt").fetchone() == (1,)
    assert DaySalts(database, random.Random(2)).of(TODAY) != first


def test_machines_that_were_told_the_same_salt_agree_also_on_days_they_are_told_nothing() -> None:
    told = random.Random(3).randbytes(SALT_BYTES)
    tokens = []
    for _ in range(2):
        machine = _machine()
        machine.share_salt(TODAY, told)
        tokens.append([
            person_token(machine.salt(TODAY + timedelta(days=days), random.randbytes(SALT_BYTES)), NUMBER)
            for days in range(3)
        ])  # fmt: skip
    assert tokens[0] == tokens[1]
    assert len(set(tokens[0])) == 3


def test_a_machine_that_was_never_told_one_makes_its_own_until_it_is() -> None:
    machine = _machine()
    assert machine.salt(TODAY, FRESH) == FRESH
    told = random.Random(3).randbytes(SALT_BYTES)
    machine.share_salt(TODAY, told)
    assert machine.salt(TODAY, FRESH) == told


@pytest.mark.parametrize("told", ["", "zz", "00" * (SALT_BYTES - 1), "00" * (SALT_BYTES + 1)])
def test_what_is_no_salt_is_none(told: str) -> None:
    assert salt_of(told) is None
