"""docs/scope.md tells the truth: no row is missing, and whatever it names is there."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
SCOPE = ROOT / "docs/scope.md"
STATES = ("built", "in part", "not yet", "organisational")
ROW = re.compile(r"\| (?P<id>G\d+|S\d-\d\d[a-z]?) \| (?P<kind>\S+) \| (?P<demand>[^|]+) \| (?P<rest>.*) \|")


class Row(NamedTuple):
    id: str
    kind: str
    state: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    found = [ROW.fullmatch(line) for line in SCOPE.read_text("utf-8").splitlines()]
    return tuple(_row(one) for one in found if one)


def _row(one: re.Match[str]) -> Row:
    state, modules, tests = one["rest"].split(" | ")
    named = re.compile(r"`([^`]+)`")
    return Row(one["id"], one["kind"], state.split(":")[0], tuple(named.findall(modules)), tuple(named.findall(tests)))


def expected() -> list[str]:
    last = {"S0": 65, "S1": 28, "S2": 27, "S3": 19, "S4": 26}
    ids = [f"G{number}" for number in range(1, 12)]
    for paper, count in last.items():
        for number in range(1, count + 1):
            letters = "abcdefghijklmn" if (paper, number) == ("S0", 8) else ("",)
            ids += [f"{paper}-{number:02d}{letter}" for letter in letters]
    return ids


def test_every_row_of_every_document_is_listed_once() -> None:
    assert [row.id for row in rows()] == expected()


def test_every_row_has_one_of_four_states_and_the_table_counts_them() -> None:
    counts = Counter(row.state for row in rows())
    told = re.search(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", SCOPE.read_text("utf-8"), re.M)

    assert set(counts) <= set(STATES)
    assert told is not None
    assert [int(one) for one in told.groups()] == [*(counts[state] for state in STATES), len(rows())]


@pytest.mark.parametrize("row", [row for row in rows() if row.state in ("built", "in part")], ids=lambda row: row.id)
def test_what_is_said_to_be_built_is_there_and_has_a_test(row: Row) -> None:
    assert row.modules
    assert row.tests
    assert not [module for module in row.modules if not (ROOT / module).exists()]
    for test in row.tests:
        path, name = test.split("::")
        assert re.search(rf"^\s*(?:async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.M), test


def test_what_is_not_built_names_nothing() -> None:
    assert not [row.id for row in rows() if row.state in ("not yet", "organisational") and (row.modules or row.tests)]


def test_only_what_no_program_can_meet_is_left_to_the_organisation() -> None:
    assert {row.kind for row in rows() if row.state == "organisational"} == {"D"}
