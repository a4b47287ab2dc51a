"""Releases built on the host: a board's programs as bytecode, or the hall's own programs as they stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware.bytecode import APPS, CompileError, programs
from firmware.updates.core import manifest as manifests
from firmware.updates.core.manifest import HOST_CHIP, Manifest
from firmware.updates.drivers.release_store import Release, ReleaseStore
from firmware.updates.errors import ReleaseError

HALS = {"esp32": "esp32", "rp2": "rp2", "sim": "sim", "linux": "sim"}
"""The hardware module of each chip, named as a board's settings or MicroPython's `sys.platform` name it."""
PACKAGES = (
    "contract", "hallkit", "kiosk", "queue_caller", "display_controller", "mqtt_bridge", "intake_server", "hall24",
    "simulators", "firmware",
)  # fmt: skip
SKIPPED = ("__pycache__", ".mypy_cache", ".ruff_cache")
VERSION_FILE = "RELEASE"
"""A program's own word on which release it is: `hallkit.runtime.release` reads it."""
DAYS = 90


def board_files(kind: str, chip: str) -> dict[str, bytes]:
    """Return the programs of one kind of board on a chip, compiled; raise ReleaseError where that fails."""
    if chip not in HALS or kind not in APPS:
        raise ReleaseError(f"{kind} on {chip}: kinds are {', '.join(APPS)}; chips are {', '.join(HALS)}")
    try:
        return programs(kind, HALS[chip])
    except CompileError as error:
        raise ReleaseError(f"the programs cannot be compiled: {error}") from error


def program_files(root: Path, version: str, packages: Iterable[str] = PACKAGES) -> dict[str, bytes]:
    """Return the hall's own programs below `root`, with the file that names their release."""
    found = {VERSION_FILE: version.encode() + b"\n"}
    for package in packages:
        paths = sorted((root / package).rglob("*"))
        found |= {one.relative_to(root).as_posix(): one.read_bytes() for one in paths if _belongs(one)}
    if len(found) == 1:
        raise ReleaseError(f"{root} holds none of {', '.join(PACKAGES)}: name the folder of the programs")
    return found


def build(
    store: ReleaseStore, key: Ed25519PrivateKey, kind: str, chip: str, version: str, files: Mapping[str, bytes],
    now: datetime, *, days: int = DAYS, allows_from: int | None = None,
) -> Release:  # fmt: skip
    """Sign a release of `files` with the next counter of its kind and chip, and put it into the store."""
    known = [one.manifest for one in store.releases(kind, chip)]
    made = Manifest(
        kind=kind, chip=chip, version=version, counter=manifests.next_counter(known),
        until=int((now + timedelta(days=days)).timestamp()), files=manifests.files_of(files), allows_from=allows_from,
    )  # fmt: skip
    return store.add(made, files, key)


def is_program(chip: str) -> bool:
    """Return whether a release is for the hall's own machines."""
    return chip == HOST_CHIP


def _belongs(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc" and not {*path.parts} & {*SKIPPED}
