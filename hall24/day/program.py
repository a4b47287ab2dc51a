"""One program of the hall in virtual time: started, killed and started again, as a power switch does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hall24.day.disk import Killed, SimulatedDisk
from hallkit.runtime.memory_link import MemoryBroker

Run = Callable[[], Awaitable[None]]
RESTART_PAUSE = 4.0
"""Seconds until a dead program is started again, as by systemd."""


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
    _task: "asyncio.Future[None] | None" = None
    _revival: "asyncio.Task[None] | None" = None

    @property
    def is_alive(self) -> bool:
        """Whether the program runs."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Start the program on whatever its disk holds; one that dies while starting is started again."""
        self.boots += 1
        try:
            run = self.build(self.boots)
        except Killed:
            return
        self._task = asyncio.get_running_loop().create_task(self._keep(run), name=self.name)

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
        if self._revival is None or self._revival.done():
            self._revival = asyncio.get_running_loop().create_task(self._revive(pause))

    async def _revive(self, pause: float) -> None:
        await self._end()
        await asyncio.sleep(pause)
        self.start()

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self, run: Run) -> None:
        try:
            await run()
        except Killed:
            return
        except Exception as error:
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")
            self.kill()
