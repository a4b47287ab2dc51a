"""Uplink batches from the link into the store: everything waiting in one commit, then the acknowledgements."""

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

GROUP = 100
"""Messages committed together at most."""

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
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                await self._commit([self._inbox.popleft() for _ in range(min(GROUP, len(self._inbox)))])

    async def _commit(self, group: list[LinkMessage]) -> None:
        now = self._clock.now()

        def work() -> Report:
            return self._take([open_batch(message.topic, message.payload) for message in group], now)

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
