"""A program's tasks, started together and stopped in reverse."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence

_LOGGER = logging.getLogger(__name__)

Job = tuple[str, Callable[[], Awaitable[None]]]


async def run_jobs(jobs: Sequence[Job]) -> None:
    """Run named jobs until one fails (raised) or the caller cancels; then stop them, last started first."""
    running = [asyncio.ensure_future(_named(name, job)) for name, job in jobs]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
        for task in running:
            if task in done and task.exception() is not None:
                task.result()
        await asyncio.gather(*running)
    finally:
        for task in reversed(running):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


async def _named(name: str, job: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.current_task()
    if task is not None:
        task.set_name(name)
    try:
        await job()
    except asyncio.CancelledError:
        raise
    except Exception:
        _LOGGER.exception("%s failed", name)
        raise


def run_until_stopped(main: Callable[[], Awaitable[None]]) -> int:
    """Run a program until it ends or is told to stop (SIGTERM, SIGINT); return its exit code."""

    async def body() -> None:
        task = asyncio.ensure_future(main())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(body())
    return 0
