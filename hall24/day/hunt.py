"""A hunt: stormy hours of many seeds, a process a core, each written down as it is over, so that it can go on later."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from types import FrameType

import msgspec

from hall24.day.options import DayOptions, Profile
from hall24.day.run import run_day
from hall24.day.shortest import Shortest, shortest

BEGINS = (8.5, 9.0, 10.0, 11.0, 13.0, 14.0, 16.2, 23.5, 0.0, 5.5)
"""Hours at which the hunted hours begin: seeds take turns, so that every time of the day comes."""

DAYS_A_PROCESS = 20
"""After that a fresh process goes on, so that no hour inherits anything of a thousand others."""

MOST_CPU = 600.0
"""Seconds of CPU an hour may take before it is called stuck."""

NOT_LIVED = "lived_to_the_end"
"""The promise broken by an hour that ends with an error of the simulation itself, or does not end."""


class Hunted(msgspec.Struct, frozen=True, kw_only=True):
    """One seed's hour, a line of the hunt's file: what it broke and the fewest faults for that."""

    seed: int
    begins: float
    hours: float
    visitors: int
    faults: Profile
    broken: dict[str, str]
    ledger: str = ""
    seconds: float = 0.0
    shortest: Shortest | None = None

    @property
    def options(self) -> DayOptions:
        """What was lived."""
        return hour_of(self.seed, self.hours, self.visitors, self.faults)


class StuckError(SystemExit):
    """An hour takes so much CPU that it will hardly end; no task's own handler may swallow this."""


def hour_of(seed: int, hours: float, visitors: int, faults: Profile = Profile.STORM) -> DayOptions:
    """Return what a seed lives in a hunt."""
    return DayOptions(seed, visitors, faults, begins=BEGINS[seed % len(BEGINS)], hours=hours)


def lived(path: Path) -> list[Hunted]:
    """Return what a hunt's file tells; a last line that was being written when the power went is left out."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=Hunted) for line in lines]


def hunt(options: Sequence[DayOptions], path: Path, shrink_seconds: float) -> Iterator[Hunted]:
    """Live every one of `options` that the file at `path` does not tell of yet; yield each once it is in the file."""
    done = {one.options: None for one in lived(path)}
    left = [one for one in options if one not in done]
    _mend(path)
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(os.cpu_count(), spawn, max_tasks_per_child=DAYS_A_PROCESS) as pool,
        path.open("ab") as file,
    ):
        for future in as_completed([pool.submit(live, one, shrink_seconds) for one in left]):
            found = future.result()
            file.write(msgspec.json.encode(found) + b"\n")
            file.flush()
            yield found


def live(options: DayOptions, shrink_seconds: float, most_cpu: float = MOST_CPU) -> Hunted:
    """Live one hour, and find the fewest faults if it breaks a promise; belongs in a process of its own."""
    signal.signal(signal.SIGPROF, _stuck)
    signal.setitimer(signal.ITIMER_PROF, most_cpu + 2 * shrink_seconds)
    try:
        return _live(options, shrink_seconds)
    except (Exception, StuckError) as error:
        return _told(options, {NOT_LIVED: f"{type(error).__name__}: {error}"})
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _live(options: DayOptions, shrink_seconds: float) -> Hunted:
    outcome = run_day(options)
    told = _told(options, outcome.broken, outcome.ledger, round(outcome.seconds, 2))
    if outcome.ok or not shrink_seconds:
        return told
    return msgspec.structs.replace(told, shortest=shortest(outcome, shrink_seconds))


def _told(options: DayOptions, broken: dict[str, str], ledger: str = "", seconds: float = 0.0) -> Hunted:
    return Hunted(
        seed=options.seed, begins=options.begins, hours=options.hours, visitors=options.visitors,
        faults=options.faults, broken=broken, ledger=ledger, seconds=seconds,
    )  # fmt: skip


def _mend(path: Path) -> None:
    """Cut a half-written last line off, so that the next one begins at the left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        data = path.read_bytes()
        path.write_bytes(data[: data.rfind(b"\n") + 1])


def _stuck(number: int, frame: FrameType | None) -> None:
    raise StuckError("takes so much CPU that it will hardly end")
