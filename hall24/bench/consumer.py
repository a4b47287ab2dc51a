"""A consumer that keeps nothing: it hears and checks what a durable receiver does, and acknowledges it.

`python -m hall24.bench.consumer --user hall-store|intake --config hall.toml`
"""

import asyncio
from collections import deque
from pathlib import Path
from typing import Annotated

import typer

from contract import topics
from contract.link import Ack
from contract.topics import Address, Channel
from hallkit.inventory.grants import REPORTERS, addresses
from hallkit.inventory.start import Start, start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.supervise import run_jobs, run_until_stopped
from intake_server.core.uplink import Batch, open_batch
from mqtt_bridge.core.arrival import examine

GROUP = 100


def check_fact(message: LinkMessage) -> tuple[str, int]:
    """Return incarnation and number of a device's fact, checked as the hall store checks it."""
    arrival = examine(message.topic, message.payload)
    return arrival.inc or "", arrival.seq or 0


def check_batch(message: LinkMessage) -> tuple[str, int]:
    """Return incarnation and number of an uplink's batch, every row checked as the intake server checks it."""
    batch = open_batch(message.topic, message.payload)
    return (batch.inc, batch.last) if isinstance(batch, Batch) else ("", 0)


class Consumer:
    """Acknowledges everything, at most a hundred messages at once, and keeps nothing."""

    def __init__(self, begun: Start, user: str) -> None:
        self._inbox: deque[LinkMessage] = deque()
        self._wake = asyncio.Event()
        self._check = check_fact if user == "hall-store" else check_batch
        hall = begun.hall
        heard = addresses(hall, *REPORTERS) if user == "hall-store" else (hall.address("uplink"),)
        hear = dict.fromkeys((one.topic(Channel.FACTS) for one in heard), self._arrive)
        self._device = Device(
            hall.address(user), begun.password(user), links=begun.links, clock=begun.clock, chance=begun.chance,
            hear=hear,
        )  # fmt: skip

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
            newest[topics.parse(message.topic)[0]] = self._check(message)
        for address, (inc, seq) in newest.items():
            ack = self._device.postmark.stamp(Ack(dev=address.name, inc=inc, seq=seq))
            self._device.link.publish(address.topic(Channel.ACK), ack, qos=1, retain=True)


def main(config: Annotated[Path, typer.Option()], user: Annotated[str, typer.Option()]) -> None:
    """Consume until stopped."""

    async def body() -> None:
        await Consumer(start(config), user).run()

    run_until_stopped(body)


if __name__ == "__main__":
    typer.run(main)
