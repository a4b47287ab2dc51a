"""Visitors in the hall: they take tickets, wait, come when called, are served, rate and go."""

import asyncio
from datetime import date, datetime, timedelta

from contract.board import CallOnBoard
from contract.body import Reply
from contract.link import Done
from contract.queue import CancelReason, IssueChannel
from contract.queue_requests import (
    AppointmentReply,
    BookAppointment,
    CancelTicket,
    IssueTicket,
    QueueRefused,
    ReturnTicket,
    StepAway,
    TicketIssuedReply,
)
from contract.rating import RatingGrade
from hall24.day.at_machine import AtMachine, Ending, Taken, Wish
from hall24.day.disk import Killed
from hall24.day.notes import PERSON_NAME, Notes, Press, Slip
from hall24.day.people import Person, Windows
from hall24.day.stage import Stage
from hallkit.pad.face import REASON_BOXES, SUBMIT_BOX
from hallkit.pad.state import PadScreen
from simulators.id_cards import SimulatedCard, resident
from simulators.people.plan import Habit, Visit

TRIES = 4
TRY_AGAIN = 45.0
LONGEST_WAIT = 10 * 3600.0
SLOT = timedelta(minutes=15)


class Visitor:
    """One visitor from the door to the door."""

    def __init__(self, visit: Visit, stage: Stage, windows: Windows, notes: Notes) -> None:
        self._visit, self._stage, self._windows, self._notes = visit, stage, windows, notes
        self._name = f"visitor-{visit.day}-{visit.number}"

    async def live(self) -> None:
        """Spend the visit."""
        taken = await self._take_ticket()
        if isinstance(taken, Ending):
            turned_away = taken is Ending.TURNED_AWAY
            self._notes.count("turned_away" if turned_away else "not_served_by_machine")
            return
        at = self._stage.clock.monotonic()
        self._notes.slips.append(Slip(self._name, taken.ticket, taken.business_day, taken.link, at))
        if self._visit.habit is Habit.STEPS_OUT:
            await self._step_out(taken.ticket)
        for take in self._visit.services_take:
            if not await self._be_served(taken.ticket, take):
                return
        self._notes.count("served")

    async def _take_ticket(self) -> Taken | Ending:
        visit = self._visit
        if visit.habit is Habit.FAMILY:
            return await self._ask_for_ticket()
        booked = await self._book() if visit.habit is Habit.APPOINTMENT else ""
        wish = Wish(
            visit.services[0], elder=visit.habit is Habit.ELDER, appointment=booked,
            card=_card_of(visit) if visit.with_card and not booked else None,
            presses=2 if visit.habit is Habit.PRESSES_TWICE else 1, tidy=visit.number % 10 == 0,
        )  # fmt: skip
        return await self._try_machines(wish)

    async def _try_machines(self, wish: Wish) -> Taken | Ending:
        """Go to a machine, to the next if it is out of order, to the first again later."""
        places, ending = self._stage.machines, Ending.BROKEN
        for number in range(TRIES):
            place = places[(self._visit.machine + number) % len(places)]
            taken = await AtMachine(place, self._stage.clock, self._notes, wish).take()
            if taken is not Ending.BROKEN:
                return taken
            self._notes.count("machine_out_of_order")
            await self._stage.clock.sleep(TRY_AGAIN)
        return ending

    async def _ask_for_ticket(self) -> Taken | Ending:
        """Take one ticket for two matters at the desk."""
        asked = IssueTicket(services=self._visit.services, channel=IssueChannel.TOUCH)
        reply = await self._ask(asked, "issue")
        if isinstance(reply, TicketIssuedReply):
            return Taken(reply.ticket, reply.business_day, reply.link)
        return Ending.TURNED_AWAY if isinstance(reply, QueueRefused) else Ending.BROKEN

    async def _book(self) -> str:
        """Book a time and wait for it; return the appointment, empty if there is none to be had."""
        start = _next_slot(self._stage.clock.now())
        booked = await self._ask(BookAppointment(service=self._visit.services[0], start=start), "book")
        if not isinstance(booked, AppointmentReply):
            return ""
        self._notes.count("appointments")
        await self._stage.clock.sleep((start - self._stage.clock.now()).total_seconds() - 120)
        return booked.appointment

    async def _step_out(self, ticket: str) -> None:
        if isinstance(await self._ask(StepAway(ticket=ticket), "away"), Done):
            await self._stage.clock.sleep(self._visit.back_after / 1000)
            await self._ask(ReturnTicket(ticket=ticket), "back")

    async def _be_served(self, ticket: str, take: int) -> bool:
        habit = self._visit.habit
        patience = self._visit.patience / 1000 if habit is Habit.WALKS_AWAY else LONGEST_WAIT
        call = await self._stage.eyes.call_of(ticket, patience)
        if call is None:
            await self._leave(ticket)
            return False
        if habit is Habit.NO_SHOW:
            self._notes.count("no_show")
            return False
        if habit is Habit.COMES_BACK:
            call = await self._come_back(ticket)
        while call is not None:
            await self._stage.clock.sleep(self._visit.walk / 1000)
            if await self._at_window(ticket, call, take):
                return True
            call = await self._stage.eyes.call_of(ticket, 3600.0)
        self._notes.count("gave_up")
        return False

    async def _leave(self, ticket: str) -> None:
        self._notes.count("walked_away")
        if self._visit.number % 2:
            await self._ask(CancelTicket(ticket=ticket, reason=CancelReason.CITIZEN), "cancel")

    async def _come_back(self, ticket: str) -> CallOnBoard | None:
        await self._stage.clock.sleep(self._visit.back_after / 1000)
        waiting = asyncio.ensure_future(self._stage.eyes.call_of(ticket, 3600.0))
        await self._ask(ReturnTicket(ticket=ticket), "return")
        return await waiting

    async def _at_window(self, ticket: str, call: CallOnBoard, take: int) -> bool:
        person = Person(ticket, take / 1000)
        if not await self._windows.stand_at(call.window, person):
            return False
        await self._rate(call.window)
        return True

    async def _rate(self, window: int) -> None:
        if self._visit.rates is None:
            return
        await self._stage.clock.sleep(self._visit.rating_pause / 1000)
        await self._press_grade(window, RatingGrade(self._visit.rates))
        if self._visit.presses_rating_twice:
            await self._stage.clock.sleep(0.2)
            await self._press_grade(window, RatingGrade(self._visit.rates))

    async def _press_grade(self, window: int, grade: RatingGrade) -> None:
        pad, clock = self._stage.pads[window], self._stage.clock
        event = pad.state.service_event
        try:
            if await pad.press(int(grade)):
                self._notes.presses.append(Press(event, grade, clock.monotonic()))
            if pad.state.screen is PadScreen.REASONS and self._visit.number % 3:
                await self._tick_reasons(window)
        except Killed:
            self._notes.count("pad_died_under_finger")

    async def _tick_reasons(self, window: int) -> None:
        pad, boxes = self._stage.pads[window], list(REASON_BOXES.values())
        box = boxes[self._visit.number % len(boxes)]
        for one in (box, SUBMIT_BOX):
            await self._stage.clock.sleep(2.5)
            await pad.touch(one.x + one.width // 2, one.y + one.height // 2)

    async def _ask(
        self,
        request: IssueTicket | BookAppointment | CancelTicket | StepAway | ReturnTicket,
        what: str,
    ) -> Reply | None:
        """Ask at the hall's desk; a person comes back when it does not answer."""
        for _ in range(TRIES):
            reply = await self._stage.desk.ask(request, f"{self._name}-{what}")
            if reply is not None:
                return reply
            self._notes.count("desk_did_not_answer")
            await self._stage.clock.sleep(TRY_AGAIN)
        return None


def _card_of(visit: Visit) -> SimulatedCard:
    """Return the card of a person nobody is."""
    days, order = divmod(visit.day * 100_000 + visit.number, 18_000)[::-1]
    return resident(PERSON_NAME, date(1950, 1, 1) + timedelta(days=days), 1 + order)


def _next_slot(now: datetime) -> datetime:
    start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return start + 2 * SLOT
