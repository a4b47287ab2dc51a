"""A rating pad's firmware updated by the update service over broker and HTTP: kept, and left by itself."""

import asyncio
import random
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pad_bench
import pytest
import slot_bench
from hall_bench import CLOCK, BoardHall, grants, until

from contract.board import HallMode, WindowOnBoard, WindowState, ZoneBoard
from firmware.updates.app.build import build
from firmware.updates.app.pages import Pages
from firmware.updates.app.service import UpdateService
from firmware.updates.core.rollout import Rollout, Stage
from firmware.updates.core.rollout_events import Plan, Rules, Target
from firmware.updates.drivers.release_store import ReleaseStore
from firmware.updates.drivers.signing_key import signing_key
from firmware.updates.drivers.tokens import Tokens
from hall24.ota_desk import UpdateDesk
from hall24.presets import one_window
from hallkit.broker.choose import open_broker
from hallkit.broker.passwords import hash_password
from hallkit.inventory.grants import grants as rights_of
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start
from hallkit.runtime.config import parse
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.ports import free_port
from hallkit.web.server import serve

DESK = "updates-1"
HALL = parse(tomllib.loads(one_window() + f'\n[[devices]]\nkind = "update-desk"\nname = "{DESK}"\n'), Hall)
PAD = HALL.of_kind("rating-pad")[0]
ADDRESS = HALL.address(PAD.name)
KIND, CHIP, NEW = "rating-pad", "sim", "0.2.0"
pytestmark = [pytest.mark.network]


@dataclass
class Service:
    """The update service, the board's hall, and where releases are."""

    folder: Path
    hall: BoardHall
    updates: UpdateService

    def release(self, files: dict[str, bytes], *, blind: bool = True) -> Rollout:
        """Release files as the new version and begin a rollout to the one pad."""
        build(self.updates.store, signing_key(self.folder), KIND, CHIP, NEW, files, CLOCK.now())
        rules = Rules(quiet="00:00-00:00", settle=0, blind=blind, patience=300)
        target = (Target(PAD.name, PAD.window),)
        return self.updates.open(Plan(name="r", kind=KIND, chip=CHIP, version=NEW, targets=target, rules=rules), "t")

    def settings(self, board: Path) -> dict[str, object]:
        """Lay the old release out on a board; return its settings."""
        (board / "pad.strips").write_bytes(pad_bench.strips())
        slot_bench.lay_out(board, slot_bench.programs("cpython"))
        key = signing_key(self.folder).public_key().public_bytes_raw().hex()
        return {
            "hall": "demo", "kind": KIND, "name": PAD.name, "password": "secret", "version": "0.1.0", "chip": CHIP,
            "window": 1, "zone": "A", "strips": str(board / "pad.strips"), "release_keys": [key],
            "broker_host": "127.0.0.1", "broker_port": self.hall.broker.port,
        }  # fmt: skip


@asynccontextmanager
async def a_service(folder: Path) -> AsyncIterator[Service]:
    """Run broker, store, engine and update service while entered."""
    rights = [*grants(ADDRESS), next(one for one in rights_of(HALL) if one.user == DESK)]
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in rights}
    key, port = signing_key(folder), free_port()
    async with open_broker("embedded", rights, hashes) as broker:
        updates = UpdateService(folder, ReleaseStore(folder / "releases", (key.public_key(),)), CLOCK, b"secret")
        links = mqtt_links(broker.host, broker.port, random.Random(5))
        share = Start(HALL, {DESK: "secret"}, CLOCK, random.Random(6), links)
        desk, hall = UpdateDesk(share, updates, f"http://127.0.0.1:{port}", DESK), BoardHall(broker, ADDRESS)
        pages = Pages(updates, Tokens(folder, (PAD.name,)), "demo").app()
        work = (serve(pages, "127.0.0.1", port), updates.run(), desk.run(), hall.engine.run(), hall.keeper.run())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            yield Service(folder, hall, updates)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            updates.close()


def board_of(state: WindowState) -> ZoneBoard:
    """Return a zone's board that shows the pad's window in a state."""
    now = CLOCK.now()
    window = WindowOnBoard(window=PAD.window or 0, state=state)
    return ZoneBoard(
        zone="A", business_day=now.date(), as_of=now, mode=HallMode.OPEN, windows=(window,), queues=(), calls=()
    )  # fmt: skip


async def test_nothing_is_offered_until_a_board_shows_that_nobody_is_served(tmp_path: Path) -> None:
    async with a_service(tmp_path) as service:
        updates, hall = service.updates, service.hall
        await until(lambda: hall.engine.link.is_up)
        updates.there = frozenset({PAD.name})
        rollout = service.release({"main.mpy": b"main"}, blind=False)
        updates.look()
        assert not rollout.of(Stage.OFFERED)
        hall.show(board_of(WindowState.SERVING))
        await until(lambda: updates.windows == {PAD.window})
        updates.look()
        assert not rollout.of(Stage.OFFERED)
        hall.show(board_of(WindowState.FREE))
        await until(lambda: bool(rollout.of(Stage.OFFERED)))
        hall.show(board_of(WindowState.CALLING))
        await until(lambda: bool(rollout.of(Stage.WAITING)))


COMMAND = [sys.executable, "-B", str(slot_bench.START)]


@pytest.mark.slow
async def test_a_pad_is_told_fetches_proves_its_release_and_the_service_knows(tmp_path: Path) -> None:
    board = tmp_path / "board"
    board.mkdir()
    async with (
        a_service(tmp_path / "updates") as service,
        slot_bench.kept(COMMAND, board, **service.settings(board)),
    ):
        await until(lambda: PAD.name in service.updates.there)
        rollout = service.release(slot_bench.programs("cpython"))
        await until(lambda: rollout.finished or bool(rollout.stopped))
        assert not rollout.stopped
        assert service.hall.states[-1].version == NEW


@pytest.mark.slow
async def test_a_release_that_does_not_even_start_is_left_and_stops_the_rollout(tmp_path: Path) -> None:
    board = tmp_path / "board"
    board.mkdir()
    broken = {**slot_bench.programs("cpython"), "main.py": b"raise ValueError('no good')\n"}
    async with (
        a_service(tmp_path / "updates") as service,
        slot_bench.kept(COMMAND, board, **service.settings(board)),
    ):
        await until(lambda: PAD.name in service.updates.there)
        rollout = service.release(broken)
        await until(lambda: bool(rollout.stopped))
        assert rollout.at(PAD.name).why == "started again with 0.1.0"
        assert service.hall.states[-1].version == "0.1.0"
