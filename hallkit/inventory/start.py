"""What every program of a hall starts with: the hall's file, its secrets, a clock, chance and links to the broker."""

import os
import random
import secrets
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import read_secrets
from hallkit.inventory.tls import client_tls
from hallkit.inventory.vouched import vouched
from hallkit.runtime import commit_points
from hallkit.runtime.clock import Clock, SystemClock
from hallkit.runtime.config import load
from hallkit.runtime.link import LinkFactory
from hallkit.runtime.log import set_up_logging
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.supervise import run_until_stopped

SECRETS = "secrets.json"
FAILED, WRONG_CONFIGURATION = 1, 2
TLS_PORT = 8883


@dataclass(frozen=True, slots=True)
class Start:
    """One program's share of its hall."""

    hall: Hall
    passwords: Mapping[str, str]
    clock: Clock
    chance: random.Random
    links: LinkFactory
    open_store: Callable[[Path], sqlite3.Connection] = open_database
    vouched: datetime | None = None

    def password(self, name: str) -> str:
        """Return a user's password; raise ConfigError if the hall has none for it."""
        if name not in self.passwords:
            raise ConfigError(f"{SECRETS}: no password for {name!r}; start the hall once to make it")
        return self.passwords[name]

    def database(self, name: str) -> sqlite3.Connection:
        """Open a program's own database in the hall's run folder."""
        return self.open_store(self.path(f"{name}.db"))

    def path(self, name: str) -> Path:
        """Return a path in the hall's run folder."""
        return self.hall.hall.run / name


def start(config: Path) -> Start:
    """Read the hall's file and secrets; raise ConfigError naming every fault."""
    hall = load(config, Hall)
    commit_points.arm(os.environ.get(commit_points.ORDER), demo=hall.hall.demo)
    chance = random.Random(secrets.randbits(128))
    host, port = broker_place(hall)
    passwords = read_secrets(hall.hall.run / SECRETS)
    links = mqtt_links(host, port, chance, client_tls(hall))
    return Start(hall, passwords, SystemClock(), chance, links, vouched=vouched(hall.hall.run))


def broker_place(hall: Hall) -> tuple[str, int]:
    """Return where clients of the hall connect."""
    if "://" not in hall.broker.mode:
        return hall.broker.host, hall.broker.port
    parts = urlsplit(hall.broker.mode)
    usual = TLS_PORT if parts.scheme == "mqtts" else hall.broker.port
    return parts.hostname or hall.broker.host, parts.port or usual


def run_program(
    name: str, config: Path, build: Callable[[Start], Callable[[], Awaitable[None]]], *, log_level: str = "info",
    check: bool = False,
) -> int:  # fmt: skip
    """Start a program and run it until it is told to stop; return its exit code (2: the configuration is wrong)."""
    set_up_logging(log_level, name)

    async def main() -> None:
        await build(start(config))()

    try:
        if check:
            start(config)
            return 0
        return run_until_stopped(main)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_CONFIGURATION
    except HallkitError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return FAILED
