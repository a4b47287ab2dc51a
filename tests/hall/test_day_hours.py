"""Hours of a simulated day: the same every time, whole, and nothing breaks a promise."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from hall24.day.fault_plan import FaultKind, FaultPlan
from hall24.day.options import DayOptions, Profile
from hall24.day.page import page_of
from hall24.day.report import read_plan, report_of, to_json
from hall24.day.run import run_day
from hall24.day.shrink import shrink

SHORT = DayOptions(seed=7, begins=9.0, hours=0.4)
STORM = DayOptions(seed=7, begins=9.0, hours=0.5, faults=Profile.STORM)
ROOT = Path(__file__).parents[2]
FRESH = """
from hall24.day.options import DayOptions, Profile
from hall24.day.run import run_day
outcome = run_day(DayOptions(seed=7, begins=9.0, hours=0.5, faults=Profile.STORM))
print(outcome.ledger, outcome.centre_ledger)
"""


def fresh(hash_seed: str) -> str:
    """Return the ledgers of a stormy half hour in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", FRESH], env=environment, capture_output=True, text=True, timeout=100, check=True
    )
    return done.stdout.strip()


def test_people_are_served_and_rate_and_everything_reaches_the_centre() -> None:
    outcome = run_day(SHORT)

    assert outcome.broken == {}
    assert outcome.counts["served"] >= 5
    assert outcome.counts["presses"] >= 1
    assert outcome.counts["looks"] > 50
    assert outcome.hours[9].covered > 0
    assert outcome.plan == []


def test_a_storm_breaks_things_and_no_promise_and_is_the_same_in_every_process() -> None:
    outcome = run_day(STORM)

    assert outcome.broken == {}
    assert sum(outcome.injected.values()) >= 5
    assert {fresh("1"), fresh("2")} == {f"{outcome.ledger} {outcome.centre_ledger}"}


def test_another_seed_is_another_day() -> None:
    assert (
        run_day(DayOptions(seed=8, begins=9.0, hours=0.1)).ledger
        != run_day(DayOptions(seed=9, begins=9.0, hours=0.1)).ledger
    )


def test_a_report_says_first_whether_all_is_well_and_a_page_needs_no_network() -> None:
    outcome = run_day(DayOptions(seed=7, begins=9.0, hours=0.1))
    text, page = to_json(report_of(outcome)), page_of(outcome)

    assert text.startswith('{\n "ok": true')
    assert report_of(outcome)["by_hour"]["9"]["arrivals"] > 0
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "/*DATA*/" not in page


def test_a_fault_list_is_read_back_as_it_was_written() -> None:
    plan = [FaultPlan(1.5, FaultKind.KILL, "queue-engine", 4.0), FaultPlan(2.0, FaultKind.POWER_CUT)]
    assert read_plan(msgspec.json.encode(plan)) == plan


def test_a_failing_list_is_shrunk_to_what_it_takes() -> None:
    plan = [FaultPlan(float(at), FaultKind.KILL, str(at)) for at in range(20)]

    def fails(part: list[FaultPlan]) -> bool:
        names = [one.target for one in part]
        return "3" in names and "17" in names

    found = shrink(plan, fails, 100)
    assert [one.target for one in found.faults] == ["3", "17"]
    assert found.is_minimal
    assert not shrink(plan, fails, 5).is_minimal
    assert shrink(plan, lambda part: True).faults == []


def test_the_night_is_quiet_and_a_ticket_taken_before_midnight_is_kept() -> None:
    outcome = run_day(DayOptions(seed=3, visitors=2_000, begins=23.5, hours=1.0))

    assert outcome.broken == {}
    assert outcome.counts["slips"] >= 1
    assert 24 in outcome.hours or outcome.hours[23].tickets
