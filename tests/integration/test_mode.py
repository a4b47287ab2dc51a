"""Setting a hall's mode by hand."""

import asyncio
import random
import tomllib
from datetime import datetime

from contract import codec, topics
from contract.board import HallMode, ZoneBoard
from contract.queue import IssueChannel, RefusalCode
from contract.queue_requests import IssueTicket, QueueRefused
from hall24 import whole_hall
from hall24.mode import set_mode
from hall24.presets import ALWAYS, county_hall
from hall24.whole_hall import MemoryDisk, memory_start
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.virtual_time import run_virtual

HALL = parse(tomllib.loads(county_hall(hours=ALWAYS)), Hall)


def test_an_emergency_reaches_every_board_at_once_and_stops_tickets_until_it_is_over() -> None:
    async def main(clock: LoopClock) -> None:
        broker = MemoryBroker()
        start = memory_start(HALL, clock, random.Random(1), broker.links(), MemoryDisk())
        boards: dict[str, ZoneBoard] = {}
        hear = {
            topics.board("demo", zone.id): lambda message: boards.update(
                {message.topic: codec.body_of(codec.decode(message.payload), ZoneBoard)}
            )
            for zone in HALL.zones
        }
        machine = Device(
            HALL.address("ticket-1"), "", links=start.links, clock=clock, chance=random.Random(2), hear=hear
        )
        engine = whole_hall.engine(start)
        tasks = [asyncio.ensure_future(one.run()) for one in (engine, machine)]
        await clock.sleep(5)
        await set_mode(start, HallMode.EMERGENCY)
        await clock.sleep(0.2)

        assert {board.mode for board in boards.values()} == {HallMode.EMERGENCY}
        wanted = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)
        assert await machine.ask("queue", wanted) == QueueRefused(code=RefusalCode.EMERGENCY)
        await set_mode(start, None)
        await clock.sleep(0.2)
        assert {board.mode for board in boards.values()} == {HallMode.OPEN}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(main, datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI))
