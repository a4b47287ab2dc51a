"""A person before a ticket machine: what they touch, what they look at, and what they go away with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from hall24.day.notes import Notes
from hall24.day.ticket_place import TicketPlace, TouchNote
from hallkit.runtime.clock import Clock
from queue_caller.core.machine_table import State
from queue_caller.core.machine_ticket import HeldTicket
from simulators.id_cards import SimulatedCard

LOOKS_EVERY = 0.2
GLANCE = 0.6
"""Seconds a person takes to find the next thing to touch."""

READS_SLIP = 1.5
BEARS_WAITING = 15.0
"""Seconds a person waits for a screen to change, or for paper."""

BEARS_DARK = 75.0
"""Seconds a person stays at a machine that went dark under the finger."""

NOTHING_COMES = 12.0
"""Seconds after which a machine that is back is taken to have forgotten."""

HAS_NUMBER = (State.ISSUED, State.OFFLINE, State.UNPRINTED)
LEAVES = ("done", "leave", "back", "not_mine", "stay")


class Ending(Enum):
    """How a person leaves a machine without a ticket."""

    TURNED_AWAY = "turned_away"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Taken:
    """A ticket somebody has: off the slip, or off the screen where no slip came (`link` is empty then)."""

    ticket: str
    business_day: date
    link: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of a machine: a service's ticket, or the one of an appointment by its code.

    `presses` is how often they touch it in a hurry, `tidy` whether they bring the first screen back before they go.
    """

    service: str
    elder: bool = False
    card: SimulatedCard | None = None
    appointment: str = ""
    presses: int = 1
    tidy: bool = False


class AtMachine:
    """One person's turn at one machine."""

    def __init__(self, place: TicketPlace, clock: Clock, notes: Notes, wish: Wish) -> None:
        self._place, self._clock, self._notes, self._wish = place, clock, notes, wish
        self._slips = 0

    async def take(self) -> Taken | Ending:
        """Return the ticket; whoever finds the machine out of order, or gets no answer, leaves."""
        async with self._place.turn:
            self._slips = len(self._place.collect())
            for _ in range(2):
                found = await self._turn()
                if found is not None:
                    return found
            return Ending.BROKEN

    async def _turn(self) -> Taken | Ending | None:
        """Try once; None if it is worth another try."""
        if not await self._reach_home():
            return Ending.BROKEN
        if self._wish.elder and self._place.touch("elder"):
            await self._clock.sleep(GLANCE)
        if self._wish.card is not None:
            await self._lay_card(self._wish.card)
        place, app, note = self._place, self._place.app, TouchNote()
        started = await (self._scan(self._wish.appointment) if self._wish.appointment else self._pick())
        if started is not True:
            return started or None
        place.touches.append(note)
        await self._see(lambda: place.app is not app or place.state not in (State.HOME, State.IDENTIFY, *WORKS))
        if place.app is not app or not place.is_lit:
            return await self._after_death(note)
        return await self._look(note)

    async def _reach_home(self) -> bool:
        """Bring the first screen up, whatever somebody left there."""
        for _ in range(40):
            if self._place.state is State.HOME:
                return True
            if not self._place.touch(*LEAVES):
                await self._clock.sleep(2.0)
            await self._clock.sleep(GLANCE)
        return False

    async def _pick(self) -> bool | Ending:
        """Touch the service, on another page if need be; one that is full says so."""
        action = f"pick:{self._wish.service}"
        await self._clock.sleep(GLANCE)
        for _ in range(4):
            if self._place.touch(action, times=self._wish.presses):
                return True
            if self._place.touch(action.replace("pick", "explain")):
                await self._clock.sleep(READS_SLIP)
                self._place.touch("back")
                return Ending.TURNED_AWAY
            if not self._place.touch("page:1"):
                return False
            await self._clock.sleep(GLANCE)
        return False

    async def _lay_card(self, card: SimulatedCard) -> None:
        """Let the machine read an identity card; without a reader that works, go on without."""
        place = self._place
        if not place.touch("booking"):
            return
        await self._clock.sleep(GLANCE)
        place.reader.lay_on(card)
        await self._see(lambda: place.state not in (State.IDENTIFY, State.ASKING))
        place.reader.lift()
        self._notes.count("cards_read" if place.state is State.HOME else "cards_not_read")
        if place.state is not State.HOME:
            await self._reach_home()

    async def _scan(self, appointment: str) -> bool | Ending:
        """Hold the code of a booking before the machine's scanner."""
        place = self._place
        if not place.touch("booking", "code"):
            return False
        await self._clock.sleep(GLANCE)
        if place.app is None or place.state not in (State.IDENTIFY, State.CODE):
            return False
        place.app.scanned(f"/b/{appointment}")
        return True

    async def _look(self, note: TouchNote) -> Taken | Ending | None:
        """Read what the machine says after a press."""
        place, state, held = self._place, self._place.state, self._place.ticket
        if state in HAS_NUMBER and held is not None:
            return await self._take_slip(note, held)
        note.is_known = state in (State.HOME, State.IDENTIFY, State.CODE, State.CLOSED, State.REFUSED, State.AWAY)
        refused = state in (State.CLOSED, State.REFUSED)
        await self._clock.sleep(READS_SLIP)
        place.touch(*LEAVES)
        return Ending.TURNED_AWAY if refused else None if state is State.HOME else Ending.BROKEN

    async def _take_slip(self, note: TouchNote, held: HeldTicket) -> Taken | Ending | None:
        """Wait for the paper; without it the number on the screen must do."""
        place, app = self._place, self._place.app
        note.ticket, note.is_known = f"{held.business_day.isoformat()}/{held.ticket}", True

        def died() -> bool:
            return place.app is not app or not place.is_lit

        await self._see(lambda: self._has_slip() or died() or place.state is State.UNPRINTED)
        if not self._has_slip() and died():
            await self._offered(lambda one: one.ticket == held.ticket)
        if not self._has_slip():
            self._notes.count("without_a_slip")
        taken = self._taken(held)
        await self._clock.sleep(READS_SLIP)
        if self._wish.tidy:
            place.touch("done")
        return taken

    def _taken(self, held: HeldTicket) -> Taken:
        """Take what came out: a slip of somebody who went away without one may come first, and is left to the staff."""
        slips = [slip for _, slip in self._place.collect()[self._slips :]]
        self._slips += len(slips)
        mine = [slip for slip in slips if slip.ticket == held.ticket]
        for slip in slips:
            if slip.ticket != held.ticket and not self._notes.owed.pop(slip.ticket, False):
                self._notes.complaints.append(f"{self._place.name} shows {held.ticket} and prints {slip.ticket}")
        if not mine:
            self._notes.owed[held.ticket] = True
        return Taken(held.ticket, held.business_day, mine[-1].link if mine else "")

    async def _after_death(self, note: TouchNote) -> Taken | Ending | None:
        """Stay a while at a machine that died without a slip: it may come back and offer it, or know of nothing."""
        if (slip := self._came_out(note)) is not None:
            return slip
        service = self._wish.service
        held = await self._offered(lambda one: bool(self._wish.appointment) or one.service == service)
        if held is None and (slip := self._came_out(note)) is not None:
            return slip
        if held is None:
            return None if self._place.state is State.HOME else Ending.BROKEN
        return await self._take_slip(note, held)

    async def _offered(self, is_mine: Callable[[HeldTicket], bool]) -> HeldTicket | None:
        """Wait for the machine to offer my slip and take it; None if it does not."""
        place = self._place
        await self._see(lambda: place.is_lit, BEARS_DARK)
        await self._see(lambda: place.state is State.REPRINT or not place.is_lit, NOTHING_COMES)
        held = place.ticket
        if place.state is not State.REPRINT or held is None or not is_mine(held):
            return None
        await self._clock.sleep(GLANCE)
        self._notes.count("slips_offered_again")
        place.touch("reprint")
        await self._see(lambda: self._has_slip() or place.state not in (State.REPRINT, State.ISSUED))
        return held

    def _came_out(self, note: TouchNote) -> Taken | None:
        """Take the slip that came out before the machine died, if one did and nobody else waits for it."""
        slips = self._place.collect()[self._slips :]
        self._slips += len(slips)
        mine = [(day, slip) for day, slip in slips if not self._notes.owed.pop(slip.ticket, False)]
        if not mine:
            return None
        day, slip = mine[-1]
        note.ticket, note.is_known = f"{day}/{slip.ticket}", True
        return Taken(slip.ticket, date.fromisoformat(day), slip.link)

    def _has_slip(self) -> bool:
        return len(self._place.collect()) > self._slips

    async def _see(self, is_so: Callable[[], bool], seconds: float = BEARS_WAITING) -> bool:
        """Look again and again until something is so; False if it does not come."""
        until = self._clock.monotonic() + seconds
        while not is_so():
            if self._clock.monotonic() >= until:
                return False
            await self._clock.sleep(LOOKS_EVERY)
        return True


WORKS = (State.ISSUING, State.ASKING)
