"""What a zone's hall display says: the latest calls, or one message for everybody."""

from datetime import datetime

from contract.board import HallMode, QueueState, ZoneBoard
from display_controller.core import texts
from display_controller.core.scene import (
    PAGE,
    PAUSE,
    HallRole,
    PageScene,
    Row,
    TableScene,
    hour,
    is_lit,
    is_stale,
    language_at,
    latest_calls,
    opening,
    spoken_hour,
    turn_of_day,
)
from display_controller.core.texts import Language, Notice


def hall_scene(board: ZoneBoard | None, role: HallRole, now: datetime) -> TableScene | PageScene:
    """Return the scene of a hall display; an emergency goes before everything, then stale data, then the night."""
    language = language_at(role.languages, turn_of_day(now), now)
    if board is None:
        return PageScene(texts.STARTING[language], texts.STALE_SECOND[language], framed=True)
    if board.mode is HallMode.EMERGENCY:
        second, third = texts.EMERGENCY_SECOND[language], texts.EMERGENCY_THIRD[language]
        return PageScene(texts.EMERGENCY[language], second, third, framed=True)
    if is_stale(board, now):
        as_of = texts.AS_OF[language].format(hour(board.as_of, now))
        return PageScene(texts.STALE[language], texts.STALE_SECOND[language], as_of, framed=True)
    if board.mode is HallMode.UNATTENDED:
        return _night(board, now, language)
    if board.calls:
        notice = PAUSE.join(words[language] for words in notice_at(board, role, now) if words[language])
        return TableScene(_rows(board, now), texts.DESK[language], notice, hour(now, now))
    know, do = (texts.IDLE, texts.IDLE_SECOND) if _opens(board) else notices(board, role)[0]
    return PageScene(know[language], do[language], clock=hour(now, now))


def notice_at(board: ZoneBoard, role: HallRole, now: datetime) -> Notice:
    """Return the notice of this moment: several take turns, each in every language of the role."""
    several = notices(board, role)
    turn = int((now - turn_of_day(now)) / (PAGE * len(role.languages)))
    return several[turn % len(several)]


def notices(board: ZoneBoard, role: HallRole) -> tuple[Notice, ...]:
    """Return what the line below the table says in turn."""
    if board.mode is HallMode.CLOSING:
        return (texts.NO_MORE_TICKETS,)
    full = {queue.service for queue in board.queues if queue.state is QueueState.FULL}
    if board.queues and len(full) == len(board.queues):
        return (texts.ALL_FULL, texts.WAIT)
    named = (words for service, words in role.services if service in full)
    return (texts.WAIT, *((words, texts.ONE_FULL) for words in named))


def _opens(board: ZoneBoard) -> bool:
    return board.mode is HallMode.OPEN and any(queue.state is QueueState.OPEN for queue in board.queues)


def _rows(board: ZoneBoard, now: datetime) -> tuple[Row, ...]:
    calls = latest_calls(board)
    return tuple(Row(c.ticket, c.window, c is calls[0] and is_lit(c, now)) for c in calls)


def _night(board: ZoneBoard, now: datetime, language: Language) -> PageScene:
    opens = opening(board, now)
    second = texts.NIGHT_SECOND[language].format(spoken_hour(opens, now, language)) if opens else ""
    return PageScene(texts.NIGHT[language], second, texts.NIGHT_THIRD[language], hour(now, now))
