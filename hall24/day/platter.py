"""A drive in virtual time beneath SQLite itself: what was written but not synced is gone, or half there, after a cut.

SQLite talks to it through a file system of its own (SQLite VFS, by apsw), so its own recovery decides what a program
finds when the power is back.
"""

import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, cast

import apsw

from hall24.day.disk import SPOOL
from hallkit.runtime import store
from simulators.chance import happens

SECTOR = 512
"""Bytes a drive writes whole or not at all."""

_DRIVES = count(1)


class NoPowerError(Exception):
    """The drive has no power; nobody hears of it but SQLite."""


class Undo(NamedTuple):
    """What brings a file back to before one write: the place and length, the file's size, and what was there."""

    at: int
    length: int
    size: int
    before: bytes


class DriveFile:
    """One file: what the system shows is in a spool outside this process's memory; until a sync it can be undone."""

    def __init__(self) -> None:
        self._spool = tempfile.TemporaryFile(dir=SPOOL if SPOOL.is_dir() else None, buffering=0)  # noqa: SIM115
        self._undo: list[Undo] = []
        self.size = 0
        self.is_synced = False

    def read(self, amount: int, at: int) -> bytes:
        """Return what the system shows."""
        return os.pread(self._spool.fileno(), max(0, min(amount, self.size - at)), at)

    def write(self, at: int, data: bytes) -> None:
        """Write at a place; on the platter it is not."""
        self._undo.append(Undo(at, len(data), self.size, self.read(len(data), at)))
        self._put(at, data)

    def truncate(self, size: int) -> None:
        """Cut the file off; on the platter it is not."""
        self._undo.append(Undo(size, 0, self.size, self.read(self.size, size)))
        self._cut(size)

    def sync(self) -> None:
        """Bring everything to the platter."""
        self._undo.clear()
        self.is_synced = True

    def lose(self, chance: random.Random) -> None:
        """Fall back to the platter; half the time some sectors of what waited made it there, in no promised order."""
        is_torn = happens(chance, 500)
        waiting = [(one, self.read(one.length, one.at)) for one in self._undo]
        for one in reversed(self._undo):
            self._cut(one.size)
            self._put(one.at, one.before)
        for one, data in waiting if is_torn else ():
            for start, end in _sectors(one.at, len(data)):
                if happens(chance, 500):
                    self._put(one.at + start, data[start:end])
        self._undo.clear()

    def close(self) -> None:
        """Give the spool back."""
        self._spool.close()

    def _put(self, at: int, data: bytes) -> None:
        os.pwrite(self._spool.fileno(), data, at)
        self.size = max(self.size, at + len(data))

    def _cut(self, size: int) -> None:
        os.ftruncate(self._spool.fileno(), size)
        self.size = size


class Drive(apsw.VFS):
    """The files of a hall's machines; `countdown` operations from now the power goes, and `on_cut` is called once."""

    def __init__(self, chance: random.Random) -> None:
        self.name = f"hall24-drive-{next(_DRIVES)}"
        self.files: dict[str, DriveFile] = {}
        self.syncs = 0
        self.is_off = False
        self.countdown: int | None = None
        self._chance = chance
        self._is_closing = False
        super().__init__(self.name, base="")

    def open(self, path: Path) -> sqlite3.Connection:
        """Open a database as every hall does."""
        connection = apsw.Connection(str(path), vfs=self.name)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        for pragma in store.PRAGMAS:
            connection.execute(pragma).fetchall()
        return cast("sqlite3.Connection", DriveConnection(connection))

    def abandon(self, connection: sqlite3.Connection) -> None:
        """Let go of a dead program's database as kill -9 does: nothing is written any more, what was written stays."""
        before, self._is_closing = self._is_closing, True
        cast("DriveConnection", connection).drop()
        self._is_closing = before

    def cut_power(self) -> None:
        """Lose what is not on the platter; files that never were synced are gone."""
        for name, file in list(self.files.items()):
            file.lose(self._chance)
            if not file.is_synced:
                self.files.pop(name).close()
        self.is_off, self.countdown = False, None

    def step(self) -> None:
        """Pass one write or sync; raise NoPowerError from the moment the power is gone."""
        if self.countdown is not None and not self._is_closing:
            self.countdown -= 1
            self.is_off = self.is_off or self.countdown <= 0
        if self.is_off:
            raise NoPowerError("the power is gone")

    def close(self) -> None:
        """Give every file back."""
        for file in self.files.values():
            file.close()
        self.unregister()

    @property
    def is_frozen(self) -> bool:
        """Whether what is written now changes nothing."""
        return self._is_closing

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open a file, made if need be."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        if path not in self.files:
            self.files[path] = DriveFile()
        return cast("apsw.VFSFile", DriveHandle(self, self.files[path]))

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        """Tell whether there is such a file."""
        return pathname in self.files

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file."""
        if not self._is_closing:
            self.step()
            if (file := self.files.pop(filename, None)) is not None:
                file.close()

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Return the name as it is."""
        return name


class DriveHandle:
    """One open file, as SQLite asks for it."""

    def __init__(self, drive: Drive, file: DriveFile) -> None:
        self._drive, self._file = drive, file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        """Return what the system shows."""
        return self._file.read(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write without syncing."""
        if not self._drive.is_frozen:
            self._drive.step()
            self._file.write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Cut the file off."""
        if not self._drive.is_frozen:
            self._drive.step()
            self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Bring everything to the platter."""
        if not self._drive.is_frozen:
            self._drive.step()
            self._drive.syncs += 1
            self._file.sync()

    def xFileSize(self) -> int:  # noqa: N802
        """Return its length in bytes."""
        return self._file.size

    def xLock(self, level: int) -> None:  # noqa: N802
        """One connection a file: nobody else asks."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """One connection a file: nobody else asks."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        """Nobody else holds a lock."""
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        """Leave everything to SQLite."""
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        """Return what is written whole."""
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        """Promise nothing."""
        return 0

    def xClose(self) -> None:  # noqa: N802
        """The file stays on the drive."""


class DriveCursor:
    """What sqlite3 gives for a statement: rows, and how many it changed."""

    def __init__(self, rows: apsw.Cursor, changes: Callable[[], int]) -> None:
        self._rows, self.rowcount = rows, changes()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return self._rows.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return every row left."""
        return self._rows.fetchall()


class DriveConnection:
    """The calls of sqlite3.Connection the programs use, on a drive; its errors are sqlite3's."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> DriveCursor:
        """Run one statement."""
        return self._run(lambda: self._connection.execute(sql, parameters))

    def executemany(self, sql: str, rows: Iterator[Sequence[Any]]) -> DriveCursor:
        """Run one statement for every row."""
        return self._run(lambda: self._connection.executemany(sql, rows))

    def executescript(self, script: str) -> DriveCursor:
        """Run a script."""
        return self._run(lambda: self._connection.execute(script))

    def drop(self) -> None:
        """Let go of the files without a word."""
        self._connection.close(force=True)

    def close(self) -> None:
        """Close the database in good order."""
        self._connection.close()

    def _run(self, work: Callable[[], apsw.Cursor]) -> DriveCursor:
        try:
            return DriveCursor(work(), self._connection.changes)
        except apsw.ConstraintError as error:
            raise sqlite3.IntegrityError(str(error)) from error
        except (apsw.Error, NoPowerError) as error:
            raise sqlite3.OperationalError(str(error)) from error


def _sectors(at: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where a write goes, cut where the drive's sectors end."""
    start = 0
    while start < length:
        end = min(length, start + SECTOR - (at + start) % SECTOR)
        yield start, end
        start = end
