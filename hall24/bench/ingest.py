"""Durable ingest: rows a second at the hall store and at the intake server, beside a consumer that keeps nothing."""

import asyncio
import random
import selectors
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

import msgspec

from contract import codec
from contract.body import Fact
from contract.link import Ack
from contract.rating import RatingGiven, RatingGrade
from contract.topics import Address, Channel
from contract.uplink import UplinkBatch, UplinkRow
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle
from hall24.bench.raw import RawClient
from hall24.bench.rig import BRIDGE, INTAKE, START_PATIENCE, BenchHall, bench_hall, wide_hall
from hallkit.codecs.mqtt import Publish, encode
from hallkit.runtime.clock import SHANGHAI, SystemClock
from hallkit.runtime.postmark import Postmark

PADS, ROWS, WARM_UP = 40, 40_000, 4_000
ROUNDS = 3
WINDOW = 200
"""Facts of one pad on their way at once, as a device's own sender keeps them."""
PATIENCE, MOST_SILENT = 2.0, 5
BATCH, BATCHES = 100, 20
"""Rows in an uplink's batch, and batches on their way at once."""
CONSUMER = ("-m", "hall24.bench.consumer")


@dataclass(slots=True)
class Source:
    """One sender on its own connection: packets ready to go, each with the number its acknowledgement will name."""

    client: RawClient
    inc: str
    packets: Sequence[bytes]
    numbers: Sequence[int]
    window: int
    sent: int = 0
    acked: int = 0

    def send(self) -> None:
        """Send as much as the window allows."""
        end = min(len(self.packets), self.acked + self.window)
        if end > self.sent:
            self.client.send(b"".join(self.packets[self.sent : end]))
            self.sent = end

    def hear(self) -> None:
        """Take acknowledgements and send on."""
        for message in self.client.read():
            ack = codec.body_of(codec.decode(message.payload), Ack)
            while ack.inc == self.inc and self.acked < self.sent and self.numbers[self.acked] <= ack.seq:
                self.acked += 1
        self.send()

    def go_back(self) -> None:
        """Send again what was not acknowledged."""
        self.sent = self.acked
        self.send()

    @property
    def is_done(self) -> bool:
        """Whether everything is acknowledged."""
        return self.acked == len(self.packets)


def figures() -> tuple[Figure, ...]:
    """Measure both receivers, each in rounds alternating with the consumer that keeps nothing."""
    return asyncio.run(_figures())


async def _figures() -> tuple[Figure, ...]:
    async with bench_hall(text=hall_of_pads) as rig:
        store = await _compare(rig, BRIDGE, "hall-store", lambda rows: pad_sources(rig, rows))
        intake = await _compare(rig, INTAKE, "intake", lambda rows: [uplink_source(rig, rows)])
    bar = Bar(least=5_000, ratio_least=0.6)
    checked = "the same checks and acknowledgements, nothing stored"
    sealed = "its own receiver, checks, seals, chain and acknowledgements, no database"
    return (
        figure(f"durable ingest at the hall store, {PADS} publishers", store[0], "rows/s", (checked, store[1]), bar),
        figure(
            f"durable ingest at the intake server, rows of {PADS} devices", intake[0], "rows/s", (sealed, intake[1]),
            bar, f"one uplink, {BATCH} rows a batch and a commit, settled in their indexes",
        ),
    )  # fmt: skip


async def _compare(
    rig: BenchHall, durable: tuple[str, ...], user: str, sources: Callable[[int], list[Source]]
) -> tuple[float, float]:
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for keeps in (False, True):
            child = await rig.start(*(durable if keeps else CONSUMER), *(() if keeps else ("--user", user)))
            await _until_heard(rig, user)
            deliver(sources(WARM_UP))
            rates[keeps].append(ROWS / deliver(sources(ROWS)))
            await rig.end(child)
    return middle(rates[True]), middle(rates[False])


async def _until_heard(rig: BenchHall, user: str) -> None:
    """Return once a receiver acknowledges a single fact, sent again every half second."""
    async with asyncio.timeout(START_PATIENCE):
        while True:
            one = pad_sources(rig, 1, 1)[0] if user == "hall-store" else uplink_source(rig, 1)
            one.send()
            with selectors.DefaultSelector() as selector:
                selector.register(one.client, selectors.EVENT_READ)
                end = perf_counter() + 0.5
                while not one.is_done and selector.select(end - perf_counter()):
                    one.hear()
            one.client.close()
            if one.is_done:
                return
            await asyncio.sleep(0)


def deliver(sources: list[Source]) -> float:
    """Send everything and return the seconds until all of it was acknowledged."""
    with selectors.DefaultSelector() as selector:
        for source in sources:
            selector.register(source.client, selectors.EVENT_READ, source)
        start, silent = perf_counter(), 0
        for source in sources:
            source.send()
        while not all(source.is_done for source in sources):
            ready = selector.select(PATIENCE)
            silent = 0 if ready else silent + 1
            if silent > MOST_SILENT:
                raise BenchError("the receiver acknowledges nothing more")
            for source in () if ready else sources:
                source.go_back()
            for key, _ in ready:
                key.data.hear()
        seconds = perf_counter() - start
    for source in sources:
        source.client.close()
    return seconds


def hall_of_pads(run: Path, port: int) -> str:
    """Return the wide hall with forty rating pads and an intake server without a fixed port."""
    more = [
        f'[[devices]]\nkind = "rating-pad"\nname = "pad-{number}"\nzone = "A"\nwindow = 1\n' for number in range(27, 41)
    ]
    return "\n".join([wide_hall(run, port), *more, "[intake]", "port = 0"])


def pad_sources(rig: BenchHall, rows: int, pads: int = PADS) -> list[Source]:
    """Return rating pads that share `rows` ratings, under a new incarnation each."""
    return [_pad_source(rig, rig.hall.address(f"pad-{number:02d}"), rows // pads) for number in range(1, pads + 1)]


def _pad_source(rig: BenchHall, address: Address, rows: int) -> Source:
    postmark = Postmark(address.name, SystemClock(), random.Random())
    inc, topic = postmark.new_id(), address.topic(Channel.FACTS)
    packets = [
        encode(Publish(topic, postmark.stamp(_rating(postmark), inc=inc, seq=seq))) for seq in range(1, rows + 1)
    ]
    client = RawClient(rig.place, address.name, rig.passwords[address.name], (address.topic(Channel.ACK),), qos=0)
    return Source(client, inc, packets, range(1, rows + 1), WINDOW)


def uplink_source(rig: BenchHall, rows: int) -> Source:
    """Return an uplink with `rows` ratings of forty pads in batches, under a new incarnation."""
    address = rig.hall.address("uplink")
    uplink = Postmark(address.name, SystemClock(), random.Random())
    pads = [Pad(rig.hall.address(f"pad-{number:02d}")) for number in range(1, PADS + 1)]
    inc, packets, numbers = uplink.new_id(), [], []
    for first in range(1, rows + 1, BATCH):
        last = min(rows, first + BATCH - 1)
        batch = UplinkBatch(first=first, rows=tuple(pads[row % PADS].row(row) for row in range(first, last + 1)))
        packets.append(encode(Publish(address.topic(Channel.FACTS), uplink.stamp(batch, inc=inc, seq=last))))
        numbers.append(last)
    client = RawClient(rig.place, address.name, rig.passwords[address.name], (address.topic(Channel.ACK),), qos=0)
    return Source(client, inc, packets, numbers, BATCHES)


class Pad:
    """A rating pad whose ratings the hall store already has."""

    def __init__(self, address: Address) -> None:
        self._topic = address.topic(Channel.FACTS)
        self._postmark = Postmark(address.name, SystemClock(), random.Random())
        self._inc, self._seq = self._postmark.new_id(), 0

    def row(self, number: int) -> UplinkRow:
        """Return the next rating as row `number` of the hall store."""
        self._seq += 1
        message = self._postmark.stamp(_rating(self._postmark), inc=self._inc, seq=self._seq)
        return UplinkRow(row=number, topic=self._topic, message=msgspec.Raw(message))


def _rating(postmark: Postmark) -> Fact:
    return RatingGiven(
        rating=postmark.new_id(), service_event=postmark.new_id(), grade=RatingGrade.GOOD, at=datetime.now(SHANGHAI),
        window=1,
    )  # fmt: skip
