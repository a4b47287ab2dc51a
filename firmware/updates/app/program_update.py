"""A program of the hall updated on its own machine: the new release takes its place, proves itself, or leaves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from firmware.updates.core import manifest as manifests
from firmware.updates.core.manifest import HOST_CHIP
from firmware.updates.core.quiet_hours import is_quiet
from firmware.updates.core.trial import Evidence, Trial, Verdict
from firmware.updates.drivers.release_store import Release
from firmware.updates.drivers.slot_folders import OnTrial, SlotFolders
from firmware.updates.errors import ReleaseError
from hallkit.runtime.clock import Clock

GATE_SECONDS = 120
LOOK_EVERY = 0.5
"""Seconds between two questions to a program on trial."""
Say = Callable[[str], None]


class Program(Protocol):
    """A program as its updater sees it."""

    async def restart(self) -> None:
        """Start it anew from where `current` leads."""

    async def evidence(self) -> Evidence:
        """Return what the hall sees of it now."""

    async def is_needed(self) -> bool:
        """Return whether somebody is being served with it at this moment."""


class ProgramUpdate:
    """One program's releases, and the program itself."""

    def __init__(self, name: str, slots: SlotFolders, program: Program, clock: Clock, say: Say) -> None:
        self._name, self._slots, self._program, self._clock, self._say = name, slots, program, clock, say

    async def update(self, release: Release, quiet: str, gate_seconds: int = GATE_SECONDS) -> bool:
        """Install a release and let it prove itself; return whether it was kept, else the one before runs again.

        Waits for the quiet hours and until nobody is served; raise ReleaseError for a release that may not be used.
        """
        self._check(release)
        version = release.manifest.version
        self._slots.install(release)
        self._say(f"{self._name}: {version} is installed beside {self._slots.version or 'nothing'}")
        await self._wait_until_quiet(quiet)
        self._check(release)
        self._say(f"{self._name}: goes away for {version}; machines give tickets of their own blocks until it is back")
        self._slots.begin(Trial(version, self._clock.now(), gate_seconds))
        await self._program.restart()
        return await self._prove(release.manifest.counter)

    async def recover(self, counter: int = 0) -> bool | None:
        """Finish what was broken off; return whether a release on trial was kept, None if there was none.

        The machine that died in the middle started whatever `current` led to: that is judged as any trial is.
        """
        if self._slots.on_trial is None:
            return None
        if self._slots.version != self._slots.on_trial.version:
            self._slots.leave(self._clock.now(), "broken off before it took its place")
            return False
        return await self._prove(counter)

    async def _prove(self, counter: int) -> bool:
        note = self._slots.on_trial
        assert note is not None
        seen = Evidence()
        while True:
            seen = await self._look(note)
            verdict = note.trial.judge(seen, self._clock.now())
            if verdict is Verdict.KEPT:
                self._slots.keep(self._clock.now(), counter)
                self._say(f"{self._name}: {note.version} proved itself and is kept")
                return True
            if verdict is Verdict.LEFT:
                break
            await self._clock.sleep(LOOK_EVERY)
        why = note.trial.lacks(seen)
        self._slots.leave(self._clock.now(), why)
        self._say(f"{self._name}: {note.version} is left: {why}; {note.before} runs again")
        await self._program.restart()
        return False

    async def _look(self, note: OnTrial) -> Evidence:
        """Return what is seen, in no more time than the trial has left."""
        left = max(LOOK_EVERY, (note.trial.ends - self._clock.now()) / timedelta(seconds=1))
        return await _within(self._program.evidence(), left)

    async def _wait_until_quiet(self, quiet: str) -> None:
        told = False
        while not is_quiet(quiet, self._clock.now()) or await self._program.is_needed():
            if not told:
                self._say(f"{self._name}: waits for its quiet hours, and until nobody is served")
            told = True
            await self._clock.sleep(LOOK_EVERY)

    def _check(self, release: Release) -> None:
        if release.withdrawn is not None:
            raise ReleaseError(f"{release.manifest.version} was withdrawn: {release.withdrawn.why}")
        manifests.check_for(release.manifest, self._name, HOST_CHIP, self._slots.counter, self._clock.now())


async def _within(look: Awaitable[Evidence], seconds: float) -> Evidence:
    try:
        return await asyncio.wait_for(look, seconds)
    except TimeoutError:
        return Evidence()
