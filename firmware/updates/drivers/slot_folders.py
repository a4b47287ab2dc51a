"""One program's releases on a machine: a folder for each, and the name `current` that is moved in one step.

A release on trial is written to `trial.json` before `current` moves: whoever starts afterwards knows where to go back.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from firmware.updates.core.trial import Trial
from firmware.updates.drivers import durable
from firmware.updates.drivers.release_store import Release
from firmware.updates.errors import SlotError

CURRENT, TRIAL, HISTORY, INSTALLED = "current", "trial.json", "history.jsonl", "installed.json"
KEPT_RELEASES = 2


class OnTrial(msgspec.Struct, frozen=True):
    """A release on trial, and what runs again if it does not prove itself."""

    version: str
    before: str
    began: datetime
    seconds: int

    @property
    def trial(self) -> Trial:
        """What has to be proved."""
        return Trial(self.version, self.began, self.seconds)


class Past(msgspec.Struct, frozen=True):
    """What became of a release."""

    at: datetime
    version: str
    end: str
    why: str = ""


class SlotFolders:
    """The folder of one program's releases."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def current(self) -> Path:
        """The folder the program is started from."""
        return self._root / CURRENT

    @property
    def version(self) -> str:
        """The version `current` leads to; empty before the first."""
        return self.current.readlink().name if self.current.is_symlink() else ""

    @property
    def counter(self) -> int:
        """The newest counter that was kept here."""
        path = self._root / INSTALLED
        return int(msgspec.json.decode(path.read_bytes())) if path.exists() else 0

    @property
    def on_trial(self) -> OnTrial | None:
        """The release on trial, if there is one."""
        path = self._root / TRIAL
        try:
            return msgspec.json.decode(path.read_bytes(), type=OnTrial) if path.exists() else None
        except msgspec.DecodeError as error:
            raise SlotError(f"{path} is damaged: {error}; point {self.current} at a release that ran") from error

    def install(self, release: Release) -> Path:
        """Copy a release into its own folder, every file checked and flushed; return it."""
        target = self._root / release.manifest.version
        if target.name in (CURRENT, TRIAL, HISTORY, INSTALLED):
            raise SlotError(f"a release may not be called {target.name}")
        if self.version == target.name:
            raise SlotError(f"{target.name} runs already")
        fresh = self._root / f".{target.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for line in release.manifest.files:
            durable.write(fresh / line.name, release.read(line.name))
        shutil.rmtree(target, ignore_errors=True)
        fresh.replace(target)
        durable.flush_folder(self._root)
        return target

    def begin(self, trial: Trial) -> None:
        """Let a release take its place on trial."""
        if self.on_trial is not None:
            raise SlotError(f"{self.on_trial.version} is on trial: wait until it is kept or left")
        note = OnTrial(trial.version, self.version, trial.began, trial.seconds)
        durable.write(self._root / TRIAL, msgspec.json.encode(note))
        self.point_to(trial.version)

    def keep(self, now: datetime, counter: int) -> None:
        """Keep the release on trial; of the older ones only the one before it stays."""
        trial = self._trial()
        durable.write(self._root / INSTALLED, str(max(counter, self.counter)).encode())
        self._remember(Past(now, trial.version, "kept"))
        (self._root / TRIAL).unlink()
        self._sweep({trial.version, trial.before})

    def leave(self, now: datetime, why: str) -> None:
        """Go back to what ran before the release on trial."""
        trial = self._trial()
        if trial.before:
            self.point_to(trial.before)
        self._remember(Past(now, trial.version, "left", why))
        (self._root / TRIAL).unlink()

    def point_to(self, version: str) -> None:
        """Move `current` to a release in one step (rename of a symbolic link)."""
        if not (self._root / version).is_dir():
            raise SlotError(f"{self._root / version} is not there: install the release first")
        fresh = self._root / f".{CURRENT}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(version)
        fresh.replace(self.current)
        durable.flush_folder(self._root)

    def history(self) -> list[Past]:
        """Return what became of every release."""
        path = self._root / HISTORY
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [msgspec.json.decode(line, type=Past) for line in lines]

    def _trial(self) -> OnTrial:
        trial = self.on_trial
        if trial is None:
            raise SlotError("nothing is on trial")
        return trial

    def _remember(self, past: Past) -> None:
        with (self._root / HISTORY).open("ab") as file:
            file.write(msgspec.json.encode(past) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _sweep(self, kept: set[str]) -> None:
        for path in sorted(self._root.iterdir()):
            if path.is_dir() and not path.is_symlink() and path.name not in kept:
                shutil.rmtree(path)
