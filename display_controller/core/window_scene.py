"""What the display above one window says."""

from datetime import datetime

from contract.board import CallOnBoard, HallMode, QueueState, WindowOnBoard, WindowState, ZoneBoard
from display_controller.core import texts
from display_controller.core.scene import (
    Look,
    WindowRole,
    WindowScene,
    hour,
    is_lit,
    is_stale,
    language_at,
    opening,
    spoken_hour,
    turn_of_day,
)
from display_controller.core.texts import Language


def window_scene(board: ZoneBoard | None, role: WindowRole, now: datetime) -> WindowScene:
    """Return the scene of one window; a window the board does not name is closed."""
    language = language_at(role.languages, page_start(board, role, now), now)
    if board is None:
        return _waiting(role, language, texts.STARTING[language], "")
    if board.mode is HallMode.EMERGENCY:
        return WindowScene(Look.EMERGENCY, role.window, language, big=texts.EMERGENCY_SHORT[language])
    if is_stale(board, now):
        return _waiting(role, language, texts.STALE_SHORT[language], _as_of(board, now, language))
    window = find_window(board, role.window)
    if window is None or window.state is WindowState.CLOSED:
        return _closed(board, role, now, language)
    if window.state is WindowState.PAUSED:
        return _paused(window, role, now, language)
    if window.state is WindowState.FREE:
        note = texts.TAKE_TICKET[language] if _hands_out_tickets(board) else ""
        return WindowScene(Look.FREE, role.window, language, role.business[language], texts.FREE[language], note=note)
    return _with_ticket(board, window, role, now, language)


def page_start(board: ZoneBoard | None, role: WindowRole, now: datetime) -> datetime:
    """Return when the pages of this display began: at its call, else with everybody's."""
    call = current_call(board, role.window) if board is not None else None
    return turn_of_day(now) if call is None else call.at


def find_window(board: ZoneBoard, number: int) -> WindowOnBoard | None:
    """Return a window of the board."""
    return next((window for window in board.windows if window.window == number), None)


def current_call(board: ZoneBoard, number: int) -> CallOnBoard | None:
    """Return the call a window shows while it calls: the newest one of its ticket."""
    window = find_window(board, number)
    if window is None or window.state is not WindowState.CALLING:
        return None
    return next((call for call in board.calls if call.window == number and call.ticket == window.ticket), None)


def _with_ticket(
    board: ZoneBoard, window: WindowOnBoard, role: WindowRole, now: datetime, language: Language
) -> WindowScene:
    ticket = window.ticket or ""
    calls = window.state is WindowState.CALLING
    call = current_call(board, role.window)
    shown = ticket if call is None or is_lit(call, now) else ""
    words, short = (texts.CALLING, texts.CALLING_SHORT) if calls else (texts.SERVING, texts.SERVING)
    look = Look.CALLING if calls else Look.SERVING
    return WindowScene(look, role.window, language, role.business[language], shown, words[language], short[language])


def _paused(window: WindowOnBoard, role: WindowRole, now: datetime, language: Language) -> WindowScene:
    coming = window.until is not None and window.until > now
    note = _note(texts.BACK, spoken_hour(window.until, now, language), language) if window.until and coming else ""
    detail = texts.REASONS[window.reason][language] if window.reason is not None else ""
    state = texts.PAUSED[language]
    return WindowScene(Look.PAUSED, role.window, language, role.business[language], state, note=note, detail=detail)


def _closed(board: ZoneBoard, role: WindowRole, now: datetime, language: Language) -> WindowScene:
    opens = opening(board, now)
    note = _note(texts.OPENS, spoken_hour(opens, now, language), language) if opens else ""
    return WindowScene(Look.CLOSED, role.window, language, role.business[language], texts.CLOSED[language], note=note)


def _waiting(role: WindowRole, language: Language, big: str, note: str) -> WindowScene:
    return WindowScene(Look.STALE, role.window, language, role.business[language], big, note=note)


def _as_of(board: ZoneBoard, now: datetime, language: Language) -> str:
    return texts.AS_OF[language].format(hour(board.as_of, now))


def _note(words: texts.Words, time: str, language: Language) -> str:
    return f"{time} {words[language]}" if language is Language.ZH else f"{words[language]} {time}"


def _hands_out_tickets(board: ZoneBoard) -> bool:
    return board.mode is HallMode.OPEN and any(queue.state is QueueState.OPEN for queue in board.queues)
