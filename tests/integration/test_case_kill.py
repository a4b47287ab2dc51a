"""A centre killed at any moment of a submission keeps one case or none, and the second try finds it."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime

import pytest
import sqlalchemy as sa

from hallkit.runtime.clock import SHANGHAI
from intake_server.store.case_tables import FILE, PAPER
from intake_server.store.engine import open_engine
from intake_server.store.ledger_reader import LedgerReader

CHILD = """
import random, sys
from datetime import date, datetime
from contract.case_requests import SubmitApplication
from contract.cases import Answer, Applicant, CaseChannel, GivenMaterial
from hallkit.rules.calendar import published
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.cases import plan as plans
from intake_server.core.cases.office import Office
from intake_server.store.case_data import load_catalogue, load_roster
from intake_server.store.case_store import Ask, CaseStore
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore

now = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
office = Office("000000", "示", load_catalogue(), published(), load_roster(), is_demo=True)
plan = plans.of_items(office.catalogue, ["shop-sign"], {}, now.date())
engine = open_engine(sys.argv[1])
store = IntakeStore(engine, random.Random())
cases = CaseStore(store, engine, "demo", office, random.SystemRandom().getrandbits)
text = {"phone": "10000000001", "identity": "000000190001010017"}
request = SubmitApplication(
    applicant=Applicant(name="张三", identity="000000190001010017"), channel=CaseChannel.KIOSK, items=("shop-sign",),
    answers=tuple(Answer(code=one.code, value=text.get(one.kind.value, "样本")) for one in plan.fields),
    materials=tuple(GivenMaterial(code=one.code, way=one.ways[0]) for one in plan.materials),
)
print("ready", flush=True)
sys.stdin.readline()
replies, _ = cases.handle([Ask(request, sys.argv[2], "kiosk/kiosk-3")], now)
print(replies[0].case, replies[0].notice.document, flush=True)
sys.stdin.readline()
"""


def start(url: str, key: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "ready"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


@pytest.mark.slow
def test_a_submission_cut_by_kill_9_leaves_one_case_or_none_and_the_second_try_finds_it(tmp_path):
    chance, outcomes = random.Random(4), set()
    for trial in range(4):
        url = f"sqlite:///{tmp_path / f'{trial}.db'}"
        child = start(url, "K")
        go(child)
        time.sleep(chance.uniform(0, 0.02) if trial % 2 else 0.3)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        kept = count(url)
        outcomes.add(kept)
        assert kept in ((0, 0), (1, 1))
        for key in ("K", "a new key after the crash"):
            again = start(url, key)
            go(again)
            assert again.stdout is not None
            said = again.stdout.readline().split()
            again.communicate("\n")
            assert said
        assert count(url) == (1, 1)
    assert (1, 1) in outcomes


def count(url: str) -> tuple[int, int]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = tuple(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in (FILE, PAPER)
        )
    assert LedgerReader(engine).first_broken() is None
    events = list(LedgerReader(engine).events_since(datetime(2000, 1, 1, tzinfo=SHANGHAI)))
    assert len(events) == 2 * found[0]
    engine.dispose()
    return found[0], found[1]
