"""One hall as the centre knows it: the projections together, and what the hall's boards and devices say now."""

from dataclasses import dataclass
from datetime import date, datetime

from contract.board import HallMode, QueueOnBoard, WindowOnBoard, WindowState, ZoneBoard
from contract.body import Fact
from contract.link import DeviceState
from contract.queue import TicketFact
from contract.queue_facts import BusinessDayStarted, ModeChanged
from contract.topics import Address
from hallkit.rules.calendar import WorkCalendar
from intake_server.core.complaints import Complaints
from intake_server.core.event import Event
from intake_server.core.guide_desk import GuideDesk
from intake_server.core.hours import Hours
from intake_server.core.kinds import LedgerKind
from intake_server.core.ratings import Ratings
from intake_server.core.tickets import Tickets
from intake_server.core.windows import Call, Window, Windows


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """What a device last said of itself, and when we heard it."""

    address: Address
    state: DeviceState
    heard_at: datetime


class Hall:
    """The live picture of one hall; facts come by the ledger, boards and device states as they are published."""

    def __init__(self, name: str, calendar: WorkCalendar, rectify_days: int) -> None:
        self.name = name
        self.tickets, self.windows, self.hours = Tickets(), Windows(), Hours()
        self.ratings = Ratings(calendar, rectify_days)
        self.complaints, self.guide_desk = Complaints(calendar, rectify_days), GuideDesk()
        self.boards: dict[str, ZoneBoard] = {}
        self.devices: dict[Address, DeviceHealth] = {}
        self.business_day: date | None = None
        self.mode: HallMode | None = None
        self.last_fact_at: datetime | None = None
        self.facts = 0

    def apply(self, event: Event) -> None:
        """Take one committed fact."""
        fact = event.fact
        if isinstance(fact, TicketFact):
            self.tickets.apply(fact)
            self._see_day(fact.business_day)
        elif isinstance(fact, BusinessDayStarted):
            self._see_day(fact.business_day)
        elif isinstance(fact, ModeChanged):
            self.mode = fact.mode
        self._figures(fact)
        self.listen(event)
        self.last_fact_at = max(event.at, self.last_fact_at or event.at)
        self.facts += 1

    def _figures(self, fact: Fact) -> None:
        self.windows.apply(fact)
        self.hours.apply(fact)

    def listen(self, event: Event) -> None:
        """Take what citizens say of the hall and to it, also of days before the live picture."""
        self.ratings.apply(event.fact)
        if event.kind is LedgerKind.RATING:
            self.complaints.apply(event.fact, event.device)
            self.guide_desk.apply(event.fact, event.device)

    def _see_day(self, day: date) -> None:
        if self.business_day is None or day > self.business_day:
            self.business_day = day

    def forget(self, before: date) -> None:
        """Drop what ended on earlier business days."""
        self.tickets.forget(before)
        self.hours.forget(before)

    def show(self, board: ZoneBoard) -> None:
        """Take a zone's board; an older one than we have is ignored."""
        known = self.boards.get(board.zone)
        if known is None or board.as_of >= known.as_of:
            self.boards[board.zone] = board
            self._see_day(board.business_day)

    def hear(self, address: Address, state: DeviceState, now: datetime) -> None:
        """Take what a device says of itself."""
        self.devices[address] = DeviceHealth(address, state, now)

    @property
    def as_of(self) -> datetime | None:
        """When the newest thing known here happened."""
        times = [board.as_of for board in self.boards.values()] + [at for at in (self.last_fact_at,) if at]
        return max(times, default=None)

    def queue(self, service: str) -> QueueOnBoard | None:
        """Return a service's line on its zone's board."""
        lines = (line for zone in sorted(self.boards) for line in self.boards[zone].queues)
        return next((line for line in lines if line.service == service), None)

    def board_windows(self) -> dict[str, tuple[WindowOnBoard, ...]]:
        """Return every zone's windows by the boards; before any board, those the ledger knows under zone ''."""
        if self.boards:
            return {zone: self.boards[zone].windows for zone in sorted(self.boards)}
        known = sorted(self.windows.by_number.values(), key=lambda one: one.window)
        return {"": tuple(_on_board(one) for one in known)} if known else {}

    def latest_calls(self, most: int = 8) -> list[Call]:
        """Return the newest calls of the hall, newest first."""
        shown = {(one.ticket, one.at): one for board in self.boards.values() for one in board.calls}
        if not shown:
            return list(self.windows.calls)[:most]
        newest = sorted(shown.values(), key=lambda one: (one.at, one.call), reverse=True)[:most]
        return [Call(one.ticket, one.window, one.count, one.at) for one in newest]


def _on_board(window: Window) -> WindowOnBoard:
    paused = window.state is WindowState.PAUSED
    return WindowOnBoard(
        window=window.window,
        state=window.state,
        ticket=window.ticket,
        until=window.until if paused else None,
        reason=window.reason if paused else None,
    )
