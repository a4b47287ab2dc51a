"""Call pads on a paced memory cable in virtual time: keys, displays, a day of polling; once on a real terminal."""

import asyncio
import random
from pathlib import Path

import pytest
from call_pad_rig import BOTH_WAYS, NIGHT, Rig, on_a_line

from hallkit.errors import StreamError
from hallkit.runtime.clock import Clock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import memory_pair
from hallkit.transports.serve import serve as serve_url
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import open_stream
from mqtt_bridge.core.field_exchange import HealthChanged, KeyPress, PadDisplay, PadHealth, PadKey, PadLamp
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.call_pad_line import CallPadLine
from mqtt_bridge.drivers.line_reader import LineReader
from mqtt_bridge.drivers.line_turns import EffectiveTurns, EveryTurn, Turns
from mqtt_bridge.errors import FieldConfigError
from mqtt_bridge.wire.call_pad import FrameError
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators.call_pad import SimulatedCallPadLine, build, serve

CYCLE = LineTiming().cycle(26)


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
            async with asyncio.timeout(60):
                await online.wait()
                driver.show(2, PadDisplay("B007", 12, PadLamp.CALLING))
                line.at(2).press(KeyCode.NEXT)
                await heard.wait()
                while line.at(2).waiting != 12:  # noqa: ASYNC110 (another program's display)
                    await asyncio.sleep(0.01)
            assert [press.key for press in keys] == [PadKey.NEXT]
            assert line.at(2).ticket == "B007"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
