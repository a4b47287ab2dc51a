"""A press on the rating pad's firmware until the hall store's acknowledgement is on the pad, over mutual TLS."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from contract.rating import AskRating
from firmware.artwork.pad_pictures import PadArtwork, pictures
from firmware.artwork.strip_file import pack
from firmware.bytecode import DEVICE
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle, quantile
from hall24.bench.pad_hall import CLOCK, HALL, HOST, PAD, PASSWORD, PATIENCE, Certificates, PadHall, pad_hall
from hallkit.broker.mosquitto import find_mosquitto
from simulators.raw_repl_board import find_python

WARM, PRESSES = 20, 300
COMMITS = 3
"""Writes put through to a disk one after the other: the pad's rating, the store's row, the pad's mark."""


class Panel:
    """Whoever plays the citizen: presses, and sees what is on the pad and how many facts wait in it."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self._changed = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a pad's connection."""
        self._writer = writer
        try:
            while line := await reader.readline():
                self.told.update(json.loads(line))
                self._changed.set()
        except ConnectionResetError:
            self.told.clear()
        writer.close()

    def press(self, key: int) -> None:
        """Press a key."""
        if self._writer is None:
            raise BenchError("the pad's firmware did not start")
        self._writer.write(json.dumps(["key", key]).encode() + b"\n")

    async def tells(self, screen: str, waiting: int) -> None:
        """Wait for a screen with so many facts waiting."""
        async with asyncio.timeout(PATIENCE):
            while (self.told.get("screen"), self.told.get("waiting")) != (screen, waiting):
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def pad_of(python: Sequence[str], folder: Path, **settings: Any) -> AsyncIterator[Panel]:
    """Run pad-03's firmware as a process of its own while entered."""
    panel = Panel()
    server = await asyncio.start_server(panel.serve, "127.0.0.1", 0)
    (folder / "pad.strips").write_bytes(pack(pictures(PadArtwork(window=3))))
    known = {"hall": HALL, "kind": PAD.kind, "name": PAD.name, "password": PASSWORD, "version": "0.1.0", "window": 3}
    known |= {"strips": str(folder / "pad.strips"), "root": str(folder), "broker_host": HOST}
    known |= {"panel_port": server.sockets[0].getsockname()[1]} | settings
    path = folder / "settings.json"
    path.write_text(json.dumps(known))
    process = await asyncio.create_subprocess_exec(*python, str(path), stdout=asyncio.subprocess.DEVNULL)
    try:
        yield panel
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        server.close()


async def rate(hall: PadHall, panel: Panel, number: int) -> float:
    """Ask, press, and return the seconds until the pad knows that its rating is committed."""
    until = CLOCK.now() + timedelta(seconds=60)
    await hall.command(AskRating(service_event=f"{number:026}", window=3, ticket="A1", staff="1003", until=until))
    await panel.tells("grades", 0)
    start = time.perf_counter()
    panel.press(5)
    await panel.tells("thanks", 0)
    return time.perf_counter() - start


def figures() -> tuple[Figure, ...]:
    """Press three hundred times on the pad's firmware, on MicroPython where it is installed."""
    if not find_mosquitto():
        raise BenchError("mosquitto is not installed; apt-get install mosquitto")
    board = find_python()
    with tempfile.TemporaryDirectory(prefix="hall24-pad-") as name:
        samples = asyncio.run(_measure(board, Path(name)))
        limit = _commits(Path(name))
    where = "on 32-bit MicroPython" if board else "on CPython: no MicroPython is installed"
    note = f"{len(samples)} presses {where}, certificates at both ends, mosquitto with rights, store on disk"
    bound = (f"{COMMITS} commits", 1000 * limit)
    median, worst = 1000 * middle(samples), 1000 * quantile(samples, 0.99)
    return (
        figure("rating pressed to acknowledged, median", median, "ms", bound, Bar(most=50), note),
        figure("rating pressed to acknowledged, p99", worst, "ms", bound, Bar(most=50), note),
    )


def command_of(board: str | None) -> list[str]:
    """Return the command that runs the firmware's own `main.py`."""
    main = str(DEVICE / "main.py")
    return [board, "-X", "heapsize=512k", main] if board else [sys.executable, "-B", main]


async def _measure(board: str | None, folder: Path) -> list[float]:
    certificates = Certificates(folder / "tls")
    async with pad_hall(folder, certificates) as hall:
        tls = certificates.board(PAD.name, is_der=board is not None)
        async with pad_of(command_of(board), folder, broker_port=hall.broker.port, tls=tls) as panel:
            async with asyncio.timeout(PATIENCE):
                await hall.online.wait()
            samples = [await rate(hall, panel, number) for number in range(WARM + PRESSES)]
    return samples[WARM:]


def _commits(folder: Path) -> float:
    """Return the median seconds of as many small writes, each put through to the disk."""
    samples = []
    with (folder / "commits").open("ab", buffering=0) as file:
        for _ in range(50):
            start = time.perf_counter()
            for _ in range(COMMITS):
                file.write(b"x" * 200)
                os.fsync(file.fileno())
            samples.append(time.perf_counter() - start)
    return middle(samples)
