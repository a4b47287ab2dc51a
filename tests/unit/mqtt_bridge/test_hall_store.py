"""The hall store: from a device's disk to the acknowledgement, whatever breaks between."""

import asyncio
import random
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from contract import codec, topics
from contract.field import SensorChanged, SensorKind
from contract.link import Ack
from contract.rating import RatingGiven, RatingGrade
from contract.topics import Address, Channel
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.outbox import Outbox, OutboxFullError
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService

START = datetime(2026, 9, 14, 2, 30, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-03")


def grade(number: int) -> RatingGiven:
    return RatingGiven(rating=f"r{number}", service_event=f"s{number}", grade=RatingGrade.GOOD, at=START)


@dataclass
class Hall:
    clock: LoopClock
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    database: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    pad_disk: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start_store(self) -> HallStore:
        store = HallStore(self.database, "demo", "STORE-INC")
        service = StoreService(
            store, InlineWriter(), topics.address("demo", "hall-store", "hall-store"), "x", [PAD],
            links=self.broker.links(), clock=self.clock, chance=random.Random(1),
        )  # fmt: skip
        self.tasks.append(asyncio.ensure_future(service.run()))
        return store

    def start_pad(self, address: Address = PAD, inc: str = "PAD-INC", capacity: int = 1000) -> Device:
        outbox = Outbox(self.pad_disk, inc, capacity)
        pad = Device(address, "x", links=self.broker.links(), clock=self.clock, chance=random.Random(2), outbox=outbox)
        self.tasks.append(asyncio.ensure_future(pad.run()))
        return pad

    async def kill_store(self) -> None:
        task = self.tasks.pop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def test_facts_are_stored_in_order_and_freed_on_the_device() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await clock.sleep(1)
        for number in range(450):
            await pad.report(grade(number))
        await clock.sleep(5)

        kept = [codec.decode(one.payload).seq for one in store.rows(0, 1000)]
        assert kept == list(range(1, 451))
        assert pad.outbox is not None
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_nothing_is_lost_or_doubled_when_broker_and_store_come_and_go() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        pad = hall.start_pad()
        hall.start_store()
        for number in range(300):
            await pad.report(grade(number))
            await clock.sleep(0.1)
            if number % 60 == 20:
                hall.broker.stop()
            if number % 60 == 40:
                hall.broker.start()
            if number % 100 == 50:
                await hall.kill_store()
                hall.start_store()
        await clock.sleep(30)

        found = [seq for (seq,) in hall.database.execute("SELECT seq FROM fact ORDER BY row")]
        assert found == list(range(1, 301))
        assert pad.outbox is not None
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_what_was_lost_is_sent_again_even_while_new_facts_keep_coming() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        pad = hall.start_pad()
        await clock.sleep(1)
        await pad.report(grade(0))
        await clock.sleep(0.1)
        store = hall.start_store()
        for number in range(1, 40):
            await pad.report(grade(number))
            await clock.sleep(0.5)

        assert store.mark(PAD, "PAD-INC") >= 35
        await hall.stop()

    run_virtual(main, START)


def test_a_pad_with_a_new_disk_is_a_new_incarnation() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store = hall.start_store()
        pad = hall.start_pad()
        await pad.report(grade(1))
        await clock.sleep(3)
        hall.tasks.pop().cancel()
        hall.pad_disk = open_database(":memory:")
        pad = hall.start_pad(inc="OTHER-INC")
        await pad.report(grade(2))
        await clock.sleep(3)

        assert [store.mark(PAD, inc) for inc in ("PAD-INC", "OTHER-INC")] == [1, 1]
        assert len(store.rows(0, 10)) == 2
        await hall.stop()

    run_virtual(main, START)


def test_a_store_that_lost_its_disk_learns_what_it_cannot_get() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        hall.start_store()
        pad = hall.start_pad()
        for number in range(5):
            await pad.report(grade(number))
        await clock.sleep(3)
        hall.tasks.pop(0).cancel()
        hall.database = open_database(":memory:")
        hall.broker.stop()
        hall.broker.start()
        store = hall.start_store()
        await pad.report(grade(5))
        await clock.sleep(10)

        assert [codec.decode(one.payload).seq for one in store.rows(0, 10)] == [6]
        assert [fault for _, fault in store.quarantined()] == ["lost: 1 to 5 are nowhere"]
        assert pad.outbox is not None
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_a_full_outbox_refuses_the_next_fact_and_keeps_the_others() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        pad = hall.start_pad(capacity=3)
        for number in range(3):
            await pad.report(grade(number))
        with pytest.raises(OutboxFullError, match="3 facts wait"):
            await pad.report(grade(3))
        hall.start_store()
        await clock.sleep(5)
        await pad.report(grade(3))
        await clock.sleep(5)

        assert [seq for (seq,) in hall.database.execute("SELECT seq FROM fact ORDER BY row")] == [1, 2, 3, 4]
        await hall.stop()

    run_virtual(main, START)


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (b"\x00 garbage", "envelope"),
        (b'{"inc":"PAD-INC"}', "envelope"),
        (b"x" * 70_000, "oversize"),
    ],
)
def test_a_message_nobody_can_read_goes_to_quarantine_and_stalls_nobody(payload: bytes, fault: str) -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await pad.report(grade(1))
        pad.link.publish(PAD.topic(Channel.FACTS), payload)
        await clock.sleep(1)
        pad.link.publish(PAD.topic(Channel.FACTS), payload)
        await pad.report(grade(2))
        await clock.sleep(10)

        assert [codec.decode(one.payload).seq for one in store.rows(0, 10)] == [1, 2]
        assert store.quarantined()[0][1].startswith(fault)
        assert pad.outbox is not None
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_a_message_of_another_version_is_quarantined_and_acknowledged() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await clock.sleep(1)
        assert pad.outbox is not None
        with pad.outbox.transaction():
            pad.outbox.add(1, pad.postmark.stamp(grade(1), inc="PAD-INC", seq=1).replace(b'"grade":4', b'"grade":"?"'))
        await pad.report(grade(2))
        await clock.sleep(3)

        assert [codec.decode(one.payload).seq for one in store.rows(0, 10)] == [2]
        assert "body: RatingGiven" in store.quarantined()[0][1]
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_a_row_the_disk_damaged_is_told_as_damaged_and_stalls_nobody() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await pad.report(grade(1))
        assert pad.outbox is not None
        with pad.outbox.transaction():
            pad.outbox.add(2, b"\x00\x00")
        await pad.report(grade(3))
        await clock.sleep(10)

        kinds = [(codec.decode(one.payload).seq, codec.decode(one.payload).type) for one in store.rows(0, 10)]
        assert kinds == [(1, "RatingGiven"), (2, "FactDamaged"), (3, "RatingGiven")]
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_a_pad_that_reports_what_pads_do_not_report_is_quarantined_and_acknowledged() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await pad.report(SensorChanged(sensor="door-1", kind=SensorKind.DOOR, active=True, at=START))
        await clock.sleep(3)

        assert store.rows(0, 10) == []
        assert store.quarantined()[0][1] == "kind: a rating-pad does not report SensorChanged"
        assert pad.outbox is not None
        assert pad.outbox.depth == 0
        await hall.stop()

    run_virtual(main, START)


def test_another_fact_under_a_known_number_is_an_alarm() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        store, pad = hall.start_store(), hall.start_pad()
        await pad.report(grade(1))
        await clock.sleep(3)
        pad.link.publish(PAD.topic(Channel.FACTS), pad.postmark.stamp(grade(99), inc="PAD-INC", seq=1))
        await clock.sleep(3)

        assert store.quarantined()[0][1].startswith("number_reused")
        assert len(store.rows(0, 10)) == 1
        await hall.stop()

    run_virtual(main, START)


def test_a_foreign_acknowledgement_frees_nothing() -> None:
    async def main(clock: LoopClock) -> None:
        hall = Hall(clock)
        pad = hall.start_pad()
        await pad.report(grade(1))
        await clock.sleep(1)
        for ack in (Ack(dev="pad-04", inc="PAD-INC", seq=1), Ack(dev="pad-03", inc="X", seq=1)):
            data = pad.postmark.stamp(ack)
            hall.broker.route(PAD.topic(Channel.ACK), data, retain=True)
        await clock.sleep(3)

        assert pad.outbox is not None
        assert pad.outbox.depth == 1
        assert pad.sender is not None
        assert pad.sender.foreign_acks == 2
        await hall.stop()

    run_virtual(main, START)
