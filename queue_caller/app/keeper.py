"""The engine and its journal, kept in step."""

import logging
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from contract import codec
from contract.body import Body, Fact, Reply, Request
from contract.queue import RefusalCode
from contract.queue_requests import BlockReply, QueueRefused, ReconcileTickets
from hallkit.runtime.clock import Clock
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.writer import Writer
from queue_caller.core.asked import Decision
from queue_caller.core.engine import QueueEngine
from queue_caller.core.errors import JournalError
from queue_caller.core.site import Site
from queue_caller.drivers.block_signer import BlockSigner
from queue_caller.drivers.day_salts import DaySalts
from queue_caller.drivers.journal import Journal

_LOGGER = logging.getLogger(__name__)

BYTES_A_FACT = 250
"""Bytes of snapshot that one more fact in the journal is worth: a full hall's memory is not written every second."""


class EngineKeeper:
    """Decides on the engine, commits what was decided in groups, and starts from the journal.

    `decide` moves the engine at once so that one group's requests see each other; nothing of a group is told to
    anybody before `commit` returns, and when it raises the engine is what the journal says again.
    """

    def __init__(
        self, site: Site, journal: Journal, writer: Writer, postmark: Postmark, clock: Clock, signer: BlockSigner,
        snapshot_every: int, salts: DaySalts | None = None,
    ) -> None:  # fmt: skip
        self.journal = journal
        self.engine = QueueEngine(site)
        self._site, self._writer, self._postmark, self._clock = site, writer, postmark, clock
        self._signer, self._snapshot_every, self._salts = signer, snapshot_every, salts
        self._decided: list[Fact] = []
        self._snapshot_at = self._snapshot_size = 0
        self._load()

    def decide(self, request: Request, key: str, device: str) -> Reply:
        """Return the reply that may be sent once `commit` has returned."""
        if isinstance(request, ReconcileTickets) and not self._signer.is_ours(request.block, request.signature):
            return QueueRefused(code=RefusalCode.FOREIGN_BLOCK)
        decision: Decision = self.engine.handle(
            request, self._clock.now(), self._postmark.new_token, key=key, device=device
        )
        self._take(decision.facts)
        if isinstance(decision.reply, BlockReply):
            block = decision.reply.block
            return replace(decision.reply, signature=self._signer.sign(block), salt=self._salt_of(block.business_day))
        return decision.reply

    def _salt_of(self, day: date) -> str:
        """Return the salt a machine gets with its block, empty where it gets none: it then makes do with its own."""
        if self._salts is None:
            return ""
        try:
            return self._salts.of(day).hex()
        except sqlite3.Error as error:
            _LOGGER.error("no salt of %s could be kept: %s; check the disk", day, error)
            return ""

    def meet_deadlines(self) -> None:
        """Decide what is due by time."""
        now = self._clock.now()
        while (due := self.engine.next_deadline(now)) is not None and due <= now:
            facts = self.engine.on_deadline(now)
            if not facts:
                return
            self._take(facts)

    def start_epoch(self, missing: int) -> None:
        """Decide that a new epoch begins, `missing` facts of the journal being lost at most."""
        self._take(self.engine.start_epoch(self._clock.now(), self._postmark.new_token, missing))

    async def commit(self) -> tuple[Fact, ...]:
        """Commit everything decided and return it; raise sqlite3.Error with the engine back at the journal."""
        facts, self._decided = tuple(self._decided), []
        if not facts:
            return facts
        first = self.journal.last + 1
        payloads = [self._postmark.stamp(fact, inc=self.journal.inc, seq=seq) for seq, fact in enumerate(facts, first)]
        try:
            await self._writer.run(lambda: self.journal.append(first, payloads))
        except sqlite3.Error:
            _LOGGER.exception("the journal could not be written; going back to what it holds")
            self._load()
            raise
        return facts

    def newest(self) -> datetime | None:
        """Return when the newest committed fact was written down; None for an empty journal."""
        return next((codec.decode(payload).ts for payload in self.journal.newest()), None)

    def facts_since(self, moment: datetime) -> list[Fact]:
        """Return the committed facts that were written down after `moment`, oldest first."""
        found: list[Fact] = []
        for payload in self.journal.newest():
            if codec.decode(payload).ts < moment:
                break
            found.append(_fact(payload))
        return found[::-1]

    async def tidy(self) -> None:
        """Tidy the journal on the disk; on a full disk it stays as it is."""
        try:
            await self._writer.run(self.journal.tidy)
        except sqlite3.Error as error:
            _LOGGER.error("the journal could not be tidied: %s; check the disk", error)

    async def save_snapshot_when_due(self) -> None:
        """Keep the engine's memory if so much was decided since that replaying it costs more than keeping it."""
        if self.journal.last - self._snapshot_at >= max(self._snapshot_every, self._snapshot_size // BYTES_A_FACT):
            await self.save_snapshot()

    async def save_snapshot(self) -> None:
        """Keep the engine's memory, so that the next start replays little."""
        seq, state = self.journal.last, self.engine.snapshot()
        try:
            await self._writer.run(lambda: self.journal.save_snapshot(seq, state))
        except sqlite3.Error as error:
            _LOGGER.error("no snapshot was kept, the next start replays more: %s; check the disk", error)
            return
        self._snapshot_at, self._snapshot_size = seq, len(state)

    def _take(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.engine.apply(fact)
            self._decided.append(fact)

    def _load(self) -> None:
        self._decided = []
        self.engine = QueueEngine(self._site)
        seq, state = self.journal.snapshot()
        if state:
            self.engine.restore(state)
        self._snapshot_at, self._snapshot_size = seq, len(state)
        self.engine.replay(_fact(payload) for payload in self.journal.since(seq))


def _fact(payload: bytes) -> Fact:
    envelope = codec.decode(payload)
    body: Body = codec.decode_body(envelope.type, envelope.body)
    if not isinstance(body, Fact):
        raise JournalError(f"the journal holds a {envelope.type}, which is no fact")
    return body
