"""A kiosk: `python -m kiosk kiosk-1 --config hall.toml`."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from hallkit.inventory.start import run_program
from kiosk.app.build import shown_kiosk

app = typer.Typer(add_completion=False)


@app.command()
def kiosk(
    name: Annotated[str, typer.Argument(help="the kiosk's name in the hall's file")],
    config: Annotated[Path, typer.Option(help="the hall's file")],
    window: Annotated[bool, typer.Option(help="in a window, not over the whole display")] = False,
    headless: Annotated[bool, typer.Option(help="without a display; the live page shows and presses it")] = False,
    log_level: str = "info",
    check: Annotated[bool, typer.Option(help="check the configuration and stop")] = False,
) -> None:
    """Run a kiosk."""
    build = partial(shown_kiosk, name=name, window=window, headless=headless)
    sys.exit(run_program(name, config, build, log_level=log_level, check=check))


if __name__ == "__main__":
    app()
