"""Hall stores on a memory link against the whole centre on a real database file."""

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from contract import codec
from contract.body import Fact
from contract.envelope import Envelope
from contract.link import Ack
from contract.queue import IssueChannel, PriorityClass
from contract.queue_facts import BusinessDayStarted, ServiceFinished, TicketIssued
from contract.rating import RatingGiven, RatingGrade, RatingReasonsGiven
from contract.topics import Address, Channel, address
from contract.uplink import UplinkBatch, UplinkRow
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.writer import InlineWriter
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.kinds import RectificationState
from intake_server.core.names import HallNames, Name
from intake_server.errors import LedgerStoreError
from intake_server.store.schema import LEDGER, LINK, QUARANTINE

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
DAY = date(2026, 9, 14)
NAMES = HallNames(Name("示例大厅", "Sample hall"))
UPLINK = address("demo", "uplink", "uplink")
ENGINE = address("demo", "queue-engine", "queue-engine")


def issued(number: int, at: datetime = START) -> TicketIssued:
    return TicketIssued(
        ticket=f"A{number:03d}", business_day=DAY, at=at, number=number, prefix="A", services=("A",), since=at,
        channel=IssueChannel.TOUCH, priority=PriorityClass.ORDINARY, link=f"LINK{number:022d}", ahead=0,
        device="ticket-1", person=f"PERSON-{number}",
    )  # fmt: skip


def sealed(device: str, fact: Fact, inc: str, seq: int, **more) -> bytes:
    body = msgspec.Raw(msgspec.json.encode(fact))
    kind = type(fact).__name__
    return codec.encode(
        Envelope(v=1, id=f"{inc}-{seq}", dev=device, boot="b", ts=START, type=kind, body=body, inc=inc, seq=seq, **more)
    )


def row(number: int, fact: Fact, *, seq: int | None = None, inc: str = "I", device: Address = ENGINE) -> UplinkRow:
    message = sealed(device.name, fact, inc, seq or number)
    return UplinkRow(row=number, topic=device.topic(Channel.FACTS), message=msgspec.Raw(message))


def batch(*rows: UplinkRow, inc: str = "U", low: int | None = None) -> bytes:
    return sealed("uplink", UplinkBatch(first=rows[0].row, rows=rows), inc, rows[-1].row, low=low)


def tickets(first: int, last: int) -> tuple[UplinkRow, ...]:
    return tuple(row(number, issued(number)) for number in range(first, last + 1))


class Centre:
    def __init__(self, url: str, broker: MemoryBroker, seed: int = 1, **settings) -> None:
        self.broker, self.clock = broker, LoopClock(START, asyncio.get_running_loop())
        self.app = App(
            IntakeConfig(database=url, web=False, **settings), "demo", NAMES, links=broker.links(), password="",
            clock=self.clock, chance=random.Random(seed), writer=InlineWriter(),
        )  # fmt: skip

    async def tell(self, *payloads: bytes, uplink: Address = UPLINK) -> None:
        for payload in payloads:
            self.broker.route(uplink.topic(Channel.FACTS), payload, retain=False)
        for _ in range(20):
            await asyncio.sleep(0)

    def ack(self, uplink: Address = UPLINK) -> tuple[str, int] | None:
        kept = self.broker.retained.get(uplink.topic(Channel.ACK))
        found = codec.body_of(codec.decode(kept), Ack) if kept else None
        return (found.inc, found.seq) if found else None

    def count(self, table: sa.Table) -> int:
        with self.app.reader._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

    def secrets(self) -> int:
        with self.app.reader._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count(LEDGER.c.salt))).scalar_one()


@asynccontextmanager
async def running(url: str, broker: MemoryBroker | None = None, **settings):
    centre = Centre(url, broker or MemoryBroker(), **settings)
    task = asyncio.create_task(centre.app.run())
    for _ in range(20):
        await asyncio.sleep(0)
    try:
        yield centre
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        centre.app.reader._engine.dispose()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'intake.db'}"


async def test_rows_are_in_the_ledger_before_they_are_acknowledged(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 3)))
        assert centre.ack() == ("U", 3)
        assert centre.count(LEDGER) == 3
        assert len(centre.app.hall.tickets.by_key) == 3


async def test_a_batch_heard_twice_is_acknowledged_twice_and_committed_once(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 3)))
        centre.broker.retained.clear()
        await centre.tell(batch(*tickets(1, 3)), batch(*tickets(2, 5)))
        assert centre.ack() == ("U", 5)
        assert centre.count(LEDGER) == 5


async def test_a_batch_after_a_gap_waits_for_the_sender_to_go_back(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(4, 5)))
        assert centre.ack() is None
        await centre.tell(batch(*tickets(1, 3)), batch(*tickets(4, 5)))
        assert centre.ack() == ("U", 5)


async def test_rows_a_hall_store_lost_are_counted_and_do_not_stop_it(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 1)), batch(*tickets(7, 8), low=7))
        assert centre.ack() == ("U", 8)
        assert b"intake_lost_rows_total 5.0" in centre.app.site().metrics()


async def test_a_restored_hall_store_is_another_incarnation_and_its_facts_are_not_doubled(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 3)))
        again = tuple(row(number, issued(number)) for number in range(1, 5))
        await centre.tell(batch(*again, inc="V"))
        assert centre.ack() == ("V", 4)
        assert centre.count(LEDGER) == 4
        assert (centre.app.store.mark("demo", "uplink", "U"), centre.app.store.mark("demo", "uplink", "V")) == (3, 4)


async def test_a_device_with_a_new_incarnation_starts_its_numbers_afresh(url):
    async with running(url) as centre:
        await centre.tell(batch(row(1, issued(1), seq=1, inc="OLD"), row(2, issued(2), seq=1, inc="NEW")))
        assert centre.count(LEDGER) == 2


async def test_two_different_facts_under_one_number_are_a_conflict_kept_for_people_to_judge(url):
    async with running(url) as centre:
        await centre.tell(batch(row(1, issued(1), seq=1), row(2, issued(2), seq=1)))
        assert centre.ack() == ("U", 2)
        assert centre.app.reader.quarantine_sizes() == {"conflict": 1}
        assert centre.count(LEDGER) == 1
        assert b"intake_conflicts_total 1.0" in centre.app.site().metrics()


async def test_garbled_rows_and_messages_are_set_aside_once_and_the_uplink_goes_on(url):
    bad = UplinkRow(row=2, topic=ENGINE.topic(Channel.FACTS), message=msgspec.Raw(b'{"v":1}'))
    async with running(url) as centre:
        await centre.tell(b"\xff\x00", b"\xff\x00", b"{}", batch(row(1, issued(1)), bad, row(3, issued(3))))
        assert centre.ack() == ("U", 3)
        assert centre.count(LEDGER) == 2
        assert centre.count(QUARANTINE) == 3
        assert centre.app.device.refused == 0


async def test_killed_between_commit_and_acknowledgement_nothing_is_lost_or_doubled(url):
    async with running(url) as centre:
        centre.app.receiver._acknowledge = lambda uplink, ack: None
        await centre.tell(batch(*tickets(1, 3)))
        assert centre.ack() is None
    async with running(url) as centre:
        assert len(centre.app.hall.tickets.by_key) == 3
        await centre.tell(batch(*tickets(1, 4)))
        assert centre.ack() == ("U", 4)
        assert centre.count(LEDGER) == 4
        assert await centre.app.first_broken() is None


async def test_the_mark_outlives_the_program_so_a_hall_goes_on_where_it_was_acknowledged(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 3)))
    async with running(url) as centre:
        assert centre.app.store.mark("demo", "uplink", "U") == 3
        await centre.tell(batch(*tickets(4, 5)))
        assert centre.ack() == ("U", 5)
        assert centre.count(LEDGER) == 5


async def test_a_database_that_refuses_leaves_the_rows_with_the_hall_and_the_centre_says_so(url):
    async with running(url) as centre:
        write = centre.app.store._write

        def refuse(*arguments):
            raise LedgerStoreError("disk full")

        centre.app.store._write = refuse
        await centre.tell(batch(*tickets(1, 2)))
        assert centre.ack() is None
        assert not centre.app.site().is_well()
        centre.app.store._write = write
        await asyncio.sleep(1.1)
        await centre.tell(batch(*tickets(1, 2)))
        assert centre.ack() == ("U", 2)
        assert centre.app.site().is_well()


async def test_a_transaction_that_fails_leaves_no_trace_in_memory_or_on_disk(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 1)))
        with centre.app.reader._engine.begin() as connection:
            connection.execute(
                sa.text("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT,'full'); END")
            )
        await centre.tell(batch(*tickets(2, 3)))
        assert centre.ack() == ("U", 1)
        with centre.app.reader._engine.begin() as connection:
            connection.execute(sa.text("DROP TRIGGER full"))
        await asyncio.sleep(1.1)
        await centre.tell(batch(*tickets(2, 3)))
        assert centre.ack() == ("U", 3)
        assert await centre.app.first_broken() is None


async def test_a_row_tampered_with_in_the_database_is_named(url):
    async with running(url) as centre:
        await centre.tell(batch(*tickets(1, 5)))
        with centre.app.reader._engine.begin() as connection:
            changed = LEDGER.update().where(LEDGER.c.row == 4).values(ticket="A009", at_us=1)
            connection.execute(changed)
        assert await centre.app.first_broken() == 4


async def test_erased_personal_fields_are_gone_and_the_chain_still_holds(url, tmp_path):
    async with running(url) as centre:
        await centre.tell(batch(row(1, issued(1, START - timedelta(days=40))), row(2, issued(2))))
        assert await centre.app.journey("LINK" + "1".zfill(22)) is not None
        assert await centre.app.erase(START - timedelta(days=30), "30 days") == 1
        assert (centre.count(LEDGER), centre.secrets(), centre.count(LINK)) == (3, 2, 1)
        assert await centre.app.first_broken() is None
        assert await centre.app.journey("LINK" + "1".zfill(22)) is None
        assert await centre.app.journey("LINK" + "2".zfill(22)) is not None
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("intake.db"))
    assert b"PERSON-2" in kept
    assert b"PERSON-1" not in kept


async def test_a_new_business_day_enforces_retention_by_itself(url):
    day = BusinessDayStarted(business_day=DAY, at=START)
    async with running(url, retention_days=7) as centre:
        await centre.tell(batch(row(1, issued(1, START - timedelta(days=8)))))
        await centre.tell(batch(row(2, day)))
        assert centre.count(LINK) == 0
        assert await centre.app.first_broken() is None


async def test_unrated_visits_become_flagged_defaults_where_the_site_wants_them(url):
    done = ServiceFinished(
        ticket="A001", business_day=DAY, at=START - timedelta(days=8), window=3, staff="s", service="A",
        service_event="S1", started_at=START - timedelta(days=8),
    )  # fmt: skip
    async with running(url, default_rating_days=7) as centre:
        await centre.tell(batch(row(1, done), row(2, BusinessDayStarted(business_day=DAY, at=START))))
        rate = centre.app.hall.ratings.rate()
        assert (rate.valid, rate.defaulted) == (0, 1)


async def test_the_answer_to_a_bad_rating_is_in_the_ledger_and_survives_a_restart(url):
    pad = address("demo", "rating-pad", "pad-03")
    bad = RatingGiven(rating="r", service_event="S1", grade=RatingGrade.POOR, at=START, window=3)
    why = RatingReasonsGiven(rating="r", service_event="S1", text="张三等了一小时")
    async with running(url) as centre:
        await centre.tell(batch(row(1, bad, device=pad), row(2, why, device=pad)))
        await centre.app.move_rectification("S1", RectificationState.CONTACTED, "manager")
    async with running(url) as centre:
        assert centre.app.hall.ratings.rectifications["S1"].state is RectificationState.CONTACTED
        assert not centre.app.hall.ratings.valid["S1"].lacks_reason


async def test_a_bad_rating_of_last_month_is_still_open_after_a_restart(url):
    pad = address("demo", "rating-pad", "pad-03")
    then = START - timedelta(days=30)
    bad = RatingGiven(rating="r", service_event="S1", grade=RatingGrade.POOR, at=then, window=3)
    async with running(url) as centre:
        await centre.tell(batch(row(1, bad, device=pad)))
    async with running(url) as centre:
        assert centre.app.hall.ratings.rectifications["S1"].state is RectificationState.OPEN


async def test_the_same_run_gives_the_same_ledger_byte_for_byte(tmp_path):
    heads = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        async with running(f"sqlite:///{tmp_path / name}.db", seed=seed) as centre:
            await centre.tell(batch(*tickets(1, 20)), batch(*tickets(21, 40)))
            heads.append(centre.app.store.head.chain)
    assert heads[0] == heads[1] != heads[2]


async def test_forty_halls_report_to_one_centre_each_with_a_mark_of_its_own(url):
    async with running(url) as centre:
        for number in range(40):
            uplink = address(f"hall-{number}", "uplink", "uplink")
            engine = address(f"hall-{number}", "queue-engine", "queue-engine")
            await centre.tell(batch(*(row(one, issued(one), device=engine) for one in (1, 2))), uplink=uplink)
            assert centre.ack(uplink) == ("U", 2)
        assert centre.count(LEDGER) == 80
        assert centre.app.hall.facts == 0
