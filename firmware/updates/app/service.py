"""The update service: every rollout, who may be offered what now, what devices said. I/O only through its drivers."""

import asyncio
import fcntl
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from firmware.updates.core import audit as audit_lines
from firmware.updates.core import rollout as rollouts
from firmware.updates.core.rollout import IN_FLIGHT, Place, Rollout, Sight, Stage
from firmware.updates.core.rollout_events import (
    AnyEvent,
    Failed,
    Paused,
    Plan,
    Planned,
    Resumed,
    Stopped,
    Succeeded,
    Taken,
)
from firmware.updates.drivers.audit_file import AuditFile
from firmware.updates.drivers.order_box import Order, OrderBox
from firmware.updates.drivers.release_store import Release, ReleaseStore
from firmware.updates.errors import ReleaseError, RolloutError
from hallkit.runtime.clock import Clock

ROLLOUTS, ORDERS, LOCK = "rollouts", "orders", "lock"
LATELY = timedelta(hours=1)
"""A device that polled within this time is there."""
LOOK_EVERY = 30.0
"""Seconds after which the hall is looked at again though nothing was heard: quiet hours begin and end by themselves."""


@dataclass(slots=True)
class Kept:
    """A rollout with the file that keeps it."""

    rollout: Rollout
    audit: AuditFile


@dataclass(frozen=True, slots=True)
class Action:
    """What a device is asked for: its place in a rollout, and the release."""

    rollout: Rollout
    place: Place
    release: Release

    @property
    def number(self) -> int:
        """The number the device answers under."""
        return self.place.action


class UpdateService:
    """`secret` binds a download address to one device and one offer; `sight` says what is seen of the hall."""

    def __init__(self, folder: Path, store: ReleaseStore, clock: Clock, secret: bytes) -> None:
        self.store, self._folder, self._clock, self._secret = store, folder / ROLLOUTS, clock, secret
        self._kept: dict[str, Kept] = {}
        self._polled: dict[str, datetime] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        self.windows: frozenset[int] | None = None
        self.there: frozenset[str] = frozenset()
        self.on_event: list[Callable[[Rollout, AnyEvent], None]] = []
        self._news = asyncio.Event()
        self._box, self._lock = OrderBox(folder / ORDERS), _only_one(folder)
        for path in sorted(self._folder.glob("*.jsonl")):
            audit = AuditFile(path)
            if audit.events:
                self._kept[path.stem] = Kept(rollouts.replay(audit.events), audit)

    @property
    def rollouts(self) -> list[Rollout]:
        """Every rollout, in the order of their names."""
        return [self._kept[name].rollout for name in sorted(self._kept)]

    def open(self, plan: Plan, by: str) -> Rollout:
        """Begin a rollout of a release that is there, whole and not withdrawn."""
        self.store.verify(plan.kind, plan.chip, plan.version)
        self.store.usable(plan.kind, plan.chip, plan.version)
        if plan.name in self._kept or not plan.name.replace("-", "").isalnum():
            raise RolloutError(f"{plan.name!r} is taken or no name: letters, digits and '-'")
        made = rollouts.begin(plan)
        audit = AuditFile(self._folder / f"{plan.name}.jsonl")
        audit.add(Planned(at=self._clock.now(), plan=plan, by=by))
        self._kept[plan.name] = Kept(made, audit)
        self._news.set()
        return made

    def order(self, name: str, word: str, by: str) -> None:
        """Let somebody pause, resume or stop a rollout; raise RolloutError for another name or word."""
        now = self._clock.now()
        orders: Mapping[str, AnyEvent] = {
            "pause": Paused(at=now, by=by), "resume": Resumed(at=now, by=by), "stop": Stopped(at=now, why=f"by {by}"),
        }  # fmt: skip
        if name not in self._kept or word not in orders:
            raise RolloutError(f"there is no rollout {name!r}, or {word!r} is none of {', '.join(orders)}")
        self._add(self._kept[name], orders[word])
        self._news.set()

    def look(self) -> None:
        """Decide what is to happen now and tell it; the audit has it before anybody else."""
        self._box.take(self._carry_out)
        now = self._clock.now()
        for kept in list(self._kept.values()):
            if kept.rollout.finished:
                continue
            events = [*self._withdrawn(kept.rollout, now)]
            for event in events:
                kept.rollout.apply(event)
            events += rollouts.decide(kept.rollout, now, self._sight(kept.rollout, now))
            if events:
                kept.audit.add(*events)
            for event in events:
                self._tell(kept.rollout, event)

    def wake(self) -> None:
        """Look again soon: something was seen or said."""
        self._news.set()

    async def run(self) -> None:
        """Look whenever something is heard, and now and then, until cancelled."""
        while True:
            self._news.clear()
            self.look()
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    def polled(self, name: str) -> None:
        """Note that a device asked."""
        self._polled[name] = self._clock.now()
        self.look()

    def action(self, name: str) -> Action | None:
        """Return what a device is to do now, or None."""
        for kept in self._kept.values():
            place = kept.rollout.places.get(name)
            if place is not None and place.stage in IN_FLIGHT:
                return self._action(kept.rollout, place)
        return None

    def action_of(self, name: str, number: int) -> Action | None:
        """Return the action a device speaks of while it is open; None once it is over; RolloutError if never told."""
        known = False
        for kept in self._kept.values():
            place = kept.rollout.places.get(name)
            if place is not None and place.action == number:
                if place.stage in IN_FLIGHT:
                    return self._action(kept.rollout, place)
                known = True
        if known:
            return None
        raise RolloutError(f"{name} was never told of action {number}")

    def is_cancelled(self, action: Action) -> bool:
        """Return whether a device that has begun is to leave an action."""
        return bool(action.rollout.stopped) and action.place.stage is Stage.TAKEN

    def taken(self, action: Action) -> None:
        """Note that a device has begun."""
        if action.place.stage is Stage.OFFERED:
            self._say(action, Taken(at=self._clock.now(), target=action.place.target.name))

    def ended(self, action: Action, why: str = "") -> None:
        """Note that a device runs the release, or why it does not."""
        now, name = self._clock.now(), action.place.target.name
        self._say(action, Failed(at=now, target=name, why=why[:200]) if why else Succeeded(at=now, target=name))
        self._news.set()

    def capability(self, name: str, number: int) -> str:
        """Return the word that lets one device fetch one offer's files."""
        text = f"{name}/{number}".encode()
        return f"{name}.{number}.{hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]}"

    def fetched_by(self, capability: str) -> Action | None:
        """Return the open action a download's word is for, or None."""
        name, _, rest = capability.partition(".")
        number = rest.partition(".")[0]
        if not number.isdigit() or not hmac.compare_digest(capability.encode(), self._word(name, number)):
            return None
        try:
            return self.action_of(name, int(number))
        except RolloutError:
            return None

    def close(self) -> None:
        """Let go of every file."""
        os.close(self._lock)
        for kept in self._kept.values():
            kept.audit.close()

    def _carry_out(self, order: Order) -> None:
        if order.plan is not None:
            self.open(order.plan, order.by)
        else:
            self.order(order.rollout, order.word, order.by)

    def _word(self, name: str, number: str) -> bytes:
        return self.capability(name, int(number)).encode()

    def _action(self, rollout: Rollout, place: Place) -> Action:
        plan = rollout.plan
        return Action(rollout, place, self.store.get(plan.kind, plan.chip, plan.version))

    def _say(self, action: Action, event: AnyEvent) -> None:
        self._add(self._kept[action.rollout.plan.name], event)

    def _add(self, kept: Kept, event: AnyEvent) -> None:
        kept.audit.add(event)
        kept.rollout.apply(event)
        self._tell(kept.rollout, event)

    def _tell(self, rollout: Rollout, event: AnyEvent) -> None:
        for listener in self.on_event:
            listener(rollout, event)

    def _withdrawn(self, rollout: Rollout, now: datetime) -> Iterator[AnyEvent]:
        plan = rollout.plan
        if rollout.is_over:
            return
        try:
            self.store.usable(plan.kind, plan.chip, plan.version)
        except ReleaseError as error:
            yield Stopped(at=now, why=str(error)[:200])

    def _sight(self, rollout: Rollout, now: datetime) -> Sight:
        """Return what is seen; a window another rollout works at counts as one where somebody is served."""
        others = {
            place.target.window
            for kept in self._kept.values()
            if kept.rollout is not rollout
            for place in kept.rollout.of(*IN_FLIGHT)
        }
        elsewhere = {window for window in others if window is not None}
        polled = {name for name, at in self._polled.items() if now - at <= LATELY}
        windows = None if self.windows is None and not elsewhere else (self.windows or frozenset()) | elsewhere
        return Sight(windows, self.there | polled)


def kept_rollouts(folder: Path) -> list[Rollout]:
    """Return the rollouts in a service's folder without touching it; a service may be writing there."""
    files = sorted((folder / ROLLOUTS).glob("*.jsonl"))
    told = [list(audit_lines.read(audit_lines.whole(path.read_bytes()))) for path in files]
    return [rollouts.replay(events) for events in told if events]


def _only_one(folder: Path) -> int:
    """Return a lock on the folder; raise RolloutError if another service works there."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise RolloutError("another update service works in this folder: end it first") from error
    return descriptor
