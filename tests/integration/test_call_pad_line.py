"""Call pads on a paced memory cable in virtual time, and once on a real pseudo terminal."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest

from hallkit.errors import StreamError
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable, MemoryStream, memory_pair
from hallkit.transports.serve import serve as serve_url
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import open_stream
from mqtt_bridge.core.field_exchange import HealthChanged, KeyPress, PadDisplay, PadHealth, PadKey, PadLamp
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.call_pad_line import CallPadLine
from mqtt_bridge.drivers.line_reader import LineReader
from mqtt_bridge.drivers.line_turns import EffectiveTurns, EveryTurn, Turns
from mqtt_bridge.errors import AddressTakenError, FieldConfigError, PadNotFoundError
from mqtt_bridge.wire.call_pad import FrameError
from mqtt_bridge.wire.call_pad_values import KeyCode, LampCode
from simulators.call_pad import SimulatedCallPadLine, build, serve
from simulators.call_pad_device import SimulatedCallPad

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
CYCLE = LineTiming().cycle(26)
BOTH_WAYS = pytest.mark.parametrize("turns", [EveryTurn(), EffectiveTurns()], ids=["every turn", "effective turns"])


class Rig:
    """One line between a bridge and its simulated pads; `up_at` is when all pads of a normal line are greeted."""

    def __init__(self, clock: Clock, turns: Turns, setup: str = "normal", pads: int = 4) -> None:
        self.clock = clock
        self.line = build(setup, pads=pads)
        self.cable = Cable(baud=38_400)
        self.keys: list[tuple[float, KeyPress]] = []
        self.health: list[HealthChanged] = []
        self.plugged = True
        self.near: MemoryStream | None = None
        self._far: list[asyncio.Task[None]] = []
        self.driver = CallPadLine(
            self._open,
            {address: address + 100 for address in range(1, pads + 1)},
            clock,
            on_key=self.take,
            on_health=lambda _, change: self.health.append(change),
            turns=turns,
        )
        if isinstance(turns, EffectiveTurns):
            self.line.on_stir = self.driver.stir

    def take(self, _: int, press: KeyPress) -> None:
        self.keys.append((self.clock.monotonic(), press))

    async def _open(self) -> ByteStream:
        if not self.plugged:
            raise StreamError("the adapter is not plugged in")
        self.near, far = memory_pair(self.cable)
        self._far.append(asyncio.create_task(serve(self.line, far)))
        return self.near

    async def __aenter__(self) -> "Rig":
        self._running = asyncio.create_task(self.driver.run())
        await self.clock.sleep(5.0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._running, *self._far):
            task.cancel()
        await asyncio.gather(self._running, *self._far, return_exceptions=True)

    def pressed(self) -> list[tuple[int, str]]:
        return [(press.address, press.key.value) for _, press in self.keys]

    def states(self, address: int) -> list[PadHealth]:
        return [change.health for change in self.health if change.address == address]


def on_a_line(
    story: Callable[[Rig], Awaitable[None]], turns: Turns | None = None, setup: str = "normal", pads: int = 4
) -> None:
    async def main(clock: Clock) -> None:
        async with Rig(clock, turns or EveryTurn(), setup, pads) as rig:
            await story(rig)

    run_virtual(main, NIGHT)


@BOTH_WAYS
def test_a_key_reaches_the_hall_once(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.line.at(2).press(KeyCode.NEXT)
        await rig.clock.sleep(1.0)
        assert rig.pressed() == [(2, "next")]
        assert rig.line.at(2).keys_waiting == ()
        assert rig.states(2) == [PadHealth.ONLINE]

    on_a_line(story, turns)


@BOTH_WAYS
def test_every_key_and_a_held_one_come_in_order(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        for key in list(KeyCode)[:8]:
            rig.line.at(1).press(key)
        await rig.clock.sleep(1.0)
        rig.line.at(1).hold(KeyCode.HOLD)
        await rig.clock.sleep(1.0)
        presses = [press for _, press in rig.keys]
        names = ["next", "recall", "start", "finish", "no_show", "transfer", "pause", "resume", "hold", "hold"]
        assert [press.key.value for press in presses] == names
        assert [press.held for press in presses] == [False] * 9 + [True]
        assert [press.count for press in presses] == list(range(1, 11))

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pad_of_26_answers_within_150_ms_while_every_display_changes(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        chance = random.Random(24)
        waits = []
        for round_ in range(60):
            for address in range(1, 27):
                rig.driver.show(address, PadDisplay(f"A{round_:03d}", round_ + 1, PadLamp.SERVING))
            await rig.clock.sleep(chance.random() / 5)
            at = rig.clock.monotonic()
            rig.line.at(chance.randrange(1, 27)).press(KeyCode.NEXT)
            await rig.clock.sleep(1.0)
            waits.append(rig.keys[-1][0] - at)
        assert len(rig.keys) == 60
        assert max(waits) < LineTiming().longest_key(26) < 0.150

    on_a_line(story, turns, pads=26)


@BOTH_WAYS
def test_a_finger_that_slips_calls_one_citizen(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        for wait in (0.2, 1.0):
            rig.line.at(1).press(KeyCode.NEXT)
            await rig.clock.sleep(wait)
        assert rig.pressed() == [(1, "next")]
        assert rig.line.at(1).keys_waiting == ()

    on_a_line(story, turns)


def test_a_press_while_the_answer_before_it_is_on_the_line_is_heard() -> None:
    async def story(rig: Rig) -> None:
        for step in range(120):
            rig.line.at(1).press(KeyCode.START)
            await rig.clock.sleep(step * 0.0002)
            rig.line.at(1).press(KeyCode.FINISH)
            await rig.clock.sleep(1.0)
            assert rig.line.at(1).keys_waiting == ()
        assert rig.pressed() == [(1, "start"), (1, "finish")] * 120

    on_a_line(story, EffectiveTurns())


async def test_what_came_before_the_ask_is_forgotten() -> None:
    near, far = memory_pair()
    reader = LineReader(near)
    receiving = asyncio.create_task(reader.run())
    await far.write(b"late")
    await asyncio.sleep(0.01)
    reader.forget()
    await far.write(b"now")

    assert await reader.next() == b"now"

    near.close()
    await receiving


def test_a_lost_frame_neither_loses_nor_doubles_a_key() -> None:
    async def story(rig: Rig) -> None:
        rig.cable.chance = random.Random(7)
        rig.cable.loss = rig.cable.corrupt = 0.01
        keys = [KeyCode.NEXT, KeyCode.START, KeyCode.FINISH]
        for turn in range(300):
            rig.line.at(turn % 4 + 1).press(keys[turn // 4 % 3])
            await rig.clock.sleep(0.4)
        rig.cable.loss = rig.cable.corrupt = 0.0
        await rig.clock.sleep(10.0)
        for address in range(1, 5):
            heard = [press.key.value for _, press in rig.keys if press.address == address]
            assert heard == [["next", "start", "finish"][turn % 3] for turn in range(75)]

    on_a_line(story)


@BOTH_WAYS
def test_a_key_pressed_while_the_line_is_cut_comes_once_when_it_is_mended(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.line.cut = True
        await rig.clock.sleep(5.0)
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.SILENT]
        rig.line.at(3).press(KeyCode.NEXT)
        rig.line.at(3).press(KeyCode.NEXT)
        await rig.clock.sleep(5.0)
        assert rig.keys == []
        rig.line.cut = False
        await rig.clock.sleep(5.0)
        assert rig.pressed() == [(3, "next")]
        assert rig.keys[0][1].age == 5
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.SILENT, PadHealth.ONLINE]

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pulled_adapter_is_opened_again_and_the_waiting_key_comes(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.near is not None
        rig.plugged = False
        rig.near.close()
        rig.line.at(1).press(KeyCode.FINISH)
        await rig.clock.sleep(20.0)
        assert rig.states(1) == [PadHealth.ONLINE, PadHealth.LINE_LOST]
        rig.plugged = True
        await rig.clock.sleep(20.0)
        assert rig.pressed() == [(1, "finish")]
        assert rig.states(1)[-1] is PadHealth.ONLINE

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_dead_pad_is_told_and_the_others_go_on(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(1) == [PadHealth.SILENT]
        rig.line.at(2).press(KeyCode.NEXT)
        await rig.clock.sleep(0.2)
        assert rig.pressed() == [(2, "next")]
        rig.line.at(1).plugged = True
        await rig.clock.sleep(3.0)
        assert rig.states(1) == [PadHealth.SILENT, PadHealth.ONLINE]

    on_a_line(story, turns, "dead_pad")


@BOTH_WAYS
def test_two_pads_with_one_address_are_told_with_both_serials(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        change = next(change for change in rig.health if change.address == 1)
        assert (change.health, change.serials) == (PadHealth.CONFLICT, (1001, 1004))
        rig.line.at(1).press(KeyCode.NEXT)
        await rig.clock.sleep(3.0)
        assert rig.keys == []
        rig.line.pads[-1].address = 4
        await rig.clock.sleep(6.0)
        assert rig.states(1) == [PadHealth.CONFLICT, PadHealth.ONLINE]
        assert rig.states(4)[-1] is PadHealth.ONLINE
        assert rig.pressed() == [(1, "next")]

    on_a_line(story, turns, "two_with_one_address")


@BOTH_WAYS
def test_a_second_pad_plugged_in_at_a_taken_address_is_noticed(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.line.plug_in(SimulatedCallPad(2000, 3))
        await rig.clock.sleep(3.0)
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.CONFLICT]

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pad_whose_answers_are_garbled_is_noisy_and_the_others_go_on(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(1) == [PadHealth.NOISY]
        rig.line.at(2).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.pressed() == [(2, "next")]

    on_a_line(story, turns, "garbled")


def test_noise_before_every_answer_costs_no_key() -> None:
    async def story(rig: Rig) -> None:
        rig.line.at(1).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.pressed() == [(1, "next")]

    on_a_line(story, setup="noisy")


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one() -> None:
    async def story(rig: Rig) -> None:
        rig.line.at(1).press(KeyCode.NEXT)
        rig.line.at(1).slow = 0.0065
        await rig.clock.sleep(3.0)
        assert rig.keys == []
        rig.line.at(1).slow = 0.0
        await rig.clock.sleep(5.0)
        assert rig.pressed() == [(1, "next")]

    on_a_line(story)


@BOTH_WAYS
def test_a_restarted_pad_shows_again_what_it_showed(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.driver.show(2, PadDisplay("A012", 37, PadLamp.SERVING, beep=True))
        await rig.clock.sleep(0.5)
        pad = rig.line.at(2)
        assert (pad.ticket, pad.waiting, pad.lamp, pad.beeps) == ("A012", 37, LampCode.SERVING, 1)
        pad.restart()
        await rig.clock.sleep(1.0)
        assert (pad.ticket, pad.waiting, pad.lamp, pad.beeps) == ("A012", 37, LampCode.SERVING, 1)
        pad.press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.keys[-1][1].name == "pad-1002-2-1"

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pad_is_found_by_blinking_and_any_key(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.driver.identify(4)
        await rig.clock.sleep(0.5)
        assert [pad.blinks for pad in rig.line.pads] == [False, False, False, True]
        rig.line.at(4).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert [press.key for _, press in rig.keys] == [PadKey.FOUND]
        assert not rig.line.at(4).blinks

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_new_pad_is_found_by_its_serial_and_given_its_address(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(4) == [PadHealth.SILENT]
        assert await rig.driver.survey() == (1004,)
        await rig.driver.assign(1004, 4)
        await rig.clock.sleep(4.0)
        assert rig.states(4)[-1] is PadHealth.ONLINE
        with pytest.raises(AddressTakenError):
            await rig.driver.assign(1004, 1)
        with pytest.raises(PadNotFoundError):
            await rig.driver.assign(999, 44)

    on_a_line(story, turns, "unassigned")


def test_several_new_pads_are_all_found() -> None:
    async def story(rig: Rig) -> None:
        for serial in range(3001, 3006):
            rig.line.plug_in(SimulatedCallPad(serial, 0))
        assert await rig.driver.survey() == tuple(range(3001, 3006))

    on_a_line(story)


def test_a_bouncing_contact_is_one_press_and_a_long_one_is_held() -> None:
    async def story(rig: Rig) -> None:
        pad = rig.line.at(1)
        for closed in (True, False, True, False, True):
            pad.contact(KeyCode.PAUSE, closed=closed)
            await rig.clock.sleep(0.004)
        await rig.clock.sleep(1.0)
        pad.contact(KeyCode.PAUSE, closed=False)
        await rig.clock.sleep(1.0)
        assert [(press.key, press.held) for _, press in rig.keys] == [(PadKey.PAUSE, False), (PadKey.PAUSE, True)]

    on_a_line(story)


def test_a_press_the_hall_could_not_store_is_not_forgotten() -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, EveryTurn())
        full = True
        stored = rig.take

        def refuse(address: int, press: KeyPress) -> None:
            if full:
                raise OSError("the disk is full")
            stored(address, press)

        rig.driver._on_key = refuse
        async with rig:
            rig.line.at(1).press(KeyCode.NEXT)
            await clock.sleep(1.0)
            with pytest.raises(OSError, match="disk"):
                await rig._running
            full = False
            rig._running = asyncio.create_task(rig.driver.run())
            await clock.sleep(5.0)
            assert rig.pressed() == [(1, "next")]

    run_virtual(main, NIGHT)


Heard = list[tuple[float, int, str, int]]


def slice_of_a_day(turns: Turns, seconds: float, setup: str) -> tuple[Heard, Heard]:
    """Return what was pressed and what was heard, each with its time, in a scripted slice."""
    pressed: Heard = []
    heard: Heard = []

    async def main(clock: Clock) -> None:
        async with Rig(clock, turns, setup, pads=26) as rig:
            chance = random.Random(61)
            while clock.monotonic() < seconds:
                await clock.sleep(chance.random() * 3)
                pad = rig.line.at(chance.randrange(2, 27))
                key = KeyCode(len(pressed) % 9 + 1)
                if pad.press(key):
                    pressed.append((clock.monotonic(), pad.address, key.name.lower(), 0))
                rig.driver.show(pad.address, PadDisplay(f"A{chance.randrange(1000):03d}", 5, PadLamp.CALLING))
            await clock.sleep(5.0)
            heard.extend((at, press.address, press.key.value, press.count) for at, press in rig.keys)

    run_virtual(main, NIGHT)
    return pressed, heard


def same_day(seconds: float, setup: str) -> None:
    pressed, full = slice_of_a_day(EveryTurn(), seconds, setup)
    again, brief = slice_of_a_day(EffectiveTurns(), seconds, setup)
    assert pressed == again
    for address in range(1, 27):
        assert [event[2] for event in full if event[1] == address] == [
            event[2] for event in pressed if event[1] == address
        ]
    assert [event[1:] for event in brief] == [event[1:] for event in full]
    assert max(abs(one[0] - other[0]) for one, other in zip(full, brief, strict=True)) < CYCLE + 0.01


@pytest.mark.parametrize("setup", ["normal", "dead_pad"])
def test_a_minute_of_effective_turns_is_a_minute_of_polling(setup: str) -> None:
    same_day(60.0, setup)


@pytest.mark.slow
def test_ten_minutes_of_effective_turns_are_ten_minutes_of_polling() -> None:
    same_day(600.0, "normal")


def test_a_quiet_line_costs_nothing_all_night() -> None:
    async def story(rig: Rig) -> None:
        heard = 0
        counted = rig.line.hear

        def hear(asked: object) -> list[tuple[float, bytes]]:
            nonlocal heard
            heard += 1
            return counted(asked)  # type: ignore[arg-type]

        rig.line.hear = hear  # type: ignore[method-assign]
        await rig.clock.sleep(8 * 3600.0)
        assert heard == 0
        rig.line.at(1).press(KeyCode.NEXT)
        await rig.clock.sleep(0.2)
        assert rig.pressed() == [(1, "next")]

    on_a_line(story, EffectiveTurns(), pads=26)


def test_a_ticket_no_pad_can_show_is_refused_where_it_is_handed_over() -> None:
    async def story(rig: Rig) -> None:
        with pytest.raises(FrameError):
            rig.driver.show(1, PadDisplay("ABC123456"))

    on_a_line(story)


@pytest.mark.parametrize("pads", [{}, {0: 1}, {61: 1}, {1: 0}])
async def test_a_wrong_configuration_is_said_so(pads: dict[int, int]) -> None:
    async def nothing() -> ByteStream:
        raise StreamError("never opened")

    with pytest.raises(FieldConfigError):
        CallPadLine(nothing, pads, SystemClock(), on_key=lambda *_: None, on_health=lambda *_: None)


async def test_the_same_line_on_a_pseudo_terminal(tmp_path: Path) -> None:
    line: SimulatedCallPadLine = build(pads=3)
    online, heard = asyncio.Event(), asyncio.Event()
    keys: list[KeyPress] = []
    health: list[int] = []

    def on_health(_: int, change: HealthChanged) -> None:
        health.append(change.address)
        if change.health is PadHealth.ONLINE and len(health) == 3:
            online.set()

    def on_key(_: int, press: KeyPress) -> None:
        keys.append(press)
        heard.set()

    async with serve_url(f"pty:{tmp_path / 'pads'}", lambda stream: serve(line, stream)) as url:
        driver = CallPadLine(
            lambda: open_stream(url),
            {1: 1, 2: 2, 3: 3},
            SystemClock(),
            on_key=on_key,
            on_health=on_health,
            timing=LineTiming(patience=0.05),
        )
        running = asyncio.create_task(driver.run())
        try:
            async with asyncio.timeout(10):
                await online.wait()
                driver.show(2, PadDisplay("B007", 12, PadLamp.CALLING))
                line.at(2).press(KeyCode.NEXT)
                await heard.wait()
                for _ in range(500):
                    if line.at(2).waiting == 12:
                        break
                    await asyncio.sleep(0.01)
            assert line.at(2).waiting == 12
            assert [press.key for press in keys] == [PadKey.NEXT]
            assert line.at(2).ticket == "B007"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
