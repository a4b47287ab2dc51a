"""The A4 printer's driver against our simulator, ours against ipptool, and the driver against ippeveprinter."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from hallkit.devices.print_job import Printed
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.ports import free_port
from hallkit.transports.serve import serve as serve_at
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from kiosk.drivers.a4_printer import A4Error, A4Printer
from kiosk.drivers.a4_report import A4Cause, A4Outcome
from kiosk.errors import KioskError
from simulators.ipp_printer import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
URI = "ipp://printer/ipp/print"
NOTICE = b"%PDF-1.4\n" + b"notice " * 30_000
BUS = """<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
AVAHI = "[server]\nuse-ipv6=no\nallow-interfaces=lo\nenable-dbus=yes\n[publish]\n[reflector]\n[rlimits]\n"


class Rig:
    """A printer in the hall's network, and the driver."""

    def __init__(self, clock: Clock, setup: str) -> None:
        self.clock = clock
        self.device = build(setup)
        self.sockets = Sockets()
        self.serving: list[asyncio.Task[None]] = []
        self.plug_in()
        self.driver = A4Printer(lambda: open_stream("memory:printer", self.sockets), clock, URI)

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve_and_close(far)))

        async def serve_and_close(far: ByteStream) -> None:
            await serve(self.device, far)
            far.close()

        self.sockets.listen("printer", Cable(chunk=1000)).on_accept = accept


def at_night(story: Callable[[Rig], Awaitable[None]], setup: str = "normal") -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, setup)
        try:
            async with asyncio.timeout(20_000):
                await story(rig)
        finally:
            for task in rig.serving:
                task.cancel()
            await asyncio.gather(*rig.serving, return_exceptions=True)

    run_virtual(main, NIGHT)


def test_a_notice_is_printed_whole_and_once() -> None:
    async def story(rig: Rig) -> None:
        at = rig.clock.monotonic()
        assert await rig.driver.print("notice-1", NOTICE) == A4Outcome("notice-1", Printed.YES)
        assert rig.clock.monotonic() - at >= rig.device.seconds_per_sheet
        assert [(job.name, job.document) for job in rig.device.jobs] == [("notice-1", NOTICE)]

    at_night(story)


@pytest.mark.parametrize(
    ("setup", "cause"),
    [
        ("paper_out", A4Cause.PAPER_OUT),
        ("jam", A4Cause.JAM),
        ("toner_out", A4Cause.TONER_OUT),
        ("cover_open", A4Cause.COVER_OPEN),
        ("offline", A4Cause.OFFLINE),
        ("paused", A4Cause.PAUSED),
        ("broken", A4Cause.OUT_OF_ORDER),
        ("silent", A4Cause.SILENT),
        ("garbled", A4Cause.GARBLED),
        ("refusing", A4Cause.REFUSED),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(setup: str, cause: A4Cause) -> None:
    async def story(rig: Rig) -> None:
        assert await rig.driver.print("notice-1", NOTICE) == A4Outcome("notice-1", Printed.NO, cause)
        assert rig.device.jobs == []

    at_night(story, setup)


def test_little_toner_is_told_and_stops_nothing() -> None:
    async def story(rig: Rig) -> None:
        view = await rig.driver.look()
        assert (view.can_print, view.low) == (True, ("toner-low",))
        assert "application/pdf" in view.formats
        assert (await rig.driver.print("notice-1", NOTICE)).printed is Printed.YES

    at_night(story, "toner_low")


def test_a_job_held_back_is_taken_back() -> None:
    async def story(rig: Rig) -> None:
        assert await rig.driver.print("notice-1", NOTICE) == A4Outcome("notice-1", Printed.NO, A4Cause.HELD)
        rig.device.holds = False
        await rig.clock.sleep(60)
        await rig.driver.look()
        assert rig.device.jobs[0].sheets == 0

    at_night(story, "holding")


def test_a_jam_in_the_middle_names_itself_and_paper_refilled_in_time_goes_on() -> None:
    async def story(rig: Rig) -> None:
        printing = asyncio.create_task(rig.driver.print("notice-1", NOTICE))
        await rig.clock.sleep(1.0)
        rig.device.reasons = ("media-jam-error",)
        assert await printing == A4Outcome("notice-1", Printed.NO, A4Cause.JAM)
        rig.device.reasons = ()
        printing = asyncio.create_task(rig.driver.print("notice-2", NOTICE))
        await rig.clock.sleep(1.0)
        rig.device.paper = 0
        await rig.clock.sleep(20.0)
        rig.device.paper = 50
        assert await printing == A4Outcome("notice-2", Printed.YES)

    at_night(story)


def test_an_answer_that_got_lost_prints_nothing_twice() -> None:
    async def story(rig: Rig) -> None:
        assert await rig.driver.print("notice-1", NOTICE) == A4Outcome("notice-1", Printed.YES)
        assert len(rig.device.jobs) == 1
        assert await rig.driver.settle("notice-1") == A4Outcome("notice-1", Printed.YES)
        assert (await rig.driver.settle("notice-2")).printed is Printed.UNKNOWN

    at_night(story, "dropping")


def test_a_printer_unplugged_is_unreachable_and_in_mid_job_unknown() -> None:
    async def story(rig: Rig) -> None:
        printing = asyncio.create_task(rig.driver.print("notice-1", NOTICE))
        await rig.clock.sleep(1.0)
        rig.sockets.unplug("printer")
        assert await printing == A4Outcome("notice-1", Printed.UNKNOWN, A4Cause.UNREACHABLE)
        assert (await rig.driver.print("notice-2", NOTICE)).cause is A4Cause.UNREACHABLE
        rig.plug_in()
        assert (await rig.driver.look()).can_print

    at_night(story)


def test_a_format_the_printer_does_not_know_is_refused() -> None:
    async def story(rig: Rig) -> None:
        outcome = await rig.driver.print("notice-1", NOTICE, "application/x-unknown")
        assert outcome == A4Outcome("notice-1", Printed.NO, A4Cause.REFUSED)

    at_night(story)


def require(*programs: str) -> None:
    """Skip loudly, or fail where everything is required, if a program is not installed."""
    missing = [program for program in programs if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None]
    if missing:
        reason = f"{' '.join(missing).upper()} NOT INSTALLED: printing is only tested against ourselves"
        pytest.skip(reason)


@pytest.mark.parametrize("test", ["get-printer-attributes", "print-job", "validate-job", "get-jobs"])
async def test_our_printer_is_one_to_a_client_nobody_here_wrote(test: str, tmp_path: Path) -> None:
    require("ipptool")
    notice = tmp_path / "notice.pdf"
    notice.write_bytes(NOTICE)
    device = build()
    async with serve_at("tcp://127.0.0.1:0", lambda stream: serve(device, stream)) as url:
        uri = url.replace("tcp:", "ipp:") + "/ipp/print"
        child = await asyncio.create_subprocess_exec(
            *("ipptool", "-t", "-f", str(notice), uri, f"{test}.test"), stdout=subprocess.PIPE
        )
        said, _ = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == 0, said.decode()
    assert b"[PASS]" in said
    assert [job.document for job in device.jobs] == ([NOTICE] if test == "print-job" else [])


@asynccontextmanager
async def eve_printer(folder: Path) -> AsyncIterator[int]:
    """Run CUPS' own sample printer, with the bus and the name service it will not start without; yield its port."""
    port = free_port()
    (folder / "bus.conf").write_text(BUS.format(folder=folder), encoding="ascii")
    (folder / "avahi.conf").write_text(AVAHI, encoding="ascii")
    path = f"{os.environ['PATH']}:/usr/sbin"
    environment = {**os.environ, "PATH": path, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}
    commands = (
        ("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork"),
        ("avahi-daemon", "-f", f"{folder}/avahi.conf", "--no-drop-root", "--no-chroot", "--no-rlimits"),
        ("ippeveprinter", "-r", "off", "-p", str(port), "-k", "-d", str(folder), "-f", "application/pdf", "demo"),
    )
    programs = []
    try:
        for command in commands:
            await asyncio.sleep(0.5)
            quiet = subprocess.DEVNULL
            programs.append(await asyncio.create_subprocess_exec(*command, env=environment, stdout=quiet, stderr=quiet))
        yield port
    finally:
        for program in reversed(programs):
            if program.returncode is None:
                program.terminate()
            await program.wait()


async def ready(driver: A4Printer) -> None:
    """Return once the printer has started."""
    while not (await driver.look()).can_print:  # noqa: ASYNC110  another program's start tells nobody
        await asyncio.sleep(0.2)


def kept(folder: Path) -> list[bytes]:
    """Return the documents the printer kept."""
    return [file.read_bytes() for file in folder.rglob("*.pdf")]


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="the name service starts for root only")
async def test_the_driver_prints_on_a_printer_nobody_here_wrote() -> None:
    require("ippeveprinter", "avahi-daemon", "dbus-daemon")
    folder = Path(tempfile.mkdtemp(prefix="hall24-ipp-", dir="/tmp"))
    try:
        async with eve_printer(folder) as port:
            uri = f"ipp://localhost:{port}/ipp/print"
            driver = A4Printer(lambda: open_stream(f"tcp://127.0.0.1:{port}"), SystemClock(), uri)
            async with asyncio.timeout(60):
                await ready(driver)
                assert "application/pdf" in driver.view.formats
                assert await driver.print("notice-1", NOTICE) == A4Outcome("notice-1", Printed.YES)
                assert await driver.settle("notice-1") == A4Outcome("notice-1", Printed.YES)
                refused = await driver.print("notice-2", NOTICE, "application/x-unknown")
                assert refused.printed is Printed.NO
            assert kept(folder) == [NOTICE]
    finally:
        shutil.rmtree(folder)


def test_a_printers_error_says_what_to_do() -> None:
    assert all(str(A4Error(cause)).startswith("the A4 printer ") for cause in A4Cause)
    assert issubclass(A4Error, KioskError)
