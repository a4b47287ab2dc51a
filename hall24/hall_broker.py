"""The broker of a real hall: its passwords made where missing, its rights taken from the hall's file."""

import asyncio
import random
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from hallkit.broker.choose import open_broker
from hallkit.broker.errors import BrokerError
from hallkit.broker.passwords import SALT_BYTES, hash_password
from hallkit.errors import ConfigError
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import ensure_secrets, users
from hallkit.inventory.start import FAILED, SECRETS, WRONG_CONFIGURATION
from hallkit.inventory.tls import server_tls
from hallkit.runtime.config import load


def broker(config: Annotated[Path, typer.Option(help="the hall's file")]) -> None:
    """Run the hall's broker; passwords that are missing are made first."""
    try:
        asyncio.run(_serve_until_told(load(config, Hall)))
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_CONFIGURATION) from error
    except BrokerError as error:
        typer.echo(f"broker: {error}", err=True)
        raise typer.Exit(FAILED) from error


async def _serve_until_told(hall: Hall) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    place = hall.broker
    serving = open_broker(
        place.mode, grants(hall), hashes(hall), host=place.host, port=place.port, is_separate=True, tls=server_tls(hall)
    )  # fmt: skip
    async with serving as opened:
        typer.echo(f"{opened.kind} broker of {hall.hall.name}: {opened.host}:{opened.port}")
        await told.wait()


def hashes(hall: Hall) -> Mapping[str, str]:
    """Return the password hash of every user of the hall, making and keeping the passwords that are missing."""
    chance = random.Random(secrets.randbits(128))
    known = ensure_secrets(hall.hall.run / SECRETS, users(hall), chance)
    return {name: hash_password(known[name].encode(), secrets.token_bytes(SALT_BYTES)) for name in users(hall)}
