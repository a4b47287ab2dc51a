"""Why a rating pad asks nothing now, from its window's place on the zone's board."""

from collections.abc import Sequence
from typing import NamedTuple

from contract.board import WindowOnBoard, WindowState

_SERVING = (WindowState.FREE, WindowState.CALLING, WindowState.SERVING)


class PauseShown(NamedTuple):
    """What a resting pad says: a `closed` or pausing window, `until` like 10:30, `elsewhere` a window that serves."""

    closed: bool = False
    full: bool = False
    until: str = ""
    elsewhere: int | None = None


def pause_of(windows: Sequence[WindowOnBoard], window: int) -> PauseShown | None:
    """Return how `window` pauses, and the nearest window that serves; None while it does not pause."""
    mine = next((one for one in windows if one.window == window), None)
    if mine is None or mine.state not in (WindowState.PAUSED, WindowState.CLOSED):
        return None
    others = [one.window for one in windows if one.state in _SERVING]
    nearest = min(others, key=lambda other: (abs(other - window), other), default=None)
    until = f"{mine.until.hour}:{mine.until.minute:02}" if mine.until else ""
    return PauseShown(closed=mine.state is WindowState.CLOSED, until=until, elsewhere=nearest)
