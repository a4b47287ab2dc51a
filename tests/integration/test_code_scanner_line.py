"""Code scanners on a cable, a terminal and a pipe of key events: each code once, faults named, unplugging survived."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest

from hallkit.codecs.scanned_code import Scan, ScanFault, Scanned
from hallkit.devices.code_scanner import CodeScanner, ScannerSettings, grab, keyboard_opener, keyboard_stream
from hallkit.errors import StreamError
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import Sockets, open_stream
from simulators.code_scanner import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)


class Rig:
    """A scanner at the end of a cable, and the driver that listens."""

    def __init__(self, clock: Clock, setup: str, settings: ScannerSettings | None) -> None:
        self.clock = clock
        self.device = build(setup)
        self.sockets = Sockets()
        self.scans: list[Scanned] = []
        self.present: list[bool] = []
        self.serving: list[asyncio.Task[None]] = []
        self.plug_in()
        self.driver = CodeScanner(
            lambda: open_stream("memory:scanner", self.sockets),
            clock,
            on_scan=self.scans.append,
            on_present=self.present.append,
            settings=settings,
            is_keyboard=self.device.is_keyboard,
            backoff=Backoff(random.Random(0), 0.5, 5.0),
        )

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("scanner", Cable(chunk=7)).on_accept = accept


def at_night(
    story: Callable[[Rig], Awaitable[None]], setup: str = "normal", settings: ScannerSettings | None = None
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


@pytest.mark.parametrize("setup", ["normal", "crlf", "keyboard", "flooding"])
def test_a_code_is_handed_on_once(setup: str) -> None:
    async def story(rig: Rig) -> None:
        rig.device.show("hall24-TOKEN_0042")
        await rig.clock.sleep(60)
        assert rig.scans == [Scan("hall24-TOKEN_0042")]
        assert rig.driver.repeats == rig.device.repeats - 1

    at_night(story, setup)


def test_the_same_code_is_taken_again_after_a_while_and_at_once_for_the_next_citizen() -> None:
    async def story(rig: Rig) -> None:
        for wait in (1.0, 3.0):
            rig.device.show("A042")
            await rig.clock.sleep(wait)
        assert len(rig.scans) == 1
        rig.device.show("A042")
        await rig.clock.sleep(0.5)
        rig.driver.forget()
        rig.device.show("A042")
        await rig.clock.sleep(0.5)
        assert rig.scans == [Scan("A042")] * 3

    at_night(story)


@pytest.mark.parametrize(
    ("setup", "code", "faults"),
    [
        ("no_end", "A042", [ScanFault.UNFINISHED]),
        ("stalling", "A042-0000", [ScanFault.UNFINISHED, Scan("0000")]),
        ("normal", "9" * 5000, [ScanFault.TOO_LONG]),
        ("normal", b"\x00\x01", [ScanFault.UNREADABLE]),
        ("keyboard_dropping_keys", "A042-0000", [ScanFault.LOST_KEYS]),
    ],
)
def test_what_is_no_code_is_named(setup: str, code: str | bytes, faults: list[Scanned]) -> None:
    async def story(rig: Rig) -> None:
        rig.device.show(code)
        await rig.clock.sleep(30)
        assert rig.scans == faults
        rig.device.end, rig.device.stalls_after, rig.device.drops_keys = b"\r", None, False
        rig.device.show("B001")
        await rig.clock.sleep(1)
        assert rig.scans == [*faults, Scan("B001")]

    at_night(story, setup)


def test_only_codes_with_the_prefix_count() -> None:
    async def story(rig: Rig) -> None:
        rig.device.show("A042")
        await rig.clock.sleep(1)
        rig.device.prefix = b""
        rig.device.show("A042")
        await rig.clock.sleep(1)
        assert rig.scans == [Scan("A042"), ScanFault.NO_PREFIX]

    at_night(story, "prefixed", ScannerSettings(prefix="]Q1"))


def test_a_scanner_pulled_out_and_put_back_works_again_without_anybody() -> None:
    async def story(rig: Rig) -> None:
        rig.sockets.unplug("scanner")
        await rig.clock.sleep(30)
        rig.plug_in()
        await rig.clock.sleep(6)
        rig.device.show("A042")
        await rig.clock.sleep(1)
        assert rig.present == [True, False, True]
        assert rig.scans == [Scan("A042")]

    at_night(story)


async def test_a_scanner_on_a_real_terminal_reads_a_code(tmp_path: Path) -> None:
    device, port, scans = build("crlf"), PtyPort(tmp_path / "scanner0"), asyncio.Queue[Scanned]()
    serving = asyncio.create_task(serve(device, port.plug_in()))
    driver = CodeScanner(lambda: open_stream(f"pty:{tmp_path}/scanner0"), SystemClock(), on_scan=scans.put_nowait)
    running = asyncio.create_task(driver.run())
    try:
        device.show("https://hall.example/p/政务")
        assert await asyncio.wait_for(scans.get(), 30) == Scan("https://hall.example/p/政务")
    finally:
        port.unplug()
        running.cancel()
        await asyncio.gather(running, serving, return_exceptions=True)


async def test_key_events_come_from_a_descriptor_that_was_handed_in() -> None:
    read, write = os.pipe()
    scans = asyncio.Queue[Scanned]()

    async def opener() -> ByteStream:
        return keyboard_stream(read)

    driver = CodeScanner(opener, SystemClock(), on_scan=scans.put_nowait, is_keyboard=True)
    running = asyncio.create_task(driver.run())
    try:
        os.write(write, build("keyboard").type("HALL24-a?b=C&d_e"))
        assert await asyncio.wait_for(scans.get(), 30) == Scan("HALL24-a?b=C&d_e")
    finally:
        os.close(write)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_device_that_cannot_be_grabbed_or_opened_is_said_so(tmp_path: Path) -> None:
    read, write = os.pipe()
    assert not grab(read)
    os.close(read)
    os.close(write)
    with pytest.raises(StreamError, match="plugged in"):
        await keyboard_opener(str(tmp_path / "event7"))()
