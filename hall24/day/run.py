"""One simulated day from options to outcome."""

import asyncio
import gc
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hall24.day.auditor import Auditor
from hall24.day.breaker import HALL, Breaker, targets_of
from hall24.day.calm import Calm
from hall24.day.disk import Killed
from hall24.day.fault_plan import FaultPlan, plan_faults
from hall24.day.invariants import check_engine, check_memory, check_people, check_stores, waiting_rows
from hall24.day.ledger import Ledger
from hall24.day.notes import Notes
from hall24.day.options import DayOptions
from hall24.day.people import Windows
from hall24.day.program import task_factory
from hall24.day.staff import Manager, clerks
from hall24.day.stage import Stage
from hall24.day.visitors import Visitor
from hall24.day.watch import Watch
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.virtual_time import run_virtual
from queue_caller.config import queue_table
from simulators.people.plan import Queue, Visit, plan_day

DRAIN_ROUNDS = 15


@dataclass(slots=True)
class Outcome:
    """What a day came to."""

    options: DayOptions
    ledger: str = ""
    rows: int = 0
    broken: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every invariant held."""
        return not self.broken


class Day:
    """A stage, its people and those who watch."""

    def __init__(self, options: DayOptions, clock: LoopClock) -> None:
        self.options, self.clock = options, clock
        self.stage = Stage(options, clock)
        self.notes, self.windows = Notes(), Windows()
        self.auditor = Auditor(queue_table(self.stage.hall).pass_cap)
        self.ledger = Ledger(self.stage.disk, lambda envelope, fact: self.auditor.take(fact))
        self.stage.disk.on_commit = self._on_commit
        self.calm = Calm(clock.monotonic)
        self.watch = Watch(self.stage, self.calm, self.auditor)
        self.plan: list[FaultPlan] = []
        self.breaker: Breaker | None = None
        self._people: list[asyncio.Task[None]] = []
        self._errors: list[str] = []

    async def live(self) -> Outcome:
        """Let the day happen; return what it came to."""
        asyncio.get_running_loop().set_exception_handler(self._on_error)
        asyncio.get_running_loop().set_task_factory(task_factory)
        begins = self.options.begins * 3600
        await self.clock.sleep(begins)
        await self.stage.set_up()
        self._staff()
        await self.clock.sleep(5)
        self.calm.touch(HALL)
        await self._welcome()
        breaking = asyncio.ensure_future(self._break())
        await self.clock.sleep(max(0.0, begins + self.options.span - self.clock.monotonic()))
        await breaking
        await self._close()
        return self._outcome()

    async def _break(self) -> None:
        self.plan = plan_faults(self.options, targets_of(self.stage))
        self.breaker = Breaker(self.stage, self.calm, self.plan)
        self.breaker.on_outage = self.watch.after_outage
        await self.breaker.run()

    def _on_commit(self, owner: str, path: Path) -> None:
        self.ledger.follow(owner, path)
        if owner == "queue-engine":
            asyncio.get_running_loop().call_soon(self.watch.look)

    def _staff(self) -> None:
        for clerk in clerks(self.stage, self.windows):
            self._go(clerk.run())
        self._go(Manager(self.stage, self.stage.desk).run())

    def _go(self, life: Any) -> None:
        self._people.append(asyncio.get_running_loop().create_task(life))

    async def _welcome(self) -> None:
        """Let every visitor in when they arrive."""
        loop = asyncio.get_running_loop()
        end = self.options.begins * 3600 + self.options.span
        for visit in self._plan():
            at = visit.day * 86_400 + visit.arrives / 1000
            if loop.time() <= at < end:
                loop.call_at(at, self._enter, visit)

    def _plan(self) -> list[Visit]:
        hall = self.stage.hall
        windows = {one.id: sum(one.id in window.services for window in hall.windows) for one in hall.services}
        queues = [
            Queue(one.id, max(1, int(windows[one.id] * 1000 / one.mean_minutes)), int(one.mean_minutes * 60_000),
                  int(one.cv * 100))
            for one in hall.services
        ]  # fmt: skip
        options, machines = self.options, len(self.stage.machines)
        return [
            v for day in range(options.days) for v in plan_day(options.seed, day, options.visitors, queues, machines)
        ]

    def _enter(self, visit: Visit) -> None:
        self._go(Visitor(visit, self.stage, self.windows, self.notes).live())

    async def _close(self) -> None:
        for task in self._people:
            task.cancel()
        await asyncio.gather(*self._people, return_exceptions=True)
        for _ in range(DRAIN_ROUNDS):
            await self.clock.sleep(60)
            if not any(waiting_rows(self.stage).values()):
                break
        self.watch.look_at_all()
        self._check()
        await self.stage.take_down()

    def _check(self) -> None:
        check_people(self.notes, self.auditor)
        check_engine(self.stage, self.auditor)
        check_memory(self.stage, self.auditor)
        check_stores(self.stage, self.auditor, self.ledger.rows)
        failures = [one for program in self.stage.programs.values() for one in program.failures]
        for sentence in (*failures, *self._errors):
            self.auditor.blame("programs_alive", sentence)

    def _outcome(self) -> Outcome:
        counts = dict(sorted(self.notes.counts.items()))
        counts |= {"slips": len(self.notes.slips), "presses": len(self.notes.presses), "looks": self.watch.checks}
        if self.breaker is not None:
            counts |= {f"fault_{kind}": number for kind, number in sorted(self.breaker.survived.items())}
        return Outcome(self.options, self.ledger.head.hex(), self.ledger.rows, dict(self.auditor.broken), counts)

    def _on_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed | None):
            self._errors.append(f"{type(error).__name__}: {error}")


def run_day(options: DayOptions) -> Outcome:
    """Run a simulated day; its ledger is the same every time."""
    began = time.perf_counter()
    logging.getLogger().setLevel(logging.CRITICAL)
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)

    async def main(clock: LoopClock) -> Outcome:
        return await Day(options, clock).live()

    outcome = run_virtual(main, options.start)
    outcome.seconds = time.perf_counter() - began
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    return outcome
