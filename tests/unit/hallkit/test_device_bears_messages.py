"""A device that hears what nobody foresaw: it says so, goes on, and answers the next."""

import asyncio
import random
from datetime import datetime, timedelta

from contract import codec, topics
from contract.body import Command, Result
from contract.envelope import Envelope
from contract.link import CommandDone, CommandRefused
from contract.screen import PressScreen, TakePicture
from contract.topics import Address, Channel
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.virtual_time import run_virtual

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-01")
DESK = topics.address("demo", "intake", "intake")
BOARD, RESULTS = "h24/v1/demo/board/A", PAD.topic(Channel.RESULT)


async def obey(address: Address, command: Command, envelope: Envelope) -> Result:
    if isinstance(command, TakePicture):
        raise OverflowError("date value out of range")
    return CommandDone()


def test_a_listener_and_a_command_that_fail_stop_nobody(caplog) -> None:
    async def main(clock: LoopClock) -> None:
        broker, heard, results = MemoryBroker(), [], []

        def board(message: LinkMessage) -> None:
            heard.append(message.payload)
            if message.payload == b"odd":
                raise TypeError("can't compare offset-naive and offset-aware datetimes")

        def result(message: LinkMessage) -> None:
            results.append(codec.body_of(codec.decode(message.payload), Result))

        links = broker.links()
        pad = Device(PAD, "", links=links, clock=clock, chance=random.Random(1), hear={BOARD: board})
        pad.on_command = obey
        desk = Device(DESK, "", links=links, clock=clock, chance=random.Random(2), hear={RESULTS: result})
        tasks = [asyncio.ensure_future(one.run()) for one in (pad, desk)]
        await clock.sleep(1)
        for payload in (b"odd", b"next"):
            desk.link.publish(BOARD, payload)
        for command in (TakePicture(), PressScreen(x=1, y=1)):
            data = desk.postmark.stamp(command, deadline=clock.now() + timedelta(seconds=5))
            desk.link.publish(PAD.topic(Channel.COMMAND), data)
        await clock.sleep(1)
        assert heard == [b"odd", b"next"]
        assert results == [CommandRefused(code="failed"), CommandDone()]
        assert pad.refused == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(main, START)
    assert "could not bear a message" in caplog.text
    assert "could not carry out TakePicture" in caplog.text
