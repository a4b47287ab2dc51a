"""How the centre's receiver cuts what arrives into commits, and what a refused one leaves behind."""

import asyncio
import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import msgspec

from contract import codec
from contract.body import Fact
from contract.envelope import Envelope
from contract.link import Ack
from contract.queue import CallOrder
from contract.queue_facts import TicketCalled
from contract.topics import Address, Channel, address
from contract.uplink import UplinkBatch, UplinkRow
from hallkit.runtime.clock import SHANGHAI, SystemClock
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.writer import ThreadWriter
from intake_server.core.kinds import PersonalDataErased
from intake_server.core.report import Report
from intake_server.drivers.receiver import ROWS, Receiver
from intake_server.errors import LedgerStoreError
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader
from intake_server.store.transaction import Transaction

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
ENGINE, UPLINK = address("demo", "queue-engine", "queue-engine"), address("demo", "uplink", "uplink")


def sealed(device: str, fact: Fact, inc: str, seq: int) -> bytes:
    body = msgspec.Raw(msgspec.json.encode(fact))
    kind = type(fact).__name__
    return codec.encode(
        Envelope(v=1, id=f"{inc}{seq:024d}", dev=device, boot="b", ts=START, type=kind, body=body, inc=inc, seq=seq)
    )


def batch(first: int, rows: int) -> LinkMessage:
    facts = []
    for number in range(first, first + rows):
        fact = TicketCalled(
            ticket=f"A{number:03d}", business_day=date(2026, 9, 14), at=START, window=3, staff="s", service="A",
            call=number, order=CallOrder.OLDEST, among=("A",),
        )  # fmt: skip
        message = msgspec.Raw(sealed(ENGINE.name, fact, "I", number))
        facts.append(UplinkRow(row=number, topic=ENGINE.topic(Channel.FACTS), message=message))
    whole = UplinkBatch(first=first, rows=tuple(facts))
    return LinkMessage(UPLINK.topic(Channel.FACTS), sealed("uplink", whole, "U", first + rows - 1), False)


class Counting(IntakeStore):
    """A store that notes its commits and, asked to, refuses some."""

    commits: list[int]
    refuse = 0

    def _write(self, transaction: Transaction, work: Callable[[Transaction], None]) -> Report:
        if self.refuse:
            self.refuse -= 1
            raise LedgerStoreError("the disk is full")
        report = super()._write(transaction, work)
        self.commits.append(len(report.events))
        return report


class Rig:
    """A receiver on a real database and a writer's thread; it notes every commit and acknowledgement."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'intake.db'}")
        self.store = Counting(self.engine, random.Random(1))
        self.commits = self.store.commits = []
        self.acks: list[int] = []
        self.writer = ThreadWriter("test")
        self.receiver = Receiver(
            self.store, self.writer, SystemClock(), acknowledge=self.acknowledge, on_commit=lambda report: None,
            on_trouble=lambda is_refused: None,
        )  # fmt: skip

    def acknowledge(self, uplink: Address, ack: Ack) -> None:
        self.acks.append(ack.seq)

    async def hear(self, *messages: LinkMessage, until: int) -> None:
        running = asyncio.ensure_future(self.receiver.run())
        for message in messages:
            self.receiver.hear(message)
        async with asyncio.timeout(30):
            while not self.acks or self.acks[-1] < until:  # noqa: ASYNC110  an acknowledgement raises no event
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_commit_holds_a_hundred_rows_or_one_message(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    sizes = (40, 60, 30, 30, 30, 30, 100, 130, 1)
    firsts = [1 + sum(sizes[:place]) for place in range(len(sizes))]
    await rig.hear(*(batch(first, size) for first, size in zip(firsts, sizes, strict=True)), until=sum(sizes))

    assert ROWS == 100
    assert rig.commits == [100, 90, 30, 100, 130, 1]
    assert rig.acks == [100, 190, 220, 320, 450, 451]
    assert LedgerReader(rig.engine).first_broken() is None


async def test_what_follows_a_refused_commit_is_not_acknowledged_and_comes_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    first, second, third = batch(1, 100), batch(101, 100), batch(201, 100)
    rig.store.refuse = 1
    rig.receiver.hear(first)
    rig.receiver.hear(second)
    await rig.hear(third, first, second, third, until=300)

    assert rig.acks == [100, 200, 300]
    assert rig.commits[-3:] == [100, 100, 100]
    assert sum(rig.commits) == 300
    assert LedgerReader(rig.engine).first_broken() is None


async def test_what_the_centre_writes_between_two_batches_stands_between_them_in_the_chain(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.hear(batch(1, 100), until=100)
    erased = PersonalDataErased(rows=1, raw=0, before=START, rule="test", at=START)
    running = asyncio.ensure_future(rig.receiver.run())
    for first in range(101, 4_001, 100):
        rig.receiver.hear(batch(first, 100))
        if first % 300 == 1:
            await rig.writer.run(lambda: rig.store.record("demo", [erased], START))
    async with asyncio.timeout(30):
        while rig.acks[-1] < 4_000:  # noqa: ASYNC110  an acknowledgement raises no event
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert rig.acks == list(range(100, 4_001, 100))
    numbers = [row.source.seq for row, _ in LedgerReader(rig.engine).rows() if row.source.device != "intake/intake"]
    assert numbers == list(range(1, 4_001))
    assert LedgerReader(rig.engine).first_broken() is None
