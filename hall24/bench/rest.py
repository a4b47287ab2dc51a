"""What the hall and its ticket machines cost while nobody is there."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle

START_PATIENCE = 60.0
SETTLE, WATCH = 15.0, 30.0
MACHINE = "ticket-machine"
MEGA = 1e6
KIOSK_MEMORY = 150
BARE = "import time; time.sleep(600)"


def figures() -> tuple[Figure, ...]:
    """Run a demonstration without visitors and measure all of its processes for half a minute."""
    run = Path(tempfile.mkdtemp(prefix="hall24-rest-"))
    demo = _start(run)
    try:
        time.sleep(SETTLE)
        family = [psutil.Process(demo.pid), *psutil.Process(demo.pid).children(recursive=True)]
        bare = _bare_memory()
        shares = used_shares(family, WATCH)
        memory = {one.pid: one.memory_full_info().pss / MEGA for one in family}
        resident = sum(one.memory_info().rss for one in family) / MEGA
        machines = [one for one in family if MACHINE in one.cmdline()]
        kiosks = [one for one in family if "kiosk" in one.cmdline()]
        found = _hall(shares, memory, bare, resident)
        sizes = {one.pid: one.memory_info().rss / MEGA for one in machines}
        own = {one.pid: one.memory_info().rss / MEGA for one in kiosks}
        return (*_machine(shares, sizes, bare), *_machine(shares, own, bare, "kiosk", KIOSK_MEMORY), *found)
    finally:
        demo.terminate()
        demo.wait(START_PATIENCE)
        shutil.rmtree(run, ignore_errors=True)


def used_shares(family: Sequence[psutil.Process], seconds: float) -> dict[int, float]:
    """Return each process's share of a core, in percent, over `seconds`."""
    before = {one.pid: _used(one) for one in family}
    start = time.perf_counter()
    time.sleep(seconds)
    passed = time.perf_counter() - start
    return {one.pid: 100 * (_used(one) - before[one.pid]) / passed for one in family}


def _used(one: psutil.Process) -> float:
    times = one.cpu_times()
    return float(times.user + times.system)


def _hall(shares: dict[int, float], memory: dict[int, float], bare: float, resident: float) -> list[Figure]:
    note = f"{len(shares)} processes; pages they share count once, else {resident:.0f} MB"
    return [
        figure(
            "demo hall at rest, processor", sum(shares.values()), "% of a core", ("one core", 100.0), Bar(most=10), note
        ),
        figure(
            "demo hall at rest, memory", sum(memory.values()), "MB",
            ("as many Pythons asleep", bare * len(memory)), Bar(most=600), note,
        ),
    ]  # fmt: skip


def _machine(
    shares: dict[int, float], sizes: dict[int, float], bare: float, name: str = "ticket machine", most: float = 120
) -> list[Figure]:
    if not sizes:
        raise BenchError(f"no {name} runs in the demonstration")
    note = f"{len(sizes)} machines without a display, the median one, its whole resident size"
    share, size = middle([shares[pid] for pid in sizes]), middle(list(sizes.values()))
    return [
        figure(f"{name} at rest, processor", share, "% of a core", ("one core", 100.0), Bar(most=2), note),
        figure(f"{name} at rest, memory", size, "MB", ("a Python asleep", bare), Bar(most=most), note),
    ]


def _start(run: Path) -> subprocess.Popen[str]:
    demo = subprocess.Popen(
        [sys.executable, "-m", "hall24", "demo", "--headless", "--visitors", "0", "--run", str(run / "hall")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_environment(),
    )  # fmt: skip
    assert demo.stdout is not None
    if "http" not in demo.stdout.readline():
        raise BenchError("the demonstration did not start; run hall24 demo --headless --visitors 0 to see why")
    return demo


def _environment() -> dict[str, Any]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}


def _bare_memory() -> float:
    """Return the resident size of a Python that does nothing, in MB."""
    with subprocess.Popen([sys.executable, "-c", BARE]) as bare:
        time.sleep(0.5)
        size = psutil.Process(bare.pid).memory_info().rss / MEGA
        bare.kill()
    return size
