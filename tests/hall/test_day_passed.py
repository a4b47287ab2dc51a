"""The cap on being passed on a crowded day: the engine keeps it, and the ledger's own count tells if it does not."""

import pytest

from hall24.day import stage
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hall24.day.run import run_day
from hall24.presets import county_hall
from queue_caller.core import choose


def crowded(patch: pytest.MonkeyPatch) -> Outcome:
    """Live half a crowded hour of a hall in which nobody may be passed twice."""
    patch.setattr(stage, "county_hall", lambda **more: county_hall(**more) + "\n[queue]\npass_cap = 1\n")
    return run_day(DayOptions(seed=7, visitors=4_000, begins=9.0, hours=0.5), haste=True)


@pytest.mark.slow
def test_on_a_crowded_day_nobody_is_passed_more_often_than_the_hall_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert crowded(monkeypatch).broken == {}


def test_an_engine_that_forgets_the_cap_is_found_out_by_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "due_first", lambda hall, found: None)
    assert "passed_at_most" in crowded(monkeypatch).broken
