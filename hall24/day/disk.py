"""The hall's disks in virtual time: what a killed program had not committed is gone."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hallkit.runtime.store import open_database
from intake_server.errors import LedgerStoreError

if TYPE_CHECKING:
    from hall24.day.platter import Drive

T = TypeVar("T")
SPOOL = Path("/dev/shm")
"""Where files lie if there is such a place, which is memory but not ours; else in the folder for temporary files."""

_WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """The program died at this very step, as by kill -9; nobody may handle it."""


class Moment(StrEnum):
    """Which side of a commit a program dies on."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class Trap:
    """Kills `owner` at its `countdown`-th commit from now; `spring` is called once."""

    owner: str
    countdown: int
    moment: Moment
    spring: Callable[[str], None]


@dataclass(slots=True)
class SimulatedDisk:
    """Databases by path, in memory, in a `folder` or on a `drive`; `full` owners cannot commit.

    `on_commit` hears every commit as (owner, path), `on_no_power` that a program found the power gone in a write.
    """

    drive: "Drive | None" = None
    folder: Path | None = None
    databases: dict[Path, sqlite3.Connection] = field(default_factory=dict)
    full: dict[str, bool] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)
    on_commit: Callable[[str, Path], None] = field(default=lambda owner, path: None)
    on_no_power: Callable[[], None] = field(default=lambda: None)
    _open: dict[str, list["DiskConnection"]] = field(default_factory=dict)
    _traps: dict[str, Trap] = field(default_factory=dict)

    def open(self, owner: str, path: Path) -> sqlite3.Connection:
        """Open a program's database at `path`, empty the first time."""
        connection = DiskConnection(self, owner, path, self.database(path))
        self._open.setdefault(owner, []).append(connection)
        return cast("sqlite3.Connection", connection)

    def database(self, path: Path) -> sqlite3.Connection:
        """Return what the disk holds at `path`, as whoever opens it now would find it."""
        if path not in self.databases:
            self.databases[path] = self.drive.open(path) if self.drive is not None else open_database(self._place(path))
        return self.databases[path]

    def _place(self, path: Path) -> str | Path:
        return ":memory:" if self.folder is None else self.folder / path.name

    def lose_power(self) -> None:
        """Lose what is not on the platter; every program of the hall has died."""
        if self.drive is not None:
            for path in list(self.databases):
                self._abandon(path)
            self.drive.cut_power()

    def close(self) -> None:
        """Let go of every file."""
        for path, database in list(self.databases.items()):
            self._abandon(path)
            if self.drive is None:
                database.close()
        if self.drive is not None:
            self.drive.close()

    def set_trap(self, trap: Trap) -> None:
        """Kill a program at one of its next commits."""
        self._traps[trap.owner] = trap

    def take_trap(self, trap: Trap) -> None:
        """Take a trap away if it still waits."""
        if self._traps.get(trap.owner) is trap:
            del self._traps[trap.owner]

    def kill(self, owner: str) -> None:
        """Take a program's files away: what it had not committed is rolled back, what it tries next is refused."""
        self._traps.pop(owner, None)
        for connection in self._open.pop(owner, []):
            connection.die()
            self._abandon(connection.path)

    def power_is_gone(self, owner: str) -> None:
        """Let everybody die with a program that found the power gone in the middle of a write."""
        self.kill(owner)
        self.on_no_power()
        raise Killed(f"{owner} lost its power in a write")

    def _abandon(self, path: Path) -> None:
        if self.drive is not None and (database := self.databases.pop(path, None)) is not None:
            self.drive.abandon(database)

    def step(self, owner: str, moment: Moment) -> None:
        """Pass a commit point; raise Killed where a trap waits, OperationalError on a full disk."""
        if moment is Moment.BEFORE:
            self.refuse_if_full(owner)
        self.pass_point(owner, moment)

    def refuse_if_full(self, owner: str) -> None:
        """Raise OperationalError on a full disk."""
        if self.full.get(owner):
            raise sqlite3.OperationalError("database or disk is full")

    def pass_point(self, owner: str, moment: Moment) -> None:
        """Count a commit; raise Killed where a trap waits."""
        if moment is Moment.BEFORE:
            self.commits[owner] = self.commits.get(owner, 0) + 1
        trap = self._traps.get(owner)
        if trap is None or trap.moment is not moment:
            return
        trap.countdown -= 1
        if trap.countdown <= 0:
            self.kill(owner)
            trap.spring(owner)
            raise Killed(f"{owner} died {moment.value} a commit")


class CentreWriter:
    """The centre's writer: each piece of its work is one commit, on a disk that may be full or die."""

    owner = "intake"

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; raise LedgerStoreError on a full disk and Killed where a trap waits."""
        try:
            self._disk.refuse_if_full(self.owner)
        except sqlite3.Error as error:
            raise LedgerStoreError(str(error)) from error
        return await self.read(work)

    async def read(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, however full the disk; raise Killed where a trap waits."""
        self._disk.pass_point(self.owner, Moment.BEFORE)
        done = work()
        self._disk.pass_point(self.owner, Moment.AFTER)
        return done

    def close(self) -> None:
        """Nothing is left to stop."""


class DiskConnection:
    """What a program holds of a database: the calls of sqlite3.Connection the programs use."""

    def __init__(self, disk: SimulatedDisk, owner: str, path: Path, database: sqlite3.Connection) -> None:
        self._disk, self._owner, self.path, self._database = disk, owner, path, database
        self._is_dead = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return not self._is_dead and self._database.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement; raise Killed if the program is dead or dies here."""
        return self._run(sql, lambda: self._database.execute(sql, parameters))

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        """Run one statement for every row."""
        return self._run(sql, lambda: self._database.executemany(sql, rows))

    def executescript(self, script: str) -> sqlite3.Cursor:
        """Run a script of table definitions."""
        self._check()
        return self._powered(lambda: self._database.executescript(script))

    def close(self) -> None:
        """Let go; the database stays on the disk."""
        self.die()

    def die(self) -> None:
        """Roll back what is open and refuse everything from now on."""
        if not self._is_dead and self._disk.drive is None and self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self._is_dead = True

    def _run(self, sql: str, work: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        self._check()
        word = sql.lstrip()[:6].upper()
        if word != "COMMIT" and (word not in _WRITES or self._database.in_transaction):
            return self._powered(work)
        self._disk.step(self._owner, Moment.BEFORE)
        done = self._powered(work)
        self._disk.on_commit(self._owner, self.path)
        self._disk.step(self._owner, Moment.AFTER)
        return done

    def _powered(self, work: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        """Return what `work` returns; if the power goes meanwhile, everybody dies."""
        try:
            return work()
        except sqlite3.Error:
            if self._disk.drive is not None and self._disk.drive.is_off:
                self._disk.power_is_gone(self._owner)
            raise

    def _check(self) -> None:
        if self._is_dead:
            raise Killed(f"{self._owner} is dead")
