"""A program killed at a named commit: exactly there, once, in demonstrations only."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hallkit.errors import ConfigError
from hallkit.runtime import commit_points
from hallkit.runtime.commit_points import arm, connection_class, named

PROGRAM = """
import sys
from pathlib import Path
from hallkit.runtime import commit_points
from hallkit.runtime.store import open_database
commit_points.arm(sys.argv[1], demo=True)
database = open_database(Path(sys.argv[2]))
database.execute("CREATE TABLE IF NOT EXISTS fact(seq INTEGER PRIMARY KEY)")
database.execute("CREATE TABLE IF NOT EXISTS mark(seq INTEGER)")
database.execute("INSERT INTO mark VALUES (0)")
database.execute("BEGIN IMMEDIATE")
database.executemany("INSERT INTO fact VALUES (?)", [(7,), (8,)])
database.execute("COMMIT")
database.execute("UPDATE mark SET seq = 8")
"""


@pytest.fixture(autouse=True)
def _disarmed():
    yield
    arm(None, demo=False)


def run(folder: Path, point: str | None) -> tuple[int, list[int], int]:
    order, store = folder / "order", folder / "journal.db"
    if point:
        order.write_text(point)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(order), str(store)], timeout=20, check=False)
    assert not order.exists()
    with sqlite3.connect(store) as database:
        facts = [seq for (seq,) in database.execute("SELECT seq FROM fact")]
        mark = database.execute("SELECT max(seq) FROM mark").fetchone()[0]
    database.close()
    return done.returncode, facts, mark


@pytest.mark.parametrize(("point", "facts", "mark"), [
    ("journal/insert-fact/before", [], 0),
    ("journal/insert-fact/after", [7, 8], 0),
    ("journal/update-mark/before", [7, 8], 0),
    ("journal/update-mark/after", [7, 8], 8),
])  # fmt: skip
def test_a_program_dies_exactly_at_the_ordered_commit(tmp_path, point, facts, mark):
    assert run(tmp_path, point) == (-signal.SIGKILL, facts, mark)


def test_without_an_order_it_lives(tmp_path):
    assert run(tmp_path, None) == (0, [7, 8], 8)


def test_a_hall_that_is_no_demonstration_refuses():
    with pytest.raises(ConfigError, match="HALL24_KILL"):
        arm("order", demo=False)


def test_without_the_variable_databases_are_plain():
    arm(None, demo=True)
    assert connection_class() is sqlite3.Connection
    arm("order", demo=True)
    assert connection_class() is commit_points.WatchedConnection


@pytest.mark.parametrize(("sql", "name"), [
    ("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", "insert-snapshot"),
    ('INSERT INTO "ledger" VALUES (?)', "insert-ledger"),
    ("UPDATE meta SET acked = ?", "update-meta"),
    ("DELETE FROM press WHERE serial = ?", "delete-press"),
    ("SELECT 1 FROM meta", None),
])  # fmt: skip
def test_a_statement_is_named_by_what_it_writes(sql, name):
    assert named(sql) == name
