"""One technician at a time on a port: a lock that ends with the program that holds it."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.flasher.errors import BoardTakenError

FOLDER = Path(tempfile.gettempdir()) / "hall24-ports"


@contextmanager
def held(port: str, folder: Path | None = None) -> Iterator[None]:
    """Hold a port's lock while the block runs; raise BoardTakenError if somebody else holds it."""
    folder = folder or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (re.sub(r"[^A-Za-z0-9._-]", "_", os.path.realpath(port)) + ".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(descriptor, port)
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, port: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        who = os.read(descriptor, 20).decode(errors="replace") or "another"
        raise BoardTakenError(
            f"{port}: process {who} works on this board already: wait until it is done, or pick another port"
        ) from error
