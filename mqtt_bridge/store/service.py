"""The hall store on the link: hears every device fact, commits in groups, acknowledges."""

import asyncio
import logging
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, time

from contract.link import Ack, Fault
from contract.topics import Address, Channel
from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.device import Device
from hallkit.runtime.kept_clock import KeptClock
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.log import clean
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.forgetting import Forgetting
from mqtt_bridge.store.hall_store import HallStore, Sender, Taken

_LOGGER = logging.getLogger(__name__)

GROUP = 100
"""Facts in one commit at most."""

PAUSE = 0.02
"""Seconds between two rounds of acknowledgements."""

FAILED_COMMIT_PAUSE = 1.0

QUIET = 5.0
"""Seconds between two tellings of how many messages are in quarantine."""


class StoreService:
    """Takes facts from the link into the store and tells every sender how far it is safe."""

    def __init__(
        self, store: HallStore, writer: Writer, address: Address, password: str,
        reporters: Iterable[Address], *, keep_days: int = 7,
        links: LinkFactory, clock: Clock, chance: random.Random, vouched: datetime | None = None,
    ) -> None:  # fmt: skip
        clock = kept = KeptClock(clock, vouched)
        if (newest := store.newest_day()) is not None:
            kept.not_before(datetime.combine(newest, time(), SHANGHAI))
        self._store, self._writer, self._clock = store, writer, kept
        self._forgetting = Forgetting(store, writer, kept, keep_days)
        self._forgetting.on_done = self._tell_quarantine
        self._waiting: deque[LinkMessage] = deque()
        self._wake = asyncio.Event()
        self.on_commit: Callable[[], None] = lambda: None
        self.quarantined = 0
        self._owed: dict[Sender, int] = {}
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._quiet: asyncio.TimerHandle | None = None
        hear = dict.fromkeys((one.topic(Channel.FACTS) for one in reporters), self._arrive)
        self.device = Device(address, password, links=links, clock=clock, chance=chance, hear=hear)

        self.device.on_link = self._on_link

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            await self._run()
        finally:
            for timer in (self._timer, self._quiet):
                if timer is not None:
                    timer.cancel()

    async def _run(self) -> None:
        await run_jobs([
            ("hall store commits", self._commit_forever), ("hall store link", self.device.run),
            ("hall store clock", lambda: self._clock.watch(lambda _: self._set_faults())),
            ("hall store forgets", self._forgetting.run),
        ])  # fmt: skip

    def _set_faults(self, *faults: Fault) -> None:
        clock = [] if self._clock.is_right else [Fault.CLOCK_WRONG]
        aside = [Fault.QUARANTINE] if self._store.aside else []
        self.device.set_faults(*faults, *clock, *aside)

    def _tell_quarantine(self) -> None:
        """Tell how many messages are in quarantine, at most every few seconds: a flood of them is none of states."""
        if self._quiet is None:
            self._set_faults()
            self.device.set_quarantined(self._store.aside)
            self._quiet = asyncio.get_running_loop().call_later(QUIET, self._tell_again)

    def _tell_again(self) -> None:
        self._quiet = None
        if self.device.quarantined != self._store.aside:
            self._tell_quarantine()

    def _on_link(self, up: bool) -> None:
        """Say again how far everybody is safe: a broker that restarted has forgotten it."""
        if up:
            for sender, seq in self._store.marks().items():
                self._acknowledge(sender, seq)

    def _arrive(self, message: LinkMessage) -> None:
        self._waiting.append(message)
        self._wake.set()

    async def _commit_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._commit([self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))])

    async def _commit(self, messages: list[LinkMessage]) -> None:
        at = self._clock.now().isoformat()

        def work() -> Taken:
            return self._store.take((examine(one.topic, one.payload) for one in messages), at)

        try:
            taken = await self._writer.run(work)
        except sqlite3.Error as error:
            _LOGGER.error("%d facts stay with their senders: %s; check the disk", len(messages), error)
            self._set_faults(Fault.DISK_FULL)
            await self._clock.sleep(FAILED_COMMIT_PAUSE)
            return
        self._set_faults()
        self._owed.update(taken.acks)
        self._acknowledge_soon()
        for fault in taken.quarantined:
            self.quarantined += 1
            _LOGGER.error("a fact went to quarantine: %s", clean(fault))
        if taken.quarantined:
            self._tell_quarantine()
        if taken.dropped:
            _LOGGER.error("the quarantine is full: %d old messages left it; see what keeps arriving", taken.dropped)
        if taken.rows:
            self.on_commit()

    def _acknowledge_soon(self) -> None:
        """Acknowledge at once after a rest, else when the pause is over: acknowledgements are cumulative."""
        if self._timer is not None:
            return
        wait = self._next - self._clock.monotonic()
        if wait <= 0:
            self._acknowledge_all()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._acknowledge_all)

    def _acknowledge_all(self) -> None:
        self._timer = None
        self._next = self._clock.monotonic() + PAUSE
        owed, self._owed = self._owed, {}
        for sender, seq in owed.items():
            self._acknowledge(sender, seq)

    def _acknowledge(self, sender: Sender, seq: int) -> None:
        ack = self.device.postmark.stamp(Ack(dev=sender.address.name, inc=sender.inc, seq=seq))
        self.device.link.publish(sender.address.topic(Channel.ACK), ack, retain=True)
