"""A touch panel's own bytes become touches."""

import asyncio
import os

import pytest

from hallkit.touch.evdev import EVENT, Panel, PanelDecoder, PanelGoneError, PanelRange
from hallkit.touch.pointer import Phase, RawTouch, Touch

RANGE = PanelRange(0, 4095, 0, 4095, (1080, 1920))
SYN, KEY, ABS = 0, 1, 3


def packet(*events: tuple[int, int, int]) -> bytes:
    return b"".join(EVENT.pack(0, 0, *event) for event in (*events, (SYN, 0, 0)))


PRESS = packet((ABS, 0x39, 7), (ABS, 0x35, 2048), (ABS, 0x36, 1024), (KEY, 0x14A, 1))
MOVE = packet((ABS, 0x35, 4095))
LIFT = packet((ABS, 0x39, -1), (KEY, 0x14A, 0))
TOUCHES = [
    RawTouch(Phase.DOWN, "finger", 539, 479),
    RawTouch(Phase.MOVE, "finger", 1079, 479),
    RawTouch(Phase.UP, "finger", 1079, 479),
]


@pytest.mark.parametrize("portion", [1, 7, EVENT.size, 1000])
def test_press_move_and_lift_are_read_in_any_portions(portion: int) -> None:
    decoder = PanelDecoder(RANGE)
    data = PRESS + MOVE + LIFT
    found = [touch for at in range(0, len(data), portion) for touch in decoder.feed(data[at : at + portion])]
    assert found == TOUCHES


def test_a_single_touch_panel_works_as_well() -> None:
    decoder = PanelDecoder(RANGE)
    assert decoder.feed(packet((KEY, 0x14A, 1), (ABS, 0, 2048), (ABS, 1, 1024))) == TOUCHES[:1]
    assert decoder.feed(packet((KEY, 0x14A, 0)))[0].phase is Phase.UP


def test_a_second_finger_moves_nothing() -> None:
    decoder = PanelDecoder(RANGE)
    decoder.feed(PRESS)
    assert decoder.feed(packet((ABS, 0x2F, 1), (ABS, 0x39, 8), (ABS, 0x35, 10))) == []


def test_lost_events_lift_the_finger() -> None:
    decoder = PanelDecoder(RANGE)
    decoder.feed(PRESS)
    lost = EVENT.pack(0, 0, SYN, 3, 0) + packet((ABS, 0x35, 10))
    assert [touch.phase for touch in decoder.feed(lost)] == [Phase.UP]


def test_a_raw_position_outside_the_range_stays_on_the_screen() -> None:
    assert RANGE.place(-50, 9000) == (0, 1919)


async def test_the_loop_wakes_on_a_touch_and_an_unplugged_panel_is_named() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    panel = Panel(reader, RANGE)
    os.write(writer, PRESS)
    assert await asyncio.wait_for(panel.touched(), 30) == Touch(Phase.DOWN, 539, 479)
    os.close(writer)
    with pytest.raises(PanelGoneError):
        await asyncio.wait_for(panel.touched(), 30)
    os.close(reader)
