"""The intake server: `python -m intake_server --config hall.toml`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hallkit.inventory.start import run_program
from intake_server.app.build import intake


def main(
    config: Annotated[Path, typer.Option(help="the hall's file")],
    log_level: str = "info",
    check: Annotated[bool, typer.Option(help="check the configuration and stop")] = False,
) -> None:
    sys.exit(run_program("intake", config, intake, log_level=log_level, check=check))


if __name__ == "__main__":
    typer.run(main)
