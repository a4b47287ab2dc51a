"""The same unmodified files on a real 32-bit MicroPython, module by module."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEVICE = HERE.parents[1] / "firmware" / "device"
MODULES = sorted(path.stem for path in (HERE / "checks").glob("check_*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_on_micropython(module: str, micropython: str, tmp_path: Path) -> None:
    command = [
        micropython,
        "-X",
        "heapsize=512k",
        str(HERE / "run_checks.py"),
        str(DEVICE),
        str(HERE / "checks"),
        module,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok test_" in done.stdout
