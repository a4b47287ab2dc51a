"""A tidied store: its log begins anew, and what was committed is all there."""

from pathlib import Path

from hallkit.runtime.store import open_database, tidy


def test_a_tidied_log_has_begun_anew_before_anybody_waits_for_it(tmp_path: Path) -> None:
    database = open_database(tmp_path / "a.db")
    database.execute("PRAGMA user_version=7")
    database.execute("CREATE TABLE row(number INTEGER NOT NULL)")
    for number in range(50):
        database.execute("INSERT INTO row VALUES (?)", (number,))
    tidy(database)
    _, in_log, moved = database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    assert (in_log, moved) == (1, 1)
    assert database.execute("SELECT count(*) FROM row").fetchone() == (50,)
    assert database.execute("PRAGMA user_version").fetchone() == (7,)
    database.close()
