"""The centre's database is brought to the newest schema once, and then opened without the tool for it."""

import random
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from contract.queue import IssueChannel, PriorityClass
from contract.queue_facts import TicketIssued
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.kinds import PersonalDataErased
from intake_server.core.ledger import GENESIS, Sealed, Source, seal, take_apart
from intake_server.store.engine import MIGRATIONS, newest_revision, open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
DAY = date(2026, 9, 14)

OPEN = """
import sys
from intake_server.store.engine import open_engine
open_engine(sys.argv[1])
assert "alembic" not in sys.modules, "a database that is up to date needs no migration"
"""


def test_the_last_file_is_the_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [newest_revision()]


def test_a_database_that_has_seen_all_is_opened_without_the_migration_tool(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    open_engine(url).dispose()

    opened = subprocess.run([sys.executable, "-c", OPEN, url], capture_output=True, text=True, check=False)
    assert opened.returncode == 0, opened.stderr


def bring_to(url: str, revision: str, *, back: bool = False) -> None:
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if back else command.upgrade)(config, revision)
    engine.dispose()


def test_a_database_of_an_older_program_is_brought_forward(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    bring_to(url, "r0002")

    engine = open_engine(url)
    assert sa.inspect(engine).has_table("tombstone")
    engine.dispose()


def write_old_ledger(url: str, rows: int) -> list[Sealed]:
    """Fill a database of revision r0004: two halls' facts, every seventh erased."""
    sealed, before = [], GENESIS
    for number in range(1, rows + 1):
        source = Source("demo" if number % 2 else "other", "queue-engine/queue-engine", "I", (number + 1) // 2)
        one = seal(take_apart(issued(number)), START, source, bytes([number % 256]) * 16, number, before)
        before = one.row.chain
        sealed.append(one)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for one in sealed:
            row, (secret, source) = one.row, (one.secret, one.row.source)
            connection.exec_driver_sql(
                "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row.row, row.at_us, row.kind.value, row.type, source.hall, source.device, source.inc, source.seq,
                 b"D%d" % row.row, DAY.isoformat(), f"A{row.row:03d}", None, row.public, row.commitment, row.chain),
            )  # fmt: skip
            if row.row % 7:
                values = (row.row, secret.salt, secret.personal)
                connection.exec_driver_sql("INSERT INTO ledger_secret VALUES (?, ?, ?)", values)
        connection.exec_driver_sql("INSERT INTO centre VALUES ('OWN', 0, ?, ?)", (rows, before))
    engine.dispose()
    return sealed


def issued(number: int) -> TicketIssued:
    return TicketIssued(
        ticket=f"A{number:03d}", business_day=DAY, at=START, number=number, prefix="A", services=("A",), since=START,
        channel=IssueChannel.TOUCH, priority=PriorityClass.ORDINARY, link=f"LINK{number:022d}", ahead=0,
        device="ticket-1", person=f"PERSON-{number}",
    )  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 4_100])
def test_every_row_of_an_older_ledger_is_kept_found_and_still_proven(tmp_path: Path, rows: int) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    bring_to(url, "r0004")
    old = write_old_ledger(url, rows)

    engine = open_engine(url)
    reader, store = LedgerReader(engine), IntakeStore(engine, random.Random(1))
    assert list(reader.rows()) == [(one.row, one.secret if one.row.row % 7 else None) for one in old]
    assert reader.first_broken() is None
    assert [event.row for event in reader.events_since(START)] == [one.row.row for one in old]
    for one in old[::500]:
        events = reader.events_of_ticket(one.row.source.hall, DAY.isoformat(), f"A{one.row.row:03d}")
        assert [event.row for event in events] == [one.row.row]
    store.record("demo", [PersonalDataErased(rows=0, raw=0, before=START, rule="test", at=START)], START)
    report = store.erase("demo", START + timedelta(days=1), "test", START)
    mine = [one for one in old if one.row.source.hall == "demo" and one.row.row % 7]
    assert report.events[0].fact.rows == len(mine) + 1
    assert reader.first_broken() is None
    engine.dispose()


def test_the_newest_step_can_be_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    bring_to(url, "r0004")
    old = write_old_ledger(url, 50)
    bring_to(url, "r0005")
    bring_to(url, "r0004", back=True)
    bring_to(url, "head")

    engine = open_engine(url)
    assert list(LedgerReader(engine).rows()) == [(one.row, one.secret if one.row.row % 7 else None) for one in old]
    assert LedgerReader(engine).first_broken() is None
    engine.dispose()
