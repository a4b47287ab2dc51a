"""A tool of somebody else's as a process: its words as they come, and an end to its time."""

import asyncio
import os
import pty
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from firmware.flasher.errors import TimeLimitError, ToolMissingError
from hallkit.transports.tty import FdStream

LONGEST = 200_000
LINE_END = re.compile(r"[\r\n]+")
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PATIENCE_AFTER_KILL = 5.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a tool ended and the last it said."""

    code: int
    text: str


async def run(
    module: str, words: Sequence[str], limit: float, on_line: Callable[[str], None] = lambda _: None
) -> Finished:
    """Run `python -m module words…` on a terminal of its own, so that it tells its progress.

    Raise TimeLimitError, the tool and all it started killed, after `limit` seconds; ToolMissingError without it.
    """
    master, slave = pty.openpty()
    lines = FdStream(master)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"},
        )  # fmt: skip
    finally:
        os.close(slave)
    try:
        async with asyncio.timeout(limit):
            text = await _listen(lines, on_line)
            code = await process.wait()
    except TimeoutError as error:
        raise TimeLimitError(f"{module} did not finish within {limit:.0f} s: run the same command again") from error
    finally:
        lines.close()
        await _end(process)
    if code and f"No module named {module}" in text:
        raise ToolMissingError(f"{module} is not installed: pip install 'hall24[flash]'")
    return Finished(code, text)


async def _listen(stream: FdStream, on_line: Callable[[str], None]) -> str:
    text = rest = ""
    while data := await stream.read():
        *lines, rest = LINE_END.split(rest + COLOURS.sub("", data.decode("utf-8", "replace")))
        for line in lines:
            on_line(line)
        text = (text + "".join(f"{line}\n" for line in lines))[-LONGEST:]
    if rest:
        on_line(rest)
    return text + rest


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_AFTER_KILL):
        await process.wait()
