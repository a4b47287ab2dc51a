"""The quarantine of the hall store: bounded, and honest about what it let go."""

import sqlite3

import pytest

from contract.topics import Address, Channel
from hallkit.runtime.store import open_database
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.quarantine import Bounds

TOPIC = Address("demo", "rating-pad", "pad-01").topic(Channel.FACTS)


def at(minute: int) -> str:
    return f"2026-09-14T09:{minute:02d}:00+08:00"


def store_of(bounds: Bounds, database: sqlite3.Connection | None = None) -> HallStore:
    return HallStore(database or open_database(":memory:"), "demo", "inc", bounds)


def test_the_oldest_message_makes_room_for_the_newest_and_is_counted() -> None:
    store = store_of(Bounds(messages=3, bytes=1000))
    dropped = [store.take([examine(TOPIC, b"x" * size)], at(size)).dropped for size in range(1, 6)]
    standing = store.standing()

    assert dropped == [0, 0, 0, 1, 1]
    assert (standing.messages, standing.bytes) == (3, 3 + 4 + 5)
    assert (standing.dropped, standing.dropped_bytes) == (2, 1 + 2)
    assert (standing.first, standing.last) == (at(1), at(2))


def test_bytes_are_bounded_whatever_one_message_brings() -> None:
    store = store_of(Bounds(messages=100, bytes=50))
    for size in (20, 20, 20, 500, 10):
        store.take([examine(TOPIC, b"x" * size)], at(size % 60))
    standing = store.standing()

    assert (standing.messages, standing.bytes) == (1, 10)
    assert (standing.dropped, standing.dropped_bytes) == (4, 560)


def test_a_full_quarantine_stays_bounded_and_counted_over_a_restart() -> None:
    database = open_database(":memory:")
    first = store_of(Bounds(messages=2, bytes=1000), database)
    first.take([examine(TOPIC, bytes([65 + n])) for n in range(5)], at(1))
    again = store_of(Bounds(messages=2, bytes=1000), database)
    again.take([examine(TOPIC, b"later")], at(2))

    assert (again.standing().messages, again.standing().bytes, again.standing().dropped) == (2, 6, 4)
    assert again.erase_quarantine() == 2
    assert (again.standing().messages, again.standing().bytes, again.standing().dropped) == (0, 0, 4)


def test_a_commit_the_disk_refused_leaves_the_count_as_it_was() -> None:
    database = open_database(":memory:")
    store = store_of(Bounds(messages=2, bytes=1000), database)
    store.take([examine(TOPIC, b"kept")], at(1))
    database.execute("CREATE TRIGGER full BEFORE UPDATE ON tombstone BEGIN SELECT RAISE(ABORT, 'disk'); END")
    with pytest.raises(sqlite3.Error):
        store.take([examine(TOPIC, b"a"), examine(TOPIC, b"b")], at(2))

    assert (store.standing().messages, store.standing().bytes, store.standing().dropped) == (1, 4, 0)
    assert len(store.quarantined()) == 1


def test_a_store_of_before_the_bound_is_brought_under_it() -> None:
    database = open_database(":memory:")
    wide = store_of(Bounds(messages=100, bytes=1000), database)
    wide.take([examine(TOPIC, b"x" * 10) for _ in range(20)], at(1))
    narrow = store_of(Bounds(messages=5, bytes=1000), database)
    narrow.take([examine(TOPIC, b"new")], at(2))

    assert (narrow.standing().messages, narrow.standing().dropped) == (5, 16)
