"""Virtual time: jumps, order, standstill."""

import asyncio
from datetime import datetime

import pytest

from hallkit.errors import HallkitError
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.virtual_time import StandstillError, run_virtual

START = datetime(2026, 9, 14, 23, 55, tzinfo=SHANGHAI)


def test_a_day_passes_at_once() -> None:
    async def day(clock: LoopClock) -> datetime:
        await clock.sleep(86_400)
        return clock.now()

    assert run_virtual(day, START) == START.replace(day=15)


def test_timers_ring_in_order_and_at_their_own_time() -> None:
    async def main(clock: LoopClock) -> list[tuple[int, float]]:
        rung: list[tuple[int, float]] = []

        async def ring(seconds: int) -> None:
            await clock.sleep(seconds)
            rung.append((seconds, clock.monotonic()))

        await asyncio.gather(*(ring(seconds) for seconds in (30, 10, 20)))
        return rung

    assert run_virtual(main, START) == [(10, 10.0), (20, 20.0), (30, 30.0)]


def test_a_standstill_is_an_error_and_not_a_hang() -> None:
    async def wait_for_nobody(clock: LoopClock) -> None:
        await asyncio.Event().wait()

    with pytest.raises(StandstillError):
        run_virtual(wait_for_nobody, START)


def test_threads_are_refused() -> None:
    async def use_a_thread(clock: LoopClock) -> None:
        await asyncio.get_running_loop().run_in_executor(None, print)

    with pytest.raises(HallkitError, match="no threads"):
        run_virtual(use_a_thread, START)


def test_a_clock_jump_moves_the_wall_and_not_the_timers() -> None:
    async def main(clock: LoopClock) -> tuple[datetime, float]:
        clock.jump(-3600)
        await clock.sleep(60)
        return clock.now(), clock.monotonic()

    assert run_virtual(main, START) == (START.replace(hour=22, minute=56), 60.0)
