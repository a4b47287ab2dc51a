"""A program's release folders: moved in one step, whole after a cut at every step."""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from update_rig import NIGHT, store

from firmware.updates.app.build import build
from firmware.updates.app.program_update import ProgramUpdate
from firmware.updates.core.trial import Evidence, Trial
from firmware.updates.drivers import durable
from firmware.updates.drivers.release_store import Release, Withdrawal
from firmware.updates.drivers.signing_key import signing_key
from firmware.updates.drivers.slot_folders import SlotFolders
from firmware.updates.errors import ReleaseError, SlotError
from hallkit.runtime.clock import SystemClock


class PowerCutError(Exception):
    """The power went."""


def release(folder: Path, version: str, **more: int) -> Release:
    files = {"RELEASE": version.encode(), "queue_caller/app.py": b"print()\n" * 10}
    key = signing_key(folder / "authority")
    return build(store(folder), key, "queue-engine", "host", version, files, NIGHT, **more)


class QuickClock(SystemClock):
    """Time passes as fast as it is slept."""

    def __init__(self, now: datetime = NIGHT) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Engine:
    """A program that runs what `current` led to when it was started; some versions are no good."""

    slots: SlotFolders
    bad: tuple[str, ...] = ()
    runs: str = ""
    starts: list[str] = field(default_factory=list)
    needed: int = 0

    async def restart(self) -> None:
        self.runs = self.slots.version
        self.starts.append(self.runs)

    async def evidence(self) -> Evidence:
        return Evidence(self.runs, answered=self.runs not in self.bad)

    async def is_needed(self) -> bool:
        self.needed -= 1
        return self.needed > 0


def updater(folder: Path, engine: Engine, clock: QuickClock, said: list[str]) -> ProgramUpdate:
    return ProgramUpdate("queue-engine", engine.slots, engine, clock, said.append)


async def test_a_good_release_is_kept_and_a_bad_one_leaves_by_itself(tmp_path: Path) -> None:
    engine, said = Engine(SlotFolders(tmp_path / "slots"), bad=("0.3.0",)), []
    update = updater(tmp_path, engine, QuickClock(), said)
    assert await update.update(release(tmp_path, "0.2.0"), "22:00-06:00")
    assert not await update.update(release(tmp_path, "0.3.0"), "22:00-06:00")
    assert engine.slots.version == engine.runs == "0.2.0"
    assert engine.starts == ["0.2.0", "0.3.0", "0.2.0"]
    assert [(one.version, one.end) for one in engine.slots.history()] == [("0.2.0", "kept"), ("0.3.0", "left")]
    assert said[-1] == "queue-engine: 0.3.0 is left: it did not answer a request; 0.2.0 runs again"
    assert await update.update(release(tmp_path, "0.4.0"), "22:00-06:00")
    assert sorted(one.name for one in (tmp_path / "slots").iterdir() if one.is_dir()) == ["0.2.0", "0.4.0", "current"]


async def test_it_waits_for_the_quiet_hours_and_until_nobody_is_served(tmp_path: Path) -> None:
    engine, clock = Engine(SlotFolders(tmp_path / "slots"), needed=20), QuickClock(NIGHT.replace(hour=21, minute=59))
    assert await updater(tmp_path, engine, clock, []).update(release(tmp_path, "0.2.0"), "22:00-06:00")
    assert clock.now() >= NIGHT.replace(hour=22, minute=0, second=9)


async def test_a_release_that_may_not_be_used_changes_nothing(tmp_path: Path) -> None:
    engine = Engine(SlotFolders(tmp_path / "slots"))
    update = updater(tmp_path, engine, QuickClock(), [])
    old, new = release(tmp_path, "0.2.0"), release(tmp_path, "0.3.0")
    assert await update.update(new, "00:00-00:00")
    with pytest.raises(ReleaseError, match="not newer"):
        await update.update(old, "00:00-00:00")
    store(tmp_path).withdraw("queue-engine", "host", "0.2.0", Withdrawal(NIGHT, "wrong"))
    with pytest.raises(ReleaseError, match="withdrawn"):
        await update.update(store(tmp_path).get("queue-engine", "host", "0.2.0"), "00:00-00:00")
    assert engine.starts == ["0.3.0"]
    back = release(tmp_path, "0.2.1", allows_from=2)
    assert await update.update(back, "00:00-00:00")


async def test_a_cut_at_every_write_leaves_a_release_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = release(tmp_path, "0.2.0"), release(tmp_path, "0.3.0")
    whole, cuts = durable.flush_folder, 0
    for cut in range(40):
        root = tmp_path / f"slots-{cut}"
        engine = Engine(SlotFolders(root))
        assert await updater(tmp_path, engine, QuickClock(), []).update(first, "00:00-00:00")
        left = [cut]

        def flush(folder: Path, left: list[int] = left) -> None:
            if not left[0]:
                raise PowerCutError
            left[0] -= 1
            whole(folder)

        monkeypatch.setattr(durable, "flush_folder", flush)
        try:
            await updater(tmp_path, engine, QuickClock(), []).update(second, "00:00-00:00")
        except PowerCutError:
            cuts += 1
        monkeypatch.setattr(durable, "flush_folder", whole)
        again = Engine(SlotFolders(root))
        await again.restart()
        await updater(tmp_path, again, QuickClock(), []).recover(2)
        assert again.slots.on_trial is None
        assert again.slots.version in ("0.2.0", "0.3.0")
        assert (again.slots.current / "RELEASE").read_text() == again.slots.version
        shutil.rmtree(root)
    assert cuts >= 6


def test_one_release_at_a_time_and_only_one_that_is_there(tmp_path: Path) -> None:
    slots = SlotFolders(tmp_path / "slots")
    slots.install(release(tmp_path, "0.2.0"))
    slots.begin(Trial("0.2.0", NIGHT, 60))
    with pytest.raises(SlotError, match="on trial"):
        slots.begin(Trial("0.2.0", NIGHT, 60))
    with pytest.raises(SlotError, match="not there"):
        slots.point_to("0.9.0")
