"""The queue programs: `python -m queue_caller engine|ticket-machine|voice --config hall.toml`.

Each command loads its own program only: an engine needs half the memory of all of them.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from hallkit.inventory.start import run_program

app = typer.Typer(no_args_is_help=True, add_completion=False)

Config = Annotated[Path, typer.Option(help="the hall's file")]
Check = Annotated[bool, typer.Option(help="check the configuration and stop")]


@app.command()
def engine(config: Config, log_level: str = "info", check: Check = False) -> None:
    """Run the queue engine."""
    from queue_caller.app import build

    sys.exit(run_program("queue-engine", config, build.engine, log_level=log_level, check=check))


@app.command()
def voice(config: Config, log_level: str = "info", check: Check = False) -> None:
    """Run the hall's voices."""
    from queue_caller.app.voices import voices

    sys.exit(run_program("voice", config, voices, log_level=log_level, check=check))


@app.command("clerk-desk")
def clerk_desk_page(
    name: Annotated[str, typer.Argument(help="the desk's name in the hall's file")],
    config: Config,
    port: Annotated[int, typer.Option(help="port of the page; 0: 8100 and the window's number")] = 0,
    log_level: str = "info",
    check: Check = False,
) -> None:
    """Serve a window's keys on a page."""
    from queue_caller.app.clerk_desk import clerk_desk

    build_desk = partial(clerk_desk, name=name, port=port)
    sys.exit(run_program(name, config, build_desk, log_level=log_level, check=check))


@app.command("ticket-machine")
def ticket_machine(
    name: Annotated[str, typer.Argument(help="the machine's name in the hall's file")], config: Config,
    window: Annotated[bool, typer.Option(help="in a window, not over the whole display")] = False,
    headless: Annotated[bool, typer.Option(help="without a display; the live page shows and presses it")] = False,
    log_level: str = "info", check: Check = False,
) -> None:  # fmt: skip
    """Run a ticket machine."""
    from queue_caller.app.machine_build import shown_machine

    build_machine = partial(shown_machine, name=name, window=window, headless=headless)
    sys.exit(run_program(name, config, build_machine, log_level=log_level, check=check))


@app.callback()
def main() -> None:
    """The queue programs."""


if __name__ == "__main__":
    app()
