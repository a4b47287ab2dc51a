"""The limit of any request and reply: a message sent back by a process that does nothing else, and one FULL commit.

`python -m hall24.bench.echo HOST PORT PASSWORD` hears `bench/there/+` and answers on `bench/back/…`, QoS 1.
"""

import selectors
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from hall24.bench.errors import BenchError
from hall24.bench.raw import PATIENCE, RawClient
from hallkit.broker.acl import Grant
from hallkit.runtime.store import open_database

ECHO, CALLERS = "bench-echo", tuple(f"bench-{number}" for number in range(1, 9))
PAYLOAD = b"x" * 300
"""As long as a request for a ticket."""


def echo_grants() -> tuple[Grant, ...]:
    """Return the rights of the echo and its callers."""
    callers = [Grant(name, (f"bench/there/{name}",), (f"bench/back/{name}",)) for name in CALLERS]
    return (Grant(ECHO, tuple(f"bench/back/{name}" for name in CALLERS), ("bench/there/+",)), *callers)


def serve(host: str, port: int, password: str) -> None:
    """Answer until the broker hangs up."""
    with RawClient((host, port), ECHO, password, ("bench/there/+",)) as client:
        print("ready", flush=True)
        while True:
            for message in client.read():
                client.publish(message.topic.replace("there", "back"), message.payload, qos=1)


def open_callers(place: tuple[str, int], passwords: Mapping[str, str], count: int = len(CALLERS)) -> list[RawClient]:
    """Return `count` callers connected to the broker."""
    return [RawClient(place, name, passwords[name], (f"bench/back/{name}",)) for name in CALLERS[:count]]


def echoes(callers: Sequence[RawClient], total: int) -> tuple[float, list[float]]:
    """Send `total` messages there and back, one at a time per caller; return seconds in all and of each."""
    sent_at, times, left = dict[RawClient, float](), list[float](), total
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller, selectors.EVENT_READ)
        start = perf_counter()
        for caller, name in zip(callers, CALLERS, strict=False):
            sent_at[caller] = perf_counter()
            caller.publish(f"bench/there/{name}", PAYLOAD, qos=1)
            left -= 1
        names = dict(zip(callers, CALLERS, strict=False))
        while len(times) < total:
            for caller in _readable(selector):
                for _ in caller.read():
                    times.append(perf_counter() - sent_at[caller])
                    if left > 0:
                        left -= 1
                        sent_at[caller] = perf_counter()
                        caller.publish(f"bench/there/{names[caller]}", PAYLOAD, qos=1)
        return perf_counter() - start, times


def commits(folder: Path, count: int) -> list[float]:
    """Return the seconds of `count` commits of one 300-byte row each, synchronous FULL."""
    database = open_rows(folder)
    times = [one_commit(database) for _ in range(count)]
    database.close()
    return times


def open_rows(folder: Path) -> sqlite3.Connection:
    """Return a database of rows to commit: the first commit after this pays for its log as no later one does."""
    database = open_database(folder / "commit.db")
    database.execute("CREATE TABLE IF NOT EXISTS row(id INTEGER PRIMARY KEY, payload BLOB NOT NULL)")
    return database


def one_commit(database: sqlite3.Connection) -> float:
    """Return the seconds of one commit of a row of 300 bytes, synchronous FULL."""
    start = perf_counter()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO row(payload) VALUES (?)", (PAYLOAD,))
    database.execute("COMMIT")
    return perf_counter() - start


def _readable(selector: selectors.BaseSelector) -> list[RawClient]:
    ready = selector.select(PATIENCE)
    if not ready:
        raise BenchError("the echo fell silent")
    return [key.fileobj for key, _ in ready if isinstance(key.fileobj, RawClient)]


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
