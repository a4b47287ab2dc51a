"""Facts on their way: what is sent again while a receiver is away, and what when it is back."""

import asyncio
import random
from datetime import datetime

from contract import codec
from contract.field import SensorChanged, SensorKind
from contract.link import Ack
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.fact_sender import PATIENCE, PROBE, FactSender
from hallkit.runtime.outbox import Outbox
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter

ROWS = 150
START = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


class Sending:
    """A sender with rows to send, and the numbers it sent."""

    def __init__(self, clock: LoopClock) -> None:
        self.postmark = Postmark("door-1", clock, random.Random(1))
        self.outbox = Outbox(open_database(":memory:"), "inc-1")
        with self.outbox.transaction():
            for seq in range(1, ROWS + 1):
                fact = SensorChanged(sensor="door-1", kind=SensorKind.DOOR, active=bool(seq % 2), at=clock.now())
                self.outbox.add(seq, self.postmark.stamp(fact, inc="inc-1", seq=seq))
        self.sent: list[int | None] = []
        self.sender = FactSender(self.outbox, InlineWriter(), self.postmark, self._send)
        self.task = asyncio.ensure_future(self.sender.run())
        self.sender.on_up()

    def _send(self, payload: bytes) -> bool:
        self.sent.append(codec.decode(payload).seq)
        return True

    def acknowledge(self, seq: int) -> None:
        ack = Ack(dev="door-1", inc="inc-1", seq=seq)
        self.sender.on_ack(codec.decode(self.postmark.stamp(ack)))


def test_a_receiver_that_is_away_is_probed_and_one_that_is_back_gets_everything() -> None:
    async def main(clock: LoopClock) -> None:
        sending = Sending(clock)
        await clock.sleep(0.1)
        assert sending.sent == list(range(1, ROWS + 1))
        sending.sent.clear()
        await clock.sleep(3 * PATIENCE)
        assert sending.sent == [*range(1, PROBE + 1)] * 3
        sending.sent.clear()
        sending.acknowledge(PROBE)
        await clock.sleep(0.1)
        assert sending.sent == list(range(PROBE + 1, ROWS + 1))
        sending.acknowledge(ROWS)
        await clock.sleep(10 * PATIENCE)
        assert (sending.outbox.depth, len(sending.sent)) == (0, ROWS - PROBE)
        sending.task.cancel()

    run_virtual(main, START)
