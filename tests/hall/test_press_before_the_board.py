"""A key press kept from before a restart is carried out although the bridge has not heard the board yet."""

import asyncio
import random
import tomllib
from datetime import datetime

from contract.board import WindowState
from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, OpenWindow
from hall24 import whole_hall
from hall24.presets import one_window
from hall24.whole_hall import MemoryDisk, memory_start
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.virtual_time import run_virtual
from mqtt_bridge.app.pad_desk import PadDesk
from mqtt_bridge.core.field_exchange import KeyPress, PadKey
from mqtt_bridge.core.translate import PadWindow
from mqtt_bridge.store.presses import KeptPress

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)


def test_next_calls_at_a_window_that_was_open_all_the_time() -> None:
    async def main(clock: LoopClock) -> None:
        hall = parse(tomllib.loads(one_window()), Hall)
        start = memory_start(hall, clock, random.Random(1), MemoryBroker().links(), MemoryDisk())
        engine, forgotten = whole_hall.engine(start), []
        caller = hall.address("caller-01")
        manager, bridge = (
            Device(hall.address(name), "", links=start.links, clock=clock, chance=random.Random(2), members=members)
            for name, members in (("manager-1", ()), ("bridge-1", (caller,)))
        )
        desk = PadDesk(
            caller, PadWindow(1, ("A",)), "0101", bridge, clock, show=lambda shown: None, forget=forgotten.append
        )
        tasks = [asyncio.ensure_future(run()) for run in (engine.run, manager.run, bridge.run)]
        await clock.sleep(5)
        await manager.ask("queue", OpenWindow(window=1, staff="0101"), key="open")
        await manager.ask("queue", IssueTicket(services=("A",), channel=IssueChannel.TOUCH), key="ticket")
        desk.take(KeptPress(KeyPress(1, 240_001, 1, 1, PadKey.NEXT, False, 0), clock.now()))
        tasks.append(asyncio.ensure_future(desk.run()))
        await clock.sleep(1)
        assert len(forgotten) == 1
        (window,) = engine.keeper.engine.board("A", clock.now()).windows
        assert window.state is WindowState.CALLING
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(main, START)
