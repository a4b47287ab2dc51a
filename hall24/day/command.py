"""`hall24 day`."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hall24.day.fault_plan import FaultPlan
from hall24.day.options import DayOptions, Profile
from hall24.day.outcome import Outcome
from hall24.day.page import page_of
from hall24.day.report import read_plan, replay_command, report_of, to_json
from hall24.day.run import run_day
from hall24.day.shrink import shrink


def day(
    seed: Annotated[int, typer.Option(help="the same seed gives the same day")] = 1,
    visitors: Annotated[int, typer.Option(help="people a day", min=0)] = 620,
    faults: Annotated[Profile, typer.Option(help="how much breaks")] = Profile.NONE,
    storm: Annotated[bool, typer.Option("--storm", help="short for --faults storm")] = False,
    days: Annotated[int, typer.Option(help="days in a row", min=1)] = 1,
    begins: Annotated[float, typer.Option(help="hour of the first day at which people come", min=0, max=23.9)] = 0.0,
    hours: Annotated[float, typer.Option(help="hours people come, where it is one day", min=0.05, max=24)] = 24.0,
    report: Annotated[Path | None, typer.Option(help="write the report as JSON here")] = None,
    html: Annotated[Path | None, typer.Option(help="write charts and the replay of the hall's map here")] = None,
    fault_list: Annotated[Path | None, typer.Option(help="break exactly this, as a failed day wrote it")] = None,
    shrunk: Annotated[Path | None, typer.Option(help="on failure, find the fewest faults that still fail")] = None,
) -> None:
    """A whole hall's day in virtual time; exits 1 if an invariant broke."""
    options = DayOptions(seed, visitors, Profile.STORM if storm else faults, days, begins, hours)
    plan = read_plan(fault_list.read_bytes()) if fault_list is not None else None
    outcome = run_day(options, plan)
    found = report_of(outcome)
    if not outcome.ok and shrunk is not None:
        shortest = _shrunk(outcome)
        shrunk.write_bytes(msgspec.json.format(msgspec.json.encode(shortest)))
        found |= {"shortest": msgspec.to_builtins(shortest), "replay": replay_command(outcome, str(shrunk))}
    text = to_json(found)
    if report is not None:
        report.write_text(text, "utf-8")
    if html is not None:
        html.write_text(page_of(outcome), "utf-8")
    typer.echo(text, nl=False)
    raise typer.Exit(0 if outcome.ok else 1)


def _shrunk(outcome: Outcome) -> list[FaultPlan]:
    """Return the fewest faults with which the same promise is still broken."""
    name = next(iter(outcome.broken))
    return shrink(outcome.plan, lambda plan: name in run_day(outcome.options, plan).broken)
