"""The real mpremote drives a board whose interpreter is a real MicroPython."""

import asyncio
import hashlib
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from hallkit.transports.serve import serve
from simulators import raw_repl_board
from simulators.raw_repl_board import SimulatedBoard

PATIENCE = 60.0


@asynccontextmanager
async def plugged_in(board: SimulatedBoard, folder: Path) -> AsyncIterator[str]:
    async with serve(f"pty:{folder / 'port'}", partial(raw_repl_board.serve, board)):
        yield str(folder / "port")


@pytest.fixture
def board(micropython: str, tmp_path: Path) -> SimulatedBoard:
    (tmp_path / "flash").mkdir()
    return SimulatedBoard(tmp_path / "flash", micropython)


async def mpremote(port: str, *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mpremote", "connect", port, *words,
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


async def test_what_a_program_prints_and_how_it_fails_comes_back(board: SimulatedBoard, tmp_path: Path) -> None:
    async with plugged_in(board, tmp_path) as port:
        assert await mpremote(port, "exec", "print(6 * 7)") == (0, "42\n")
        code, said = await mpremote(port, "resume", "exec", "1 / 0")

    assert code == 1
    assert "ZeroDivisionError" in said


async def test_files_are_copied_into_the_boards_own_root(board: SimulatedBoard, tmp_path: Path) -> None:
    data = random.Random(4).randbytes(9_000)
    (tmp_path / "tree" / "lib").mkdir(parents=True)
    (tmp_path / "tree" / "lib" / "one.bin").write_bytes(data)
    async with plugged_in(board, tmp_path) as port:
        code, said = await mpremote(port, "resume", "fs", "cp", "-r", f"{tmp_path / 'tree'}/.", ":/")
        assert code == 0, said
        _, said = await mpremote(port, "resume", "fs", "sha256sum", ":/lib/one.bin")

    assert hashlib.sha256(data).hexdigest() in said
    assert (board.folder / "lib" / "one.bin").read_bytes() == data


async def test_a_soft_reset_forgets_names_and_keeps_files(board: SimulatedBoard, tmp_path: Path) -> None:
    async with plugged_in(board, tmp_path) as port:
        await mpremote(port, "resume", "exec", "x = 1; f = open('/kept', 'w'); f.write('me'); f.close()")
        assert await mpremote(port, "resume", "exec", "print(x)") == (0, "1\n")
        code, said = await mpremote(port, "soft-reset", "exec", "print('x' in globals(), open('/kept').read())")

    assert (code, said) == (0, "False me\n")
    assert board.starts == 2


async def test_a_running_program_is_interrupted_by_the_tool(board: SimulatedBoard, tmp_path: Path) -> None:
    (board.folder / "main.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    async with plugged_in(board, tmp_path) as port:
        code, said = await mpremote(port, "resume", "exec", "print('free')")

    assert (code, said.split()[-1]) == (0, "free")


async def test_a_program_that_ends_by_reset_is_started_again(board: SimulatedBoard, tmp_path: Path) -> None:
    program = "import os, sys\nif 'again' not in os.listdir('/'):\n    open('/again', 'w').close()\n    sys.exit(3)\n"
    (board.folder / "main.py").write_text(program)
    async with plugged_in(board, tmp_path) as port:
        code, said = await mpremote(port, "resume", "exec", "print('up')")

    assert (code, said.split()[-1], board.starts) == (0, "up", 2)
