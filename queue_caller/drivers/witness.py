"""What this computer remembers of a journal for as long as it is up, outside the disk that may be restored from a copy.

A journal that holds everything its witness saw was not restored, so an engine that was killed need not wait to hear
from the hall store how much of it is known elsewhere. Memory forgets at a power cut, and then there is no witness.
"""

import logging
import os
from pathlib import Path

_LOGGER = logging.getLogger(__name__)

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""

LENGTH = 8


class Witness:
    """Sees the last fact of a journal's incarnation; one that cannot be kept or is not ours has seen nothing."""

    def __init__(self, memory: Path = MEMORY) -> None:
        self._memory = memory
        self._path: Path | None = None
        self._file = -1

    def last(self, inc: str) -> int | None:
        """Return the last fact seen of an incarnation, None if nothing is known; from now on it is watched."""
        self._leave()
        path = self._memory / f"hall24-journal-{inc}"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            if os.fstat(self._file).st_uid != os.geteuid():
                self._leave()
                return None
            self._path = path
            seen = os.pread(self._file, LENGTH, 0)
        except OSError as error:
            _LOGGER.info("no witness of the journal: %s", error)
            return None
        return int.from_bytes(seen) if len(seen) == LENGTH else None

    def note(self, seq: int) -> None:
        """See a committed fact before anybody is told of it."""
        if self._path is None:
            return
        try:
            os.pwrite(self._file, seq.to_bytes(LENGTH), 0)
        except OSError as error:
            _LOGGER.warning("the journal has lost its witness: %s; the next start waits for the hall store", error)
            self.forget()

    def forget(self) -> None:
        """Remember nothing more: the journal is closed and may be moved."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._leave()

    def _leave(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._path = -1, None
