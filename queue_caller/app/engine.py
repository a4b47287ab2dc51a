"""The queue engine as a program: requests in, replies, boards and pad commands out, everything committed first."""

import asyncio
import logging
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract import codec
from contract.body import Command, Reply, Request
from contract.errors import RemoteContractError
from contract.link import Fault
from contract.queue import RefusalCode
from contract.queue_requests import BookAppointment, CheckIn, IssueTicket, LeaseBlock, QueueRefused
from contract.roles import may_ask
from contract.topics import Address, Channel
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.fact_sender import FactSender
from hallkit.runtime.kept_clock import KeptClock
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.postmark import Received, open_message
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from queue_caller.app.boards import Boards
from queue_caller.app.keeper import EngineKeeper
from queue_caller.app.pads import RatingPads
from queue_caller.config import QueueTable
from queue_caller.core.site import Site
from queue_caller.drivers.block_signer import BlockSigner
from queue_caller.drivers.day_salts import DaySalts
from queue_caller.drivers.journal import Journal
from queue_caller.drivers.witness import Witness

_LOGGER = logging.getLogger(__name__)

GROUP = 100
"""Requests answered by one commit at most."""

SETTLE = 3.0
"""Seconds an engine without a witness waits for the hall store to say how much of the journal it knows."""

TIDY_EVERY, A_MOMENT = 32, 0.05
"""Commits after which the journal is tidied, once nobody has asked for so many seconds."""

DATED = (IssueTicket, CheckIn, BookAppointment, LeaseBlock)
"""What needs today's date, and is refused while nobody knows it; everything else goes on."""

FAILED_COMMIT_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlaces:
    """Who stands where: every asker with its window if it has one, and every window's rating pad."""

    askers: Mapping[Address, int | None]
    pads: Mapping[int, Address]


class EngineApp:
    """One hall's queue engine."""

    def __init__(
        self, site: Site, table: QueueTable, places: EnginePlaces, address: Address, password: str, *,
        database: sqlite3.Connection, writer: Writer, signer: BlockSigner,
        links: LinkFactory, clock: Clock, chance: random.Random, witness: Witness | None = None,
        vouched: datetime | None = None, salts: DaySalts | None = None,
    ) -> None:  # fmt: skip
        clock = kept = KeptClock(clock, vouched)
        self._places, self._clock, self._writer = places, kept, writer
        self._pads = RatingPads(places.pads, table.rating_seconds, clock, self._tell)
        hear: dict[str, Callable[[LinkMessage], None]] = {
            asker.topic(Channel.REQUEST): self._on_request for asker in places.askers
        }
        hear[address.topic(Channel.ACK)] = self._on_ack
        hear |= {pad.topic(Channel.STATE): self._pads.on_state for pad in places.pads.values()}
        self.device = Device(address, password, links=links, clock=clock, chance=chance, hear=hear)
        self.device.on_link = self._on_link
        postmark = self.device.postmark
        self.keeper = EngineKeeper(
            site,
            Journal(database, postmark.new_id()),
            writer,
            postmark,
            clock,
            signer,
            table.snapshot_every,
            salts,
        )
        if (newest := self.keeper.newest()) is not None:
            kept.not_before(newest)
        lately = clock.now() - timedelta(seconds=table.rating_seconds)
        self._pads.remember(self.keeper.engine.staff, self.keeper.facts_since(lately))
        self._sender = FactSender(self.keeper.journal, writer, postmark, self._send_fact)
        self._sender.on_ahead = self._on_restored
        self._boards = Boards(site, lambda zone: self.keeper.engine.board(zone, clock.now()),
                              self.device.link, postmark, clock)  # fmt: skip
        self._waiting: deque[Received] = deque()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._missing: int | None = None if self.keeper.journal.last else 0
        self._witness = witness

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            await run_jobs([
                ("engine requests", self._serve), ("engine facts", self._sender.run), ("engine link", self.device.run),
                ("engine clock", lambda: self._clock.watch(self._on_clock)),
            ])  # fmt: skip
        finally:
            self._boards.close()
            await self.keeper.save_snapshot()
            if self._witness is not None:
                self._witness.forget()

    def _on_request(self, message: LinkMessage) -> None:
        received = open_message(message)
        if received.envelope.service == "queue":
            self._waiting.append(received)
            self._wake.set()

    def _on_ack(self, message: LinkMessage) -> None:
        self._sender.on_ack(open_message(message).envelope)
        self._settled.set()

    def _on_link(self, up: bool) -> None:
        if up:
            self._sender.on_up()
            self._boards.publish_all()
            asyncio.get_running_loop().call_later(SETTLE, self._settled.set)
        else:
            self._sender.on_down()

    def _on_clock(self, is_right: bool) -> None:
        if not is_right:
            _LOGGER.error("the clock cannot be right: no tickets are given until it is; set it, then see to NTP")
        self.device.set_faults(*([] if is_right else [Fault.CLOCK_WRONG]))

    def _on_restored(self, missing: int) -> None:
        _LOGGER.error("%d facts more than this journal holds were told: it was restored; new epoch", missing)
        self._missing = missing
        self._wake.set()

    def _send_fact(self, payload: bytes) -> bool:
        return self.device.link.publish(self.device.address.topic(Channel.FACTS), payload)

    async def _serve(self) -> None:
        if not self._is_whole():
            await self._settled.wait()
        while True:
            await self._round()
            await self._sleep()

    def _is_whole(self) -> bool:
        """Return whether it is known here what was told of the journal; nothing was told of an empty one."""
        seen, last = self._seen(), self.keeper.journal.last
        if seen is not None and seen > last:
            self._on_restored(seen - last)
        return seen is not None or not last

    def _seen(self) -> int | None:
        return self._witness.last(self.keeper.journal.inc) if self._witness is not None else None

    async def _sleep(self) -> None:
        if self.keeper.journal.untidy >= TIDY_EVERY and await self._is_idle():
            await self.keeper.tidy()
        now = self._clock.now()
        due = self.keeper.engine.next_deadline(now)
        try:
            async with asyncio.timeout(max(0.0, (due - now).total_seconds()) if due else None):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _is_idle(self) -> bool:
        """Return whether nobody asks for a moment."""
        try:
            async with asyncio.timeout(A_MOMENT):
                await self._wake.wait()
        except TimeoutError:
            return True
        return False

    async def _round(self) -> None:
        """Answer everything that waits, in groups of one commit each."""
        while True:
            group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            try:
                await self._group(group)
            except sqlite3.Error:
                await self._clock.sleep(FAILED_COMMIT_PAUSE)
            if not self._waiting:
                return

    async def _group(self, group: list[Received]) -> None:
        if self._missing is not None:
            await self._new_epoch(self._missing)
        self.keeper.meet_deadlines()
        answers = [(received, self._answer(received)) for received in group]
        facts = await self.keeper.commit()
        if self._witness is not None:
            self._witness.note(self.keeper.journal.last)
        self._sender.notify()
        for received, reply in answers:
            self._reply(received, reply)
        if facts:
            self._boards.refresh()
        for fact in facts:
            self._pads.on_fact(fact)
        await self.keeper.save_snapshot_when_due()

    async def _new_epoch(self, missing: int) -> None:
        if missing:
            inc = self.device.postmark.new_id()
            await self._writer.run(lambda: self.keeper.journal.new_incarnation(inc))
            self._seen()
        self.keeper.start_epoch(missing)
        self._missing = None

    def _answer(self, received: Received) -> Reply:
        try:
            request = codec.body_of(received.envelope, Request)
        except RemoteContractError as error:
            _LOGGER.warning("a request of %s was refused: %s", received.address.name, error)
            return QueueRefused(code=RefusalCode.UNKNOWN_REQUEST)
        if not self._is_allowed(received.address, request):
            return QueueRefused(code=RefusalCode.NOT_AUTHORISED)
        key = received.envelope.key or received.envelope.id
        dated = isinstance(request, DATED) and not self.keeper.engine.knows(key, received.address.name)
        if dated and not self._clock.is_right:
            return QueueRefused(code=RefusalCode.CLOCK_WRONG)
        return self.keeper.decide(request, key, received.address.name)

    def _is_allowed(self, asker: Address, request: Request) -> bool:
        own = self._places.askers.get(asker)
        named = getattr(request, "window", None)
        return may_ask(asker.kind, type(request)) and (own is None or named is None or named == own)

    def _reply(self, received: Received, reply: Reply) -> None:
        data = self.device.postmark.stamp(reply, corr=received.envelope.key or received.envelope.id)
        self.device.link.publish(received.address.topic(Channel.REPLY), data)

    def _tell(self, pad: Address, command: Command, deadline: datetime) -> None:
        data = self.device.postmark.stamp(command, deadline=deadline)
        self.device.link.publish(pad.topic(Channel.COMMAND), data, qos=1)
