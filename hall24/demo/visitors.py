"""Visitors of a live hall: they take a ticket, wait for their call, are served, and some of them rate."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from contract.board import CallOnBoard, QueueState, WindowState, ZoneBoard
from contract.rating import RatingGrade, RatingReason
from hall24.demo.clerks import Clerk
from hall24.demo.witness import Witness
from hallkit.inventory.schema import Hall
from hallkit.pad.face import Box
from hallkit.runtime.clock import Clock
from simulators.rating_pad import RatingPad

TakeTicket = Callable[[str], Awaitable[str]]
"""Takes a ticket for a service and returns its number."""

GRADES = ((RatingGrade.EXCELLENT, 88), (RatingGrade.GOOD, 7), (RatingGrade.FAIR, 2), (RatingGrade.POOR, 2),
          (RatingGrade.VERY_POOR, 1))  # fmt: skip
RATES, WALKS_AWAY = 0.45, 0.04
WALK = (0.4, 1.2)
"""Seconds from a seat to a window in a hurried demonstration."""


@dataclass(slots=True)
class Tally:
    """What the visitors did and saw."""

    came: int = 0
    tickets: list[str] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    told_full: int = 0


class Crowd:
    """Lets visitors come one by one and live their visits."""

    def __init__(
        self, hall: Hall, witness: Witness, clerks: Mapping[int, Clerk], pads: Mapping[int, RatingPad],
        take_ticket: TakeTicket, clock: Clock, chance: random.Random,
    ) -> None:  # fmt: skip
        self._witness, self._clerks, self._pads = witness, clerks, pads
        self._take_ticket, self._clock, self._chance = take_ticket, clock, chance
        self._services = [service.id for service in hall.services]
        self._weights = [sum(service in window.services for window in hall.windows) for service in self._services]
        self._visits: list[asyncio.Task[None]] = []
        self._called: dict[str, asyncio.Event] = {}
        self._call: dict[str, CallOnBoard] = {}
        self._news = asyncio.Event()
        self.tally = Tally()
        witness.on_board.append(self._look)

    async def come(self, visitors: int, seconds: float) -> None:
        """Let `visitors` come within `seconds`, evenly but for chance; return when the last one came."""
        for _ in range(visitors):
            await self._clock.sleep(self._chance.uniform(0.2, 1.8) * seconds / visitors)
            self.tally.came += 1
            self._visits.append(asyncio.create_task(self._visit(), name=f"visitor {self.tally.came}"))

    async def leave(self, patience: float) -> None:
        """Wait until everybody went home, `patience` seconds at most; whoever is still here walks away."""
        if self._visits:
            await asyncio.wait(self._visits, timeout=patience)
        for visit in self._visits:
            visit.cancel()
        for result in await asyncio.gather(*self._visits, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _visit(self) -> None:
        service = self._chance.choices(self._services, self._weights)[0]
        ticket = await self._take_ticket(service)
        if not ticket:
            self.tally.told_full += self._is_full(service)
            return
        self.tally.tickets.append(ticket)
        if self._chance.random() < WALKS_AWAY:
            self.tally.left.append(ticket)
            return
        call = await self._wait_for_call(ticket)
        await self._clock.sleep(self._chance.uniform(*WALK))
        self._clerks[call.window].arrived.put_nowait(ticket)
        await self._rate(call.window, ticket)

    def _is_full(self, service: str) -> bool:
        """Return whether the boards say that a queue gives no tickets now, as the machine's screen does."""
        queues = [queue for board in self._witness.boards.values() for queue in board.queues]
        return any(one.service == service and one.state is not QueueState.OPEN for one in queues)

    async def _wait_for_call(self, ticket: str) -> CallOnBoard:
        event = self._called.setdefault(ticket, asyncio.Event())
        if ticket not in self._call:
            await event.wait()
        return self._call[ticket]

    async def _rate(self, window: int, ticket: str) -> None:
        """Stay until served, then press a grade on the window's pad or go."""
        pad = self._pads[window]
        await self._see(lambda: self._serves(window) == ticket)
        await self._see(lambda: self._serves(window) != ticket)
        self.tally.served.append(ticket)
        if self._chance.random() >= RATES:
            return
        await self._clock.sleep(self._chance.uniform(0.3, 1.0))
        grade = self._chance.choices([one for one, _ in GRADES], [weight for _, weight in GRADES])[0]
        if not await pad.press(grade):
            return
        self.tally.pressed.append(ticket)
        if grade.is_bad:
            await self._clock.sleep(0.5)
            await pad.touch(*_middle(pad.boxes()[RatingReason.WAITED_LONG]))
            await pad.touch(*_middle(pad.boxes()["submit"]))

    async def _see(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._news.clear()
            await self._news.wait()

    def _serves(self, window: int) -> str | None:
        boards = self._witness.boards.values()
        found = [one for board in boards for one in board.windows if one.window == window]
        return found[0].ticket if found and found[0].state is WindowState.SERVING else None

    def _look(self, board: ZoneBoard) -> None:
        self._news.set()
        for call in board.calls:
            self._call[call.ticket] = call
            if event := self._called.get(call.ticket):
                event.set()


def _middle(box: Box) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2
