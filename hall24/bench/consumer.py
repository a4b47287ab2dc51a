"""A consumer that keeps nothing: it hears, checks and acknowledges what a durable receiver does, and seals it likewise.

`python -m hall24.bench.consumer --user hall-store|intake --config hall.toml`
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from contract import topics
from contract.ids import token
from contract.link import Ack
from contract.topics import Address, Channel
from hallkit.inventory.grants import REPORTERS, addresses
from hallkit.inventory.start import Start, start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.supervise import run_jobs, run_until_stopped
from hallkit.runtime.writer import InlineWriter
from intake_server.core.ledger import GENESIS
from intake_server.core.report import Report
from intake_server.drivers.receiver import Receiver
from intake_server.store.intake_store import IntakeStore
from intake_server.store.memory import Memory
from intake_server.store.quarantine import BOUNDS
from intake_server.store.sources import DeviceKey
from intake_server.store.transaction import Head, MarkKey, Transaction
from mqtt_bridge.core.arrival import examine

GROUP = 100


def check_fact(message: LinkMessage) -> tuple[str, int]:
    """Return incarnation and number of a device's fact, checked as the hall store checks it."""
    arrival = examine(message.topic, message.payload)
    return arrival.inc or "", arrival.seq or 0


class ForgetfulStore(IntakeStore):
    """The centre's store without a database: it judges, seals and chains every row, and keeps only marks and head."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._bounds, self._settled = chance, BOUNDS, 0
        self._known, self._ahead = Remembered(), deque()
        self.head = Head(token(chance.getrandbits(128)), 0, 0, GENESIS)

    def _write(self, transaction: Transaction, work: Callable[[Transaction], None]) -> Report:
        work(transaction)
        return self._keep(transaction)


class Remembered(Memory):
    """A memory with no database beneath: what it does not know is new."""

    def mark(self, connection: sa.Connection | None, key: MarkKey) -> tuple[int, int]:
        """Return an uplink's mark and the rows it declared lost."""
        return self.marks.get(key, (0, 0))

    def source(self, connection: sa.Connection | None, device: DeviceKey) -> tuple[int, int] | None:
        """Return an incarnation's number and newest fact, None if it is new."""
        return self.sources.get(device)


class Consumer:
    """Acknowledges the hall's devices like the hall store, at most a hundred messages at once, and keeps nothing."""

    def __init__(self, begun: Start) -> None:
        self._inbox: deque[LinkMessage] = deque()
        self._wake = asyncio.Event()
        heard = addresses(begun.hall, *REPORTERS)
        self._device = _device(begun, "hall-store", heard, self._arrive)

    async def run(self) -> None:
        """Serve until cancelled."""
        await run_jobs([("consumer", self._consume), ("link", self._device.run)])

    def _arrive(self, message: LinkMessage) -> None:
        self._inbox.append(message)
        self._wake.set()

    async def _consume(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                self._acknowledge([self._inbox.popleft() for _ in range(min(GROUP, len(self._inbox)))])
                await asyncio.sleep(0)

    def _acknowledge(self, group: list[LinkMessage]) -> None:
        newest: dict[Address, tuple[str, int]] = {}
        for message in group:
            newest[topics.parse(message.topic)[0]] = check_fact(message)
        for address, (inc, seq) in newest.items():
            ack = self._device.postmark.stamp(Ack(dev=address.name, inc=inc, seq=seq))
            self._device.link.publish(address.topic(Channel.ACK), ack, qos=1, retain=True)


class Centre:
    """The centre's own receiver on a store without a database: it acknowledges an uplink and keeps nothing."""

    def __init__(self, begun: Start) -> None:
        self._receiver = Receiver(
            ForgetfulStore(begun.chance), InlineWriter(), begun.clock, acknowledge=self._acknowledge,
            on_commit=lambda report: None, on_trouble=lambda is_refused: None,
        )  # fmt: skip
        self._device = _device(begun, "intake", (begun.hall.address("uplink"),), self._receiver.hear)

    async def run(self) -> None:
        """Serve until cancelled."""
        await run_jobs([("consumer", self._receiver.run), ("link", self._device.run)])

    def _acknowledge(self, uplink: Address, ack: Ack) -> None:
        self._device.link.publish(uplink.topic(Channel.ACK), self._device.postmark.stamp(ack), qos=1, retain=True)


def _device(begun: Start, user: str, heard: Iterable[Address], listener: Callable[[LinkMessage], None]) -> Device:
    return Device(
        begun.hall.address(user), begun.password(user), links=begun.links, clock=begun.clock, chance=begun.chance,
        hear=dict.fromkeys((one.topic(Channel.FACTS) for one in heard), listener),
    )  # fmt: skip


def main(config: Annotated[Path, typer.Option()], user: Annotated[str, typer.Option()]) -> None:
    """Consume until stopped."""

    async def body() -> None:
        begun = start(config)
        await (Consumer(begun) if user == "hall-store" else Centre(begun)).run()

    run_until_stopped(body)


if __name__ == "__main__":
    typer.run(main)
