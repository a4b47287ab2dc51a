"""`hall24 provision`: gives a flashed board its place in the hall, or takes a lost one's certificate away."""

import asyncio
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firmware.artwork.pad_pictures import PadArtwork, pictures
from firmware.artwork.strip_file import pack
from firmware.flasher.app import provision as provisioning
from firmware.flasher.app.fleet import together
from firmware.flasher.app.provision import Choice, Place
from firmware.flasher.core import label, register, settings
from firmware.flasher.core.register import Entry
from firmware.flasher.drivers.authority_store import AuthorityStore
from firmware.flasher.errors import FlasherError, PlaceError
from firmware.updates.drivers.signing_key import signing_key, trusted
from hall24.board_label import put_out
from hall24.boards import Bars, tell_end, write_report
from hall24.intake_inventory import tell_intake
from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import ensure_secrets, read_secrets
from hallkit.inventory.start import SECRETS, broker_place
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import load

AUTHORITY = "authority"
CLOCK = SystemClock()


def provision(
    name: Annotated[str, typer.Argument(help="the device's name in the hall's file")],
    config: Annotated[Path, typer.Option(help="the hall's file")],
    port: Annotated[str, typer.Option(help="serial port of the flashed board")] = "",
    broker: Annotated[str, typer.Option(help="address boards reach: mqtt://host:port, mqtts://host:port")] = "",
    swap: Annotated[bool, typer.Option("--swap", help="this board takes the place of a dead one")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="drop facts this board kept at another place")] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="no board: end the certificate and password of a lost one")
    ] = False,
    server: Annotated[bool, typer.Option("--server", help="no board: certify the broker; NAME is its host")] = False,
    staff_names: Annotated[list[str] | None, typer.Option(help="masked names a pad must be able to show")] = None,
    printer: Annotated[str, typer.Option(help="URL of a receipt printer for the label")] = "",
    labels: Annotated[Path | None, typer.Option(help="folder for the label's picture; else the run folder")] = None,
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
) -> None:
    """Provision a board: identity, certificate, broker, window; read back, entered in the inventory, with a label."""
    hall, passwords = _read(config)
    console = Console(stderr=True)
    store = AuthorityStore(hall.hall.run / AUTHORITY, hall.hall.name, CLOCK.now)
    if revoke or server:
        sys.exit((_revoke if revoke else _certify)(console, hall, store, name))
    if not port:
        typer.echo("provision: --port is missing: which board is it?", err=True)
        sys.exit(2)
    try:
        place = place_of(hall, name, passwords, broker, tuple(staff_names or ()))
    except (FlasherError, HallkitError) as error:
        console.print(f"✗ {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    ended = asyncio.run(_provision(place, port, store, Choice(swap, forget), console))
    is_well = tell_end(console, ended, f"is {name} now; every file read back")
    write_report(report, ended)
    entry = ended[port]
    if isinstance(entry, Entry):
        is_well = _afterwards(console, hall, entry, printer, labels)
    sys.exit(0 if is_well else 1)


def _read(config: Path) -> tuple[Hall, Mapping[str, str]]:
    """Return the hall and its passwords; exit 2 for a configuration that is wrong."""
    try:
        hall = load(config, Hall)
        return hall, read_secrets(hall.hall.run / SECRETS)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


def place_of(hall: Hall, name: str, passwords: Mapping[str, str], broker: str, names: tuple[str, ...] = ()) -> Place:
    """Return what a board becomes; raise PlaceError if the hall has no such place."""
    host, port = broker_place(hall)
    device = hall.device.get(name)
    if device is not None and device.gateway is None and name not in passwords:
        raise PlaceError(f"{name} has no password yet: start the hall once after adding it to its file")
    address = broker or f"mqtt://{host}:{port}"
    signing_key(hall.hall.run / AUTHORITY)
    keys = [one.public_bytes_raw().hex() for one in trusted(hall.hall.run / AUTHORITY)]
    found = settings.of_device(hall, name, passwords.get(name, ""), address, version("hall24"), keys)
    return Place(found, _pictures(hall, found, names))


def _pictures(hall: Hall, found: dict[str, object], names: tuple[str, ...]) -> dict[str, bytes]:
    window = found.get("window")
    if found["kind"] != "rating-pad" or not isinstance(window, int):
        return {}
    zone = next((one.name for one in hall.zones if one.id == found.get("zone")), "")
    return {settings.STRIPS: pack(pictures(PadArtwork(window, zone, names=names, demo=hall.hall.demo)))}


async def _provision(
    place: Place, port: str, store: AuthorityStore, choice: Choice, console: Console
) -> dict[str, Entry | FlasherError]:
    with Bars(console) as bars:
        tell = bars.at(port)
        return await together({port: lambda: provisioning.provision(place, port, store, CLOCK.now, choice, tell)})


def _afterwards(console: Console, hall: Hall, entry: Entry, printer: str, labels: Path | None) -> bool:
    """Put out the label and tell the intake server; the board works already, so each failure is only told."""
    found = label.Label(
        title=hall.hall.title, hall=hall.hall.name, kind=entry.kind, name=entry.device, board=entry.board,
        serial=entry.serial, expires=entry.expires, window=entry.window,
    )  # fmt: skip
    is_well = True
    jobs: tuple[Callable[[], str], ...] = (
        partial(put_out, found, labels or hall.hall.run / "labels", printer),
        partial(tell_intake, hall, entry),
    )
    for work in jobs:
        try:
            console.print(f"  {work()}", highlight=False, markup=False, soft_wrap=True)
        except (FlasherError, HallkitError, OSError) as error:
            console.print(f"✗ {error}", style="red", highlight=False, markup=False, soft_wrap=True)
            is_well = False
    return is_well


def _certify(console: Console, hall: Hall, store: AuthorityStore, name: str) -> int:
    """Write the broker's certificate and key."""
    try:
        certificate, key = store.certify_server(name)
    except FlasherError as error:
        console.print(f"✗ {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    console.print(f"✓ {hall.hall.name}: {certificate}, {key}", highlight=False, markup=False, soft_wrap=True)
    return 0


def _revoke(console: Console, hall: Hall, store: AuthorityStore, name: str) -> int:
    """End a lost board's certificate and give its place a new password."""
    try:
        store.change(lambda entries: register.end(entries, name, CLOCK.now()))
    except FlasherError as error:
        console.print(f"✗ {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    _renew_password(hall.hall.run / SECRETS, name)
    console.print(
        f"✓ {name}: revoked in {store.revoked_path}; restart the broker: it then refuses certificate and password",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    return 0


def _renew_password(path: Path, name: str) -> None:
    kept = {user: password for user, password in read_secrets(path).items() if user != name}
    fresh = path.with_suffix(".kept")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(kept, file, indent=1)
    fresh.replace(path)
    ensure_secrets(path, (name,), random.SystemRandom())
