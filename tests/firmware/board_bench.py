"""Any board's firmware as a process of its own: its settings, its keys, what its screen says."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pad_bench

PATIENCE = 60.0


class BoardPanel:
    """Whoever stands at a board: works its contacts, and sees what it tells."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.changed = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        try:
            while line := await reader.readline():
                self.told.update(json.loads(line))
                self.changed.set()
        except ConnectionResetError:
            self.told.clear()
        writer.close()

    async def leave(self) -> None:
        """Close the connection to the board."""
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def send(self, *event: Any) -> None:
        assert self._writer is not None, "the board is not there yet"
        self._writer.write(json.dumps(event).encode() + b"\n")
        await self._writer.drain()

    async def press(self, key: int) -> None:
        """Close and open a key's contact, longer than it bounces."""
        await self.send("contact", key, True)
        await asyncio.sleep(0.05)
        await self.send("contact", key, False)

    async def tells(self, name: str, wanted: Any) -> None:
        """Wait until the board tells `name` as `wanted`, a value or a question."""
        asks: Callable[[Any], bool] = wanted if callable(wanted) else lambda value: value == wanted
        async with asyncio.timeout(PATIENCE):
            while name not in self.told or not asks(self.told[name]):
                self.changed.clear()
                await self.changed.wait()


def write_settings(folder: Path, **settings: Any) -> Path:
    """Write a board's settings, with its root in `folder`; return the file."""
    path = folder / "settings.json"
    path.write_text(json.dumps({"root": str(folder)} | settings))
    return path


@asynccontextmanager
async def running(python: list[str], folder: Path, **settings: Any) -> AsyncIterator[BoardPanel]:
    """Run a board's firmware on a Python while entered; its last words are printed."""
    panel = BoardPanel()
    server = await asyncio.start_server(panel.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    path = write_settings(folder, panel_port=port, **settings)
    process = await asyncio.create_subprocess_exec(
        *python, str(path), stderr=asyncio.subprocess.STDOUT, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield panel
    finally:
        if process.returncode is None:
            process.kill()
        words, _ = await process.communicate()
        sys.stdout.write(words.decode(errors="replace"))
        server.close()
        await panel.leave()


def commands(kind: str, micropython: Callable[[], str], folder: Path) -> list[str]:
    """Return the command that runs firmware on `cpython` or `micropython`."""
    if kind == "cpython":
        return [sys.executable, "-B", str(pad_bench.MAIN)]
    return pad_bench.on_micropython(micropython(), folder)
