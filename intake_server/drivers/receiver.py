"""Uplink batches from the link into the store: about a batch in one commit, then its acknowledgements.

While the writer commits, the loop opens, checks and seals what comes next.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from contract.link import Ack
from contract.topics import Address
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.writer import Writer
from intake_server.core.report import Report
from intake_server.core.uplink import Batch, Garbage, open_batch
from intake_server.errors import LedgerStoreError

_LOGGER = logging.getLogger(__name__)

ROWS = 100
"""Rows committed together at most, unless a single message brings more."""

AHEAD = 2
"""Commits handed to the writer at once: one that runs, and one that is ready when it ends."""

WAITING = 4_000
"""Messages kept in memory; more are dropped and sent again by the uplinks."""

PAUSE = 1.0
"""Seconds before the next commit after the database refused one."""

Group = Sequence[Batch | Garbage]


class Store(Protocol):
    """Commits what arrived; everything but `prepare` belongs on the writer."""

    def prepare(self, arrived: Group, now: datetime) -> Callable[[], Report] | None:
        """Seal what arrived behind what was prepared before, and return its commit; None if only `take` can do it."""

    def take(self, arrived: Group, now: datetime) -> Report:
        """Commit what arrived; raise LedgerStoreError if the database refuses."""


class Receiver:
    """Owns the inbox; `on_commit` gets every report, `on_trouble` whether the database refuses."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        clock: Clock,
        *,
        acknowledge: Callable[[Address, Ack], None],
        on_commit: Callable[[Report], None],
        on_trouble: Callable[[bool], None],
    ) -> None:
        self._store, self._writer, self._clock = store, writer, clock
        self._acknowledge, self._on_commit, self._on_trouble = acknowledge, on_commit, on_trouble
        self._inbox: deque[LinkMessage] = deque()
        self._opened: Batch | Garbage | None = None
        self._commits: deque[asyncio.Task[None]] = deque()
        self._wake = asyncio.Event()
        self.dropped = 0

    def hear(self, message: LinkMessage) -> None:
        """Take one message from an uplink; called on the loop."""
        if len(self._inbox) >= WAITING:
            self.dropped += 1
            return
        self._inbox.append(message)
        self._wake.set()

    @property
    def waiting(self) -> int:
        """How many messages wait for a commit."""
        return len(self._inbox)

    async def run(self) -> None:
        """Commit and acknowledge until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while group := self._next_group():
                    await self._start(group)
                await self._land(0)
        finally:
            for commit in self._commits:
                commit.cancel()

    async def _start(self, group: Group) -> None:
        """Hand a group to the writer; one that cannot be prepared goes alone."""
        now = self._clock.now()
        prepared = self._store.prepare(group, now)
        if prepared is None:
            await self._land(0)
            await self._commit(group, partial(self._store.take, group, now))
            return
        self._commits.append(asyncio.ensure_future(self._commit(group, prepared)))
        await asyncio.sleep(0)
        await self._land(AHEAD - 1)

    async def _land(self, most: int) -> None:
        """Return once at most `most` commits are under way."""
        while len(self._commits) > most:
            await self._commits.popleft()

    def _next_group(self) -> list[Batch | Garbage]:
        """Open messages in the order they came, up to the rows of one commit."""
        group: list[Batch | Garbage] = []
        rows = 0
        while self._opened is not None or self._inbox:
            if self._opened is None:
                message = self._inbox.popleft()
                self._opened = open_batch(message.topic, message.payload)
            rows += len(self._opened.rows) if isinstance(self._opened, Batch) else 1
            if group and rows > ROWS:
                break
            group.append(self._opened)
            self._opened = None
        return group

    async def _commit(self, group: Group, work: Callable[[], Report]) -> None:
        try:
            report = await self._writer.run(work)
        except LedgerStoreError as error:
            _LOGGER.error("%s messages stay with their uplinks: %s", len(group), error)
            self._on_trouble(True)
            await self._clock.sleep(PAUSE)
            return
        self._on_trouble(False)
        for (uplink, inc), mark in report.acks.items():
            self._acknowledge(uplink, Ack(dev=uplink.name, inc=inc, seq=mark))
        self._on_commit(report)
