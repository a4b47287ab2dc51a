"""The day itself: a stage, its people, what breaks, and those who watch."""

import asyncio
import gc
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from contract.body import Fact
from contract.envelope import Envelope
from hall24.day.auditor import Auditor
from hall24.day.breaker import HALL, Breaker, targets_of
from hall24.day.calm import Calm
from hall24.day.disk import Killed
from hall24.day.fault_plan import FaultKind, FaultPlan, plan_faults
from hall24.day.figures import Figures
from hall24.day.film import Film
from hall24.day.invariants import (
    check_engine,
    check_growth,
    check_memory,
    check_people,
    check_rated,
    check_rights,
    check_stores,
    waiting_rows,
)
from hall24.day.ledger import Ledger
from hall24.day.listener import Listener
from hall24.day.notes import Notes
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hall24.day.paper_trail import check_paper
from hall24.day.people import Windows
from hall24.day.privacy import Privacy
from hall24.day.program import task_factory
from hall24.day.settling import settle_before
from hall24.day.speech import Ear
from hall24.day.staff import Manager, clerks
from hall24.day.stage import Stage
from hall24.day.visitors import Visitor
from hall24.day.watch import Watch
from hallkit.runtime.clock import LoopClock
from queue_caller.config import queue_table
from simulators.people.plan import Queue, Visit, plan_day

DRAIN_ROUNDS = 15
"""Minutes everything may take to reach the centre once people have gone and all is mended."""

LONG_OVER = timedelta(days=2)
"""After that nothing of a business day is on its way any more."""

INSPECTED_EVERY = 600.0
"""Seconds between two looks at the queue's own invariants."""


class Day:
    """One simulated day, or several in a row; in `haste` it is over with the first broken promise."""

    def __init__(
        self, options: DayOptions, clock: LoopClock, plan: Sequence[FaultPlan] | None = None, *, haste: bool = False
    ) -> None:
        self.options, self.clock, self._in_haste = options, clock, haste
        self.stage = Stage(options, clock)
        self.notes, self.windows = Notes(), Windows()
        self.auditor = Auditor(queue_table(self.stage.hall).pass_cap)
        self.ledger = Ledger(self.stage.disk, self._take)
        self.stage.disk.on_commit = self._on_commit
        self.calm = Calm(clock.monotonic)
        self.watch = Watch(self.stage, self.calm, self.auditor)
        self.privacy = Privacy(self.auditor, self.stage.broker)
        voices = {one.zone or "": one.name for one in self.stage.hall.of_kind("voice")}
        self.listener = Listener(voices, self.calm, self.auditor, clock)
        for zone, name in voices.items():
            self.stage.ears[name] = Ear(clock, partial(self.listener.begin, zone), partial(self.listener.end, zone))
        self.figures = Figures()
        self.film = Film(clock, options.begins * 3600)
        self.plan = list(plan) if plan is not None else None
        self.breaker: Breaker | None = None
        self._around: dict[str, list[str]] = {}
        self._rss: list[int] = []
        self._people: dict[asyncio.Task[None], None] = {}
        self._errors: list[str] = []

    async def live(self) -> Outcome:
        """Let the day happen; return what it came to."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._on_error)
        loop.set_task_factory(task_factory)
        begins = self.options.begins * 3600
        await self.clock.sleep(begins)
        await self.stage.set_up()
        gc.collect()
        gc.freeze()
        self._staff()
        await self.clock.sleep(5)
        self.calm.touch(HALL)
        self._welcome()
        breaking = asyncio.ensure_future(self._break())
        await self._until_over(breaking)
        await self._close()
        return self._outcome()

    async def _until_over(self, breaking: asyncio.Future[None]) -> None:
        """Wait for the end of the day and of its last fault, or in haste for a broken promise."""
        spoilt = asyncio.Event()
        if self._in_haste:
            self.auditor.on_blame = spoilt.set
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self.options.begins * 3600 + self.options.span):
                await spoilt.wait()
        if spoilt.is_set():
            breaking.cancel()
        else:
            await breaking

    async def _break(self) -> None:
        if self.plan is None:
            self.plan = plan_faults(self.options, targets_of(self.stage))
        self.breaker = Breaker(self.stage, self.calm, self.plan, self.figures, self.film)
        self.breaker.on_outage = self.watch.after_outage
        await self.breaker.run()

    def _on_commit(self, owner: str, path: Path) -> None:
        self.ledger.follow(owner, path)
        if owner == "queue-engine":
            asyncio.get_running_loop().call_soon(self.watch.look)

    def _take(self, envelope: Envelope, fact: Fact) -> None:
        self.auditor.take(fact)
        self.figures.take(fact, self.clock.monotonic())
        self._keep_around()

    def _keep_around(self) -> None:
        """Keep the ledger around an invariant that has just been found broken."""
        for name in self.auditor.broken:
            if name not in self._around:
                self._around[name] = self.ledger.around(self.auditor.broken[name], AROUND)

    def _staff(self) -> None:
        for clerk in clerks(self.stage, self.windows):
            self._go(clerk.run())
        self._go(Manager(self.stage, self.stage.desk).run())
        self._go(self._inspect())
        self.stage.eyes.on_board += [self.film.show, self.listener.look]

    def _go(self, life: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(life)
        self._people[task] = None
        task.add_done_callback(self._people.pop)

    async def _inspect(self) -> None:
        """Look at the queue's own invariants again and again, and at the memory we take once a day."""
        while True:
            await self.clock.sleep(INSPECTED_EVERY)
            check_engine(self.stage, self.auditor)
            if int(self.clock.monotonic() // INSPECTED_EVERY) % 6 == 0:
                gc.collect()
            if int(self.clock.monotonic()) // 86_400 > len(self._rss):
                self._end_day()

    def _end_day(self) -> None:
        """Settle what is long over, and note the memory taken."""
        if self.options.is_soak:
            long_over = (self.clock.now() - LONG_OVER).date().isoformat()
            settle_before(long_over, self.notes, self.auditor, self.stage.machines)
        gc.collect()
        self._rss.append(psutil.Process().memory_info().rss)

    def _welcome(self) -> None:
        """Let every visitor in when they arrive."""
        loop = asyncio.get_running_loop()
        end = self.options.begins * 3600 + self.options.span
        for visit in self._visits(int((end - 1) // 86_400) + 1):
            at = visit.day * 86_400 + visit.arrives / 1000
            if loop.time() <= at < end:
                loop.call_at(at, self._enter, visit)

    def _visits(self, days: int) -> list[Visit]:
        hall, options = self.stage.hall, self.options
        windows = {one.id: sum(one.id in window.services for window in hall.windows) for one in hall.services}
        queues = [
            Queue(one.id, max(1, int(windows[one.id] * 1000 / one.mean_minutes)), int(one.mean_minutes * 60_000),
                  int(one.cv * 100))
            for one in hall.services
        ]  # fmt: skip
        machines = len(self.stage.machines)
        return [one for day in range(days) for one in plan_day(options.seed, day, options.visitors, queues, machines)]

    def _enter(self, visit: Visit) -> None:
        self.figures.at(self.clock.monotonic()).arrivals += 1
        self._go(Visitor(visit, self.stage, self.windows, self.notes).live())

    async def _close(self) -> None:
        if len(self._rss) < self.options.days:
            self._end_day()
        check_growth(self._rss, self.auditor)
        people = list(self._people)
        for task in people:
            task.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        if not (self._in_haste and self.auditor.broken):
            await self._settle()
        await self.stage.take_down()

    async def _settle(self) -> None:
        """Let everything reach the centre, then see what holds."""
        for _ in range(DRAIN_ROUNDS):
            await self.clock.sleep(60)
            if not any(waiting_rows(self.stage).values()):
                break
        self.watch.look_at_all()
        self._check()

    def _check(self) -> None:
        check_people(self.notes, self.auditor)
        check_rated(self.auditor)
        check_paper(self.stage.machines, self.auditor)
        check_engine(self.stage, self.auditor)
        check_memory(self.stage, self.auditor)
        wrong = any(one.kind is FaultKind.CLOCK_JUMP and not one.value for one in self.plan or ())
        check_stores(self.stage, self.auditor, self.ledger.rows, expects_quarantine=wrong)
        check_rights(self.stage, self.auditor)
        failures = [one for program in self.stage.programs.values() for one in program.failures]
        for sentence in (*failures, *self._errors):
            self.auditor.blame("programs_alive", sentence)
        self._keep_around()

    def _outcome(self) -> Outcome:
        counts = dict(sorted(self.notes.counts.items()))
        counts |= {"slips": len(self.notes.slips), "presses": len(self.notes.presses), "looks": self.watch.checks}
        counts |= {"sentences": self.listener.said, "calls_judged": self.listener.judged}
        assert self.stage.centre is not None
        assert self.breaker is not None
        counts["quarantined"] = sum(self.stage.centre.reader.quarantine_sizes().values())
        return Outcome(
            self.options, self.ledger.head.hex(), self.stage.centre.store.head.chain.hex(), self.ledger.rows,
            dict(self.auditor.broken), self._around, counts, self.figures.hours, self.plan or [],
            self.breaker.injected, self.breaker.survived, self.privacy.lines, self.film, self._rss,
        )  # fmt: skip

    def _on_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed | None):
            self._errors.append(f"{type(error).__name__}: {error}")


AROUND = 60
"""Ledger rows kept with a broken invariant."""
