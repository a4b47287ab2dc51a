"""What a board has to know: its name, place and broker, as `/settings.json`."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from firmware.flasher.errors import PlaceError
from hallkit.inventory.schema import Hall

KINDS = ("rating-pad", "call-pad", "window-display", "sensor")
"""Devices that are boards with the hall's own firmware."""
FILE, BOARD_ID, STRIPS = "/settings.json", "/board.id", "/pad.strips"
AUTHORITY, CERTIFICATE, KEY = "/tls/authority.der", "/tls/device.der", "/tls/key.der"
PLAIN, SECURE = 1883, 8883


def broker(address: str) -> dict[str, Any]:
    """Return the settings of a broker by address, `mqtt://host:port` or `mqtts://host:port`; PlaceError for others."""
    parts = urlsplit(address)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise PlaceError(f"{address!r} is no broker's address: write mqtt://host:port, or mqtts:// with certificates")
    is_secure = parts.scheme == "mqtts"
    found: dict[str, Any] = {
        "broker_host": parts.hostname,
        "broker_port": parts.port or (SECURE if is_secure else PLAIN),
    }
    if is_secure:
        files = {"authority": AUTHORITY, "certificate": CERTIFICATE, "key": KEY}
        found["tls"] = {"server_name": parts.hostname, **files}
    return found


def of_device(
    hall: Hall, name: str, password: str, address: str, version: str, release_keys: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a board's settings, `release_keys` those whose releases it trusts, in hexadecimal.

    Raise PlaceError if the hall's file has no such board.
    """
    device = hall.device.get(name)
    if device is None or device.kind not in KINDS:
        names = ", ".join(one.name for one in hall.devices if one.kind in KINDS) or "none"
        raise PlaceError(f"the hall's file has no board called {name!r}; its boards are: {names}")
    found: dict[str, Any] = {"hall": hall.hall.name, "kind": device.kind, "name": name, "password": password}
    found |= {"version": version, "root": "", **broker(address)}
    for key in ("window", "zone", "address"):
        if getattr(device, key) is not None:
            found[key] = getattr(device, key)
    if release_keys:
        found["release_keys"] = list(release_keys)
    if device.kind == "rating-pad":
        found["strips"] = STRIPS
    return found


def encode(settings: dict[str, Any]) -> bytes:
    """Return the file."""
    return json.dumps(settings, ensure_ascii=False, indent=1).encode() + b"\n"
