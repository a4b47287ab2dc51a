from datetime import datetime
from typing import NamedTuple

import pytest

from contract.body import Fact
from contract.rating import RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.outbox import OutboxFullError
from hallkit.runtime.store import open_database
from simulators.rating_pad_store import KEPT_EVENTS, PadOutbox, PadStore

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


class Disk(NamedTuple):
    outbox: PadOutbox
    store: PadStore
    facts: list[Fact]


def new_disk(capacity: int = 100) -> Disk:
    database = open_database(":memory:")
    outbox = PadOutbox(database, "inc", capacity)
    facts: list[Fact] = []

    def add(fact: Fact) -> None:
        facts.append(fact)
        outbox.add(outbox.next_seq(), b"{}")

    return Disk(outbox, PadStore(database, outbox, add), facts)


def rating(event: str = "e1", grade: RatingGrade = RatingGrade.POOR, name: str = "r1") -> RatingGiven:
    return RatingGiven(rating=name, service_event=event, grade=grade, at=TEN, window=3)


def test_a_service_event_is_rated_once_whoever_asks_again() -> None:
    disk = new_disk()
    assert disk.store.rate(rating(name="r1"))
    assert not disk.store.rate(rating(name="r2"))
    assert disk.store.is_rated("e1")
    assert len(disk.facts) == disk.outbox.depth == 1


def test_a_rating_without_room_for_its_reasons_is_not_taken_at_all() -> None:
    disk = new_disk(capacity=3)
    assert disk.store.rate(rating("e1", RatingGrade.GOOD))
    assert disk.store.rate(rating("e2", RatingGrade.GOOD, "r2"))
    with pytest.raises(OutboxFullError):
        disk.store.rate(rating("e3", name="r3"))
    assert not disk.store.is_rated("e3")
    assert disk.outbox.depth == 2


def test_reasons_are_answered_once() -> None:
    disk = new_disk()
    disk.store.rate(rating())
    answer = RatingReasonsGiven(rating="r1", service_event="e1", reasons=(RatingReason.OTHER,))
    assert disk.store.unanswered() == [RatingReasonsGiven(rating="r1", service_event="e1")]
    disk.store.answer(answer)
    disk.store.answer(answer)
    assert disk.facts[1:] == [answer]
    assert disk.store.unanswered() == []


def test_a_rating_that_cannot_be_written_leaves_nothing_behind() -> None:
    database = open_database(":memory:")
    outbox = PadOutbox(database, "inc")

    def fail(fact: Fact) -> None:
        outbox.add(outbox.next_seq(), b"{}")
        raise OSError("disk gone")

    store = PadStore(database, outbox, fail)
    with pytest.raises(OSError, match="disk gone"):
        store.rate(rating())
    assert outbox.depth == 0
    assert not store.is_rated("e1")


def test_old_service_events_are_forgotten_but_never_recent_ones() -> None:
    disk = new_disk(capacity=10_000)
    for number in range(KEPT_EVENTS + 20):
        disk.store.rate(rating(f"e{number}", RatingGrade.GOOD, f"r{number}"))
    assert not disk.store.is_rated("e19")
    assert disk.store.is_rated("e20")
    assert disk.store.is_rated(f"e{KEPT_EVENTS + 19}")
