"""A day that breaks a promise is boiled down to the fewest faults; a hunt writes down every seed and goes on later."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from day_defects import DEFECTS
from typer.testing import CliRunner

from hall24.__main__ import app
from hall24.day.fault_plan import FaultKind, FaultPlan
from hall24.day.hunt import hour_of, lived
from hall24.day.options import DayOptions, Profile
from hall24.day.run import run_day
from hall24.day.shortest import shortest

ROOT = Path(__file__).parents[2]
NINE = 9 * 3600.0
HARMLESS = [
    FaultPlan(NINE + 60, FaultKind.PAD_BATTERY, "pad-01", 20.0),
    FaultPlan(NINE + 65, FaultKind.READER_SILENT, "ticket-1", 20.0),
    FaultPlan(NINE + 100, FaultKind.PAD_KEY_DEAD, "pad-02", 20.0, 1),
]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name,promise,seed", [("lost last will", "presence_true", 0),
                                               ("number reuse after restart", "no_ticket_doubled", 3)])  # fmt: skip
def test_a_day_with_a_defect_is_shrunk_to_faults_none_of_which_can_be_spared(
    name: str, promise: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEFECTS[name][0](monkeypatch)
    options = DayOptions(seed=seed, begins=9.0, hours=0.6, faults=Profile.STORM)
    outcome = run_day(options)
    assert promise in outcome.broken
    few = shortest(outcome, 500)

    assert few.promise == next(iter(outcome.broken))
    assert few.is_minimal
    assert 1 <= len(few.faults) < len(outcome.plan) == few.of
    assert few.promise in run_day(options, few.faults).broken
    for spared in few.faults:
        rest = [one for one in few.faults if one is not spared]
        assert few.promise not in run_day(options, rest).broken
    assert few.around
    if promise == "no_ticket_doubled":
        ticket = few.sentence.partition(" ")[0].rpartition("/")[2]
        assert all(f'"{ticket}"' in row for row in few.around)


def test_a_failed_day_prints_its_seed_its_fewest_faults_its_ledger_and_a_command_that_fails_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEFECTS["lost last will"][0](monkeypatch)
    plan, faults = tmp_path / "plan.json", tmp_path / "faults.json"
    plan.write_bytes(msgspec.json.encode([*HARMLESS, FaultPlan(NINE + 90, FaultKind.KILL, "hall-store", 25.0)]))
    short = ["day", "--begins", "9", "--hours", "0.06", "--visitors", "1500"]

    failed = CliRunner().invoke(app, [*short, "--fault-list", str(plan), "--shrunk", str(faults)])
    assert failed.exit_code == 1
    told = msgspec.json.decode(failed.stdout)
    assert [one["target"] for one in told["shortest"]["faults"]] == ["hall-store"]
    assert told["shortest"]["is_minimal"]
    assert "presence_true is broken on the day of seed 1" in failed.stderr
    assert "1 of its 4 faults are enough (none fewer):\n  09:01:30 kill hall-store 25 s" in failed.stderr
    command = failed.stderr.rpartition("live it again: hall24 ")[2].split()
    assert command[-2:] == ["--fault-list", str(faults)]

    again = CliRunner().invoke(app, [*command, "--shrink-for", "0"])
    assert again.exit_code == 1
    assert msgspec.json.decode(again.stdout)["broken"].keys() == {"presence_true"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Return what a process of its own came to."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=300)


def hunt(path: Path, seeds: int) -> dict[str, Any]:
    """Hunt quiet minutes of the first seeds; return the report."""
    words = ("--hunt", str(seeds), "--from", "1", "--hours", "0.06", "--visitors", "400", "--found", str(path))
    done = run("-m", "hall24", "day", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(msgspec.json.decode(done.stdout))


def test_a_hunt_writes_down_every_seed_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    path = tmp_path / "hunt" / "found.jsonl"
    assert hunt(path, 2) == {"ok": True, "lived": 2, "now": 2, "broken": {}, "written": str(path)}
    first = {one.seed: one for one in lived(path)}
    assert {seed: one.options for seed, one in first.items()} == {seed: hour_of(seed, 0.06, 400) for seed in (1, 2)}
    assert all(one.broken == {} and one.ledger for one in first.values())

    path.write_bytes(path.read_bytes()[:-9])
    (kept,) = lived(path)
    assert hunt(path, 3)["now"] == 2
    after = {one.seed: one for one in lived(path)}
    assert sorted(after) == [1, 2, 3]
    assert after[kept.seed] == kept
    assert {seed: after[seed].ledger for seed in first} == {seed: one.ledger for seed, one in first.items()}
    assert hunt(path, 3)["now"] == 0


def test_an_hour_that_does_not_end_is_a_find_and_not_the_end_of_the_hunt() -> None:
    done = run("-c", STUCK)
    assert done.stdout.strip() == "{'lived_to_the_end': 'StuckError: takes so much CPU that it will hardly end'}"


STUCK = """
from hall24.day.hunt import hour_of, live
print(live(hour_of(1, 0.5, 620), 0.0, 0.4).broken)
"""
