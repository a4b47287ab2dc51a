"""The queue engine of a live hall updated to another release: one that is good, one that says nothing."""

import random
from datetime import datetime
from pathlib import Path

import pytest
from hall_rig import Rig, open_rig, until

from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from firmware.updates.app.build import build, program_files
from firmware.updates.app.program_update import ProgramUpdate
from firmware.updates.drivers.release_store import Release, ReleaseStore
from firmware.updates.drivers.signing_key import signing_key
from firmware.updates.drivers.slot_folders import SlotFolders
from hall24.ota_programs import ENGINE, seen
from hallkit.inventory.start import Start
from hallkit.inventory.tls import client_tls
from hallkit.runtime.clock import SHANGHAI, SystemClock
from hallkit.runtime.mqtt_link import mqtt_links

ROOT = Path(__file__).parents[2]
PACKAGES = ("contract", "hallkit", "queue_caller")
BROKEN = b'"""Starts and never says a word."""\nimport time\n\ntime.sleep(3600)\n'


def releases(folder: Path) -> tuple[Release, Release, Release]:
    """Return the release that runs, a good newer one, and one whose engine never comes up."""
    key = signing_key(folder / "authority")
    store = ReleaseStore(folder / "releases", (key.public_key(),))
    now = datetime.now(SHANGHAI)

    def made(version: str, **changed: bytes) -> Release:
        files = program_files(ROOT, version, PACKAGES)
        return build(store, key, ENGINE, "host", version, {**files, **changed}, now)

    return made("0.1.1"), made("0.2.0"), made("0.3.0", **{"queue_caller/__main__.py": BROKEN})


def share(rig: Rig) -> Start:
    """Return what a desk of the hall starts with."""
    broker, chance = rig.live.broker, random.Random(1)
    links = mqtt_links(broker.host, broker.port, chance, client_tls(rig.plan.hall))
    return Start(rig.plan.hall, rig.plan.passwords, SystemClock(), chance, links)


async def issue(rig: Rig, key: str) -> str:
    reply = await rig.ask(IssueTicket(services=("A",), channel=IssueChannel.TOUCH), key)
    assert isinstance(reply, TicketIssuedReply)
    return reply.ticket


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_an_engine_is_updated_between_two_tickets_and_a_bad_release_leaves_by_itself(folder: Path) -> None:
    old, good, bad = releases(folder)
    slots, said = SlotFolders(folder / "slots" / ENGINE), []
    slots.install(old)
    slots.point_to("0.1.1")
    async with open_rig(folder, "one_window", "embedded") as rig:
        engine, desk = rig.program(ENGINE), rig.plan.hall.of_kind("kiosk")[0].name
        await rig.program(desk).stop()

        async def restart() -> None:
            await engine.stop()
            engine.folder = slots.current
            await engine.start()

        await restart()
        async with seen(share(rig), ENGINE, desk, restart) as program:
            update = ProgramUpdate(ENGINE, slots, program, SystemClock(), said.append)
            first = await issue(rig, "first")
            assert await update.update(good, "00:00-00:00", 120), said
            second = await issue(rig, "second")
            assert first != second
            assert (await program.evidence()).version == slots.version == "0.2.0"
            assert not await update.update(bad, "00:00-00:00", 5), said
            await until(lambda: program.is_online_as("0.2.0"), "the engine is back with its old release")
            assert slots.version == "0.2.0"
            assert len({first, second, await issue(rig, "third")}) == 3
            assert await issue(rig, "first") == first
        assert [(one.version, one.end) for one in slots.history()] == [("0.2.0", "kept"), ("0.3.0", "left")]
        assert "was not online as 0.3.0" in slots.history()[1].why
