"""What a machine owes when the engine is back: open requests, tickets of its own numbers, keys and blocks to come."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from contract import codec
from contract.body import Request
from contract.queue import CancelReason, NumberBlock, RefusalCode, TicketState
from contract.queue_requests import (
    AskTicket,
    BlockReply,
    CancelTicket,
    CheckIn,
    IssueTicket,
    LeaseBlock,
    QueueRefused,
    ReconcileReply,
    ReconcileTickets,
    TicketIssuedReply,
    TicketReply,
)
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.writer import Writer
from queue_caller.app.machine_desk import TicketDesk
from queue_caller.core.machine_blocks import is_for, needs_lease
from queue_caller.core.machine_person import salt_of
from queue_caller.core.machine_ticket import HeldTicket, held, held_standing
from queue_caller.drivers.machine_store import MachineStore, Pending, Spare, Unmerged

R = TypeVar("R", bound=Request)
Owed = TypeVar("Owed", Pending, Spare)
_LOGGER = logging.getLogger(__name__)

SAME_CITIZEN = timedelta(minutes=10)
"""How long after a crash the citizen may still stand there; later an open request is taken back, not carried on."""

CLOCK_SLACK = timedelta(seconds=5)
PATIENCE = 5.0
LIVE = (TicketState.WAITING, TicketState.AWAY, TicketState.CALLED, TicketState.MISSED, TicketState.HELD)
FOREIGN = (RefusalCode.FOREIGN_BLOCK, RefusalCode.FOREIGN_DAY, RefusalCode.FOREIGN_EPOCH, RefusalCode.FOREIGN_MACHINE)


class Recovery:
    """Works off what is owed whenever woken; `on_found` is given tickets whose citizens may still be there."""

    def __init__(
        self, desk: TicketDesk, store: MachineStore, writer: Writer, clock: Clock, chance: random.Random, *,
        hall: str, machine: str, services: Sequence[str], day_of: Callable[[], date], is_linked: Callable[[], bool],
        new_id: Callable[[], str], on_found: Callable[[HeldTicket], None],
    ) -> None:  # fmt: skip
        self._desk, self._store, self._writer, self._clock = desk, store, writer, clock
        self._hall, self._machine, self._services = hall, machine, tuple(services)
        self._day_of, self._is_linked, self._new_id, self._on_found = day_of, is_linked, new_id, on_found
        self._backoff = Backoff(chance, 2.0, 60.0)
        self._wake = asyncio.Event()
        self._tidied: date | None = None
        self._refused: dict[tuple[str, date], None] = {}

    def wake(self) -> None:
        """Look again at what is owed."""
        self._wake.set()

    async def run(self) -> None:
        """Work whenever woken, again after a pause while the engine does not answer; ends by cancellation."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._is_linked():
                continue
            try:
                await self._work()
                self._backoff.reset()
            except NoAnswerError as error:
                _LOGGER.info("the queue engine is away: %s", error)
                await self._pause()
            except sqlite3.Error as error:
                _LOGGER.error("what the machine owes cannot be settled: %s; check its disk", error)
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._backoff.next()):
                await self._wake.wait()
        except TimeoutError:
            self._wake.set()

    async def _work(self) -> None:
        today = self._day_of()
        if today != self._tidied:
            await self._writer.run(lambda: self._store.forget_before(today))
            self._tidied = today
        await self._desk.lay_out()
        await self._work_off(self._store.pending, self._settle)
        await self._work_off(self._store.spares, self._look_up)
        for unmerged in await self._writer.run(self._store.unmerged):
            await self._merge(unmerged)
        for day in (today, today + timedelta(days=1)):
            for service in self._services:
                await self._lease(service, day, today)

    async def _work_off(self, read: Callable[[], Sequence[Owed]], settle: Callable[[Owed], Awaitable[None]]) -> None:
        """Settle what is owed and not under way, each as it stands by then: citizens go on meanwhile."""
        for key in [one.key for one in await self._writer.run(read)]:
            if key not in self._desk.in_flight:
                for one in await self._writer.run(read):
                    if one.key == key:
                        await settle(one)

    async def _settle(self, pending: Pending) -> None:
        """Carry an open request on under its own key, or take back what it may have brought."""
        is_recent = self._clock.now() - pending.asked_at <= SAME_CITIZEN
        if pending.kind == "lease":
            await self._ask_lease(pending.key, _request(pending.body, LeaseBlock), self._day_of())
        elif not pending.given_up and is_recent:
            await self._carry_on(pending)
        elif pending.kind == "issue":
            await self._take_back(pending)
        elif not is_recent and pending.asked_at.date() < self._clock.now().date():
            await self._writer.run(lambda: self._store.drop(pending.key))

    async def _carry_on(self, pending: Pending) -> None:
        request = _request(pending.body, IssueTicket if pending.kind == "issue" else CheckIn)
        reply = await self._desk.ask(request, pending.key, PATIENCE)
        if isinstance(reply, TicketIssuedReply):
            self._on_found(await self._desk.commit_ticket(pending.key, held(reply)))
        else:
            await self._writer.run(lambda: self._store.drop(pending.key))

    async def _look_up(self, spare: Spare) -> None:
        """Offer or take back what was asked under a key before anything more of it was written down."""
        reply = await self._desk.ask(AskTicket(person=spare.person), patience=PATIENCE)
        for one in reply.tickets if isinstance(reply, TicketReply) else ():
            if self._clock.now() - one.issued_at <= SAME_CITIZEN:
                self._on_found(await self._desk.commit_ticket(spare.key, held_standing(one)))
            elif one.state in LIVE:
                cancel = CancelTicket(ticket=one.ticket, reason=CancelReason.CITIZEN, business_day=one.business_day)
                await self._desk.ask(cancel, f"{spare.key}-back", PATIENCE)
        await self._writer.run(lambda: self._store.drop(spare.key))

    async def _take_back(self, pending: Pending) -> None:
        """Cancel the ticket the engine made of a request whose citizen was told something else."""
        reply = await self._desk.ask(AskTicket(person=pending.subject), patience=PATIENCE)
        for one in reply.tickets if isinstance(reply, TicketReply) else ():
            is_later = one.issued_at >= pending.asked_at - CLOCK_SLACK
            ours = await self._writer.run(partial(self._store.has_ticket, one.business_day, one.ticket))
            if one.service == pending.service and is_later and not ours and one.state in LIVE:
                cancel = CancelTicket(ticket=one.ticket, reason=CancelReason.CITIZEN, business_day=one.business_day)
                await self._desk.ask(cancel, f"{pending.key}-back", PATIENCE)
        await self._writer.run(lambda: self._store.drop(pending.key))

    async def _merge(self, unmerged: Unmerged) -> None:
        block = unmerged.held.block
        request = ReconcileTickets(block=block, tickets=unmerged.tickets, signature=unmerged.held.signature)
        reply = await self._desk.ask(request, patience=PATIENCE)
        if isinstance(reply, ReconcileReply):
            await self._writer.run(lambda: self._note_merged(unmerged, reply))
        elif isinstance(reply, QueueRefused):
            _LOGGER.error("the engine refused block %s: %s; staff must help its holders", block.block, reply.code)
            await self._writer.run(lambda: self._note_refused(unmerged, reply.code))

    def _note_merged(self, unmerged: Unmerged, reply: ReconcileReply) -> None:
        with self._store.commit():
            for ticket in reply.accepted:
                self._store.set_merged(unmerged.held.block, ticket, "accepted")
            for refused in reply.refused:
                _LOGGER.error("offline ticket %s was refused: %s; staff must help", refused.ticket, refused.code)
                self._store.set_merged(unmerged.held.block, refused.ticket, refused.code.value)
            if any(refused.code in FOREIGN for refused in reply.refused):
                self._store.retire(unmerged.held)

    def _note_refused(self, unmerged: Unmerged, code: RefusalCode) -> None:
        with self._store.commit():
            self._store.retire(unmerged.held)
            for offline in unmerged.tickets:
                self._store.set_merged(unmerged.held.block, offline.ticket, code.value)

    async def _lease(self, service: str, day: date, today: date) -> None:
        blocks = await self._writer.run(self._store.blocks)
        if (service, day) in self._refused or not needs_lease(blocks, service, day):
            return
        request = LeaseBlock(machine=self._machine, service=service, next_day=day > today)
        pending = Pending(self._new_id(), "lease", service, day.isoformat(), codec.encode_body(request),
                          self._clock.now(), False)  # fmt: skip
        await self._writer.run(lambda: self._store.begin(pending))
        await self._ask_lease(pending.key, request, today)

    async def _ask_lease(self, key: str, request: LeaseBlock, today: date) -> None:
        reply = await self._desk.ask(request, key, PATIENCE)
        if isinstance(reply, BlockReply) and self._is_ours(reply.block, request.service, today):
            await self._writer.run(lambda: self._keep(key, reply))
            return
        if isinstance(reply, QueueRefused) and reply.code is RefusalCode.CLOCK_WRONG:
            await self._writer.run(lambda: self._store.drop(key))
            raise NoAnswerError("the queue engine does not know the date")
        day = today + timedelta(days=request.next_day)
        _LOGGER.warning("no block of %s for %s: %s", request.service, day, type(reply).__name__)
        self._refused[request.service, day] = None
        await self._writer.run(lambda: self._store.drop(key))

    def _is_ours(self, block: NumberBlock, service: str, today: date) -> bool:
        days = (today - timedelta(days=1), today, today + timedelta(days=1), today + timedelta(days=2))
        return is_for(block, hall=self._hall, machine=self._machine, service=service, days=days)

    def _keep(self, key: str, reply: BlockReply) -> None:
        with self._store.commit():
            self._store.add_block(reply.block, reply.signature)
            if salt := salt_of(reply.salt):
                self._store.share_salt(reply.block.business_day, salt)
            self._store.finish(key)


def _request(body: bytes, kind: type[R]) -> R:
    """Return a request as it was written down."""
    found = codec.decode_body(kind.__name__, body)
    assert isinstance(found, kind)
    return found
