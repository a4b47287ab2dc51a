"""The centre's database is brought to the newest schema once, and then opened without the tool for it."""

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from intake_server.store.engine import MIGRATIONS, newest_revision, open_engine

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


def test_a_database_of_an_older_program_is_brought_forward(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE tombstone"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r0002'"))
    engine.dispose()

    engine = open_engine(url)
    assert sa.inspect(engine).has_table("tombstone")
    engine.dispose()
