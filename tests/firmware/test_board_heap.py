"""The rating pad in a heap of 64 KiB on a 32-bit MicroPython: its code in place, as in a board's flash."""

import asyncio
import re
import subprocess
from pathlib import Path

import pad_bench
import pytest

CHECKS = Path(__file__).parent / "checks"
FREE = 16 * 1024


@pytest.mark.slow
def test_after_two_thousand_ratings_a_quarter_of_the_heap_is_free(micropython: str, tmp_path: Path) -> None:
    settings = pad_bench.write_settings(tmp_path, 1)
    command = pad_bench.on_micropython(micropython, tmp_path, "pad_in_memory")
    done = subprocess.run(
        [*command, str(settings)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={"MICROPYPATH": f".frozen:{CHECKS}"},
    )
    found = re.search(r"rated 2000 free (\d+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert int(found[1]) >= FREE


@pytest.mark.network
async def test_the_first_screen_is_on_before_anything_is_heard(micropython: str, tmp_path: Path) -> None:
    pad_bench.strips()
    command = pad_bench.on_micropython(micropython, tmp_path)
    async with pad_bench.running(command, tmp_path, 1) as panel:
        async with asyncio.timeout(60):
            await panel.sees("idle")
