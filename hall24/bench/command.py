"""`hall24 bench`."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hall24.bench import (
    applying,
    firmware,
    following,
    history,
    ingest,
    issuing,
    pad,
    panels,
    rest,
    screens,
    searching,
    ticket,
    touching,
    updating,
)
from hall24.bench.figure import Figure
from hall24.bench.report import PAGE, Measured, as_json, as_page, as_table, now_text, this_machine
from hall24.day import bench as day

Bench = Callable[[], tuple[Figure, ...]]

BENCHES: dict[str, Bench] = {
    "ticket": ticket.figures,
    "issue": issuing.figures,
    "history": history.figures,
    "panels": panels.figures,
    "scroll": screens.scroll_figures,
    "stream": screens.stream_figures,
    "ingest": ingest.figures,
    "rest": rest.figures,
    "search": searching.figures,
    "kiosk": touching.figures,
    "cases": applying.figures,
    "progress": following.figures,
    "firmware": firmware.figures,
    "pad": pad.figures,
    "ota": updating.figures,
    "day": day.figures,
}


def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"some of: {', '.join(BENCHES)}; none means all")] = None,
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
    docs: Annotated[bool, typer.Option(help=f"write {PAGE}")] = False,
) -> None:
    """Measure the hall's figures, each as a ratio to a limit measured in the same run."""
    wanted = names or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        typer.echo(f"bench: no benchmark {', '.join(unknown)}; use some of {', '.join(BENCHES)}", err=True)
        sys.exit(2)
    console = Console(stderr=True)
    measured, failed = run(wanted, console)
    found = as_json(this_machine(), measured, failed)
    Console().print(as_table(measured))
    for name, why in failed.items():
        console.print(f"{name}: {why}")
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if docs:
        PAGE.write_text(as_page(this_machine(), measured, failed), "utf-8")
    sys.exit(0 if found["ok"] else 1)


def run(names: Sequence[str], console: Console) -> tuple[list[Measured], dict[str, str]]:
    """Run benchmarks one after the other; return their figures, and why those failed that did."""
    measured: list[Measured] = []
    failed: dict[str, str] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for name in names:
            task = progress.add_task(name)
            before = os.getloadavg()[0]
            try:
                figures = BENCHES[name]()
            except Exception as error:
                failed[name] = str(error) or type(error).__name__
            else:
                measured.append(Measured(name, now_text(), (before, os.getloadavg()[0]), figures))
            progress.remove_task(task)
    return measured, failed
