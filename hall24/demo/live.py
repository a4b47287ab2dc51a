"""The live hall: broker, programs as processes, simulated hardware and people, for a while or until stopped."""

import asyncio
import random
import secrets
import sys
import time
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hall24.demo.clerks import Clerk, clerks
from hall24.demo.evidence import gather
from hall24.demo.guests import Guests
from hall24.demo.plan import Plan
from hall24.demo.programs import Program, ProgramError
from hall24.demo.visitors import Crowd
from hall24.demo.witness import MANAGER, Witness
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.inventory.grants import grants
from hallkit.inventory.start import broker_place
from hallkit.inventory.tls import client_tls, server_tls
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.link import LinkFactory
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import InlineWriter
from simulators.hall import Hardware, plug_in
from simulators.rating_pad import PadSetup, RatingPad

READY_PATIENCE = 30.0
DRAIN_PATIENCE = 20.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Live:
    """Everything of a running demonstration."""

    plan: Plan
    broker: OpenBroker
    hardware: Hardware
    programs: list[Program]
    witness: Witness
    pads: dict[int, RatingPad]
    clerks: dict[int, Clerk]
    chance: random.Random
    started: float = field(default_factory=time.monotonic)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def watch(self, name: str, work: Any) -> None:
        """Run a task of the hall's people or pads."""
        self.tasks.append(asyncio.create_task(work, name=name))

    def check(self) -> None:
        """Raise what a task of the hall died of."""
        for task in self.tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                task.result()


def programs(plan: Plan, *, kiosks: bool = True) -> list[Program]:
    """Return the hall's programs in the order they start; `kiosks` False: somebody else runs those."""
    wanted = [
        ("intake", ("intake_server",)),
        ("bridge", ("mqtt_bridge",)),
        ("queue-engine", ("queue_caller", "engine")),
        ("display", ("display_controller",)),
        ("voice", ("queue_caller", "voice")),
    ]
    machines = [one.name for one in plan.hall.of_kind("ticket-machine")]
    wanted += [(name, ("queue_caller", "ticket-machine", name, "--headless")) for name in machines]
    if kiosks:
        wanted += [(one.name, ("kiosk", one.name, "--headless")) for one in plan.hall.of_kind("kiosk")]
    log = plan.config.parent / "log"
    config = ("--config", str(plan.config))
    return [Program(name, ("-m", *arguments, *config), log / f"{name}.log") for name, arguments in wanted]


@asynccontextmanager
async def live_hall(
    plan: Plan, *, service_seconds: float = 4.0, kiosks: bool = True, pads: bool = True
) -> AsyncIterator[Live]:
    """Run a whole hall while the block runs; `kiosks`, `pads` False leave its kiosks, rating pads to the caller."""
    clock, chance = SystemClock(), random.Random(secrets.randbits(64))
    async with AsyncExitStack() as stack:
        port = broker_place(plan.hall)[1]
        rights, tls = grants(plan.hall), server_tls(plan.hall)
        serving = open_broker(plan.hall.broker.mode, rights, plan.hashes, port=port, is_separate=True, tls=tls)
        broker = await stack.enter_async_context(serving)
        hardware = await stack.enter_async_context(plug_in(plan.hall))
        links = mqtt_links(broker.host, broker.port, chance, client_tls(plan.hall))
        witness = Witness(plan.hall, plan.passwords[MANAGER], links, clock, chance)
        simulated = _rating_pads(plan, links, chance) if pads else {}
        people = clerks(plan.hall, _call_pads(plan, hardware), witness, clock, chance, service_seconds)
        live = Live(plan, broker, hardware, programs(plan, kiosks=kiosks), witness, simulated, people, chance)
        stack.push_async_callback(_stop, live)
        await _start(live)
        yield live


async def run_demo(
    plan: Plan, *, visitors: int, seconds: float | None, headless: bool, say: Say
) -> dict[str, Any] | None:
    """Run a demonstration: `seconds` long with a report at the end, or until cancelled."""
    async with live_hall(plan) as live:
        say(f"hall: {plan.web}   ({live.broker.kind} broker, {len(plan.hall.devices)} devices)")
        if not headless and sys.stdout.isatty():
            webbrowser.open(plan.web)
        guests = Guests(plan, live.hardware, live.witness, SystemClock())
        crowd = Crowd(plan.hall, live.witness, live.clerks, live.pads, guests.take_ticket, SystemClock(), live.chance)
        if visitors:
            for clerk in live.clerks.values():
                live.watch(f"clerk {clerk.window.number}", clerk.run())
        if seconds is None:
            await _keep_coming(live, crowd, visitors)
            return None
        await crowd.come(visitors, seconds * 0.5)
        await crowd.leave(seconds * 0.4)
        await _rest_of(live, seconds)
        live.check()
        return await gather(live.plan, live, crowd.tally)


async def _keep_coming(live: Live, crowd: Crowd, visitors: int) -> None:
    while True:
        if visitors:
            await crowd.come(visitors, 60.0)
        else:
            await asyncio.sleep(3600)
        live.check()


async def _rest_of(live: Live, seconds: float) -> None:
    left = live.started + seconds - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


async def _start(live: Live) -> None:
    for program in live.programs:
        await program.start()
        live.watch(f"keep {program.name}", program.keep())
    live.watch("witness", live.witness.device.run())
    for pad in live.pads.values():
        live.watch(pad.device.address.name, pad.run())
    try:
        async with asyncio.timeout(READY_PATIENCE):
            await live.witness.wait_for_the_hall()
    except TimeoutError as error:
        words = "\n".join(f"{program.name}: {program.last_words()}" for program in live.programs)
        raise ProgramError(f"the hall was not complete within {READY_PATIENCE:g} s\n{words}") from error
    live.check()
    live.started = time.monotonic()


async def _stop(live: Live) -> None:
    for program in reversed(live.programs):
        await program.stop()
    for task in reversed(live.tasks):
        task.cancel()
    await asyncio.gather(*live.tasks, return_exceptions=True)


def _rating_pads(plan: Plan, links: LinkFactory, chance: random.Random) -> dict[int, RatingPad]:
    found = {}
    zones = {zone.id: zone.name for zone in plan.hall.zones}
    for device in plan.hall.of_kind("rating-pad"):
        zone = device.zone or ""
        setup = PadSetup(device.window or 0, zone, zones.get(zone, ""), demo=plan.hall.hall.demo)
        found[setup.window] = RatingPad(
            plan.hall.address(device.name), plan.passwords[device.name], setup, links=links, clock=SystemClock(),
            chance=chance, database=open_database(plan.hall.hall.run / f"{device.name}.db"), writer=InlineWriter(),
        )  # fmt: skip
    return found


def _call_pads(plan: Plan, hardware: Hardware) -> dict[int, Any]:
    pads = [one for one in plan.hall.of_kind("call-pad") if one.gateway in hardware.pad_lines]
    return {
        one.window: hardware.pad_lines[one.gateway or ""].at(one.address or 0) for one in pads if one.window is not None
    }


def run_folder(base: Path) -> Path:
    """Return a demonstration's folder, emptied: every demonstration starts with a new hall."""
    if base.exists():
        for path in sorted(base.rglob("*"), reverse=True):
            path.unlink() if not path.is_dir() or path.is_symlink() else path.rmdir()
    base.mkdir(parents=True, exist_ok=True)
    return base
