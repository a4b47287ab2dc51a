"""When a panel's scene changes by itself; between two such moments nothing needs to run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contract.board import CallOnBoard, HallMode, WindowState, ZoneBoard
from display_controller.core.hall_scene import notices
from display_controller.core.scene import (
    BLINK_HALF,
    BLINKS,
    PAGE,
    STALE_AFTER,
    HallRole,
    Role,
    WindowRole,
    latest_calls,
    opening,
    turn_of_day,
)
from display_controller.core.window_scene import current_call, find_window, page_start

MINUTE = timedelta(minutes=1)


def next_change(board: ZoneBoard | None, role: Role, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which `compose` may differ; None when only a new board can change it."""
    return min((moment for moment in _moments(board, role, now) if moment > now), default=None)


def _moments(board: ZoneBoard | None, role: Role, now: datetime) -> Iterator[datetime]:
    if _turns_pages(board, role):
        start = page_start(board, role, now) if isinstance(role, WindowRole) else turn_of_day(now)
        yield _after(start, PAGE, now)
    if board is None:
        return
    yield turn_of_day(now) + timedelta(days=1)
    if board.mode is not HallMode.EMERGENCY:
        yield board.as_of + STALE_AFTER
    opens = opening(board, now)
    if opens is not None:
        yield opens
    yield from _window_moments(board, role) if isinstance(role, WindowRole) else _hall_moments(board, now)


def _turns_pages(board: ZoneBoard | None, role: Role) -> bool:
    if len(role.languages) > 1:
        return True
    return isinstance(role, HallRole) and board is not None and len(notices(board, role)) > 1


def _window_moments(board: ZoneBoard, role: WindowRole) -> Iterator[datetime]:
    window = find_window(board, role.window)
    if window is not None and window.state is WindowState.PAUSED and window.until is not None:
        yield window.until
    call = current_call(board, role.window)
    if call is not None:
        yield from _blinks(call)


def _hall_moments(board: ZoneBoard, now: datetime) -> Iterator[datetime]:
    if board.mode is HallMode.EMERGENCY:
        return
    yield _after(turn_of_day(now), MINUTE, now)
    for call in latest_calls(board)[:1]:
        yield from _blinks(call)


def _blinks(call: CallOnBoard) -> Iterator[datetime]:
    yield from (call.at + BLINK_HALF * half for half in range(2 * BLINKS + 1))


def _after(start: datetime, step: timedelta, now: datetime) -> datetime:
    """Return the first turn of `step` after `now`; turns begin at `start`."""
    return start + step * (max(now - start, timedelta()) // step + 1)
