"""A real queue engine, as a process on a broker, updated to a release that is good and to one that says nothing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from firmware.updates.app.build import build, program_files
from firmware.updates.app.program_update import ProgramUpdate
from firmware.updates.drivers.release_store import Release, ReleaseStore
from firmware.updates.drivers.signing_key import signing_key
from firmware.updates.drivers.slot_folders import SlotFolders
from hall24.demo.plan import Plan, make_plan
from hall24.demo.programs import Program
from hall24.ota_programs import ENGINE, HallProgram, Restart, seen
from hallkit.broker.choose import open_broker
from hallkit.inventory.grants import grants
from hallkit.inventory.start import Start, broker_place
from hallkit.runtime.clock import SHANGHAI, SystemClock
from hallkit.runtime.mqtt_link import mqtt_links

ROOT = Path(__file__).parents[3]
PACKAGES = ("contract", "hallkit", "queue_caller")
MUTE = b'"""Starts and never says a word."""\nimport time\n\ntime.sleep(3600)\n'
KIOSK, ALL_DAY = "kiosk-1", "00:00-00:00"
TICKET = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)


def releases(folder: Path) -> tuple[Release, Release, Release]:
    """Return the release that runs, a good newer one, and one whose engine never comes up."""
    key = signing_key(folder / "authority")
    store, now = ReleaseStore(folder / "releases", (key.public_key(),)), datetime.now(SHANGHAI)

    def made(version: str, **changed: bytes) -> Release:
        files = program_files(ROOT, version, PACKAGES)
        return build(store, key, ENGINE, "host", version, {**files, **changed}, now)

    return made("0.1.1"), made("0.2.0"), made("0.3.0", **{"queue_caller/__main__.py": MUTE})


@asynccontextmanager
async def hall(folder: Path, slots: SlotFolders) -> AsyncIterator[tuple[Plan, HallProgram]]:
    """Run a broker and the engine from its slots while entered; a kiosk's identity looks on."""
    plan = make_plan(folder / "run", "one", broker="embedded")
    host, port = broker_place(plan.hall)
    engine = Program(ENGINE, ("-m", "queue_caller", "engine", "--config", str(plan.config)), folder / "engine.log")

    async def restart() -> None:
        await engine.stop()
        engine.folder = slots.current
        await engine.start()

    async with open_broker("embedded", grants(plan.hall), plan.hashes, port=port):
        links = mqtt_links(host, port, random.Random(1))
        share = Start(plan.hall, plan.passwords, SystemClock(), random.Random(2), links)
        try:
            await restart()
            async with _seen(share, restart) as program:
                yield plan, program
        finally:
            await engine.stop()
            print(engine.last_words())


def _seen(share: Start, restart: Restart):  # type: ignore[no-untyped-def]
    return seen(share, ENGINE, KIOSK, restart)


async def ticket(program: HallProgram, key: str) -> str:
    reply = await program.desk.ask("queue", TICKET, key=key, patience=60)
    assert isinstance(reply, TicketIssuedReply)
    return reply.ticket


async def online(program: HallProgram, version: str) -> None:
    async with asyncio.timeout(60):
        while not program.is_online_as(version):  # noqa: ASYNC110 - another process starts
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.timeout(300)
async def test_a_good_engine_is_kept_and_a_mute_one_leaves_by_itself(tmp_path: Path) -> None:
    old, good, mute = releases(tmp_path)
    slots, said = SlotFolders(tmp_path / "slots"), []
    slots.install(old)
    slots.point_to("0.1.1")
    async with hall(tmp_path, slots) as (_, program):
        update = ProgramUpdate(ENGINE, slots, program, SystemClock(), said.append)
        await online(program, "0.1.1")
        first = await ticket(program, "first")
        assert await update.update(good, ALL_DAY, 120), said
        assert program.is_online_as("0.2.0")
        second = await ticket(program, "second")
        assert not await update.update(mute, ALL_DAY, 5), said
        await online(program, "0.2.0")
        assert len({first, second, await ticket(program, "third")}) == 3
        assert await ticket(program, "first") == first
    assert slots.version == "0.2.0"
    assert [(one.version, one.end) for one in slots.history()] == [("0.2.0", "kept"), ("0.3.0", "left")]
    assert "it was not online as 0.3.0" in slots.history()[1].why
    assert "goes away for 0.3.0" in "".join(said)
