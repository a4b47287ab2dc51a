from datetime import datetime

import pytest

from contract.board import WindowOnBoard, WindowState
from hallkit.pad.pause import PauseShown, pause_of
from hallkit.runtime.clock import SHANGHAI

HALF_PAST = datetime(2026, 9, 14, 8, 30, tzinfo=SHANGHAI)


def window(number: int, state: WindowState, until: datetime | None = None) -> WindowOnBoard:
    return WindowOnBoard(window=number, state=state, until=until)


@pytest.mark.parametrize("state", [WindowState.FREE, WindowState.CALLING, WindowState.SERVING])
def test_a_window_at_work_does_not_pause(state: WindowState) -> None:
    assert pause_of([window(3, state)], 3) is None


def test_a_window_the_board_does_not_know_does_not_pause() -> None:
    assert pause_of([window(4, WindowState.PAUSED)], 3) is None


def test_the_nearest_window_at_work_is_named_and_the_lower_of_two() -> None:
    others = [window(1, WindowState.FREE), window(9, WindowState.FREE), window(11, WindowState.SERVING)]
    assert pause_of([*others, window(10, WindowState.PAUSED, HALF_PAST)], 10) == PauseShown(until="8:30", elsewhere=9)


def test_a_closed_window_says_so_and_names_nobody_when_all_are_closed() -> None:
    assert pause_of([window(3, WindowState.CLOSED), window(4, WindowState.CLOSED)], 3) == PauseShown(closed=True)
