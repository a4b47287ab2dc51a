"""The scenario `technician`: a blank board is flashed, provisioned, rates visits in a live hall, and is updated."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from contract.body import Fact
from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from contract.rating import RatingGiven
from contract.release import ReleaseTried
from firmware.flasher.app import flash as flashing
from firmware.flasher.app.flash import Way
from firmware.flasher.app.provision import Choice, Place, provision
from firmware.flasher.drivers import release
from firmware.flasher.drivers.authority_store import AuthorityStore
from firmware.updates.app.build import board_files, build
from firmware.updates.app.pages import Pages
from firmware.updates.app.service import UpdateService
from firmware.updates.core.rollout import Rollout, Stage
from firmware.updates.core.rollout_events import Plan as RolloutPlan
from firmware.updates.core.rollout_events import Rules, Target
from firmware.updates.drivers.release_store import ReleaseStore
from firmware.updates.drivers.signing_key import signing_key
from firmware.updates.drivers.tokens import Tokens
from hall24.demo.evidence import is_drained
from hall24.demo.live import Live, live_hall
from hall24.demo.plan import Plan
from hall24.demo.report import facts
from hall24.ota_desk import UpdateDesk
from hall24.provision import AUTHORITY, place_of
from hallkit.errors import HallkitError
from hallkit.inventory.start import Start
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.ports import free_port
from hallkit.transports.serve import serve as plug
from hallkit.web.server import serve
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators import esp32_rom
from simulators.esp32_rom import SimulatedEsp32
from simulators.raw_repl_board import SimulatedBoard, find_python

TECHNICIAN = "technician"
DESK = "updates-1"
MORE = f'\n[[devices]]\nkind = "update-desk"\nname = "{DESK}"\n'
"""What the hall's file has besides: the update service's desk."""
KIND, CHIP, NEW = "rating-pad", "linux", "9.9.0"
PATIENCE = 180.0
IMAGE_SIZE = 64_000
GRADE = 5
CLOCK = SystemClock()
Say = Callable[[str], None]


class Citizen:
    """Presses the board's keys and sees which screen it shows."""

    def __init__(self) -> None:
        self.screen = ""
        self.port = 0
        self._writer: asyncio.StreamWriter | None = None

    @asynccontextmanager
    async def there(self) -> AsyncIterator["Citizen"]:
        """Stand at the board while the block runs."""
        server = await asyncio.start_server(self._see, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            if self._writer is not None:
                self._writer.close()

    def press(self, key: int) -> None:
        """Press a key."""
        if self._writer is not None:
            self._writer.write(json.dumps(["key", key]).encode() + b"\n")

    async def _see(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while line := await reader.readline():
            self.screen = json.loads(line).get("screen", self.screen)
        writer.close()


class Shift:
    """A technician's work in one live hall."""

    def __init__(self, plan: Plan, live: Live, service: UpdateService, citizen: Citizen, say: Say) -> None:
        self._plan, self._live, self._service, self._citizen, self._say = plan, live, service, citizen, say
        self.pad = plan.hall.of_kind(KIND)[0]
        self.run = plan.hall.hall.run
        self.tickets: list[str] = []

    async def flash(self, board: SimulatedEsp32, port: str) -> int:
        """Put interpreter and programs on a blank board; return how many files."""
        head = bytes.fromhex("e9030220") + bytes(20)
        image = self.run / "interpreter.bin"
        image.write_bytes((head + random.Random(1).randbytes(IMAGE_SIZE))[:IMAGE_SIZE])
        interpreter = flashing.read(image, "esp32", hashlib.sha256(image.read_bytes()).hexdigest())

        def tap(step: str, _: float) -> None:
            if step == "tap RST":
                board.start()

        way = Way(by_hand=True, locks=self.run / "locks")
        return (await flashing.flash(port, interpreter, release.files(), way, tap)).files

    async def provision(self, port: str) -> None:
        """Give the board its place."""
        address = f"mqtt://{self._live.broker.host}:{self._live.broker.port}"
        place = place_of(self._plan.hall, self.pad.name, self._plan.passwords, address)
        more = {"panel_port": self._citizen.port, "chip": CHIP}
        store = AuthorityStore(self.run / AUTHORITY, self._plan.hall.hall.name, CLOCK.now)
        choice = Choice(locks=self.run / "locks")
        await provision(Place({**place.settings, **more}, place.files), port, store, CLOCK.now, choice)
        await until(lambda: self.pad.name in self._service.there, f"{self.pad.name} is online")

    async def visit(self, key: str) -> None:
        """Let one citizen be called, served, and rate it."""
        before = len(self.ratings())
        reply = await self._live.witness.device.ask(
            "queue", IssueTicket(services=("A",), channel=IssueChannel.TOUCH), key=key, patience=PATIENCE
        )
        assert isinstance(reply, TicketIssuedReply)
        self.tickets.append(reply.ticket)
        await until(lambda: self._window() == "free", "the window is free")
        for pressed, state in ((KeyCode.NEXT, "calling"), (KeyCode.START, "serving"), (KeyCode.FINISH, "free")):
            self._press(pressed)
            await until(lambda state=state: self._window() == state, f"the window is {state}")  # type: ignore[misc]
        await until(lambda: self._citizen.screen == "grades", "the board asks for a rating")
        self._citizen.press(GRADE)
        await until(lambda: len(self.ratings()) > before, "the hall store has the rating")
        self._say(f"{reply.ticket} rated its visit")

    def open_window(self) -> None:
        """Sit down at the window."""
        self._press(KeyCode.RESUME)

    async def update(self) -> Rollout:
        """Release a new version and wait until the rollout is over."""
        key = signing_key(self.run / AUTHORITY)
        build(self._service.store, key, KIND, CHIP, NEW, board_files(KIND, CHIP), CLOCK.now())
        rules = Rules(quiet="00:00-00:00", settle=0, patience=int(PATIENCE))
        target = Target(self.pad.name, self.pad.window)
        plan = RolloutPlan(name="shift", kind=KIND, chip=CHIP, version=NEW, targets=(target,), rules=rules)
        rollout = self._service.open(plan, TECHNICIAN)
        await until(lambda: rollout.finished or bool(rollout.stopped), "the rollout is over")
        return rollout

    def ratings(self) -> list[RatingGiven]:
        """Return the ratings the hall store has."""
        return [one for one in self.stored() if isinstance(one, RatingGiven)]

    def stored(self) -> list[Fact]:
        """Return every fact of the hall store."""
        return facts(self.run / "hall-store.db")

    def _window(self) -> str:
        boards = self._live.witness.boards.values()
        return next((one.state.value for board in boards for one in board.windows if one.window == self.pad.window), "")

    def _press(self, key: KeyCode) -> None:
        entry = next(one for one in self._plan.hall.of_kind("call-pad") if one.window == self.pad.window)
        self._live.hardware.pad_lines[entry.gateway or ""].at(entry.address or 0).press(key)


async def run_technician(plan: Plan, say: Say) -> dict[str, Any]:
    """Let a technician bring a blank board to work and update it; `ok` is true only if all of it held."""
    python = find_python()
    if python is None:
        raise HallkitError("no MicroPython: install it, or name its command in HALL24_MICROPYTHON")
    run, citizen = plan.hall.hall.run, Citizen()
    (run / "flash").mkdir()
    board = SimulatedEsp32(program=SimulatedBoard(run / "flash", python))
    board.hold_boot_and_reset()
    async with (
        live_hall(plan, pads=False) as live,
        citizen.there(),
        updates(plan, live) as service,
        plug(f"pty:{run / 'board'}", _on_line(board)),
    ):
        shift = Shift(plan, live, service, citizen, say)
        try:
            return await _shift(shift, board, str(run / "board"), say, plan)
        finally:
            await board.gone()


async def _shift(shift: Shift, board: SimulatedEsp32, port: str, say: Say, plan: Plan) -> dict[str, Any]:
    files = await shift.flash(board, port)
    say(f"flashed: {files} files")
    await shift.provision(port)
    say(f"{shift.pad.name} is at work")
    shift.open_window()
    for key in ("visit-1", "visit-2"):
        await shift.visit(key)
    rollout = await shift.update()
    say(f"updated to {NEW}" if not rollout.stopped else rollout.stopped)
    await shift.visit("visit-3")
    await until(lambda: is_drained(plan), "every outbox is drained")
    return _report(shift, rollout, files)


def _report(shift: Shift, rollout: Rollout, files: int) -> dict[str, Any]:
    place, ratings, stored = rollout.at(shift.pad.name), shift.ratings(), shift.stored()
    invariants = {
        "every_visit_was_rated_once": len(ratings) == len({one.rating for one in ratings}) == len(shift.tickets),
        "the_board_proved_the_release": place.stage is Stage.DONE,
        "the_rollout_finished": rollout.finished and not rollout.stopped,
        "the_release_was_tried_once": [one.version for one in stored if isinstance(one, ReleaseTried)] == [NEW],
        "the_board_is_in_the_register": (shift.run / AUTHORITY / "boards.json").exists(),
    }
    return {
        "ok": all(invariants.values()), "scenario": TECHNICIAN, "invariants": invariants, "board": shift.pad.name,
        "files": files, "tickets": shift.tickets, "ratings": len(ratings), "version": NEW, "why": place.why,
    }  # fmt: skip


@asynccontextmanager
async def updates(plan: Plan, live: Live) -> AsyncIterator[UpdateService]:
    """Run the hall's update service while entered."""
    folder, port = plan.hall.hall.run / "updates", free_port()
    key = signing_key(plan.hall.hall.run / AUTHORITY)
    service = UpdateService(folder, ReleaseStore(folder / "releases", (key.public_key(),)), CLOCK, b"demonstration")
    address, chance = f"http://127.0.0.1:{port}", random.Random(1)
    links = mqtt_links(live.broker.host, live.broker.port, chance)
    share = Start(plan.hall, plan.passwords, CLOCK, chance, links)
    desk = UpdateDesk(share, service, address, DESK)
    names = [one.name for one in plan.hall.of_kind(KIND)]
    pages = Pages(service, Tokens(folder, names), plan.hall.hall.name).app()
    work = (serve(pages, "127.0.0.1", port), service.run(), desk.run())
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield service
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        service.close()


def _on_line(board: SimulatedEsp32) -> Callable[[Any], Any]:
    async def serve_line(stream: Any) -> None:
        await esp32_rom.serve(board, stream)

    return serve_line


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Return once something is so; raise HallkitError naming it after a long while."""
    ends = CLOCK.monotonic() + PATIENCE
    while not is_so():
        if CLOCK.monotonic() > ends:
            raise HallkitError(f"not within {PATIENCE:g} s: {what}")
        await CLOCK.sleep(0.1)
