"""Uplink batches from the link into the store: about a batch in one commit, then its acknowledgements.

While the writer commits, the loop opens and checks what comes next.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

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

Take = Callable[[Iterable[Batch | Garbage], datetime], Report]


class Receiver:
    """Owns the inbox; `on_commit` gets every report, `on_trouble` whether the database refuses."""

    def __init__(
        self,
        take: Take,
        writer: Writer,
        clock: Clock,
        *,
        acknowledge: Callable[[Address, Ack], None],
        on_commit: Callable[[Report], None],
        on_trouble: Callable[[bool], None],
    ) -> None:
        self._take, self._writer, self._clock = take, writer, clock
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
                    self._commits.append(asyncio.ensure_future(self._commit(group)))
                    await (asyncio.sleep(0) if len(self._commits) < AHEAD else self._commits.popleft())
                while self._commits:
                    await self._commits.popleft()
        finally:
            for commit in self._commits:
                commit.cancel()

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

    async def _commit(self, group: list[Batch | Garbage]) -> None:
        now = self._clock.now()
        try:
            report = await self._writer.run(lambda: self._take(group, now))
        except LedgerStoreError as error:
            _LOGGER.error("%s messages stay with their uplinks: %s", len(group), error)
            self._on_trouble(True)
            await self._clock.sleep(PAUSE)
            return
        self._on_trouble(False)
        for (uplink, inc), mark in report.acks.items():
            self._acknowledge(uplink, Ack(dev=uplink.name, inc=inc, seq=mark))
        self._on_commit(report)
