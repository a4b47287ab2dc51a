"""Rows of the ledger are found, known and never doubled, whether they are settled already or still behind."""

import random
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from contract import codec
from contract.body import Fact
from contract.envelope import Envelope
from contract.queue_facts import ServiceFinished
from contract.topics import Channel, address
from contract.uplink import UplinkBatch, UplinkRow
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.uplink import Batch, Garbage, open_batch
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader
from intake_server.store.schema import CENTRE, PLACE, SPAN
from intake_server.store.settling import BEHIND

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
DAY = date(2026, 9, 14)
ENGINE, UPLINK = address("demo", "queue-engine", "queue-engine"), address("demo", "uplink", "uplink")
ROWS = 2 * BEHIND + 300

CHILD = """
import random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_ledger_settled import ROWS, START, batches
from hallkit.runtime import commit_points
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
commit_points.arm(sys.argv[2], demo=True)
store = IntakeStore(open_engine(sys.argv[1]), random.Random())
Path(sys.argv[2]).write_text(sys.argv[4])
for one in batches(ROWS):
    (mark,) = store.take([one], START).acks.values()
    print(mark, flush=True)
"""


def sealed(device: str, fact: Fact, inc: str, seq: int) -> bytes:
    body, kind = msgspec.Raw(msgspec.json.encode(fact)), type(fact).__name__
    return codec.encode(
        Envelope(v=1, id=f"{inc}{seq:024d}", dev=device, boot="b", ts=START, type=kind, body=body, inc=inc, seq=seq)
    )


def finished(number: int, window: int = 3) -> ServiceFinished:
    return ServiceFinished(
        ticket=f"A{number:03d}", business_day=DAY, at=START + timedelta(seconds=number), window=window, staff="s",
        service="A", service_event=f"EVENT{number}", started_at=START,
    )  # fmt: skip


def batches(last: int, *, inc: str = "U", window: int = 3) -> list[Batch | Garbage]:
    found = []
    for first in range(1, last + 1, 100):
        rows = tuple(
            UplinkRow(
                row=number, topic=ENGINE.topic(Channel.FACTS),
                message=msgspec.Raw(sealed(ENGINE.name, finished(number, window), "I", number)),
            )
            for number in range(first, first + 100)
        )  # fmt: skip
        whole = sealed("uplink", UplinkBatch(first=first, rows=rows), inc, first + 99)
        found.append(open_batch(UPLINK.topic(Channel.FACTS), whole))
    return found


def count(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def check_found(engine: sa.Engine) -> None:
    reader = LedgerReader(engine)
    for number in (1, BEHIND, BEHIND + 100, ROWS - 1, ROWS):
        place = ("demo", DAY.isoformat(), f"A{number:03d}")
        assert reader.find_ticket(f"EVENT{number}") == place
        assert [event.row for event in reader.events_of_ticket(*place)] == [number]
        since = reader.events_since(START + timedelta(seconds=number))
        assert [event.row for event in since] == list(range(number, ROWS + 1))


def test_a_row_is_found_by_ticket_service_event_and_time_before_and_after_it_is_settled(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store = IntakeStore(engine, random.Random(1))
    for one in batches(ROWS):
        store.take([one], START)
    assert 0 < count(engine, PLACE) < ROWS
    check_found(engine)

    IntakeStore(engine, random.Random(1))
    assert count(engine, PLACE) == ROWS
    check_found(engine)
    engine.dispose()


@pytest.mark.parametrize("restarts", [False, True])
def test_a_hall_that_sends_everything_again_under_another_name_changes_nothing(tmp_path, restarts):
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store = IntakeStore(engine, random.Random(1))
    for one in batches(ROWS):
        store.take([one], START)
    store = IntakeStore(engine, random.Random(2)) if restarts else store

    again = store.take(batches(ROWS, inc="V"), START)
    assert (again.repeated, again.events, again.conflicts) == (ROWS, [], 0)
    other = store.take(batches(100, inc="W", window=4), START)
    assert (other.conflicts, other.events) == (100, [])
    assert store.head.rows == ROWS
    assert LedgerReader(engine).first_broken() is None
    engine.dispose()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_centre_killed_while_it_settles_keeps_what_it_acknowledged_and_settles_the_rest_later(tmp_path, moment):
    url, order = f"sqlite:///{tmp_path / 'intake.db'}", tmp_path / "order"
    point = f"intake/insert-ledger_place/{moment}"
    arguments = (url, str(order), str(Path(__file__).parent), point)
    killed = subprocess.run([sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    acknowledged = int(killed.stdout.split()[-1])

    engine = open_engine(url)
    store = IntakeStore(engine, random.Random(2))
    kept = store.mark("demo", "uplink", "U")
    assert kept == store.head.rows == acknowledged + (100 if moment == "after" else 0)
    for one in batches(ROWS):
        store.take([one], START)
    assert [row.source.seq for row, _ in LedgerReader(engine).rows()] == list(range(1, ROWS + 1))
    assert LedgerReader(engine).first_broken() is None
    check_found(engine)
    with engine.connect() as connection:
        settled = connection.execute(sa.select(CENTRE.c.settled)).scalar_one()
        spans = connection.execute(sa.select(SPAN).order_by(SPAN.c.first)).all()
    assert [span.first for span in spans] == [1, *(span.last + 1 for span in spans[:-1])]
    assert spans[-1].last == settled == count(engine, PLACE)
    engine.dispose()
