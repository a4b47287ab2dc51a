"""An update service on a port of its own, a release in it, and devices that poll it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware.updates.app.build import build
from firmware.updates.app.pages import Pages
from firmware.updates.app.service import UpdateService
from firmware.updates.core.rollout_events import Plan, Rules, Target
from firmware.updates.drivers.release_store import Release, ReleaseStore
from firmware.updates.drivers.signing_key import signing_key, trusted
from firmware.updates.drivers.tokens import Tokens
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.transports.ports import free_port
from hallkit.web.server import serve
from simulators.update_client import UpdateClient, request

FILES = {"main.mpy": b"main" * 5_000, "h24/outbox.mpy": b"outbox" * 100, "empty.txt": b""}
NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI)
KIND, CHIP, NEW, OLD = "rating-pad", "esp32", "0.2.0", "0.1.0"
NAMES = ("pad-01", "pad-02", "pad-03", "pad-04")


class NightClock(SystemClock):
    """A clock that always shows the same night."""

    def now(self) -> datetime:
        return NIGHT


@dataclass
class UpdateRig:
    """Everything of the service."""

    folder: Path
    service: UpdateService
    tokens: Tokens
    address: str

    def client(self, name: str, gate: Callable[[str], Awaitable[bool]]) -> UpdateClient:
        place = self.folder / "devices" / name
        place.mkdir(parents=True, exist_ok=True)
        (key,) = trusted(self.folder / "authority")
        base = f"{self.address}/demo/controller/v1/{name}"
        return UpdateClient(place, base, self.tokens.of(name), key.public_bytes_raw(), KIND, CHIP, gate)


def store(folder: Path) -> ReleaseStore:
    key = signing_key(folder / "authority")
    return ReleaseStore(folder / "releases", (key.public_key(),))


def release(folder: Path, version: str = NEW, files: dict[str, bytes] = FILES) -> Release:
    return build(store(folder), signing_key(folder / "authority"), KIND, CHIP, version, files, NIGHT)


def plan(name: str = "r1", **rules: object) -> Plan:
    careful = Rules(**{"canary": NAMES[:1], "waves": (10,), "settle": 0, "blind": True, **rules})  # type: ignore[arg-type]
    targets = tuple(Target(one, number) for number, one in enumerate(NAMES, 1))
    return Plan(name=name, kind=KIND, chip=CHIP, version=NEW, targets=targets, rules=careful)


@asynccontextmanager
async def serving(folder: Path, clock: Clock | None = None) -> AsyncIterator[UpdateRig]:
    """Run the service while entered; what it knows lies in the folder."""
    service = UpdateService(folder, store(folder), clock or NightClock(), b"secret")
    tokens, port = Tokens(folder, NAMES), free_port()
    app = Pages(service, tokens, "demo").app()
    running = asyncio.create_task(serve(app, "127.0.0.1", port))
    try:
        address = f"http://127.0.0.1:{port}"
        await _answers(address)
        yield UpdateRig(folder, service, tokens, address)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        service.close()


async def _answers(address: str) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await request("GET", f"{address}/", b"", {})
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return


async def good(_: str) -> bool:
    return True


async def bad(_: str) -> bool:
    return False
