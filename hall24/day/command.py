"""`hall24 day`."""

from pathlib import Path
from typing import Annotated

import typer

from hall24.day.options import DayOptions, Profile
from hall24.day.report import report_of, to_json
from hall24.day.run import run_day


def day(
    seed: Annotated[int, typer.Option(help="the same seed gives the same day")] = 1,
    visitors: Annotated[int, typer.Option(help="people a day", min=0)] = 620,
    faults: Annotated[Profile, typer.Option(help="how much breaks")] = Profile.NONE,
    days: Annotated[int, typer.Option(help="days in a row", min=1)] = 1,
    begins: Annotated[float, typer.Option(help="hour of the first day at which people come", min=0, max=23)] = 0.0,
    hours: Annotated[float, typer.Option(help="hours people come, for less than a day", min=0.1, max=24)] = 24.0,
    report: Annotated[Path | None, typer.Option(help="write the report as JSON here")] = None,
) -> None:
    """A whole hall's day in virtual time; exits 1 if an invariant broke."""
    outcome = run_day(DayOptions(seed, visitors, faults, days, begins, min(hours, 24.0 - begins)))
    text = to_json(report_of(outcome))
    if report is not None:
        report.write_text(text, "utf-8")
    typer.echo(text, nl=False)
    raise typer.Exit(0 if outcome.ok else 1)
