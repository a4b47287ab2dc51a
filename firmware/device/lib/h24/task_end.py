"""Ending a task for certain."""

import asyncio


async def end(task):
    """Cancel a task until it is done: CPython before 3.12 can lose a cancellation inside wait_for."""
    while not task.done():
        task.cancel()
        await asyncio.sleep(0.01)
