"""Serial ports under names that stay: by the socket a board is plugged into, whatever order boards come up in."""

import os
from dataclasses import dataclass
from pathlib import Path

BY_PATH = Path("/dev/serial/by-path")


@dataclass(frozen=True, slots=True)
class Port:
    """A port's lasting name and the device behind it now."""

    name: str
    device: str


def found(folder: Path = BY_PATH) -> list[Port]:
    """Return the ports that are plugged in, in the order of their lasting names; empty without such a folder."""
    if not folder.is_dir():
        return []
    return [Port(str(one), os.path.realpath(one)) for one in sorted(folder.iterdir())]


def lasting(port: str, folder: Path = BY_PATH) -> str:
    """Return the lasting name of a port; itself if it has none."""
    device = os.path.realpath(port)
    return next((one.name for one in found(folder) if one.device == device), port)
