"""Every service window of a hall and its latest calls, folded from the hall's facts."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from contract import queue_facts as facts
from contract.board import PauseReason, WindowState
from contract.body import Fact
from contract.queue import TicketFact

LATEST_CALLS = 12


@dataclass(slots=True)
class Window:
    """What a window does; `resting` is what it returns to when the ticket in hand is gone."""

    window: int
    state: WindowState = WindowState.CLOSED
    resting: WindowState = WindowState.CLOSED
    ticket: str | None = None
    staff: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reason: PauseReason | None = None
    services: tuple[str, ...] = ()
    served: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a ticket to a window."""

    ticket: str
    window: int
    count: int
    at: datetime


class Windows:
    """The windows of one hall by number; `calls` newest first."""

    def __init__(self) -> None:
        self.by_number: dict[int, Window] = {}
        self.calls: deque[Call] = deque(maxlen=LATEST_CALLS)

    def apply(self, fact: Fact) -> None:
        """Take one fact; facts that concern no window change nothing."""
        if isinstance(fact, TicketFact):
            self._serve(fact)
        else:
            self._seat(fact)

    def _seat(self, fact: Fact) -> None:
        match fact:
            case facts.WindowOpened():
                window = self._rest(fact.window, WindowState.FREE, fact.at)
                window.staff, window.services = fact.staff, fact.services + fact.overflow
            case facts.WindowPaused():
                window = self._rest(fact.window, WindowState.PAUSED, fact.at)
                window.reason, window.until = fact.reason, fact.until
            case facts.WindowResumed():
                self._rest(fact.window, WindowState.FREE, fact.at)
            case facts.WindowClosed():
                self._rest(fact.window, WindowState.CLOSED, fact.at).staff = None

    def _serve(self, fact: TicketFact) -> None:
        match fact:
            case facts.TicketCalled() | facts.TicketRecalled():
                self._hold(fact.window, WindowState.CALLING, fact.ticket, fact.at)
                self.calls.appendleft(Call(fact.ticket, fact.window, fact.count, fact.at))
            case facts.ServiceStarted():
                self._hold(fact.window, WindowState.SERVING, fact.ticket, fact.at)
            case facts.ServiceFinished():
                self._release(fact.window, fact.at).served += 1
            case facts.TicketMissed() | facts.TicketHeld():
                self._release(fact.window, fact.at)
            case facts.TicketTransferred() if fact.window is not None:
                self._release(fact.window, fact.at)
            case facts.TicketReturned() | facts.TicketCancelled() | facts.TicketExpired():
                self._let_go(fact.ticket, fact.at)

    def _window(self, number: int) -> Window:
        return self.by_number.setdefault(number, Window(number))

    def _rest(self, number: int, state: WindowState, at: datetime) -> Window:
        window = self._window(number)
        window.resting, window.reason, window.until = state, None, None
        if window.state is WindowState.CALLING and state is WindowState.CLOSED:
            window.ticket = None
        if window.ticket is None:
            window.state, window.since = state, at
        return window

    def _hold(self, number: int, state: WindowState, ticket: str, at: datetime) -> None:
        window = self._window(number)
        window.state, window.ticket, window.since = state, ticket, at

    def _release(self, number: int, at: datetime) -> Window:
        window = self._window(number)
        window.state, window.ticket, window.since = window.resting, None, at
        return window

    def _let_go(self, ticket: str, at: datetime) -> None:
        for window in self.by_number.values():
            if window.ticket == ticket:
                self._release(window.window, at)
