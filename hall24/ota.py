"""`hall24 ota`: releases, rollouts, the service that serves them, and the hall's own programs."""

import asyncio
import json
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from firmware.updates.app import build as building
from firmware.updates.app.pages import Pages
from firmware.updates.app.program_update import GATE_SECONDS, ProgramUpdate
from firmware.updates.app.service import ORDERS, UpdateService, kept_rollouts
from firmware.updates.core.manifest import HOST_CHIP
from firmware.updates.core.rollout import Rollout, Stage, begin
from firmware.updates.core.rollout_events import Plan, Rules, Target
from firmware.updates.drivers import durable
from firmware.updates.drivers.order_box import Order, OrderBox
from firmware.updates.drivers.release_store import Release, ReleaseStore, Withdrawal
from firmware.updates.drivers.signing_key import signing_key, trusted
from firmware.updates.drivers.slot_folders import SlotFolders
from firmware.updates.drivers.tokens import Tokens
from firmware.updates.errors import RolloutError, UpdatesError
from hall24.ota_desk import UPDATE_DESK, UpdateDesk
from hall24.ota_programs import by_command, desk_of, seen
from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import start
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import load
from hallkit.runtime.supervise import run_jobs, run_until_stopped
from hallkit.web.server import serve as serve_pages

AUTHORITY, UPDATES, RELEASES, PROGRAMS, SECRET = "authority", "updates", "releases", "programs", "download.secret"
WORDS = ("pause", "resume", "stop")
BOARD_KINDS = ("rating-pad", "call-pad", "window-display", "sensor")
CLOCK = SystemClock()
Config = Annotated[Path, typer.Option(help="the hall's file")]
Kind = Annotated[str, typer.Argument(help="a device's kind as in the hall's file, or a program's name")]
Chip = Annotated[str, typer.Option(help=f"{', '.join(building.HALS)}; {HOST_CHIP} for a program")]
Version = Annotated[str, typer.Argument(help="the release's version")]

ota = typer.Typer(no_args_is_help=True, add_completion=False, help="Releases of firmware and programs, and rollouts.")


def told(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command end with one sentence and 1, or 2 where the hall's file is wrong."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except ConfigError as error:
            typer.echo(str(error), err=True)
            sys.exit(2)
        except (UpdatesError, HallkitError) as error:
            typer.echo(f"ota: {error}", err=True)
            sys.exit(1)

    return run


@ota.command()
@told
def release(
    kind: Kind, version: Version, config: Config, chip: Chip = "esp32",
    source: Annotated[Path, typer.Option(help="where a program's packages stand")] = Path(),
    days: Annotated[int, typer.Option(help="days within which it may be installed", min=1, max=3650)] = building.DAYS,
    allow_from: Annotated[int | None, typer.Option(help="permit going back to it from this counter")] = None,
) -> None:  # fmt: skip
    """Build and sign a release with the hall's own key."""
    run = load(config, Hall).hall.run
    key = signing_key(run / AUTHORITY)
    is_program = building.is_program(chip)
    files = building.program_files(source.resolve(), version) if is_program else building.board_files(kind, chip)
    made = building.build(
        _store(run), key, kind, chip, version, files, CLOCK.now(), days=days, allows_from=allow_from
    )  # fmt: skip
    typer.echo(f"{_name(made)}: release {made.manifest.counter}, {len(made.manifest.files)} files, in {made.folder}")


@ota.command("list")
@told
def list_releases(config: Config) -> None:
    """List releases, and the rollouts there were."""
    run = load(config, Hall).hall.run
    table = Table("kind", "chip", "version", "release", "files", "may be installed")
    for one in _store(run).releases():
        found = one.manifest
        may = f"withdrawn: {one.withdrawn.why}" if one.withdrawn else "yes"
        table.add_row(found.kind, found.chip, found.version, str(found.counter), str(len(found.files)), may)
    Console().print(table)
    for one_rollout in kept_rollouts(run / UPDATES):
        typer.echo(describe(one_rollout))


@ota.command()
@told
def verify(kind: Kind, version: Version, config: Config, chip: Chip = "esp32") -> None:
    """Read every file of a release and compare it with its signed manifest."""
    found = _store(load(config, Hall).hall.run).verify(kind, chip, version)
    typer.echo(f"{_name(found)}: signature and {len(found.manifest.files)} files are in order")


@ota.command()
@told
def withdraw(
    kind: Kind, version: Version, config: Config, why: Annotated[str, typer.Option(help="for the audit")],
    chip: Chip = "esp32",
) -> None:  # fmt: skip
    """Let nobody install a release any more; a rollout of it stops."""
    _store(load(config, Hall).hall.run).withdraw(kind, chip, version, Withdrawal(CLOCK.now(), why))
    typer.echo(f"{kind} {version} for {chip}: withdrawn")


@ota.command()
@told
def rollout(
    name: Annotated[str, typer.Argument(help="a name for this rollout")], kind: Kind, version: Version, config: Config,
    chip: Chip = "esp32",
    canary: Annotated[list[str] | None, typer.Option(help="devices that go first; else the first one")] = None,
    waves: Annotated[str, typer.Option(help="sizes of the waves after the canary")] = "10,50,200",
    quiet: Annotated[str, typer.Option(help="hours in which devices may be updated")] = "22:00-06:00",
    stop_at: Annotated[float, typer.Option(help="share of failures at which it stops", min=0.001, max=1)] = 0.05,
    settle: Annotated[int, typer.Option(help="seconds between waves", min=0)] = 600,
    patience: Annotated[int, typer.Option(help="seconds a device has", min=60)] = 1800,
    blind: Annotated[bool, typer.Option("--blind", help="also where no board says who is being served")] = False,
) -> None:  # fmt: skip
    """Plan a rollout; the service takes it up within half a minute, or when it is started."""
    hall = load(config, Hall)
    targets = tuple(Target(one.name, one.window) for one in hall.of_kind(kind))
    sizes = tuple(int(one) for one in waves.split(",") if one.strip().isdigit())
    rules = Rules(
        canary=tuple(canary or ()), waves=sizes, quiet=quiet, stop_at=stop_at, settle=settle, patience=patience,
        blind=blind,
    )  # fmt: skip
    plan = Plan(name=name, kind=kind, chip=chip, version=version, targets=targets, rules=rules)
    made = begin(plan)
    store = _store(hall.hall.run)
    store.verify(kind, chip, version)
    store.usable(kind, chip, version)
    if any(one.plan.name == name for one in kept_rollouts(hall.hall.run / UPDATES)):
        raise RolloutError(f"{name} is taken: give this rollout another name")
    _box(hall.hall.run).put(Order(name, "begin", getuser(), plan))
    typer.echo(describe(made))


@ota.command()
@told
def order(
    name: Annotated[str, typer.Argument(help="the rollout")],
    word: Annotated[str, typer.Argument(help="pause, resume or stop")],
    config: Config,
) -> None:
    """Pause, resume or stop a rollout; the service obeys within half a minute, or when it is started."""
    run = load(config, Hall).hall.run
    if word not in WORDS or name not in [one.plan.name for one in kept_rollouts(run / UPDATES)]:
        raise RolloutError(f"there is no rollout {name!r}, or {word!r} is none of {', '.join(WORDS)}")
    _box(run).put(Order(name, word, getuser()))
    typer.echo(f"{name}: {word}")


@ota.command()
@told
def serve(
    config: Config,
    address: Annotated[str, typer.Option(help="http address under which devices reach this machine")],
    port: Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)] = 8090,
    host: Annotated[str, typer.Option(help="address to listen on")] = "0.0.0.0",
    alone: Annotated[bool, typer.Option("--alone", help="no broker: devices poll, nobody is told")] = False,
) -> None:
    """Serve releases and carry rollouts out until stopped; from any laptop on the hall's network."""
    hall = load(config, Hall)
    boards = [one.name for one in hall.devices if one.kind in BOARD_KINDS]
    service = _service(hall.hall.run)
    pages = Pages(service, Tokens(hall.hall.run / UPDATES, boards), hall.hall.name, address.rstrip("/")).app()
    jobs: list[Any] = [("pages", lambda: serve_pages(pages, host, port)), ("rollouts", service.run)]
    if not alone:
        share = start(config)
        desk = UpdateDesk(share, service, address.rstrip("/"), _desk(share.hall))
        jobs.append(("desk", desk.run))
    typer.echo(f"updates for {hall.hall.name} on port {port}; {len(service.rollouts)} rollouts; Ctrl-C ends")
    try:
        code = run_until_stopped(lambda: run_jobs(jobs))
    finally:
        service.close()
    sys.exit(code)


@ota.command()
@told
def programs(
    name: Annotated[str, typer.Argument(help="the program: queue-engine, or a device's name in the hall's file")],
    version: Annotated[str, typer.Argument(help="the release; `recover` finishes what was broken off")],
    config: Config,
    restart: Annotated[str, typer.Option(help="command that restarts it: systemctl restart hall24-engine")],
    folder: Annotated[Path | None, typer.Option(help="folder of release folders, else run/programs")] = None,
    quiet: Annotated[str, typer.Option(help="hours in which it may be updated")] = "22:00-06:00",
    gate: Annotated[int, typer.Option(help="seconds it has to prove itself", min=5, max=3600)] = GATE_SECONDS,
) -> None:
    """Update one of the hall's programs on this machine; it proves itself or the one before runs again."""
    share = start(config)
    store = _store(share.hall.hall.run)
    slots = SlotFolders((folder or share.hall.hall.run / PROGRAMS) / name)

    async def work() -> bool:
        async with seen(share, name, desk_of(share, name), by_command(restart)) as program:
            update = ProgramUpdate(name, slots, program, share.clock, typer.echo)
            if version == "recover":
                return await update.recover() is not False
            return await update.update(store.verify(name, HOST_CHIP, version), quiet, gate)

    sys.exit(0 if asyncio.run(work()) else 1)


@ota.command()
@told
def report(config: Config, path: Annotated[Path, typer.Argument(help="where to write it")]) -> None:
    """Write every rollout as JSON: each device's stage and why; `ok` only if none failed and none was stopped."""
    found = [as_json(one) for one in kept_rollouts(load(config, Hall).hall.run / UPDATES)]
    whole = {"ok": all(one["ok"] for one in found), "rollouts": found}
    durable.write(path.resolve(), json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n")


def describe(found: Rollout) -> str:
    """Return one line about a rollout."""
    counts = ", ".join(f"{len(found.of(stage))} {stage.value}" for stage in Stage if found.of(stage))
    state = (found.stopped and f"stopped: {found.stopped}") or ("finished" if found.finished else "open")
    return f"{found.plan.name}: {found.plan.kind} {found.plan.version}, {counts}; {'paused' if found.paused else state}"


def as_json(found: Rollout) -> dict[str, Any]:
    """Return a rollout for a report."""
    places = {
        name: {"stage": one.stage.value, "wave": one.wave, "window": one.target.window, "why": one.why}
        for name, one in found.places.items()
    }
    is_well = not found.stopped and not found.of(Stage.FAILED)
    plan = msgspec.to_builtins(found.plan)
    return {"ok": is_well, "finished": found.finished, "stopped": found.stopped, "plan": plan, "devices": places}


def _store(run: Path) -> ReleaseStore:
    signing = run / AUTHORITY
    if not (signing / "release.trusted").exists():
        signing_key(signing)
    return ReleaseStore(run / UPDATES / RELEASES, trusted(signing))


def _service(run: Path) -> UpdateService:
    path = run / UPDATES / SECRET
    if not path.exists():
        durable.write(path, secrets.token_bytes(32), 0o600)
    return UpdateService(run / UPDATES, _store(run), CLOCK, path.read_bytes())


def _box(run: Path) -> OrderBox:
    return OrderBox(run / UPDATES / ORDERS)


def _desk(hall: Hall) -> str:
    found = hall.of_kind(UPDATE_DESK)
    if not found:
        raise RolloutError(f"devices: no {UPDATE_DESK}; add one to the hall's file, or serve with --alone")
    return found[0].name


def _name(found: Release) -> str:
    return f"{found.manifest.kind} {found.manifest.version} for {found.manifest.chip}"
