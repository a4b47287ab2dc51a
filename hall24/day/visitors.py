"""Visitors in the hall: they take tickets, wait, come when called, are served, rate and go."""

import asyncio
from datetime import datetime, timedelta

from contract.board import CallOnBoard
from contract.body import Reply
from contract.link import Done
from contract.queue import CancelReason, IssueChannel, PriorityClass
from contract.queue_requests import (
    AppointmentReply,
    BookAppointment,
    CancelTicket,
    CheckIn,
    IssueTicket,
    QueueRefused,
    ReturnTicket,
    StepAway,
    TicketIssuedReply,
)
from contract.rating import RatingGrade
from hall24.day.disk import Killed
from hall24.day.notes import Notes, Press, Slip
from hall24.day.people import Person, Windows
from hall24.day.stage import Stage
from simulators.people.plan import Habit, Visit
from simulators.rating_pad_face import REASON_BOXES, SUBMIT_BOX
from simulators.rating_pad_state import PadScreen

TRIES = 4
TRY_AGAIN = 45.0
LONGEST_WAIT = 10 * 3600.0
SLOT = timedelta(minutes=15)


class Visitor:
    """One visitor from the door to the door."""

    def __init__(self, visit: Visit, stage: Stage, windows: Windows, notes: Notes) -> None:
        self._visit, self._stage, self._windows, self._notes = visit, stage, windows, notes
        self._name = f"visitor-{visit.day}-{visit.number}"
        self._slip: TicketIssuedReply | None = None
        self._asked = 0

    async def live(self) -> None:
        """Spend the visit."""
        reply = await self._take_ticket()
        if not isinstance(reply, TicketIssuedReply):
            self._notes.count("turned_away" if isinstance(reply, QueueRefused) else "not_served_by_machine")
            return
        self._keep(reply)
        if self._visit.habit is Habit.PRESSES_TWICE:
            await self._press_again(reply)
        if self._visit.habit is Habit.STEPS_OUT:
            await self._step_out(reply.ticket)
        for take in self._visit.services_take:
            if not await self._be_served(reply.ticket, take):
                return
        self._notes.count("served")

    async def _take_ticket(self) -> Reply | None:
        if self._visit.habit is Habit.APPOINTMENT and (reply := await self._check_in()) is not None:
            return reply
        return await self._ask(self._issue(), "issue")

    def _issue(self) -> IssueTicket:
        is_elder = self._visit.habit is Habit.ELDER
        return IssueTicket(
            services=self._visit.services,
            channel=IssueChannel.CARD if self._visit.with_card else IssueChannel.TOUCH,
            priority=PriorityClass.ELDER if is_elder else PriorityClass.ORDINARY,
            elder=is_elder,
            person=f"token-of-{self._name}" if self._visit.with_card else None,
        )

    async def _check_in(self) -> Reply | None:
        start = _next_slot(self._stage.clock.now())
        booked = await self._ask(BookAppointment(service=self._visit.services[0], start=start), "book")
        if not isinstance(booked, AppointmentReply):
            return None
        self._notes.count("appointments")
        await self._stage.clock.sleep((start - self._stage.clock.now()).total_seconds() - 120)
        return await self._ask(CheckIn(appointment=booked.appointment), "check-in")

    def _keep(self, reply: TicketIssuedReply) -> None:
        self._slip = reply
        at = self._stage.clock.monotonic()
        self._notes.slips.append(Slip(self._name, reply.ticket, reply.business_day, reply.link, at))

    async def _press_again(self, first: TicketIssuedReply) -> None:
        again = await self._ask(self._issue(), "issue")
        if isinstance(again, TicketIssuedReply) and again.ticket != first.ticket:
            self._notes.complaints.append(f"{self._name} pressed twice and got {first.ticket} and {again.ticket}")

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
        request: IssueTicket | BookAppointment | CheckIn | CancelTicket | StepAway | ReturnTicket,
        what: str,
    ) -> Reply | None:
        machine = self._stage.machines[self._visit.machine]
        for _ in range(TRIES):
            reply = await machine.ask(request, f"{self._name}-{what}")
            if reply is not None:
                return reply
            self._notes.count("machine_did_not_answer")
            await self._stage.clock.sleep(TRY_AGAIN)
        return None


def _next_slot(now: datetime) -> datetime:
    start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return start + 2 * SLOT
