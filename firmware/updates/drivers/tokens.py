"""Every device's secret for the update service, readable by its owner only."""

import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec

from firmware.updates.drivers import durable

FILE = "tokens.json"


class Tokens:
    """Made where missing; compared in constant time."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        path = folder / FILE
        known = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
        self._tokens = {**known, **{name: secrets.token_hex(20) for name in names if name not in known}}
        if self._tokens != known:
            durable.write(path, msgspec.json.format(msgspec.json.encode(self._tokens), indent=1) + b"\n", 0o600)

    def of(self, name: str) -> str:
        """Return a device's token; KeyError for a stranger."""
        return self._tokens[name]

    def holds(self, name: str, token: str) -> bool:
        """Return whether this is the device's token."""
        known = self._tokens.get(name, "")
        return hmac.compare_digest(known.encode(), token.encode()) and bool(known)
