"""`hall24 clock`: an operator vouches for this machine's clock, after it once was far ahead."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.inventory.vouched import vouch, vouched
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import load


def clock(
    config: Annotated[Path, typer.Option(help="the hall's file")],
    right: Annotated[bool, typer.Option("--right", help="say that the time shown is right")] = False,
) -> None:
    """Show this machine's time; `--right`: programs started again in the next 30 days believe it.

    Needed once after a program ran with a clock more than 30 days ahead: what it wrote down then says that it is later
    than it is, so it gives no tickets. Compare the time shown with a watch first.
    """
    try:
        run = load(config, Hall).hall.run
        before = vouched(run)
        now = SystemClock().now()
        if right:
            vouch(run, now)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(f"clock: {error}; run it as the hall's user", err=True)
        sys.exit(1)
    typer.echo(f"this machine says {now:%Y-%m-%d %H:%M:%S} in Shanghai")
    if right:
        typer.echo("noted that this is right; start the hall's programs on this machine again")
    else:
        typer.echo(f"last vouched for: {before:%Y-%m-%d %H:%M:%S}" if before else "nobody vouched for it yet")
