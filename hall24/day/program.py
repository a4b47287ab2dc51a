"""One program of the hall in virtual time: started, killed and started again, as a power switch does."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from hall24.day.disk import Killed, SimulatedDisk
from hallkit.runtime.memory_link import MemoryBroker

Run = Callable[[], Awaitable[None]]
RESTART_PAUSE = 4.0
"""Seconds until a dead program is started again, as by systemd."""


Tasks = dict["asyncio.Task[Any]", None]
_TASKS: ContextVar[Tasks | None] = ContextVar("tasks of the running program", default=None)


def task_factory(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **more: Any
) -> "asyncio.Task[Any]":
    """Return a task that dies with the program it was made by, as the threads of a killed process do."""
    task: asyncio.Task[Any] = asyncio.Task(cast("Coroutine[Any, Any, Any]", work), loop=loop, **more)
    tasks = _TASKS.get()
    if tasks is not None:
        tasks[task] = None
        task.add_done_callback(lambda done: tasks.pop(done, None))
    return task


@dataclass(slots=True)
class Program:
    """`build(boot)` makes the program anew and returns how to run it; `users` are its names on the broker."""

    name: str
    users: tuple[str, ...]
    build: Callable[[int], Run]
    disk: SimulatedDisk
    broker: MemoryBroker
    boots: int = 0
    deaths: int = 0
    failures: list[str] = field(default_factory=list)
    _tasks: Tasks = field(default_factory=dict)
    _revived: int = 0
    _revival: "asyncio.Task[None] | None" = None

    @property
    def is_alive(self) -> bool:
        """Whether the program runs."""
        return bool(self._tasks)

    def start(self) -> None:
        """Start the program on whatever its disk holds; one that dies while starting is started again."""
        self.boots += 1
        self._tasks = {}
        before = _TASKS.set(self._tasks)
        try:
            run = self.build(self.boots)
            asyncio.get_running_loop().create_task(self._keep(run), name=self.name)
        except Killed:
            self._tasks.clear()
        finally:
            _TASKS.reset(before)

    async def stop(self) -> None:
        """End the program as the end of the simulation, without a word to the disk."""
        if self._revival is not None:
            self._revival.cancel()
        self.disk.kill(self.name)
        await self._end()

    def kill(self, *, pause: float = RESTART_PAUSE) -> None:
        """Kill -9 now; the broker says its last wills; it is started again after `pause` seconds."""
        self.disk.kill(self.name)
        self.deaths += 1
        for user in self.users:
            self.broker.cut(user)
        for task in list(self._tasks):
            task.cancel()
        if self._revival is None:
            self._revival = Context().run(asyncio.get_running_loop().create_task, self._revive(pause))

    async def _revive(self, pause: float) -> None:
        while not self._tasks or self.deaths != self._revived:
            self._revived = self.deaths
            await self._end()
            await asyncio.sleep(pause)
            self.start()
        self._revival = None

    async def _end(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, run: Run) -> None:
        try:
            await run()
        except Killed:
            return
        except Exception as error:
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")
            asyncio.get_running_loop().call_soon(self.kill, context=Context())
