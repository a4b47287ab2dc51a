"""One touch is one touch, however often the panel and SDL report it."""

import pytest

from hallkit.touch.box import Box
from hallkit.touch.marks import Target
from hallkit.touch.pointer import Phase, Pointer, Presses, RawTouch, Source, Touch

DOWN, MOVE, UP = Phase.DOWN, Phase.MOVE, Phase.UP


def fed(*events: tuple[float, Phase, Source, int, int]) -> list[Touch]:
    pointer = Pointer()
    touches = [pointer.feed(RawTouch(phase, source, x, y), now) for now, phase, source, x, y in events]
    return [touch for touch in touches if touch]


@pytest.mark.parametrize("first, second", [("finger", "mouse"), ("mouse", "finger")])
def test_a_touch_reported_as_finger_and_mouse_is_one(first: Source, second: Source) -> None:
    touches = fed(
        (0.000, DOWN, first, 100, 100),
        (0.001, DOWN, second, 101, 100),
        (0.090, UP, first, 100, 100),
        (0.091, UP, second, 101, 100),
    )
    assert touches == [Touch(DOWN, 100, 100), Touch(UP, 100, 100)]


def test_a_mouse_copy_that_comes_after_the_finger_lifted_is_dropped() -> None:
    touches = fed(
        (0.00, DOWN, "finger", 100, 100),
        (0.02, UP, "finger", 100, 100),
        (0.07, DOWN, "mouse", 100, 100),
        (0.08, UP, "mouse", 100, 100),
    )
    assert touches == [Touch(DOWN, 100, 100), Touch(UP, 100, 100)]


def test_two_quick_presses_of_a_person_are_two() -> None:
    touches = fed(
        (0.00, DOWN, "finger", 100, 100),
        (0.05, UP, "finger", 100, 100),
        (0.15, DOWN, "finger", 100, 100),
        (0.20, UP, "finger", 100, 100),
    )
    assert len(touches) == 4


def test_a_bouncing_panel_presses_once() -> None:
    touches = fed(
        (0.000, DOWN, "finger", 100, 100),
        (0.010, UP, "finger", 100, 100),
        (0.030, DOWN, "finger", 102, 101),
        (0.040, UP, "finger", 102, 101),
    )
    assert len(touches) == 2


def test_two_fast_keys_side_by_side_are_two_presses() -> None:
    touches = fed(
        (0.000, DOWN, "finger", 100, 100),
        (0.010, UP, "finger", 100, 100),
        (0.030, DOWN, "finger", 312, 100),
        (0.040, UP, "finger", 312, 100),
    )
    assert len(touches) == 4


def test_a_second_finger_is_not_followed() -> None:
    pointer = Pointer()
    assert pointer.feed(RawTouch(DOWN, "finger", 10, 10, finger=1), 0)
    assert pointer.feed(RawTouch(DOWN, "finger", 500, 500, finger=2), 0.1) is None
    assert pointer.feed(RawTouch(MOVE, "finger", 510, 500, finger=2), 0.2) is None
    assert pointer.feed(RawTouch(UP, "finger", 510, 500, finger=2), 0.3) is None
    assert pointer.is_down
    assert pointer.feed(RawTouch(UP, "finger", 10, 10, finger=1), 0.4)
    assert not pointer.is_down


def test_a_mouse_that_only_moves_touches_nothing() -> None:
    assert fed((0, MOVE, "mouse", 5, 5), (0.1, UP, "mouse", 5, 5)) == []


SUBMIT = Target(Box(0, 0, 200, 100), "submit", "确认提交")
BACK = Target(Box(300, 0, 200, 100), "back", "返回")
OFF = Target(Box(0, 200, 200, 100), "off", "还差 1 项", enabled=False)


def test_an_action_counts_where_the_finger_started_and_ended() -> None:
    presses = Presses()
    assert presses.feed(Touch(DOWN, 5, 5), SUBMIT) is None
    assert presses.pressed == "submit"
    assert presses.feed(Touch(UP, 6, 5), SUBMIT) is SUBMIT
    assert presses.pressed == ""


def test_sliding_off_a_button_takes_the_press_back() -> None:
    presses = Presses()
    presses.feed(Touch(DOWN, 5, 5), SUBMIT)
    presses.feed(Touch(MOVE, 250, 5), None)
    assert presses.pressed == ""
    assert presses.feed(Touch(UP, 310, 5), BACK) is None
    assert presses.feed(Touch(UP, 310, 5), BACK) is None


def test_a_tap_on_what_is_off_is_reported_but_not_painted() -> None:
    presses = Presses()
    presses.feed(Touch(DOWN, 5, 205), OFF)
    assert presses.pressed == ""
    assert presses.feed(Touch(UP, 5, 205), OFF) is OFF
