"""Forty halls at once, and what the schema, virtual time and a hall's own uplink ask of the centre."""

import asyncio
import random
from datetime import date, datetime

import msgspec
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contract import codec
from contract.body import Fact
from contract.envelope import Envelope
from contract.queue import CallOrder
from contract.queue_facts import TicketCalled
from contract.topics import Address, Channel, address
from contract.uplink import UplinkBatch, UplinkRow
from hallkit.runtime.clock import SHANGHAI, LoopClock, SystemClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter, ThreadWriter
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.names import HallNames, Name
from intake_server.errors import LedgerStoreError
from intake_server.store.engine import open_engine
from intake_server.store.schema import METADATA
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.uplink import Uplink

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
NAMES = HallNames(Name("示例大厅", "Sample hall"))
HALLS, BATCHES, ROWS = 40, 2, 100


def called(number: int) -> TicketCalled:
    return TicketCalled(
        ticket=f"A{number:03d}", business_day=date(2026, 9, 14), at=START, window=3, staff="s", service="A",
        call=number, order=CallOrder.OLDEST, among=("A",),
    )  # fmt: skip


def sealed(device: str, fact: Fact, inc: str, seq: int) -> bytes:
    body = msgspec.Raw(msgspec.json.encode(fact))
    kind = type(fact).__name__
    return codec.encode(
        Envelope(v=1, id=f"{inc}{seq:024d}", dev=device, boot="b", ts=START, type=kind, body=body, inc=inc, seq=seq)
    )


def batch(engine: Address, first: int) -> bytes:
    rows = []
    for number in range(first, first + ROWS):
        message = msgspec.Raw(sealed(engine.name, called(number), "I", number))
        rows.append(UplinkRow(row=number, topic=engine.topic(Channel.FACTS), message=message))
    return sealed("uplink", UplinkBatch(first=first, rows=tuple(rows)), "U", first + ROWS - 1)


def round_of_halls(first: int) -> list[tuple[str, bytes]]:
    names = [f"hall-{number}" for number in range(HALLS)]
    engines = [address(one, "queue-engine", "queue-engine") for one in names]
    topics = [address(one, "uplink", "uplink").topic(Channel.FACTS) for one in names]
    return [(topic, batch(engine, first)) for topic, engine in zip(topics, engines, strict=True)]


async def test_the_rows_of_forty_halls_at_once_make_one_unbroken_chain(tmp_path):
    traffic = [one for number in range(BATCHES) for one in round_of_halls(1 + ROWS * number)]
    broker, writer = MemoryBroker(), ThreadWriter("intake")
    app = App(
        IntakeConfig(database=f"sqlite:///{tmp_path / 'intake.db'}", web=False), "hall-0", NAMES, links=broker.links(),
        password="", clock=SystemClock(), chance=random.Random(1), writer=writer,
    )  # fmt: skip
    task = asyncio.create_task(app.run())
    await asyncio.sleep(0.1)
    for topic, payload in traffic:
        broker.route(topic, payload, retain=False)
    while app.store.head.rows < HALLS * BATCHES * ROWS:
        await app.notice.after(app.notice.version)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await app.first_broken() is None
    writer.close()


async def test_the_migrations_make_the_tables_the_program_knows(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar_one() == 2
    engine.dispose()


async def test_a_database_that_cannot_be_opened_names_itself(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerStoreError, match=r"file/intake\.db"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'intake.db'}")
    (tmp_path / "broken.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerStoreError, match="check the disk"):
        open_engine(f"sqlite:///{tmp_path / 'broken.db'}")


def keep(store: HallStore, engine: Address, number: int) -> None:
    store.take(
        [examine(engine.topic(Channel.FACTS), sealed(engine.name, called(number), "I", number))], START.isoformat()
    )


class Bench:
    """A hall store with its own uplink and a centre, on one memory broker."""

    def __init__(self, folder, clock, chance: random.Random) -> None:
        self.broker = MemoryBroker(latency=0.02)
        self.store = HallStore(open_database(folder / "hall.db"), "demo", "STORE")
        uplink = address("demo", "uplink", "uplink")
        self.uplink = Uplink(
            self.store, InlineWriter(), uplink, "", (), links=self.broker.links(), clock=clock, chance=chance
        )
        self.centre = App(
            IntakeConfig(database=f"sqlite:///{folder / 'centre.db'}", web=False), "demo", NAMES,
            links=self.broker.links(), password="", clock=clock, chance=chance, writer=InlineWriter(),
        )  # fmt: skip


def day(folder) -> tuple[int, bytes, int]:
    folder.mkdir()

    async def main(clock: LoopClock) -> tuple[int, bytes, int]:
        bench = Bench(folder, clock, random.Random(5))
        tasks = [asyncio.create_task(job()) for job in (bench.centre.run, bench.uplink.run)]
        engine = address("demo", "queue-engine", "queue-engine")
        for number in range(1, 301):
            keep(bench.store, engine, number)
            bench.uplink.sender.notify()
            if number in (50, 120):
                bench.broker.cut("intake")
            if number == 200:
                bench.broker.cut("uplink")
            await asyncio.sleep(7)
        await asyncio.sleep(60)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        head = bench.centre.store.head
        assert await bench.centre.first_broken() is None
        return head.rows, head.chain, bench.store.uplinked

    return run_virtual(main, START)


def test_a_halls_own_uplink_brings_every_row_once_through_cuts_and_the_same_day_gives_the_same_ledger(tmp_path):
    first, second = day(tmp_path / "first"), day(tmp_path / "second")
    assert first[0] == first[2] == 300
    assert first == second
