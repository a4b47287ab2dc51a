"""Several boards at once; one that fails stops no other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from firmware.flasher.errors import FlasherError

T = TypeVar("T")


async def together(work: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T | FlasherError]:
    """Run one piece of work for each place; return what each gave, or the error it ended with."""

    async def one(job: Callable[[], Awaitable[T]]) -> T | FlasherError:
        try:
            return await job()
        except FlasherError as error:
            return error

    async with asyncio.TaskGroup() as group:
        tasks = {place: group.create_task(one(job), name=place) for place, job in work.items()}
    return {place: task.result() for place, task in tasks.items()}
