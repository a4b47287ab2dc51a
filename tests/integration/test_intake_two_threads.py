"""The centre's database read by one thread while another commits to it, on a real file."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from hallkit.runtime.clock import SHANGHAI
from intake_server.core.kinds import PersonalDataErased
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader

NOW = datetime(2026, 11, 16, 9, tzinfo=SHANGHAI)
ERASED = PersonalDataErased(rows=1, raw=0, before=NOW, rule="test", at=NOW)
COMMITS = 200


def test_who_reads_the_ledger_never_disturbs_who_commits_to_it(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store, reader = IntakeStore(engine, random.Random(1)), LedgerReader(engine)

    def commit_all() -> None:
        for _ in range(COMMITS):
            store.record("demo", [ERASED], NOW)

    with ThreadPoolExecutor(1) as writer:
        work = writer.submit(commit_all)
        seen = [0]
        while not work.done():
            seen.append(len(list(reader.events_since(NOW))))
        work.result()

    assert seen == sorted(seen)
    assert reader.first_broken() is None
    assert len(list(reader.events_since(NOW))) == COMMITS
    engine.dispose()


def test_a_centre_waits_for_another_connection_s_commit_and_is_not_refused(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store = IntakeStore(engine, random.Random(1))

    with ThreadPoolExecutor(1) as writer, engine.begin() as other:
        work = writer.submit(store.record, "demo", [ERASED], NOW)
        other.commit()
        assert work.result().events

    engine.dispose()
