"""The figures as a table, as JSON and as docs/benchmarks.md."""

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from hall24.bench.figure import Figure, shown
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.runtime.clock import SHANGHAI

PAGE = Path("docs/benchmarks.md")
CPU_INFO = Path("/proc/cpuinfo")
QUIET = 2.5
"""A load average above which figures say more about the neighbours than about us."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures were taken."""

    processor: str
    cores: int
    system: str
    python: str
    sqlite: str
    mosquitto: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One benchmark's figures, when they were taken and the load average before and after."""

    name: str
    at: str
    load: tuple[float, float]
    figures: tuple[Figure, ...]


def this_machine() -> Machine:
    """Return what the figures depend on."""
    return Machine(
        processor=_processor(), cores=os.cpu_count() or 1, system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(), sqlite=sqlite3.sqlite_version, mosquitto=find_mosquitto() is not None,
    )  # fmt: skip


def now_text() -> str:
    """Return the time to a minute."""
    return datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def as_json(machine: Machine, measured: Sequence[Measured], failed: Mapping[str, str]) -> dict[str, Any]:
    """Return the report; `ok` comes first and is true only if every bar was met and nothing failed."""
    figures = [one for bench in measured for one in bench.figures]
    return {
        "ok": not failed and all(one.ok for one in figures),
        "machine": asdict(machine),
        "benchmarks": [asdict(one) for one in measured],
        "failed": dict(failed),
    }


def as_table(measured: Sequence[Measured]) -> Table:
    """Return the figures for a terminal."""
    table = Table("figure", "value", "limit in the same run", "ratio", "bar", "")
    for one in (figure for bench in measured for figure in bench.figures):
        table.add_row(one.name, _value(one), _limit(one), shown(one.ratio), one.bar, "ok" if one.ok else "MISSED")
    return table


def as_page(machine: Machine, measured: Sequence[Measured], failed: Mapping[str, str]) -> str:
    """Return docs/benchmarks.md."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `hall24 bench --docs`. Every figure is held against a limit measured in the same run, in rounds",
        "that alternate with it, and is the median of the rounds unless it names a quantile. Nothing here is a test:",
        "figures depend on the machine and on who else uses it.",
        "",
        f"Machine: {machine.processor}, {machine.cores} cores, {machine.system}, Python {machine.python},",
        f"SQLite {machine.sqlite}, mosquitto {'present' if machine.mosquitto else 'absent'}. The load average before",
        f"and after each benchmark is in the last table; above {QUIET} other work took part of the processor.",
        "",
        "| Figure | Value | Limit in the same run | Ratio | Bar | |",
        "|---|---|---|---|---|---|",
    ]
    for one in (figure for bench in measured for figure in bench.figures):
        mark = "met" if one.ok else "**missed**"
        lines.append(f"| {one.name} | {_value(one)} | {_limit(one)} | {shown(one.ratio)} | {one.bar} | {mark} |")
    lines += [f"| {name} | – | – | – | – | could not be measured: {why} |" for name, why in failed.items()]
    lines += ["", "| Benchmark | Taken | Load before | Load after | Notes |", "|---|---|---|---|---|"]
    for bench in measured:
        notes = "; ".join(dict.fromkeys(one.note for one in bench.figures if one.note))
        lines.append(f"| {bench.name} | {bench.at} | {bench.load[0]:.1f} | {bench.load[1]:.1f} | {notes} |")
    return "\n".join(lines) + "\n"


def _value(one: Figure) -> str:
    return f"{shown(one.value)} {one.unit}".strip()


def _limit(one: Figure) -> str:
    return f"{one.limit_name}: {shown(one.limit)} {one.unit}".strip()


def _processor() -> str:
    if CPU_INFO.exists():
        for line in CPU_INFO.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
