"""Facts on their way: what is sent again while a receiver is away, and what when it is back."""

import asyncio
import random
from datetime import datetime
from itertools import pairwise

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
    """A sender with rows to send, the numbers it sent and the moments at which it did."""

    def __init__(self, clock: LoopClock) -> None:
        self.postmark = Postmark("door-1", clock, random.Random(1))
        self.outbox = Outbox(open_database(":memory:"), "inc-1")
        with self.outbox.transaction():
            for seq in range(1, ROWS + 1):
                fact = SensorChanged(sensor="door-1", kind=SensorKind.DOOR, active=bool(seq % 2), at=clock.now())
                self.outbox.add(seq, self.postmark.stamp(fact, inc="inc-1", seq=seq))
        self.sent: list[int | None] = []
        self.times: list[float] = []
        self._clock = clock
        self.sender = FactSender(self.outbox, InlineWriter(), self.postmark, self._send)
        self.task = asyncio.ensure_future(self.sender.run())
        self.sender.on_up()

    def _send(self, payload: bytes) -> bool:
        self.sent.append(codec.decode(payload).seq)
        now = round(self._clock.monotonic(), 3)
        if now not in self.times:
            self.times.append(now)
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
        await clock.sleep(PATIENCE * (1 + 2 + 4))
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


def test_each_wait_for_a_receiver_that_is_away_is_twice_as_long_up_to_the_longest() -> None:
    async def main(clock: LoopClock) -> None:
        sending = Sending(clock)
        await clock.sleep(60)
        waits = [later - sooner for sooner, later in pairwise(sending.times)]
        assert waits == [2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0]
        sending.task.cancel()

    run_virtual(main, START)


def test_a_receiver_that_says_it_is_back_is_sent_to_at_once_and_known_for_quick_again() -> None:
    async def main(clock: LoopClock) -> None:
        sending = Sending(clock)
        sending.acknowledge(10)
        await clock.sleep(31)
        sending.times.clear()
        said = clock.monotonic()
        sending.acknowledge(10)
        await clock.sleep(PATIENCE + 0.5)
        assert [round(one - said, 3) for one in sending.times] == [0.0, PATIENCE]
        sending.task.cancel()

    run_virtual(main, START)


def test_a_new_connection_starts_with_the_first_patience() -> None:
    async def main(clock: LoopClock) -> None:
        sending = Sending(clock)
        await clock.sleep(31)
        sending.sender.on_down()
        await clock.sleep(60)
        sending.times.clear()
        began = clock.monotonic()
        sending.sender.on_up()
        await clock.sleep(PATIENCE + 0.5)
        assert [round(one - began, 3) for one in sending.times] == [0.0, PATIENCE]
        sending.task.cancel()

    run_virtual(main, START)
