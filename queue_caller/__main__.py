"""The queue programs: `python -m queue_caller engine|ticket-machine|voice --config hall.toml`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hallkit.inventory.start import run_program
from queue_caller.app import build
from queue_caller.app.voices import voices

app = typer.Typer(no_args_is_help=True, add_completion=False)

Config = Annotated[Path, typer.Option(help="the hall's file")]
Check = Annotated[bool, typer.Option(help="check the configuration and stop")]


@app.command()
def engine(config: Config, log_level: str = "info", check: Check = False) -> None:
    """Run the queue engine."""
    sys.exit(run_program("queue-engine", config, build.engine, log_level=log_level, check=check))


@app.command()
def voice(config: Config, log_level: str = "info", check: Check = False) -> None:
    """Run the hall's voices."""
    sys.exit(run_program("voice", config, voices, log_level=log_level, check=check))


@app.callback()
def main() -> None:
    """The queue programs."""


if __name__ == "__main__":
    app()
