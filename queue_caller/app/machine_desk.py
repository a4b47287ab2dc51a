"""What citizens ask of the queue: under a key that is on the disk before, committed before it is shown."""

import asyncio
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from contract import codec
from contract.body import Reply, Request
from contract.link import Done
from contract.queue import SERVICE, CancelReason, IssueChannel, OfflineTicket, RefusalCode
from contract.queue_requests import (
    AppointmentReply,
    AskTicket,
    BookAppointment,
    CancelTicket,
    CheckIn,
    IssueTicket,
    QueueRefused,
    StepAway,
    TicketIssuedReply,
    TicketReply,
)
from hallkit.rules.identity import IdentityError, check_document, check_identity
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.writer import Writer
from queue_caller.core.machine_blocks import HeldBlock
from queue_caller.core.machine_person import person_token
from queue_caller.core.machine_session import CODE_LENGTH, IDENTITY_LENGTH, Happened, Note, Session
from queue_caller.core.machine_table import Event
from queue_caller.core.machine_ticket import HeldTicket, held
from queue_caller.drivers.machine_store import Booking, MachineStore, Pending, Spare, next_number, span_of

PATIENCE = 1.5
"""Seconds a citizen waits for the engine before the machine gives a number of its own."""

PATIENCE_AWAY = 0.4
"""The same while the engine is known to be away."""

ANSWER_SOON = 0.05
"""Seconds an answer may take before the machine writes down what it asked under a key that was laid out."""

OUTBOX_LIMIT = 99_000
"""Facts waiting from which the machine takes nothing more: what it does could no longer be told."""

FIRST_SLOT = timedelta(minutes=30)
SLOT = timedelta(minutes=15)
SLOTS_TRIED = 12
SALT_BITS = 256


class OutboxFullError(Exception):
    """The hall store has been away too long; bring it back before the machine takes anything more."""


class TicketDesk:
    """Asks the queue for one machine; `day_of` gives the business day, `on_answer` hears whether the engine answered.

    `is_away` tells whether it is known not to, `has_date` whether the machine's own clock can be right.
    """

    def __init__(
        self, device: Device, store: MachineStore, writer: Writer, clock: Clock, chance: random.Random, *,
        day_of: Callable[[], date], is_away: Callable[[], bool], on_answer: Callable[[bool], None], demo: bool,
        has_date: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self._device, self._store, self._writer, self._clock, self._chance = device, store, writer, clock, chance
        self._day_of, self._is_away, self._on_answer, self._demo = day_of, is_away, on_answer, demo
        self._has_date = has_date
        self.in_flight: dict[str, None] = {}
        """Keys this run answers for, laid out or asked; what a crash left of others is looked up by `Recovery`."""
        self._spares: list[Spare] = []
        self.outbox_limit = OUTBOX_LIMIT
        self.on_ticket: Callable[[HeldTicket], None] = lambda ticket: None
        """Hears of a new ticket while the disk is still at work on it: what costs time may begin, nothing is shown."""

    async def ask(self, request: Request, key: str | None = None, patience: float | None = None) -> Reply:
        """Return the engine's reply; raise NoAnswerError, after telling that it is away."""
        wait = patience or (PATIENCE_AWAY if self._is_away() else PATIENCE)
        try:
            reply = await self._device.ask(SERVICE, request, key=key, patience=wait)
        except NoAnswerError:
            self._on_answer(False)
            raise
        self._on_answer(True)
        return reply

    async def lay_out(self) -> None:
        """Commit the key of the next touch, unless there is one."""
        if self._spares:
            return
        spare = self._new_spare()
        await self._writer.run(lambda: self._store.lay_out(spare))
        self._spares.append(spare)

    async def issue(self, session: Session) -> Happened:
        """Give a ticket for the session's service: the engine's, else one of the machine's own block."""
        self._refuse_if_full()
        now, day = self._clock.now(), self._day_of()
        is_laid_out = bool(self._spares) and not session.person
        spare = self._spares.pop() if is_laid_out else self._new_spare()
        person = session.person or spare.person
        request = IssueTicket(
            services=(session.service,), channel=IssueChannel.CARD if session.person else IssueChannel.TOUCH,
            elder=session.elder, person=person,
        )  # fmt: skip
        pending = Pending(spare.key, "issue", session.service, person, codec.encode_body(request), now, False)
        try:
            reply = await self._ask(request, pending, is_laid_out)
            return await self._conclude(spare.key, reply, session.holder)
        except NoAnswerError:
            return await self._issue_offline(spare.key, request, now, day, session.holder)
        finally:
            del self.in_flight[spare.key]

    async def check_in(self, session: Session) -> Happened:
        """Give the ticket of an appointment named by code, card or scanned code."""
        if not (session.typed or session.scanned or session.person):
            return Happened(event=Event.REFUSED, text="identity")
        try:
            appointment, person = await self._appointment(session)
        except IdentityError:
            return Happened(event=Event.REFUSED, text="identity")
        if appointment is None:
            return await self._live_ticket(person, has_card=bool(session.person))
        happened = await self._check_in(appointment, session)
        if person and happened.refusal is RefusalCode.UNKNOWN_APPOINTMENT:
            await self._writer.run(lambda: self._store.drop_booking(appointment))
            return await self._live_ticket(person, has_card=bool(session.person))
        return happened

    async def _check_in(self, appointment: str, session: Session) -> Happened:
        self._refuse_if_full()
        request = CheckIn(appointment=appointment, person=session.person)
        open_one = await self._writer.run(lambda: self._store.pending_about("check_in", appointment))
        key = open_one.key if open_one else self._device.postmark.new_id()
        self.in_flight[key] = None
        pending = Pending(key, "check_in", "", appointment, codec.encode_body(request), self._clock.now(), False)
        try:
            reply = await (self.ask(request, key) if open_one else self._ask(request, pending, False))
            return await self._conclude(key, reply, session.holder)
        except NoAnswerError:
            await self._writer.run(lambda: self._store.give_up(key))
            return Happened(event=Event.AWAY)
        finally:
            self.in_flight.pop(key, None)

    async def find(self, session: Session) -> Happened:
        """Tell how the typed or scanned ticket stands."""
        scanned = _tail(session.scanned)
        request = AskTicket(link=scanned) if scanned else AskTicket(ticket=session.typed)
        return await self._standing(request)

    async def cancel(self, session: Session) -> Happened:
        """Give the session's ticket up."""
        assert session.standing is not None
        one = session.standing
        request = CancelTicket(ticket=one.ticket, reason=CancelReason.CITIZEN, business_day=one.business_day)
        return await self._done(request, Note(kind="cancelled", number=one.ticket))

    async def step_away(self, session: Session) -> Happened:
        """Keep the session's ticket while its holder leaves."""
        one = session.standing or session.ticket
        assert one is not None
        request = StepAway(ticket=one.ticket, business_day=one.business_day)
        return await self._done(request, Note(kind="stepped_away", number=one.ticket, when=one.come_back_at))

    async def book(self, session: Session, reopens: datetime | None) -> Happened:
        """Reserve the first free time after a service opens again."""
        start = _next_slot((reopens or self._clock.now()) + FIRST_SLOT)
        for _ in range(SLOTS_TRIED):
            person = session.person or self._device.postmark.new_token().lower()
            try:
                reply = await self.ask(BookAppointment(service=session.service, start=start, person=person))
            except NoAnswerError:
                return Happened(event=Event.AWAY)
            if isinstance(reply, AppointmentReply):
                return await self._booked(reply, person)
            if not isinstance(reply, QueueRefused) or reply.code is not RefusalCode.SLOT_FULL:
                break
            start += SLOT
        return Happened(event=Event.REFUSED, text="slot_full")

    async def token_of(self, number: str) -> str:
        """Return today's token of an identity number, which then also names what was booked with it on days before."""
        day, fresh = self._day_of(), self._chance.getrandbits(SALT_BITS).to_bytes(SALT_BITS // 8, "big")

        def work() -> str:
            token = person_token(self._store.salt(day, fresh), number)
            for salt in self._store.salts():
                self._store.rename_bookings(person_token(salt, number), token)
            return token

        return await self._writer.run(work)

    async def token_of_card(self, number: str) -> str | None:
        """Return today's token of a card's number; None if no card of this hall can bear it."""
        try:
            return await self.token_of(check_document(number, today=self._clock.now().date(), demo=self._demo))
        except IdentityError:
            return None

    async def commit_ticket(self, key: str, ticket: HeldTicket) -> HeldTicket:
        """Commit the engine's ticket in place of the request that asked for it, and the key of the next touch."""
        spare = None if self._spares else self._new_spare()
        loop = asyncio.get_running_loop()

        def work() -> HeldTicket:
            with self._store.commit():
                known = self._store.copy_of(ticket)
                self._store.add_ticket(ticket)
                self._store.finish(key)
                if spare is not None:
                    self._store.lay_out(spare)
                loop.call_soon_threadsafe(meanwhile)  # from here on the disk is at work, not this thread
            return known or ticket

        def meanwhile() -> None:
            if not committed.done():
                self.on_ticket(ticket)

        committed = asyncio.ensure_future(self._writer.run(work))
        given = await committed
        self._spares += [spare] if spare is not None else []
        return given

    def _refuse_if_full(self) -> None:
        if self._store.outbox.depth >= self.outbox_limit:
            raise OutboxFullError(f"{self._store.outbox.depth} facts wait for the hall store")

    def _new_spare(self) -> Spare:
        spare = Spare(self._device.postmark.new_id(), self._device.postmark.new_token().lower())
        self.in_flight[spare.key] = None
        return spare

    async def _ask(self, request: Request, pending: Pending, is_laid_out: bool) -> Reply:
        """Return the engine's reply to a request that is written down before it is asked.

        Under a key that was laid out it is written down only if the answer does not come soon: whatever the engine
        makes of it can be found by the person laid out with the key.
        """
        writing: list[asyncio.Future[None]] = []

        def write_down() -> None:
            writing.append(asyncio.ensure_future(self._writer.run(lambda: self._store.begin(pending))))

        timer = asyncio.get_running_loop().call_later(ANSWER_SOON, write_down) if is_laid_out else None
        if timer is None:
            await self._writer.run(lambda: self._store.begin(pending))
        try:
            return await self.ask(request, pending.key)
        finally:
            if timer is not None:
                timer.cancel()
            for one in writing:
                await one

    async def _conclude(self, key: str, reply: Reply, holder: str = "") -> Happened:
        if isinstance(reply, TicketIssuedReply):
            return Happened(event=Event.ISSUED, ticket=await self.commit_ticket(key, held(reply, holder)))
        await self._writer.run(lambda: self._store.drop(key))
        await self.lay_out()
        return _refused(reply)

    async def _issue_offline(self, key: str, request: IssueTicket, now: datetime, day: date, holder: str) -> Happened:
        if not self._has_date():
            await self._writer.run(lambda: self._store.give_up(key))
            return Happened(event=Event.REFUSED, refusal=RefusalCode.CLOCK_WRONG)
        link = self._device.postmark.new_token()

        def work() -> HeldTicket | None:
            with self._store.commit():
                self._store.give_up(key)
                if known := self._own_offline(day, request):
                    return known
                block = self._store.serving_block(request.services[0], day)
                return None if block is None else self._take(block, request, now, link, holder)

        ticket = await self._writer.run(work)
        return Happened(event=Event.OFFLINE, ticket=ticket) if ticket else Happened(event=Event.AWAY)

    def _own_offline(self, day: date, request: IssueTicket) -> HeldTicket | None:
        """Return the next copy of what the same person was given for the same service since the engine went away."""
        found = self._store.of_person(day, request.person or "")
        same = next((one for one in found if one.service == request.services[0]), None)
        return self._store.copy_of(same) if same else None

    def _take(self, block: HeldBlock, request: IssueTicket, now: datetime, link: str, holder: str) -> HeldTicket:
        ticket = HeldTicket(
            ticket=next_number(block), service=request.services[0], business_day=block.block.business_day,
            taken_at=now, link=link, span=span_of(block.block), holder=holder,
        )  # fmt: skip
        offline = OfflineTicket(
            ticket=ticket.ticket, taken_at=now, link=link, services=request.services, channel=request.channel,
            elder=request.elder, person=request.person,
        )  # fmt: skip
        self._store.take_offline(ticket, block, offline)
        return ticket

    async def _appointment(self, session: Session) -> tuple[str | None, str]:
        """Return the appointment of a session, and the person token if there is one."""
        if session.scanned:
            return _tail(session.scanned), ""
        person = session.person or ""
        if len(session.typed) == IDENTITY_LENGTH:
            today = self._clock.now().date()
            person = await self.token_of(check_identity(session.typed, today=today, demo=self._demo))
        code = session.typed if len(session.typed) == CODE_LENGTH else ""
        found = await self._writer.run(lambda: self._store.booking(code=code, person=person))
        return (found.appointment if found else None), person

    async def _live_ticket(self, person: str, *, has_card: bool) -> Happened:
        """Tell how a person's ticket stands; who has none and laid a card on may take one with it."""
        if person:
            happened = await self._standing(AskTicket(person=person))
            if happened.refusal is not RefusalCode.UNKNOWN_TICKET:
                return happened
        if has_card:
            return Happened(event=Event.UNKNOWN)
        return Happened(event=Event.REFUSED, refusal=RefusalCode.UNKNOWN_APPOINTMENT)

    async def _standing(self, request: AskTicket) -> Happened:
        try:
            reply = await self.ask(request)
        except NoAnswerError:
            return Happened(event=Event.AWAY)
        if isinstance(reply, TicketReply) and reply.tickets:
            return Happened(event=Event.FOUND, standing=reply.tickets[0])
        return _refused(reply)

    async def _done(self, request: Request, note: Note) -> Happened:
        try:
            reply = await self.ask(request)
        except NoAnswerError:
            return Happened(event=Event.AWAY)
        return Happened(event=Event.NOTED, note=note) if isinstance(reply, Done) else _refused(reply)

    async def _booked(self, reply: AppointmentReply, person: str) -> Happened:
        code = f"{self._chance.randrange(10**CODE_LENGTH):0{CODE_LENGTH}d}"
        booking = Booking(reply.appointment, code, person, reply.start, reply.service)
        await self._writer.run(lambda: self._store.add_booking(booking))
        return Happened(event=Event.NOTED, note=Note(kind="booked", code=code, when=reply.start))


def _refused(reply: Reply) -> Happened:
    if not isinstance(reply, QueueRefused):
        return Happened(event=Event.REFUSED, refusal=RefusalCode.UNKNOWN_REQUEST)
    shut = reply.code in (RefusalCode.QUEUE_FULL, RefusalCode.SERVICE_CLOSED)
    return Happened(event=Event.CLOSED if shut else Event.REFUSED, refusal=reply.code, when=reply.when)


def _tail(scanned: str) -> str:
    """Return the token at the end of a scanned address."""
    return scanned.rstrip("/").rpartition("/")[2]


def _next_slot(moment: datetime) -> datetime:
    """Return the first quarter of an hour that is not before a moment."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - (midnight - moment) // SLOT * SLOT
