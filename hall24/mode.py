"""`hall24 mode`: open, close, or evacuate a hall by hand, from the manager's desk."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from contract.board import HallMode
from contract.body import Reply
from contract.queue_requests import QueueRefused, SetMode
from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.start import Start, start
from hallkit.runtime.device import Device

TIMETABLE = "timetable"
PATIENCE = 10.0


def mode(
    to: Annotated[str, typer.Argument(help="open, closing, unattended, emergency, or timetable to follow the hours")],
    config: Annotated[Path, typer.Option(help="the hall's file")],
) -> None:
    """Set the hall's mode: `emergency` stops tickets, and every screen and voice tells people to leave."""
    try:
        wanted = None if to == TIMETABLE else HallMode(to)
    except ValueError:
        typer.echo(f"mode: {to!r} is none of {', '.join(one.value for one in HallMode)}, {TIMETABLE}", err=True)
        sys.exit(2)
    try:
        reply = asyncio.run(set_mode(start(config), wanted))
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except HallkitError as error:
        typer.echo(f"mode: {error}; is the hall's broker and queue engine running?", err=True)
        sys.exit(1)
    if isinstance(reply, QueueRefused):
        typer.echo(f"mode: the queue engine refused: {reply.code.value}", err=True)
        sys.exit(1)
    typer.echo(f"the hall is now {to}")


async def set_mode(share: Start, wanted: HallMode | None) -> Reply:
    """Return the engine's answer; raise ConfigError without a manager's desk, NoAnswerError without an engine."""
    desks = share.hall.of_kind("manager-desk")
    if not desks:
        raise ConfigError("devices: no manager-desk; add one to set the hall's mode from")
    name = desks[0].name
    desk = Device(
        share.hall.address(name), share.password(name), links=share.links, clock=share.clock, chance=share.chance
    )
    running = asyncio.ensure_future(desk.run())
    try:
        return await desk.ask("queue", SetMode(mode=wanted), patience=PATIENCE)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
