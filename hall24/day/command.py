"""`hall24 day`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hall24.day.hunt import Hunted, hour_of, hunt, lived
from hall24.day.options import SPAN_DAY, DayOptions, Profile
from hall24.day.outcome import Outcome
from hall24.day.page import page_of
from hall24.day.report import read_plan, report_of, to_json
from hall24.day.run import run_day
from hall24.day.shortest import as_json, in_words, keep, shortest

HUNTED_HOURS = 1.0


def day(
    seed: Annotated[int, typer.Option(help="the same seed gives the same day")] = 1,
    visitors: Annotated[int, typer.Option(help="people a day", min=0)] = 620,
    faults: Annotated[Profile, typer.Option(help="how much breaks")] = Profile.NONE,
    storm: Annotated[bool, typer.Option("--storm", help="short for --faults storm")] = False,
    days: Annotated[int, typer.Option(help="days in a row", min=1)] = 1,
    begins: Annotated[float, typer.Option(help="hour of the first day at which people come", min=0, max=23.9)] = 0.0,
    hours: Annotated[
        float | None, typer.Option(help="hours people come, where it is one day (24; in a hunt 1)", min=0.05, max=24)
    ] = None,
    report: Annotated[Path | None, typer.Option(help="write the report as JSON here")] = None,
    html: Annotated[Path | None, typer.Option(help="write charts and the replay of the hall's map here")] = None,
    fault_list: Annotated[Path | None, typer.Option(help="break exactly this, as a failed day wrote it")] = None,
    shrunk: Annotated[
        Path | None, typer.Option(help="on failure, write the fewest faults that still fail here")
    ] = None,
    shrink_for: Annotated[float, typer.Option(help="on failure, look so many seconds for them", min=0)] = 120.0,
    hunt_for: Annotated[int, typer.Option("--hunt", help="live stormy hours of so many seeds instead", min=0)] = 0,
    first: Annotated[int, typer.Option("--from", help="first seed of a hunt")] = 1,
    found: Annotated[Path, typer.Option(help="where a hunt writes every seed down, and goes on from")] = Path(
        "run/hunt.jsonl"
    ),
) -> None:
    """A whole hall's day in virtual time; exits 1 if an invariant broke."""
    profile = Profile.STORM if storm or (hunt_for and faults is Profile.NONE) else faults
    if hunt_for:
        seeds = range(first, first + hunt_for)
        _end(
            _hunt([hour_of(one, hours or HUNTED_HOURS, visitors, profile) for one in seeds], found, shrink_for), report
        )
    options = DayOptions(seed, visitors, profile, days, begins, hours or SPAN_DAY)
    outcome = run_day(options, read_plan(fault_list.read_bytes()) if fault_list is not None else None)
    told = report_of(outcome)
    if not outcome.ok and shrink_for:
        told |= _shrink(outcome, shrunk or Path(f"run/day-{seed}-faults.json"), shrink_for)
    if html is not None:
        html.write_text(page_of(outcome), "utf-8")
    _end(told, report)


def _shrink(outcome: Outcome, path: Path, seconds: float) -> dict[str, Any]:
    """Say what it takes to see the failure again; return it for the report."""
    few = shortest(outcome, seconds)
    keep(few, path)
    typer.echo(in_words(outcome, few, path), err=True)
    return as_json(outcome, few, path)


def _hunt(options: list[DayOptions], path: Path, shrink_seconds: float) -> dict[str, Any]:
    """Hunt, say what is found at once, and return the report of all the file tells."""
    more = 0
    for one in hunt(options, path, shrink_seconds):
        more += 1
        if one.broken:
            typer.echo(_found(one), err=True)
        if more % 50 == 0:
            typer.echo(f"{more} hours lived", err=True)
    all_told = lived(path)
    broken = {str(one.seed): one.broken for one in all_told if one.broken}
    return {"ok": not broken, "lived": len(all_told), "now": more, "broken": broken, "written": str(path)}


def _found(one: Hunted) -> str:
    few = f"; {len(one.shortest.faults)} faults are enough" if one.shortest is not None else ""
    return f"seed {one.seed}, from {one.begins:g} o'clock: {one.broken}{few}"


def _end(told: dict[str, Any], report: Path | None) -> None:
    """Write the report and exit as it says."""
    text = to_json(told)
    if report is not None:
        report.write_text(text, "utf-8")
    typer.echo(text, nl=False)
    raise typer.Exit(0 if told["ok"] else 1)
