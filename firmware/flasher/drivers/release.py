"""Every file a board runs from: the start code, the programs as bytecode, and what starts them after a reset."""

import tempfile
from pathlib import Path

from firmware import bytecode
from firmware.bytecode import CompileError, compile_tree
from firmware.flasher.errors import ToolMissingError

SERVICE_SECONDS = 3
SETTINGS = "/settings.json"
START = f'''"""Waits for a technician, then runs the chosen release; one that cannot begin is left by counting."""

import time

time.sleep({SERVICE_SECONDS})
import boot

boot.start("", "{SETTINGS}")
'''
START_MODULES = ("__init__", "errors", "flash_files", "slots")
HALS = ("esp32", "rp2", "sim")
SLOT = "/a"


def files() -> dict[str, bytes]:
    """Return the files of a new board by absolute name; raise ToolMissingError if they cannot be compiled."""
    with tempfile.TemporaryDirectory(prefix="hall24-") as folder:
        tree = Path(folder)
        try:
            written = sorted(compile_tree(tree, HALS))
        except CompileError as error:
            raise ToolMissingError(f"the programs cannot be compiled: {error}") from error
        programs = {f"{SLOT}/{one.relative_to(tree).as_posix()}": one.read_bytes() for one in written}
    start = {f"/start/h24/{name}.mpy": programs[f"{SLOT}/h24/{name}.mpy"] for name in START_MODULES}
    boot = (bytecode.DEVICE / "boot.py").read_bytes()
    return {"/boot.py": boot, **start, **programs, "/main.py": START.encode()}
