"""A demonstration's folder: its hall file, secrets, broker rights and the ports it uses."""

import random
import secrets
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hall24.presets import ALWAYS, county_hall, one_window
from hallkit.broker.passwords import hash_password
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import ensure_secrets, users
from hallkit.inventory.start import SECRETS
from hallkit.runtime.config import parse
from hallkit.transports.ports import free_port

FEWER_ITERATIONS = 101
"""Of password hashing: a demonstration's broker listens on loopback and its passwords are 160 random bits."""


SHARED_PROCESSOR = 0.03
"""Seconds a simulated call pad may be late: it shares the processor with the hall, which a real one does not."""

PANEL_PORTS = 40
"""Consecutive ports for the panels of a demonstration."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a demonstration is started from."""

    hall: Hall
    config: Path
    passwords: Mapping[str, str]
    hashes: Mapping[str, str]
    web_port: int

    @property
    def web(self) -> str:
        """The address of the live page."""
        return f"http://127.0.0.1:{self.web_port}"


def make_plan(run: Path, preset: str = "county", web_port: int = 8024, broker: str = "auto", more: str = "") -> Plan:
    """Write the hall file, with `more` at its end, and secrets of a demonstration into `run`; return its plan."""
    run.mkdir(parents=True, exist_ok=True)
    port, web = free_port(1883), free_port(web_port)
    build = county_hall if preset == "county" else one_window
    text = build(port=port, run=str(run.resolve()), hours=ALWAYS, panels=free_base(PANEL_PORTS), kiosks=1)
    text = text.replace("[broker]\n", f'[broker]\nmode = "{broker}"\n').replace(
        "demo = true\n", f'demo = true\npublic_url = "http://127.0.0.1:{web}"\n'
    )
    text += _tables(web) + more
    config = run / "hall.toml"
    config.write_text(text, "utf-8")
    hall = parse(tomllib.loads(text), Hall)
    passwords = ensure_secrets(run / SECRETS, users(hall), random.Random(secrets.randbits(128)))
    return Plan(hall, config, passwords, _hashes(passwords), web)


def free_base(count: int) -> int:
    """Return the first of `count` consecutive ports that are free for TCP and UDP on loopback."""
    return next(base for base in range(24_000, 60_000, 200) if all(_is_free(base + place) for place in range(count)))


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _tables(port: int) -> str:
    return f"\n[intake]\nport = {port}\n\n[bridge]\npatience = {SHARED_PROCESSOR}\n"


def _hashes(passwords: Mapping[str, str]) -> dict[str, str]:
    return {
        user: hash_password(password.encode(), secrets.token_bytes(12), FEWER_ITERATIONS)
        for user, password in passwords.items()
    }  # fmt: skip
