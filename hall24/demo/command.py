"""`hall24 demo`."""

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from hall24.demo.live import Say, run_demo, run_folder
from hall24.demo.night_run import NIGHT, run_night
from hall24.demo.plan import Plan, make_plan
from hall24.demo.technician import MORE, TECHNICIAN, run_technician
from hall24.demo.walks import ALL, WALKS, chosen
from hallkit.errors import ConfigError, HallkitError
from hallkit.runtime.log import set_up_logging


class Work(Protocol):
    """A demonstration or scenario."""

    def __call__(self, plan: Plan, *, say: Say) -> Coroutine[Any, Any, dict[str, Any] | None]:
        """Run it; return its report, if it has one."""


async def _until_stopped(work: Coroutine[Any, Any, dict[str, Any] | None]) -> dict[str, Any] | None:
    """Return what `work` returns, or None when told to stop (SIGINT, SIGTERM): every program is ended either way."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


def demo(
    headless: Annotated[bool, typer.Option(help="open no browser")] = False,
    visitors: Annotated[int, typer.Option(help="simulated visitors a minute (with --seconds: in all)", min=0)] = 40,
    seconds: Annotated[float | None, typer.Option(help="end by itself after so long", min=1)] = None,
    broker: Annotated[str, typer.Option(help="auto, embedded, mosquitto or an mqtt:// URL")] = "auto",
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
    run: Annotated[Path, typer.Option(help="folder of this demonstration, emptied at the start")] = Path("run/demo"),
    preset: Annotated[str, typer.Option(help="county (26 windows) or one (one window)")] = "county",
    scenario: Annotated[str, typer.Option(help="night-application, or technician: a blank board at work")] = "",
    walk: Annotated[str, typer.Option(help=f"of that scenario: {', '.join(WALKS)}, or {ALL}")] = "resident",
    log_level: str = "warning",
) -> None:
    """Run the whole hall live: every program, simulated hardware and people, and its page in the browser."""
    set_up_logging(log_level, "demo")
    if scenario not in ("", NIGHT, TECHNICIAN):
        raise typer.BadParameter(f"there are {NIGHT} and {TECHNICIAN}", param_hint="--scenario")
    if walk != ALL and walk not in WALKS:
        raise typer.BadParameter(f"there are {', '.join(WALKS)} and {ALL}", param_hint="--walk")
    try:
        plan = make_plan(run_folder(run), preset, broker=broker, more=MORE if scenario == TECHNICIAN else "")
        night, hall = (
            partial(run_night, walks=chosen(walk)),
            partial(run_demo, visitors=visitors, seconds=seconds, headless=headless),
        )
        works: dict[str, Work] = {NIGHT: night, TECHNICIAN: run_technician, "": hall}
        work = works[scenario](plan, say=typer.echo)
        found = asyncio.run(_until_stopped(work))
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except HallkitError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    if found is not None:
        text = json.dumps(found, ensure_ascii=False, indent=1)
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_text(text + "\n", "utf-8")
        typer.echo(text)
        sys.exit(0 if found["ok"] else 1)
