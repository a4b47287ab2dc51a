"""The power supply's driver against the simulated one and against NUT's own upsd with its dummy-ups."""

import asyncio
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.ports import free_port
from hallkit.transports.serve import serve as serve_at
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from kiosk.drivers.ups import Power, Ups, UpsCause, UpsSettings, UpsView
from simulators.ups import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
NUT = Path("/lib/nut")


class Rig:
    """A supply, its upsd, and the driver."""

    def __init__(self, clock: Clock, setup: str, settings: UpsSettings | None) -> None:
        self.clock = clock
        self.device = build(setup)
        self.sockets = Sockets()
        self.views: list[UpsView] = []
        self.serving: list[asyncio.Task[None]] = []
        self.plug_in()
        self.driver = Ups(
            lambda: open_stream("memory:upsd", self.sockets),
            clock,
            settings=settings,
            backoff=Backoff(random.Random(0), 0.5, 5.0),
            on_change=self.views.append,
        )

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("upsd", Cable(chunk=11)).on_accept = accept

    def powers(self) -> list[Power]:
        return [view.power for view in self.views]


def at_night(
    story: Callable[[Rig], Awaitable[None]], setup: str = "normal", settings: UpsSettings | None = None
) -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, setup, settings)
        running = asyncio.create_task(rig.driver.run())
        await clock.sleep(0.1)
        try:
            async with asyncio.timeout(20_000):
                await story(rig)
        finally:
            for task in (running, *rig.serving):
                task.cancel()
            await asyncio.gather(running, *rig.serving, return_exceptions=True)

    run_virtual(main, NIGHT)


def test_the_mains_fail_the_battery_empties_and_the_mains_come_back() -> None:
    async def story(rig: Rig) -> None:
        rig.device.change(on_battery=True, charge=60, runtime=700)
        await rig.clock.sleep(6)
        assert (rig.driver.view.charge, rig.driver.view.runtime) == (60, 700)
        assert rig.driver.view.takes_new_sessions
        rig.device.change(low=True, charge=9)
        await rig.clock.sleep(3)
        assert rig.driver.view.must_stop
        rig.device.change(on_battery=False)
        await rig.clock.sleep(3)
        assert rig.powers() == [Power.MAINS, Power.BATTERY, Power.LOW, Power.MAINS]

    at_night(story)


def test_charge_going_down_is_no_news() -> None:
    async def story(rig: Rig) -> None:
        for charge in range(80, 60, -1):
            rig.device.change(charge=charge)
            await rig.clock.sleep(2)
        assert rig.powers() == [Power.BATTERY]

    at_night(story, "on_battery")


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"silent": True}, UpsCause.SILENT),
        ({"garbled": True}, UpsCause.GARBLED),
        ({"refusal": "DATA-STALE"}, UpsCause.STALE),
        ({"refusal": "DRIVER-NOT-CONNECTED"}, UpsCause.NO_DRIVER),
        ({"refusal": "ACCESS-DENIED"}, UpsCause.REFUSED),
        ({"name": "other"}, UpsCause.NO_SUCH_UPS),
    ],
)
def test_why_nothing_is_known_has_a_name_and_passes(fields: dict[str, object], cause: UpsCause) -> None:
    async def story(rig: Rig) -> None:
        good = {name: getattr(rig.device, name) for name in fields}
        rig.device.change(**fields)
        await rig.clock.sleep(8)
        assert (rig.driver.view.cause, rig.driver.view.power) == (cause, Power.MAINS)
        assert not rig.driver.view.must_stop
        rig.device.change(**good)
        await rig.clock.sleep(8)
        assert rig.driver.view.cause is None

    at_night(story)


def test_silence_while_on_battery_means_to_stop() -> None:
    async def story(rig: Rig) -> None:
        rig.sockets.unplug("upsd")
        await rig.clock.sleep(1)
        assert rig.driver.view.cause is UpsCause.UNPLUGGED
        assert rig.driver.view.must_stop
        rig.plug_in()
        await rig.clock.sleep(6)
        assert not rig.driver.view.must_stop

    at_night(story, "on_battery")


def test_with_a_supply_that_tells_nobody_looks_on_its_own() -> None:
    async def story(rig: Rig) -> None:
        rig.device.on_news.append(rig.driver.stir)
        await rig.clock.sleep(3600)
        assert rig.device.asked == 1
        rig.device.change(on_battery=True)
        await rig.clock.sleep(0.1)
        assert rig.driver.view.power is Power.BATTERY
        assert rig.device.asked == 2

    at_night(story, settings=UpsSettings(look_every=None, on_battery_every=None))


async def test_a_supply_behind_a_real_socket_is_read() -> None:
    async with serve_at("tcp://127.0.0.1:0", lambda stream: serve(build("low"), stream)) as url:
        driver = Ups(lambda: open_stream(url), SystemClock())
        running = asyncio.create_task(driver.run())
        try:
            view = await asyncio.wait_for(driver.wait_for(lambda view: view.cause is None), 30)
            assert view == UpsView(None, Power.LOW, 8, 60)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def configure(folder: Path) -> tuple[int, Path]:
    """Write NUT's files; return the port of upsd and the file the supply is read from."""
    port = free_port()
    supply = folder / "kiosk.dev"
    supply.write_text("ups.status: OL\nbattery.charge: 100\nbattery.runtime: 1800\n", encoding="ascii")
    (folder / "ups.conf").write_text(f"[kiosk]\ndriver = dummy-ups\nport = {supply}\npollinterval = 1\n")
    (folder / "upsd.conf").write_text(f"LISTEN 127.0.0.1 {port}\n")
    (folder / "upsd.users").write_text("")
    for file in folder.iterdir():
        file.chmod(0o640 if file.name == "upsd.users" else 0o644)
    return port, supply


@asynccontextmanager
async def real_upsd(folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """Run upsd with a dummy-ups as NUT ships them; yield the URL and the file the supply is read from."""
    port, supply = configure(folder)
    environment = {**os.environ, "NUT_CONFPATH": str(folder), "NUT_STATEPATH": str(folder)}
    user = ["-u", "root"] if os.geteuid() == 0 else []
    programs = [
        await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in (
            [str(NUT / "dummy-ups"), "-D", *user, "-a", "kiosk"],
            [str(NUT / "upsd"), "-D", *user],
        )
    ]
    try:
        yield f"tcp://127.0.0.1:{port}", supply
    finally:
        for program in reversed(programs):
            program.terminate()
            await program.wait()


def require_nut() -> None:
    """Skip loudly, or fail where everything is required, if NUT is not installed."""
    if not (NUT / "upsd").exists() or not (NUT / "dummy-ups").exists():
        reason = "NUT IS NOT INSTALLED: the power supply is only tested against our simulator (apt install nut-server)"
        pytest.skip(reason)


async def test_nuts_own_server_and_supply_are_understood() -> None:
    require_nut()
    folder = Path(tempfile.mkdtemp(prefix="hall24-nut-", dir="/tmp"))
    try:
        async with real_upsd(folder) as (url, supply):
            driver = Ups(
                lambda: open_stream(url),
                SystemClock(),
                settings=UpsSettings(look_every=0.1, on_battery_every=0.1),
                backoff=Backoff(random.Random(0), 0.05, 0.2),
            )
            running = asyncio.create_task(driver.run())
            try:
                async with asyncio.timeout(60):
                    view = await driver.wait_for(lambda view: view.cause is None and view.power is Power.MAINS)
                    assert (view.charge, view.runtime) == (100, 1800)
                    supply.write_text("ups.status: OB LB DISCHRG\nbattery.charge: 9\nbattery.runtime: 50\n")
                    view = await driver.wait_for(lambda view: view.power is Power.LOW)
                    assert view.must_stop
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
    finally:
        shutil.rmtree(folder)
