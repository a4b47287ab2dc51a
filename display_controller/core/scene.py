"""What a panel says at one moment: a zone's board, the panel's role and the time become a scene, dots come later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contract.board import CallOnBoard, HallMode, ZoneBoard
from display_controller.core import texts
from display_controller.core.texts import Language, Words

PAGE = timedelta(seconds=5)
STALE_AFTER = timedelta(seconds=30)
BLINK_HALF = timedelta(milliseconds=500)
BLINKS = 3
PAUSE = "\u3000"
"""Stands between the two halves of a notice; a narrow panel shows the first."""


@dataclass(frozen=True)
class WindowRole:
    """A display above one service window; `business` is what the window does, Chinese and English."""

    window: int
    business: Words = ("", "")
    languages: tuple[Language, ...] = (Language.ZH, Language.EN)


@dataclass(frozen=True)
class HallRole:
    """A zone's hall display; `services` names a queue's service for the notice that its tickets are gone."""

    services: tuple[tuple[str, Words], ...] = ()
    languages: tuple[Language, ...] = (Language.ZH, Language.EN)


Role = WindowRole | HallRole


class Look(StrEnum):
    """How a window display is drawn; states differ by words and by a filled or outlined box, not by colour alone."""

    CALLING = "calling"
    SERVING = "serving"
    FREE = "free"
    PAUSED = "paused"
    CLOSED = "closed"
    STALE = "stale"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class WindowScene:
    """One window display: `big` is the number or the state, `state` stands beside a number, `note` top right."""

    look: Look
    window: int
    language: Language
    business: str = ""
    big: str = ""
    state: str = ""
    state_short: str = ""
    note: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """One call in the hall table; `inverted` rows are drawn dark on light."""

    ticket: str
    window: int
    inverted: bool = False


@dataclass(frozen=True)
class TableScene:
    """The hall table, newest call first, and the line below it."""

    rows: tuple[Row, ...]
    desk: str
    notice: str
    clock: str


@dataclass(frozen=True)
class PageScene:
    """One message for everybody, up to three lines and a clock; `framed` pages tell of trouble."""

    title: str
    second: str = ""
    third: str = ""
    clock: str = ""
    framed: bool = False


Scene = WindowScene | TableScene | PageScene


def is_stale(board: ZoneBoard, now: datetime) -> bool:
    """Tell whether a board is too old to show numbers from; an emergency never grows old."""
    return now - board.as_of >= STALE_AFTER and board.mode is not HallMode.EMERGENCY


def language_at(languages: tuple[Language, ...], start: datetime, now: datetime) -> Language:
    """Return the language of a page that began at `start`: each for five seconds, in turn."""
    return languages[int(max(now - start, timedelta()) / PAGE) % len(languages)]


def turn_of_day(now: datetime) -> datetime:
    """Return the start of the day pages turn with, so that all panels turn together."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def is_lit(call: CallOnBoard, now: datetime) -> bool:
    """Tell whether a call's number is in the lit half of a blink; steady after three."""
    halves = int((now - call.at) / BLINK_HALF)
    return now < call.at or halves >= 2 * BLINKS or halves % 2 == 0


def latest_calls(board: ZoneBoard) -> tuple[CallOnBoard, ...]:
    """Return the newest call of each ticket, newest first."""
    newest: dict[str, CallOnBoard] = {}
    for call in board.calls:
        newest.setdefault(call.ticket, call)
    return tuple(newest.values())


def hour(moment: datetime, now: datetime) -> str:
    """Return a time as tables write it, in the zone of `now`: 08:30."""
    return f"{moment.astimezone(now.tzinfo):%H:%M}"


def spoken_hour(moment: datetime, now: datetime, language: Language) -> str:
    """Return a time as sentences write it, in the zone of `now`: 8:30, 明天 8:30, 9月21日 8:30."""
    local = moment.astimezone(now.tzinfo)
    time = f"{local.hour}:{local:%M}"
    days = (local.date() - now.date()).days
    if days == 0:
        return time
    if days == 1:
        return texts.TOMORROW[language].format(time)
    return texts.ON_DAY[language].format(local.month, local.day, time)


def opening(board: ZoneBoard, now: datetime) -> datetime | None:
    """Return when the first service opens again, if that is known and still to come."""
    coming = [queue.reopens for queue in board.queues if queue.reopens is not None and queue.reopens > now]
    return min(coming, default=None)
