"""The same tickets with a long history: 200,000 old ones in the journal, and a restart on top of them."""

import asyncio
import random
from asyncio.subprocess import Process
from contextlib import suppress
from datetime import datetime, timedelta
from time import perf_counter

from contract.body import Reply, Request
from contract.queue import SERVICE, IssueChannel
from contract.queue_requests import (
    AskQueues,
    CallNext,
    CallReply,
    FinishService,
    IssueTicket,
    OpenWindow,
    StartService,
)  # fmt: skip
from hall24.bench.asking import QUEUES, issue
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle
from hall24.bench.issuing import MACHINES, TICKETS
from hall24.bench.rig import BRIDGE, ENGINE, START_PATIENCE, BenchHall, bench_hall
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.device import Device
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import InlineWriter
from queue_caller.app.keeper import EngineKeeper
from queue_caller.config import queue_table, site_of
from queue_caller.drivers.block_signer import load_signer
from queue_caller.drivers.journal import Journal

OLD_TICKETS, A_DAY = 200_000, 2_000
ROUNDS = 3
RESTARTS = 3
SETTLE = 5.0
ENGINE_NAME, ASKER = "queue-engine", "ticket-1"
ASK_EVERY = 0.04
SERVED = {"A": 1, "E": 9, "M": 11, "Y": 12, "H": 13, "C": 19, "K": 23}
"""A window of each queue."""


class PastClock:
    """A wall clock that stands where it was set: the old days are lived through as fast as they can be written."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the wall time."""
        return self.at

    def monotonic(self) -> float:
        """Return the steady seconds since the epoch."""
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Pass time."""
        self.at += timedelta(seconds=seconds)


def figures() -> tuple[Figure, ...]:
    """Measure tickets a second with and without history in alternating rounds, and the restart."""
    return asyncio.run(_figures())


async def _figures() -> tuple[Figure, ...]:
    async with bench_hall() as fresh, bench_hall() as old:
        rows = await write_history(old, OLD_TICKETS, A_DAY)
        rates: dict[str, list[float]] = {"fresh": [], "old": []}
        await fresh.start_engine()
        child = await old.start_engine()
        for rig in (fresh, old):
            issue(rig, TICKETS // 5, MACHINES)
        for _ in range(ROUNDS):
            for name, rig in (("fresh", fresh), ("old", old)):
                rates[name].append(TICKETS / issue(rig, TICKETS, MACHINES).seconds)
        asker = await old.device(ASKER)
        alone, child = await _restarts(old, child, asker)
        await old.start(*BRIDGE)
        await asyncio.sleep(SETTLE)
        beside, _ = await _restarts(old, child, asker)
        bare = await _bare_start(fresh)
    return _told(rates, rows, {"without a hall store": alone, "beside a hall store": beside}, bare)


async def _restarts(rig: BenchHall, child: Process, asker: Device) -> tuple[list[float], Process]:
    """Kill the engine several times; return the seconds until it answers each time, and the last engine."""
    seconds = []
    for _ in range(RESTARTS):
        child.kill()
        await child.wait()
        start = perf_counter()
        child = await rig.start(*ENGINE)
        await _answered(asker)
        seconds.append(perf_counter() - start)
    return seconds, child


async def _answered(asker: Device) -> None:
    """Return once the engine answers, asked so often that the asking itself is not what is measured."""
    async with asyncio.timeout(START_PATIENCE):
        while True:
            with suppress(NoAnswerError):
                await asker.ask(SERVICE, AskQueues(), patience=ASK_EVERY)
                return


def _told(
    rates: dict[str, list[float]], rows: int, restarts: dict[str, list[float]], bare: float
) -> tuple[Figure, ...]:
    before, after = middle(rates["fresh"]), middle(rates["old"])
    issued = OLD_TICKETS + TICKETS // 5 + ROUNDS * TICKETS
    again = [
        figure(
            f"engine restarted after kill -9 {where}, until it answers", middle(seconds), "s",
            ("a Python that imports it", bare), Bar(most=2), f"{issued:,} tickets, half a day's without a snapshot",
        )
        for where, seconds in restarts.items()
    ]  # fmt: skip
    return (
        figure(
            "tickets a second with 200,000 old ones", after, "/s", ("the same without history", before),
            Bar(ratio_least=0.9), f"{rows:,} old facts in the journal",
        ),
        *again,
    )  # fmt: skip


async def _bare_start(rig: BenchHall) -> float:
    start = perf_counter()
    child = await rig.start("-c", "import queue_caller.__main__", needs_config=False)
    await child.wait()
    return perf_counter() - start


async def write_history(rig: BenchHall, tickets: int, a_day: int) -> int:
    """Let the engine's own keeper live through enough days before today; return the facts in its journal."""
    days = -(-tickets // a_day)
    clock = PastClock((datetime.now(SHANGHAI) - timedelta(days=days)).replace(hour=9, minute=0))
    database = open_database(rig.run / f"{ENGINE_NAME}.db")
    database.execute("PRAGMA synchronous=OFF")
    postmark = Postmark(ENGINE_NAME, clock, random.Random(24))
    keeper = EngineKeeper(
        site_of(rig.hall), Journal(database, postmark.new_id()), InlineWriter(), postmark, clock,
        load_signer(rig.run / f"{ENGINE_NAME}.key"), queue_table(rig.hall).snapshot_every,
    )  # fmt: skip
    keeper.start_epoch(0)
    past = Past(keeper)
    for _ in range(days):
        await past.live_a_day(clock, a_day)
    await keeper.save_snapshot()
    keeper.journal.acknowledge(keeper.journal.last)
    database.close()
    return keeper.journal.last


class Past:
    """Issues, calls and serves tickets on an engine's keeper, a commit for every hundred."""

    def __init__(self, keeper: EngineKeeper) -> None:
        self._keeper, self._asked = keeper, 0

    async def live_a_day(self, clock: PastClock, tickets: int) -> None:
        """Serve `tickets` from nine to five and go on to the next morning."""
        for window in SERVED.values():
            self._ask(OpenWindow(window=window, staff="0101"))
        for number in range(tickets):
            self._serve(QUEUES[number % len(QUEUES)])
            clock.at += timedelta(seconds=8 * 3600 / tickets)
            if number % 100 == 99:
                await self._commit()
        clock.at = (clock.at + timedelta(days=1)).replace(hour=9, minute=0, second=0)
        self._keeper.meet_deadlines()
        await self._commit()

    def _serve(self, queue: str) -> None:
        window = SERVED[queue]
        self._ask(IssueTicket(services=(queue,), channel=IssueChannel.TOUCH))
        if not isinstance(called := self._ask(CallNext(window=window)), CallReply):
            raise BenchError(f"the old ticket was not called: {called}")
        self._ask(StartService(window=window))
        self._ask(FinishService(window=window))

    def _ask(self, request: Request) -> Reply:
        self._asked += 1
        return self._keeper.decide(request, f"old-{self._asked}", "manager-1")

    async def _commit(self) -> None:
        await self._keeper.commit()
        await self._keeper.save_snapshot_when_due()
