"""The hall's programs as processes: started, watched, restarted when they die, stopped in reverse."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hallkit.errors import HallkitError

RESTART_PAUSE = 0.5
STOP_PATIENCE = 5.0


class ProgramError(HallkitError):
    """A program could not be started or kept running; the message holds its last words."""


@dataclass(slots=True)
class Program:
    """One process of the hall: its name, its command, where its log goes, the folder it is loaded from if not ours."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    folder: Path | None = None
    wanted: bool = True
    _kept: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start the process."""
        self.wanted = True
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.arguments, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"}, start_new_session=True, cwd=self.folder,
            )  # fmt: skip

    async def keep(self, longest: int = 100) -> None:
        """Start it again whenever it dies; raise ProgramError when its configuration is wrong or it dies too often."""
        while self.process is not None:
            code = await self.process.wait()
            if not self.wanted:
                return
            if code == 2 or self.restarts >= longest:
                raise ProgramError(f"{self.name} ended with {code}: {self.last_words()}")
            self.restarts += 1
            await asyncio.sleep(RESTART_PAUSE)
            await self.start()

    def kill(self) -> None:
        """End the process as a power cut would; `keep` starts it again."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the process to end, and end it when it does not."""
        self.wanted = False
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_PATIENCE):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()

    def last_words(self) -> str:
        """Return the end of the program's log."""
        try:
            return self.log.read_text("utf-8", "replace")[-800:].strip()
        except OSError as error:
            return f"no log: {error}"
