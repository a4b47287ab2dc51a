"""An identity card reader on a memory cable in virtual time, and the citizens who lay cards on it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

from hallkit.codecs.sam_v import Ask
from hallkit.devices.id_reader import IdReader
from hallkit.devices.id_reader_card import Hint, IdCard, IdReaderSettings, ReaderCause
from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from simulators.id_reader import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)


class Rig:
    """A reader at the end of a cable, and the driver that holds it."""

    def __init__(self, clock: Clock, setup: str, settings: IdReaderSettings | None, *, relay: bool = False) -> None:
        self.clock = clock
        self.device = build(setup)
        self.cable = Cable(baud=115_200)
        self.sockets = Sockets()
        self.hints: list[Hint] = []
        self.views: list[ReaderCause | None] = []
        self.asked_at: list[float] = []
        self.serving: list[asyncio.Task[None]] = []
        self.device.on_ask = lambda _: self.asked_at.append(clock.monotonic())
        self.plug_in()
        self.driver = IdReader(
            lambda: open_stream("memory:reader", self.sockets),
            clock,
            settings=settings,
            power_cycle=self.cycle if relay else None,
            backoff=Backoff(random.Random(0), 0.5, 5.0),
            on_change=lambda view: self.views.append(view.cause),
            on_hint=self.hints.append,
        )

    async def cycle(self) -> None:
        self.device.power_cycle()

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("reader", self.cable).on_accept = accept

    def searches(self) -> int:
        return self.device.asked.count(Ask.FIND)

    async def read(self) -> IdCard:
        async with asyncio.timeout(30):
            return await self.driver.read()

    async def wait(self) -> asyncio.Task[IdCard]:
        """Begin to wait for a card and let the search begin."""
        waiting = asyncio.create_task(self.driver.read())
        await self.clock.sleep(1.0)
        return waiting


def at_night(
    story: Callable[[Rig], Awaitable[None]],
    setup: str = "normal",
    settings: IdReaderSettings | None = None,
    *,
    relay: bool = False,
) -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, setup, settings, relay=relay)
        running = asyncio.create_task(rig.driver.run())
        await clock.sleep(0.1)
        try:
            async with asyncio.timeout(20_000):
                await story(rig)
        finally:
            for task in (running, *rig.serving):
                task.cancel()
            await asyncio.gather(running, *rig.serving, return_exceptions=True)

    run_virtual(main, NIGHT)
