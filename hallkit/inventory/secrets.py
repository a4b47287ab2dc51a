"""Passwords of a hall's users: made once, kept in one file only its owner can read."""

import json
import os
import random
from collections.abc import Iterable, Mapping
from pathlib import Path

from hallkit.errors import ConfigError
from hallkit.inventory.schema import SERVICES, Hall

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def users(hall: Hall) -> tuple[str, ...]:
    """Return every user of a hall: its services and each device with a connection of its own."""
    return SERVICES + tuple(device.name for device in hall.devices if device.gateway is None)


def ensure_secrets(path: Path, names: Iterable[str], chance: random.Random) -> Mapping[str, str]:
    """Return a password for every name, making the missing ones; the file is readable by its owner only."""
    known = dict(read_secrets(path)) if path.exists() else {}
    missing = [name for name in names if name not in known]
    for name in missing:
        known[name] = "".join(chance.choice(_LETTERS) for _ in range(32))
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file, indent=1)
        fresh.replace(path)
    return known


def read_secrets(path: Path) -> Mapping[str, str]:
    """Return the passwords in a file; raise ConfigError if it cannot be read."""
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}; start the hall once to make it, or copy it from the hall") from error
    return found
