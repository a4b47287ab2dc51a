"""How long a simulated day takes, and how much memory: each day in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass

from hall24.bench.figure import Bar, Figure, figure

PATIENCE = 900.0
_ONE = """
import os, resource, sys
from hall24.day.options import DayOptions, Profile
from hall24.day.run import run_day
visitors, faults, begins, hours = sys.argv[1:]
outcome = run_day(DayOptions(7, int(visitors), Profile(faults), begins=float(begins), hours=float(hours)))
used = resource.getrusage(resource.RUSAGE_SELF)
print(outcome.ok, outcome.seconds, used.ru_utime, os.getloadavg()[0], used.ru_maxrss / 1024, outcome.rows)
"""


@dataclass(frozen=True, slots=True)
class Lived:
    """One day lived: whether all held, seconds of real time and of computing, the machine's load, megabytes, rows."""

    ok: bool
    seconds: float
    computed: float
    load: float
    megabytes: float
    rows: int


def live(visitors: int, faults: str, begins: float = 0.0, hours: float = 24.0) -> Lived:
    """Live a day in a fresh process; raise CalledProcessError if it crashes."""
    words = [sys.executable, "-c", _ONE, str(visitors), faults, str(begins), str(hours)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=True, env={**os.environ})
    ok, seconds, computed, load, megabytes, rows = done.stdout.split()
    return Lived(ok == "True", float(seconds), float(computed), float(load), float(megabytes), int(rows))


def figures() -> tuple[Figure, ...]:
    """Measure a day of 620 visitors without faults and in a storm, and one of 5,000."""
    calm, storm, crowd = live(620, "none"), live(620, "storm"), live(5_000, "none")
    growth = crowd.computed / 5_000 / (calm.computed / 620)
    a_day = ("a day of real time", 86_400.0)
    return (
        figure("24 h, 620 visitors", calm.seconds, "s", a_day, Bar(most=30), _note(calm)),
        figure("24 h, 620 visitors, storm", storm.seconds, "s", a_day, Bar(most=90), _note(storm)),
        figure("24 h, 5,000 visitors", crowd.seconds, "s", a_day, Bar(most=240), _note(crowd)),
        figure("CPU a visitor, 5,000 against 620", growth, "×", ("1", 1.0), Bar(most=1.2)),
        figure("memory, storm", storm.megabytes, "MB", ("none", storm.megabytes), Bar(most=400)),
    )


def _note(lived: Lived) -> str:
    how = f"{lived.computed:.0f} s of CPU at load {lived.load:.1f}, {lived.megabytes:.0f} MB, {lived.rows} ledger rows"
    return f"{how}, {'every promise held' if lived.ok else 'A PROMISE BROKE'}"
