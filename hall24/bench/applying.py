"""A hundred kiosks handing in at once, and how soon a notice is ready."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from contract.body import Reply
from contract.case_requests import CaseReply
from hall24.bench.case_rig import CaseRig, case_rig
from hall24.bench.figure import Bar, Figure, figure, middle, quantile

KIOSKS, ROUNDS, ALONE, COMMITS = 100, 5, 60, 200
Timed = tuple[float, Reply]


def figures() -> tuple[Figure, ...]:
    """Measure applications of all kiosks at once, round after round, and of one kiosk alone."""
    at_once, alone, cases = asyncio.run(_measure())
    times, lone = [one for one, _ in at_once], [one for one, _ in alone]
    wrong = [reply for _, reply in (*at_once, *alone) if not isinstance(reply, CaseReply)]
    commit = ("one FULL commit of SQLite", middle(_commits()))
    note = f"{ROUNDS} rounds of {KIOSKS} kiosks, file of SQLite, everything in one process"
    doubled = abs(cases - len(at_once) - len(alone))
    return (
        figure(f"{KIOSKS} kiosks hand in at once, p50", quantile(times, 0.5), "ms", commit, Bar(most=1_000), note),
        figure(f"{KIOSKS} kiosks hand in at once, p99", quantile(times, 0.99), "ms", commit, Bar(most=1_000), note),
        figure("applications refused, lost or doubled", len(wrong) + doubled, "",
               ("applications", len(at_once) + len(alone)), Bar(most=0)),
        figure("submit → notice ready, one kiosk, p50", quantile(lone, 0.5), "ms", commit, Bar(most=1_000)),
        figure("submit → notice ready, one kiosk, p99", quantile(lone, 0.99), "ms", commit, Bar(most=1_000)),
    )  # fmt: skip


async def _measure() -> tuple[list[Timed], list[Timed], int]:
    async with case_rig(KIOSKS) as rig:
        await rig.submit(rig.kiosks[0], 0)
        at_once: list[Timed] = []
        for round_ in range(ROUNDS):
            people = range(1 + round_ * KIOSKS, 1 + (round_ + 1) * KIOSKS)
            at_once += await asyncio.gather(*(_timed(rig, *pair) for pair in zip(range(KIOSKS), people, strict=True)))
        alone = [await _timed(rig, 0, 1 + ROUNDS * KIOSKS + number) for number in range(ALONE)]
        return at_once, alone, await rig.writer.run(lambda: _cases(rig)) - 1


async def _timed(rig: CaseRig, kiosk: int, person: int) -> Timed:
    began = perf_counter()
    reply = await rig.submit(rig.kiosks[kiosk], person)
    return 1e3 * (perf_counter() - began), reply


def _cases(rig: CaseRig) -> int:
    path = rig.app.config.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM case_file").fetchone()[0])


def _commits() -> Sequence[float]:
    """Return the milliseconds of commits of one small row each, synced to the disk."""
    with tempfile.TemporaryDirectory(prefix="hall24-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "commit.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (data BLOB)")
        times = []
        for _ in range(COMMITS):
            began = perf_counter()
            connection.execute("INSERT INTO row VALUES (?)", (bytes(400),))
            times.append(1e3 * (perf_counter() - began))
        connection.close()
        return times
