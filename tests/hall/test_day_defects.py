"""Eleven deliberate defects, and CI's hundred stormy hours: what the simulated day must find, and must not."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from day_defects import DEFECTS

from hall24.day.options import DayOptions, Profile
from hall24.day.run import run_day

SEEDS = 50
STORM_SEEDS = 100
BEGINS = (8.5, 9.0, 10.0, 11.0, 13.0, 14.0, 16.2, 23.5, 0.0, 5.5)


def options(name: str, seed: int) -> DayOptions:
    """Return half an hour with three thousand visitors a day, or the hour around midnight, which is calmer."""
    if name == "midnight reset":
        return DayOptions(seed, visitors=3_000, begins=23.5, hours=0.6, faults=Profile.HUNT)
    return DayOptions(seed, visitors=2_000, begins=9.0, hours=0.4, faults=Profile.HUNT)


def caught(name: str) -> tuple[int, dict[str, str], dict[str, str]]:
    """Return the first seed that catches a defect, what it broke, and what the same hour breaks without it."""
    defect, _ = DEFECTS[name]
    for seed in range(SEEDS):
        with pytest.MonkeyPatch.context() as patch:
            defect(patch)
            broken = run_day(options(name, seed), haste=True).broken
        if broken:
            return seed, broken, run_day(options(name, seed)).broken
    return SEEDS, {}, {}


def storm(seed: int) -> tuple[int, dict[str, str]]:
    """Return what a stormy hour breaks; the hours of the day take turns."""
    return seed, run_day(DayOptions(seed, begins=BEGINS[seed % 10], hours=1.0, faults=Profile.STORM)).broken


def workers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_defects_are_caught_within_fifty_seeds() -> None:
    with workers() as pool:
        found = dict(zip(DEFECTS, pool.map(caught, DEFECTS), strict=True))

    assert {name for name, (_, broken, _) in found.items() if broken} == set(DEFECTS)
    assert {name: clean for name, (_, _, clean) in found.items() if clean} == {}
    for name, (_, broken, _) in found.items():
        expected = tuple(DEFECTS[name][1])
        assert not expected or any(one in broken for one in expected), (name, broken)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_stormy_hours_break_no_promise() -> None:
    with workers() as pool:
        broken = {seed: what for seed, what in pool.map(storm, range(STORM_SEEDS)) if what}

    assert broken == {}
