"""The centre's quarantine: bounded, and honest about what it let go."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from hallkit.rules.calendar import published
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.hall import Hall
from intake_server.core.report import Aside
from intake_server.core.uplink import Garbage
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader
from intake_server.store.quarantine import Bounds
from intake_server.web.metrics import Metrics

START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)


def garbage(number: int, size: int = 10) -> Garbage:
    return Garbage("h24/v1/demo/uplink/uplink/ev", "envelope", f"{number:0{size}d}".encode())


def test_the_oldest_messages_make_room_and_are_counted_over_a_restart(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store = IntakeStore(engine, random.Random(1), Bounds(messages=3, bytes=1000))
    for minute in range(5):
        report = store.take([garbage(minute)], START + timedelta(minutes=minute))
    assert report.aside == Aside(3, 30, 2)
    engine.dispose()

    again = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    assert LedgerReader(again).quarantine_standing() == Aside(3, 30, 2)
    later = IntakeStore(again, random.Random(1), Bounds(messages=3, bytes=1000)).take([garbage(9)], START)
    assert later.aside == Aside(3, 30, 3)
    again.dispose()


def test_bytes_are_bounded_and_a_repeat_takes_no_room(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    store = IntakeStore(engine, random.Random(1), Bounds(messages=100, bytes=50))
    store.take([garbage(1, 20), garbage(2, 20), garbage(1, 20)], START)
    assert LedgerReader(engine).quarantine_standing() == Aside(2, 40, 0)
    report = store.take([garbage(3, 500)], START + timedelta(minutes=1))
    assert report.aside == Aside(0, 0, 3)
    engine.dispose()


def test_a_flood_of_many_pages_is_brought_under_the_bound_at_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'intake.db'}")
    IntakeStore(engine, random.Random(1)).take([garbage(number) for number in range(1300)], START)
    report = IntakeStore(engine, random.Random(1), Bounds(messages=10)).take([garbage(5000)], START)

    assert report.aside == Aside(10, 100, 1291)
    engine.dispose()


def test_the_figures_tell_how_the_quarantine_stands() -> None:
    metrics, hall = Metrics(), Hall("demo", published(), 5)
    metrics.see(Aside(3, 30, 2))
    shown = [
        line for line in metrics.exposition(hall, 0, 0).decode().splitlines() if line.startswith("intake_quarantine{")
    ]

    assert shown == [
        'intake_quarantine{of="messages"} 3.0',
        'intake_quarantine{of="bytes"} 30.0',
        'intake_quarantine{of="dropped"} 2.0',
    ]
