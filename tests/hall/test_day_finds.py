"""What hunts over many seeds found, each as the short list of faults it took."""

import pytest

from hall24.day.fault_plan import FaultKind, FaultPlan
from hall24.day.options import DayOptions, Profile
from hall24.day.outcome import Outcome
from hall24.day.run import run_day

NINE = 9 * 3600.0


def morning(*plan: FaultPlan, hours: float = 0.15) -> Outcome:
    """Live the first minutes after nine with exactly these faults."""
    return run_day(DayOptions(seed=7, visitors=2_000, begins=9.0, hours=hours), plan)


def test_displays_show_no_old_numbers_when_the_broker_forgot_that_the_engine_died() -> None:
    outcome = morning(
        FaultPlan(NINE + 240, FaultKind.BROKER_RESTART, "broker", 55.0),
        FaultPlan(NINE + 260, FaultKind.KILL, "queue-engine", 87.0),
    )
    assert outcome.broken == {}


@pytest.mark.parametrize(
    "program", ["queue-engine", "hall-store", "bridge-1", "displays-1", "intake", "pad-01", "ticket-1", "voice-a"]
)
def test_a_full_disk_ends_no_program_and_loses_nothing(program: str) -> None:
    outcome = morning(FaultPlan(NINE + 120, FaultKind.DISK_FULL, program, 60.0))
    assert outcome.broken == {}
    assert outcome.counts["served"] > 0


def test_a_centre_that_starts_on_a_full_disk_waits_for_room() -> None:
    """Seeds 91 and 3097: what it had to read was refused like a write, and what was due that day ended it."""
    outcome = morning(
        FaultPlan(NINE + 120, FaultKind.DISK_FULL, "intake", 60.0),
        FaultPlan(NINE + 130, FaultKind.KILL, "intake", 5.0),
    )
    assert outcome.broken == {}


def test_a_clock_of_1970_loses_nothing() -> None:
    outcome = morning(FaultPlan(NINE + 120, FaultKind.CLOCK_JUMP, "hall", 60.0, 0))
    assert outcome.broken == {}
    assert outcome.counts["quarantined"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("moment", [1, -1])
@pytest.mark.parametrize("commit", [1, 2, 5])
@pytest.mark.parametrize("program", ["queue-engine", "hall-store", "bridge-1", "intake"])
def test_a_program_dies_before_or_after_any_commit_and_loses_nothing(program: str, commit: int, moment: int) -> None:
    outcome = morning(
        FaultPlan(NINE + 60, FaultKind.KILL_AT_COMMIT, program, 3.0, commit * moment),
        FaultPlan(NINE + 120, FaultKind.KILL_AT_COMMIT, program, 3.0, (commit + 7) * moment),
        hours=0.08,
    )
    assert outcome.broken == {}


def test_a_power_cut_of_the_whole_hall_loses_nothing() -> None:
    outcome = morning(FaultPlan(NINE + 200, FaultKind.POWER_CUT, "", 60.0))
    assert outcome.broken == {}
    assert outcome.survived == {"power_cut": 1}


def test_a_slip_that_hung_in_a_printer_when_its_machine_died_does_not_come_out_with_the_next_ones() -> None:
    """Seed 2004, one in the afternoon."""
    options = DayOptions(seed=2004, begins=13.0, hours=0.5, faults=Profile.STORM)
    plan = [
        FaultPlan(47_012, FaultKind.CUTTER_JAM, "ticket-3", 65.0, 3),
        FaultPlan(47_102, FaultKind.KILL, "ticket-3", 48.0),
    ]
    assert run_day(options, plan).broken == {}


def test_whoever_brings_a_booking_after_hours_is_told_so_by_a_machine_that_goes_on() -> None:
    """Seed 2016, in the last hour of tickets, without a fault."""
    assert run_day(DayOptions(seed=2016, begins=16.2, hours=0.9), []).broken == {}


def test_a_slip_whose_knife_jammed_comes_out_later_and_is_nobody_elses() -> None:
    """Seed 3085: the next citizen's paper ends in the middle, so the old slip is all that comes out."""
    options = DayOptions(seed=3085, begins=14.0, hours=0.25, faults=Profile.STORM)
    plan = [
        FaultPlan(50_724, FaultKind.CUTTER_JAM, "ticket-2", 115.0, 5),
        FaultPlan(50_781, FaultKind.PAPER_OUT_MID_PRINT, "ticket-2", 316.0),
    ]
    assert run_day(options, plan).broken == {}
