"""mpremote as a process: files onto a board and read back, small programs on it."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from firmware.flasher.core import bundle, mpremote_words
from firmware.flasher.drivers import prompt, tool

START_LIMIT = 30.0
RATE = 1_000
"""Bytes a second a copy is at least as fast as."""
PROMPT_LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Mpremote:
    """One board's port."""

    port: str
    prompt_limit: float = PROMPT_LIMIT

    async def install(self, files: Mapping[str, bytes], on_progress: Callable[[float], None]) -> None:
        """Put files, by absolute name, onto the board; each is hashed there. FlasherError with the cause."""
        await prompt.catch_on(self.port, self.prompt_limit)
        packed = bundle.pack(files)
        with tempfile.TemporaryDirectory(prefix="hall24-") as folder:
            path, program = Path(folder) / "bundle.z", Path(folder) / "unpack.py"
            path.write_bytes(packed)
            program.write_text(bundle.UNPACK)

            def hear(line: str) -> None:
                if (done := mpremote_words.progress(line)) is not None:
                    on_progress(done * 0.9)

            limit = START_LIMIT + (len(packed) + sum(map(len, files.values()))) / RATE
            await self._run(("fs", "cp", "--force", str(path), f":{bundle.PLACE}"), limit, hear)
            said = await self._run(("run", str(program)), limit)
        bundle.verify(files, said, self.port)
        on_progress(1.0)

    async def execute(self, code: str) -> str:
        """Run a program on the board, interrupting what runs; return what it printed. FlasherError with the cause."""
        await prompt.catch_on(self.port, self.prompt_limit)
        return await self._run(("exec", code), START_LIMIT)

    async def restart(self) -> None:
        """Start the board's program anew and let go of its port."""
        await prompt.catch_on(self.port, self.prompt_limit, prompt.RESTART)

    async def _run(self, words: tuple[str, ...], limit: float, hear: Callable[[str], None] = lambda _: None) -> str:
        done = await tool.run("mpremote", ("connect", self.port, "resume", *words), limit, hear)
        if done.code or "Traceback (most recent call last)" in done.text:
            raise mpremote_words.fault(done.text, self.port)
        return done.text
