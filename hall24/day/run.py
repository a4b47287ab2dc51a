"""One simulated day from options to outcome."""

import gc
import logging
import time
from collections.abc import Sequence

from hall24.day.day import Day
from hall24.day.fault_plan import FaultPlan
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.virtual_time import run_virtual


def run_day(options: DayOptions, plan: Sequence[FaultPlan] | None = None, *, haste: bool = False) -> Outcome:
    """Run a simulated day; its ledger is the same every time.

    `plan` takes the place of the seed's own faults; in `haste` the day is over with the first broken promise.
    """
    began = time.perf_counter()
    thresholds, root = gc.get_threshold(), logging.getLogger()
    handlers, level = root.handlers, root.level
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    root.setLevel(logging.WARNING)

    async def main(clock: LoopClock) -> Outcome:
        day = Day(options, clock, plan, haste=haste)
        root.handlers = [day.privacy]
        return await day.live()

    try:
        outcome = run_virtual(main, options.start)
    finally:
        root.handlers, root.level = handlers, level
        gc.set_threshold(*thresholds)
        gc.unfreeze()
    outcome.seconds = time.perf_counter() - began
    return outcome
