"""The locker's driver against simulated boards of both families: no door is said open that is not."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.serve import serve as serve_at
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from kiosk.drivers.lock_board import WIRES, LockBoard, LockSettings
from kiosk.drivers.lock_commissioning import commission
from kiosk.drivers.lock_doors import DoorChange, DoorEvent
from kiosk.errors import LockCause, LockError
from kiosk.wire.lock_board import DoorContact
from simulators.lock_board import SETUPS, build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
BOTH = pytest.mark.parametrize("family", ["8a", "kerong"])


class Rig:
    """A locker at the end of a cable, its driver, and the technician before it."""

    def __init__(self, clock: Clock, setup: str, family: str, contact: DoorContact) -> None:
        self.clock = clock
        self.device = build(setup)
        self.device.family = family
        self.cable = Cable(baud=WIRES[family].baud)
        self.sockets = Sockets()
        self.events: list[DoorEvent] = []
        self.causes: list[LockCause | None] = []
        self.serving: list[asyncio.Task[None]] = []
        self.asked_to_shut: list[int] = []
        self.plug_in()
        self.driver = LockBoard(
            lambda: open_stream("memory:locker", self.sockets),
            clock,
            LockSettings(kind=family, contact=contact),
            backoff=Backoff(random.Random(0), 0.5, 5.0),
            on_door=self.events.append,
            on_change=self.see,
        )

    def see(self, view: object) -> None:
        if not self.causes or self.causes[-1] != self.driver.view.cause:
            self.causes.append(self.driver.view.cause)

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("locker", self.cable).on_accept = accept

    async def shut(self, door: int) -> None:
        self.asked_to_shut.append(door)
        self.device.shut(door)

    async def which_opened(self) -> int:
        await self.clock.sleep(2.0)
        return self.device.open_doors[-1] if self.device.open_doors else 0


def at_night(
    story: Callable[[Rig], Awaitable[None]],
    setup: str = "normal",
    family: str = "8a",
    contact: DoorContact = DoorContact.CLOSED_WHEN_LOCKED,
) -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, setup, family, contact)
        running = asyncio.create_task(rig.driver.run())
        await clock.sleep(3.0)
        try:
            async with asyncio.timeout(20_000):
                await story(rig)
        finally:
            for task in (running, *rig.serving):
                task.cancel()
            await asyncio.gather(running, *rig.serving, return_exceptions=True)

    run_virtual(main, NIGHT)


@BOTH
def test_a_door_opens_and_its_shutting_is_seen(family: str) -> None:
    async def story(rig: Rig) -> None:
        await rig.driver.open(7)
        assert rig.device.open_doors == [7]
        assert rig.driver.view.open_doors == (7,)
        assert await rig.driver.is_open(7)
        assert not await rig.driver.is_open(8)
        rig.device.shut(7)
        await asyncio.wait_for(rig.driver.closed(7), 2)
        assert rig.events == [DoorEvent(7, DoorChange.OPENED), DoorEvent(7, DoorChange.CLOSED)]

    at_night(story, family=family)


@BOTH
def test_the_board_is_left_alone_while_all_doors_are_shut(family: str) -> None:
    async def story(rig: Rig) -> None:
        asked = rig.device.asked
        await rig.clock.sleep(3600)
        assert rig.device.asked == asked
        assert rig.causes == [None]

    at_night(story, family=family)


@BOTH
def test_a_contact_wired_the_other_way_is_a_matter_of_configuration(family: str) -> None:
    async def story(rig: Rig) -> None:
        assert rig.events == []
        await rig.driver.open(3)
        assert rig.events == [DoorEvent(3, DoorChange.OPENED)]

    at_night(story, "other_contact", family, DoorContact.CLOSED_WHEN_OPEN)


@BOTH
def test_a_door_left_open_is_told_once_and_its_shutting_still_seen(family: str) -> None:
    async def story(rig: Rig) -> None:
        await rig.driver.open(2)
        await rig.clock.sleep(300)
        rig.device.shut(2)
        await rig.clock.sleep(2)
        assert [event.change for event in rig.events] == [DoorChange.OPENED, DoorChange.LEFT_OPEN, DoorChange.CLOSED]

    at_night(story, family=family)


@BOTH
def test_a_door_that_stands_open_at_the_start_is_told(family: str) -> None:
    async def story(rig: Rig) -> None:
        assert rig.events == [DoorEvent(5, DoorChange.FORCED)]
        await rig.clock.sleep(60)
        assert rig.events[1:] == [DoorEvent(5, DoorChange.LEFT_OPEN)]

    at_night(story, "left_open", family)


@BOTH
def test_a_stuck_door_is_said_to_be_stuck_within_its_time(family: str) -> None:
    async def story(rig: Rig) -> None:
        at = rig.clock.monotonic()
        with pytest.raises(LockError) as error:
            await rig.driver.open(1)
        assert (error.value.cause, error.value.door) == (LockCause.STUCK, 1)
        assert rig.clock.monotonic() - at < 5.0
        assert rig.driver.view.cause is None
        await rig.driver.open(9)

    at_night(story, "stuck", family)


@BOTH
def test_another_door_that_opens_is_found(family: str) -> None:
    async def story(rig: Rig) -> None:
        with pytest.raises(LockError) as error:
            await rig.driver.open(1)
        assert (error.value.cause, error.value.door) == (LockCause.WRONG_DOOR, 2)
        assert rig.driver.view.open_doors == (2,)
        assert rig.events == [DoorEvent(2, DoorChange.FORCED)]

    at_night(story, "crossed", family)


@pytest.mark.parametrize(
    ("setup", "cause"),
    [("wrong_board", LockCause.WRONG_BOARD), ("silent", LockCause.SILENT), ("garbled", LockCause.GARBLED)],
)
@BOTH
def test_a_board_that_cannot_be_used_says_why_and_comes_back(setup: str, cause: LockCause, family: str) -> None:
    async def story(rig: Rig) -> None:
        with pytest.raises(LockError) as error:
            await rig.driver.open(1)
        assert error.value.cause is cause
        rig.device.answers_as, rig.device.silent, rig.device.garbled = None, False, False
        for door in list(rig.device.open_doors):
            rig.device.shut(door)
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.cause is None), 61)
        await rig.driver.open(1)

    at_night(story, setup, family)


@BOTH
def test_a_line_that_echoes_opens_the_door_all_the_same(family: str) -> None:
    async def story(rig: Rig) -> None:
        await rig.driver.open(4)
        assert rig.device.open_doors == [4]
        rig.device.stuck = [6]
        with pytest.raises(LockError, match="stuck"):
            await rig.driver.open(6)

    at_night(story, "echoing", family)


@BOTH
def test_a_locker_pulled_out_and_put_back_works_again_without_anybody(family: str) -> None:
    async def story(rig: Rig) -> None:
        await rig.driver.open(1)
        rig.sockets.unplug("locker")
        with pytest.raises(LockError) as error:
            await rig.driver.open(2)
        assert error.value.cause is LockCause.UNPLUGGED
        rig.device.shut(1)
        await rig.clock.sleep(30)
        rig.plug_in()
        await asyncio.wait_for(rig.driver.closed(1), 10)
        await rig.driver.open(2)
        assert rig.causes == [None, LockCause.UNPLUGGED, None]

    at_night(story, family=family)


def test_a_board_with_light_barriers_tells_what_lies_in_a_box() -> None:
    async def story(rig: Rig) -> None:
        rig.device.filled = [3]
        assert [await rig.driver.has_item(box) for box in (3, 4)] == [True, False]

    at_night(story, family="kerong")

    async def other(rig: Rig) -> None:
        assert await rig.driver.has_item(3) is None

    at_night(other)


@BOTH
@pytest.mark.parametrize("contact", DoorContact)
def test_commissioning_finds_how_the_contacts_are_wired(family: str, contact: DoorContact) -> None:
    async def story(rig: Rig) -> None:
        rig.device.contact = contact
        assert await commission(rig.driver, 16, rig) is contact
        assert rig.asked_to_shut == list(range(1, 17))

    at_night(story, family=family)


@pytest.mark.parametrize(
    ("setup", "cause", "door"),
    [("crossed", LockCause.WRONG_DOOR, 2), ("stuck", LockCause.STUCK, 1), ("dead_contact", LockCause.NO_CONTACT, 1)],
)
@BOTH
def test_commissioning_names_what_is_wired_wrong(setup: str, cause: LockCause, door: int, family: str) -> None:
    async def story(rig: Rig) -> None:
        with pytest.raises(LockError) as error:
            await commission(rig.driver, 16, rig)
        assert (error.value.cause, error.value.door) == (cause, door)

    at_night(story, setup, family)


async def test_a_locker_on_a_real_terminal_opens_a_door(tmp_path: Path) -> None:
    device = replace(build(), moves_for=0.05)
    async with serve_at(f"pty:{tmp_path}/locker0", lambda stream: serve(device, stream)) as url:
        driver = LockBoard(lambda: open_stream(url), SystemClock(), LockSettings())
        running = asyncio.create_task(driver.run())
        try:
            async with asyncio.timeout(30):
                await driver.wait_for(lambda view: view.cause is None)
                await driver.open(16)
            assert device.open_doors == [16]
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def test_every_set_up_is_a_board_of_its_own() -> None:
    assert all(build(setup).open_doors is not build(setup).open_doors for setup in SETUPS)
    with pytest.raises(KeyError, match="crossed"):
        build("broken")
    with pytest.raises(ValueError, match="kerong"):
        LockSettings(kind="cu48")
