"""Call pads on a paced memory cable in virtual time, and the driver that asks them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from hallkit.errors import StreamError
from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable, MemoryStream, memory_pair
from hallkit.transports.stream import ByteStream
from mqtt_bridge.core.field_exchange import HealthChanged, KeyPress, PadHealth
from mqtt_bridge.drivers.call_pad_line import CallPadLine
from mqtt_bridge.drivers.line_turns import EffectiveTurns, EveryTurn, Turns
from simulators.call_pad import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)


BOTH_WAYS = pytest.mark.parametrize("turns", [EveryTurn(), EffectiveTurns()], ids=["every turn", "effective turns"])


class Rig:
    """One line between a bridge and its simulated pads; `up_at` is when all pads of a normal line are greeted."""

    def __init__(self, clock: Clock, turns: Turns, setup: str = "normal", pads: int = 4) -> None:
        self.clock = clock
        self.line = build(setup, pads=pads)
        self.cable = Cable(baud=38_400)
        self.keys: list[tuple[float, KeyPress]] = []
        self.health: list[HealthChanged] = []
        self.plugged = True
        self.near: MemoryStream | None = None
        self._far: list[asyncio.Task[None]] = []
        self.driver = CallPadLine(
            self._open,
            {address: address + 100 for address in range(1, pads + 1)},
            clock,
            on_key=self.take,
            on_health=lambda _, change: self.health.append(change),
            turns=turns,
        )
        if isinstance(turns, EffectiveTurns):
            self.line.on_stir = self.driver.stir

    def take(self, _: int, press: KeyPress) -> None:
        self.keys.append((self.clock.monotonic(), press))

    async def _open(self) -> ByteStream:
        if not self.plugged:
            raise StreamError("the adapter is not plugged in")
        self.near, far = memory_pair(self.cable)
        self._far.append(asyncio.create_task(serve(self.line, far)))
        return self.near

    async def __aenter__(self) -> "Rig":
        self._running = asyncio.create_task(self.driver.run())
        await self.clock.sleep(5.0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._running, *self._far):
            task.cancel()
        await asyncio.gather(self._running, *self._far, return_exceptions=True)

    def pressed(self) -> list[tuple[int, str]]:
        return [(press.address, press.key.value) for _, press in self.keys]

    def states(self, address: int) -> list[PadHealth]:
        return [change.health for change in self.health if change.address == address]


def on_a_line(
    story: Callable[[Rig], Awaitable[None]], turns: Turns | None = None, setup: str = "normal", pads: int = 4
) -> None:
    async def main(clock: Clock) -> None:
        async with Rig(clock, turns or EveryTurn(), setup, pads) as rig:
            await story(rig)

    run_virtual(main, NIGHT)
