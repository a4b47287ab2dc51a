"""A simulated ESP32 on a pty or behind RFC 2217, and the real esptool on its line."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from hallkit.transports.serve import serve
from simulators import esp32_rom
from simulators.esp32_rfc2217 import serve_rfc2217
from simulators.esp32_rom import SimulatedEsp32

PATIENCE = 90.0
PLACE = 0x1000


def image(size: int = 120_000, seed: int = 1, chip: int = 0) -> bytes:
    """Return what starts like an interpreter's image and packs about as well."""
    head = bytes.fromhex("e9030220") + bytes(8) + chip.to_bytes(2, "little") + bytes(10)
    body = random.Random(seed).randbytes(size).translate(bytes(range(64)) * 4)
    return (head + body)[:size]


async def until(what: Callable[[], bool]) -> None:
    """Wait for a fact."""
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)


@asynccontextmanager
async def on_pty(board: SimulatedEsp32, folder: Path) -> AsyncIterator[str]:
    """Plug the board in; yield its port."""
    try:
        async with serve(f"pty:{folder / 'board'}", partial(esp32_rom.serve, board)):
            yield str(folder / "board")
    finally:
        if board.program is not None:
            await board.program.gone()


@asynccontextmanager
async def all_on_ptys(boards: Sequence[SimulatedEsp32], folders: Sequence[Path]) -> AsyncIterator[list[str]]:
    """Plug boards in, each in its folder; yield their ports."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(on_pty(board, folder))
            for board, folder in zip(boards, folders, strict=True)
        ]


@asynccontextmanager
async def on_rfc2217(board: SimulatedEsp32) -> AsyncIterator[str]:
    """Serve the board where its lines can be seen; yield its port."""
    async with serve("tcp://127.0.0.1:0", partial(serve_rfc2217, board)) as url:
        yield "rfc2217" + url.removeprefix("tcp")


async def esptool(port: str, *words: str, resets: bool = False) -> tuple[int, str]:
    """Run the real esptool; return its exit code and what it said."""
    by_hand = () if resets else ("--before", "no-reset", "--after", "no-reset")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "esptool", "--chip", "esp32", "--port", port, *by_hand, *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode()
