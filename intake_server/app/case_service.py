"""Requests about cases from a hall's uplink: everything waiting in one commit, then the answers."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from contract import codec
from contract.body import Reply, Request
from contract.cases import SERVICE
from contract.errors import RemoteContractError
from contract.roles import may_ask
from contract.topics import Address, Channel, parse
from contract.uplink import RelayedReply, RelayedRequest
from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import Postmark, open_message
from hallkit.runtime.writer import Writer
from intake_server.core.report import Report
from intake_server.errors import LedgerStoreError
from intake_server.store.case_store import Ask, CaseStore

_LOGGER = logging.getLogger(__name__)

GROUP = 60
"""Requests committed together at most."""

WAITING = 2_000
"""Requests kept in memory; more are dropped and asked again by their devices."""

PAUSE = 1.0
"""Seconds before the next try after the database refused one."""

LONG_PAUSE = 30.0
"""The same for what is due on a day, for which nobody waits."""


class _Waiting(NamedTuple):
    uplink: Address
    device: Address
    key: str
    request: Request


class CaseService:
    """Answers devices and lets time pass; `on_commit` gets every report."""

    def __init__(
        self, store: CaseStore, writer: Writer, clock: Clock, postmark: Callable[[], Postmark], *,
        publish: Callable[[str, bytes], bool], on_commit: Callable[[Report], None],
    ) -> None:  # fmt: skip
        self.store = store
        self._writer, self._clock, self._postmark = writer, clock, postmark
        self._publish, self._on_commit = publish, on_commit
        self._inbox: dict[tuple[Address, str], _Waiting] = {}
        self._wake, self._changed = asyncio.Event(), asyncio.Event()
        self.dropped = 0

    def hear(self, message: LinkMessage) -> None:
        """Take one relayed request; RemoteContractError for one that is not what or whose it says."""
        uplink, _, envelope = open_message(message)
        relayed = codec.body_of(envelope, RelayedRequest)
        device, channel = parse(relayed.topic)
        inner = codec.decode(bytes(relayed.message))
        if device.hall != uplink.hall or channel is not Channel.REQUEST or inner.dev != device.name:
            raise RemoteContractError("identity", f"{inner.dev[:40]!r} on {relayed.topic[:120]}")
        request = codec.body_of(inner, Request)
        if inner.service != SERVICE or not may_ask(device.kind, type(request)):
            raise RemoteContractError("role", f"{device.kind} may not ask {inner.type[:60]} of {inner.service}")
        self._take(_Waiting(uplink, device, inner.key or inner.id, request))

    def _take(self, one: _Waiting) -> None:
        if len(self._inbox) >= WAITING and (one.device, one.key) not in self._inbox:
            self.dropped += 1
            return
        self._inbox.setdefault((one.device, one.key), one)
        self._wake.set()

    def changed(self) -> None:
        """Something else committed to a case: look again at what is due next."""
        self._changed.set()

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                await self._commit(list(self._inbox.values())[:GROUP])

    async def _commit(self, group: list[_Waiting]) -> None:
        now = self._clock.now()
        asks = [Ask(one.request, one.key, f"{one.device.kind}/{one.device.name}") for one in group]
        try:
            replies, report = await self._writer.run(lambda: self.store.handle(asks, now))
        except LedgerStoreError as error:
            _LOGGER.error("%s requests stay with their devices: %s", len(group), error)
            self._forget(group)
            await self._clock.sleep(PAUSE)
            return
        self._forget(group)
        for one, reply in zip(group, replies, strict=True):
            self._answer(one, reply)
        if report.events:
            self._changed.set()
            self._on_commit(report)

    def _forget(self, group: list[_Waiting]) -> None:
        for one in group:
            del self._inbox[one.device, one.key]

    def _answer(self, one: _Waiting, reply: Reply) -> None:
        postmark = self._postmark()
        inner = postmark.stamp(reply, corr=one.key)
        relayed = RelayedReply(topic=one.device.topic(Channel.REPLY), message=msgspec.Raw(inner))
        self._publish(one.uplink.topic(Channel.REPLY), postmark.stamp(relayed, corr=one.key))

    async def run_deadlines(self) -> None:
        """Do what time brings about, each on its day, until cancelled; what the disk refuses is tried again."""
        while True:
            self._changed.clear()
            now = self._clock.now()
            try:
                report = await self._writer.run(partial(self.store.pass_time, now))
            except LedgerStoreError as error:
                _LOGGER.error("what is due today waits for the disk: %s", error)
                await self._clock.sleep(LONG_PAUSE)
                continue
            if report.events:
                self._on_commit(report)
            look = await self._writer.read(self.store.next_look)
            if look is not None and look <= now.date():
                continue
            await self._until(datetime.combine(look, time(0, 0, 1), SHANGHAI) - now if look else None)

    async def _until(self, delay: timedelta | None) -> None:
        try:
            async with asyncio.timeout(delay.total_seconds() if delay is not None else None):
                await self._changed.wait()
        except TimeoutError:
            return
