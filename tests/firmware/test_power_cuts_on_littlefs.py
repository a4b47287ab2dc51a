"""MicroPython's own littlefs under the outbox and the updater, the power cut at every block operation."""

import os
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "checks"
LIB = Path(__file__).parents[2] / "firmware" / "device" / "lib"
LEAST = 30


@pytest.mark.parametrize("script", ["lfs_outbox", "lfs_release"])
def test_nothing_is_lost_wherever_the_power_is_cut(script: str, micropython: str, tmp_path: Path) -> None:
    command = [micropython, "-X", "heapsize=4m", str(HERE / f"{script}.py")]
    environment = {**os.environ, "MICROPYPATH": f".frozen:{LIB}:{HERE}"}
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cuts = [int(count) for count in re.findall(r"(?:clean|torn) (\d+) cuts", done.stdout)]
    assert len(cuts) == 2, done.stdout
    assert min(cuts) > LEAST, done.stdout
