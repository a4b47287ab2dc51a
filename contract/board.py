"""Zone boards: tickets, windows and enumerated reasons only, never free text."""

from datetime import date
from enum import StrEnum

from contract.body import Board, Body
from contract.moment import Moment


class HallMode(StrEnum):
    """How a hall is attended at this moment."""

    OPEN = "open"
    CLOSING = "closing"
    UNATTENDED = "unattended"
    EMERGENCY = "emergency"


class WindowState(StrEnum):
    """What a service window does at this moment."""

    CLOSED = "closed"
    FREE = "free"
    CALLING = "calling"
    SERVING = "serving"
    PAUSED = "paused"


class PauseReason(StrEnum):
    """Why a window pauses; the only reasons a board can show."""

    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    FAULT = "fault"


class QueueState(StrEnum):
    """Whether a service hands out tickets at this moment."""

    OPEN = "open"
    FULL = "full"
    CLOSING = "closing"
    CLOSED = "closed"


class CallOnBoard(Body, frozen=True, kw_only=True):
    """One call: `call` grows with every call of the hall, `count` is 1 for the first call of a ticket."""

    call: int
    ticket: str
    window: int
    count: int
    at: Moment


class WindowOnBoard(Body, frozen=True, kw_only=True):
    """One window: its ticket while calling or serving, `until` and `reason` while paused."""

    window: int
    state: WindowState
    ticket: str | None = None
    count: int = 0
    until: Moment | None = None
    reason: PauseReason | None = None


class QueueOnBoard(Body, frozen=True, kw_only=True):
    """One service: people waiting and the forecast wait in minutes, `None` while it cannot be forecast."""

    service: str
    state: QueueState
    waiting: int
    low_minutes: int | None = None
    high_minutes: int | None = None
    reopens: Moment | None = None


class ZoneBoard(Board, frozen=True, kw_only=True):
    """Everything a zone's displays and voices need; `calls` newest first, at most 12."""

    zone: str
    business_day: date
    as_of: Moment
    mode: HallMode
    windows: tuple[WindowOnBoard, ...]
    queues: tuple[QueueOnBoard, ...]
    calls: tuple[CallOnBoard, ...]
