"""The uplink: the hall store's rows to the centre in batches, and devices' requests for the centre's services."""

import random
from collections.abc import Iterable

import msgspec

from contract import codec, topics
from contract.topics import Address, Channel
from contract.uplink import RelayedReply, RelayedRequest, UplinkBatch, UplinkRow
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.fact_sender import FactSender
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import Row
from hallkit.runtime.postmark import Postmark, open_message
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from mqtt_bridge.store.hall_store import HallStore

BATCH = 100
BATCH_BYTES = 48_000
WINDOW = 2_000
"""Rows on their way to the centre at once."""

PATIENCE = 4.0
"""Seconds after which the centre is probed at most: one that starts again does not say so, and we are one sender."""

CENTRE_SERVICES = frozenset({"intake"})


class UplinkSource:
    """The hall store seen as a source of numbered facts: a row is a batch, its number that of its last fact."""

    def __init__(self, store: HallStore, postmark: Postmark) -> None:
        self._store, self._postmark = store, postmark

    @property
    def inc(self) -> str:
        """The store's incarnation."""
        return self._store.inc

    @property
    def acked(self) -> int:
        """The last row the centre has."""
        return self._store.uplinked

    @property
    def last(self) -> int:
        """The newest row of the store."""
        return self._store.last

    def rows(self, after: int, limit: int) -> list[Row]:
        """Return at most one batch of up to `limit` rows after `after`."""
        rows: list[UplinkRow] = []
        size = 0
        for row, topic, payload in self._store.rows(after, min(limit, BATCH)):
            size += len(payload)
            if rows and size > BATCH_BYTES:
                break
            rows.append(UplinkRow(row=row, topic=topic, message=msgspec.Raw(payload)))
        if not rows:
            return []
        batch = UplinkBatch(first=rows[0].row, rows=tuple(rows))
        return [Row(rows[-1].row, self._postmark.stamp(batch, inc=self.inc, seq=rows[-1].row))]

    def acknowledge(self, seq: int) -> None:
        """Note how far the centre has committed."""
        self._store.note_uplinked(seq)


class Uplink:
    """Tails the hall store to the centre; works through a cut of days by starting where the centre stands."""

    def __init__(
        self, store: HallStore, writer: Writer, address: Address, password: str,
        askers: Iterable[Address], *,
        links: LinkFactory, clock: Clock, chance: random.Random,
    ) -> None:  # fmt: skip
        hear = {
            address.topic(Channel.ACK): self._on_ack,
            address.topic(Channel.REPLY): self._on_reply,
            **dict.fromkeys((one.topic(Channel.REQUEST) for one in askers), self._on_request),
        }
        self.device = Device(address, password, links=links, clock=clock, chance=chance, hear=hear)
        self.sender = FactSender(
            UplinkSource(store, self.device.postmark), writer, self.device.postmark, self._send, window=WINDOW,
            longest_patience=PATIENCE,
        )  # fmt: skip
        self.device.on_link = self._on_link

    async def run(self) -> None:
        """Serve until cancelled."""
        await run_jobs([("uplink rows", self.sender.run), ("uplink link", self.device.run)])

    def _send(self, payload: bytes) -> bool:
        return self.device.link.publish(self.device.address.topic(Channel.FACTS), payload)

    def _on_link(self, up: bool) -> None:
        self.sender.on_up() if up else self.sender.on_down()

    def _on_ack(self, message: LinkMessage) -> None:
        self.sender.on_ack(open_message(message).envelope)

    def _on_request(self, message: LinkMessage) -> None:
        received = open_message(message)
        if received.envelope.service not in CENTRE_SERVICES:
            return
        relayed = RelayedRequest(topic=message.topic, message=msgspec.Raw(message.payload))
        key = received.envelope.key or received.envelope.id
        data = self.device.postmark.stamp(relayed, key=key, service=received.envelope.service)
        self.device.link.publish(self.device.address.topic(Channel.REQUEST), data)

    def _on_reply(self, message: LinkMessage) -> None:
        reply = codec.body_of(open_message(message).envelope, RelayedReply)
        address, channel = topics.parse(reply.topic)
        if channel is Channel.REPLY and address.hall == self.device.address.hall:
            inner = codec.decode(bytes(reply.message))
            self.device.link.publish(address.topic(Channel.REPLY), codec.encode(inner))
