"""A day that broke a promise, boiled down: the fewest faults, the ledger around it, and how to see it again."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from hall24.day.fault_plan import FaultPlan
from hall24.day.outcome import Outcome
from hall24.day.report import replay_command
from hall24.day.run import run_day
from hall24.day.shrink import shrink

LINES = 24
"""Rows of the ledger told of a broken promise."""


class Shortest(msgspec.Struct, frozen=True, kw_only=True):
    """The fewest faults with which a day still breaks `promise`; `is_minimal` unless time ran out before.

    `sentence` and `around` are what the day of just these faults says of it, and its ledger there.
    """

    promise: str
    sentence: str
    faults: list[FaultPlan]
    of: int
    is_minimal: bool
    tries: int
    around: list[str]


def shortest(outcome: Outcome, seconds: float) -> Shortest:
    """Return the fewest faults that break the first broken promise again, looked for at most about `seconds`."""
    promise = next(iter(outcome.broken))
    told = outcome.broken[promise], outcome.around.get(promise, [])
    until = time.monotonic() + seconds

    def fails(plan: Sequence[FaultPlan]) -> bool:
        nonlocal told
        again = run_day(outcome.options, plan)
        if promise not in again.broken:
            return False
        told = again.broken[promise], again.around.get(promise, [])
        return True

    found = shrink(outcome.plan, fails, has_time=lambda: time.monotonic() < until)
    sentence, around = told
    return Shortest(
        promise=promise, sentence=sentence, faults=found.faults, of=len(outcome.plan), is_minimal=found.is_minimal,
        tries=found.tries, around=around,
    )  # fmt: skip


def keep(found: Shortest, path: Path) -> None:
    """Write the faults where `--fault-list` finds them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found.faults)) + b"\n")


def as_json(outcome: Outcome, found: Shortest, path: Path) -> dict[str, Any]:
    """Return what a report says more of a day that failed."""
    return {"shortest": msgspec.to_builtins(found), "replay": replay_command(outcome, str(path))}


def in_words(outcome: Outcome, found: Shortest, path: Path) -> str:
    """Return what a person is told of a day that failed."""
    how = "none fewer" if found.is_minimal else "perhaps fewer, there was no more time to look"
    lines = [
        f"{found.promise} is broken on the day of seed {outcome.options.seed}: {found.sentence}",
        f"{len(found.faults)} of its {found.of} faults are enough ({how}):",
        *(f"  {_one(fault)}" for fault in found.faults),
        "the ledger around it:",
        *(f"  {row}" for row in found.around[-LINES:]),
        f"live it again: {replay_command(outcome, str(path))}",
    ]
    return "\n".join(lines)


def _one(fault: FaultPlan) -> str:
    minutes, seconds = divmod(int(fault.at), 60)
    value = f" ({fault.value})" if fault.value else ""
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d} {fault.kind} {fault.target}{value} {fault.lasts:g} s"
