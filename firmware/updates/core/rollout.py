"""A rollout: what its events made of it, and what is to happen next. Pure; time and what the hall shows come in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from firmware.updates.core.quiet_hours import is_quiet, read
from firmware.updates.core.rollout_events import (
    MOST_TARGETS,
    AnyEvent,
    Event,
    Failed,
    Finished,
    Offered,
    Paused,
    Plan,
    Planned,
    Resumed,
    Stopped,
    Succeeded,
    Taken,
    Target,
    WaveOpened,
    Withdrawn,
)
from firmware.updates.errors import RolloutError


class Stage(StrEnum):
    """Where one device is."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"


_STAGES: dict[type[Event], Stage] = {
    Offered: Stage.OFFERED,
    Taken: Stage.TAKEN,
    Withdrawn: Stage.WAITING,
    Succeeded: Stage.DONE,
    Failed: Stage.FAILED,
}
IN_FLIGHT = (Stage.OFFERED, Stage.TAKEN)
ENDED = (Stage.DONE, Stage.FAILED)
NO_WORD = "no word in time"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of the hall: windows that call or serve somebody, devices that are there.

    `windows` None: no board has been seen, nobody knows who is being served.
    """

    windows: frozenset[int] | None
    there: frozenset[str]


@dataclass(slots=True)
class Place:
    """One device in the rollout: its wave, stage, the number of its offer, when the stage began, why it failed."""

    target: Target
    wave: int
    stage: Stage = Stage.WAITING
    action: int = 0
    since: datetime | None = None
    why: str = ""


@dataclass(slots=True)
class Rollout:
    """Everything a rollout's events say."""

    plan: Plan
    places: dict[str, Place]
    wave: int = -1
    opened: datetime | None = None
    actions: int = 0
    paused: bool = False
    stopped: str = ""
    finished: bool = False
    last_end: datetime | None = None
    _windows: dict[int, int] = field(default_factory=dict)

    def at(self, name: str) -> Place:
        """Return a device's place; raise RolloutError if it is none of this rollout's."""
        if name not in self.places:
            raise RolloutError(f"{self.plan.name} does not reach {name}: add it to another rollout")
        return self.places[name]

    def of(self, *stages: Stage) -> list[Place]:
        """Return the places in some stages, in the plan's order."""
        return [one for one in self.places.values() if one.stage in stages]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is going to be offered."""
        return self.finished or bool(self.stopped)

    def is_window_taken(self, window: int | None) -> bool:
        """Return whether a device at this window is being updated."""
        return window is not None and self._windows.get(window, 0) > 0

    def apply(self, event: AnyEvent) -> None:
        """Take one event in; raise RolloutError for one that cannot follow."""
        match event:
            case WaveOpened():
                self.wave, self.opened = event.wave, event.at
            case Offered() | Taken() | Withdrawn() | Succeeded() | Failed():
                self._place(event)
            case Paused() | Resumed():
                self.paused = isinstance(event, Paused)
            case Stopped():
                self.stopped = event.why
            case Finished():
                self.finished = True
            case Planned():
                raise RolloutError("a rollout is planned once")

    def _place(self, event: Offered | Taken | Withdrawn | Succeeded | Failed) -> None:
        self._move(event.target, _STAGES[type(event)], event.at)
        if isinstance(event, Offered):
            self.actions = max(self.actions, event.action)
            self.at(event.target).action = event.action
        elif isinstance(event, Failed):
            self.at(event.target).why = event.why

    def _move(self, name: str, stage: Stage, at: datetime) -> None:
        place = self.at(name)
        if place.stage in ENDED:
            raise RolloutError(f"{name} has ended in {self.plan.name} already")
        step = (stage in IN_FLIGHT) - (place.stage in IN_FLIGHT)
        if place.target.window is not None:
            self._windows[place.target.window] = self._windows.get(place.target.window, 0) + step
        if stage in ENDED:
            self.last_end = at
        place.stage, place.since = stage, at


def begin(plan: Plan) -> Rollout:
    """Return a planned rollout; raise RolloutError for a plan that cannot be carried out."""
    names = [one.name for one in plan.targets]
    if not 0 < len(names) <= MOST_TARGETS or len(set(names)) != len(names):
        raise RolloutError("a rollout names 1 to 100,000 devices, each once")
    if strangers := [one for one in plan.rules.canary if one not in names]:
        raise RolloutError(f"the canary {strangers[0]} is none of the rollout's devices")
    if not plan.rules.waves or min((*plan.rules.waves, plan.rules.at_once)) < 1:
        raise RolloutError("a wave has one device or more")
    read(plan.rules.quiet)
    waves = _waves(plan)
    return Rollout(plan, {one.name: Place(one, waves[one.name]) for one in plan.targets})


def replay(events: Iterable[AnyEvent]) -> Rollout:
    """Return the rollout its audit tells of; raise RolloutError if it does not begin with a plan."""
    told = iter(events)
    first = next(told, None)
    if not isinstance(first, Planned):
        raise RolloutError("an audit begins with the plan")
    rollout = begin(first.plan)
    for event in told:
        rollout.apply(event)
    return rollout


def decide(rollout: Rollout, now: datetime, sight: Sight) -> Iterator[AnyEvent]:
    """Yield what is to happen now, each event applied already; nothing where nothing is.

    A device is offered the release only in the quiet hours, while it is there, nobody is served at its window, and no
    other device of that window is being updated.
    """
    for event in _steps(rollout, now, sight):
        rollout.apply(event)
        yield event


def due(rollout: Rollout, now: datetime) -> datetime | None:
    """Return when a decision may change by time alone: patience, settling; None: only by what happens."""
    rules = rollout.plan.rules
    patience = timedelta(seconds=rules.patience)
    moments = [place.since + patience for place in rollout.of(*IN_FLIGHT) if place.since is not None]
    if rollout.last_end is not None and not rollout.is_over:
        moments.append(rollout.last_end + timedelta(seconds=rules.settle))
    return min((one for one in moments if one > now), default=None)


def _steps(rollout: Rollout, now: datetime, sight: Sight) -> Iterator[AnyEvent]:
    if rollout.finished:
        return
    yield from _lapsed(rollout, now)
    if not rollout.stopped and (why := _verdict(rollout)):
        yield Stopped(at=now, why=why)
    yield from _taken_back(rollout, now, sight)
    if rollout.stopped or rollout.paused:
        return
    if not rollout.of(Stage.WAITING, *IN_FLIGHT):
        yield Finished(at=now)
        return
    if _may_open(rollout, now):
        yield WaveOpened(at=now, wave=_next_wave(rollout))
    yield from _offers(rollout, now, sight)


def _lapsed(rollout: Rollout, now: datetime) -> Iterator[AnyEvent]:
    limit = timedelta(seconds=rollout.plan.rules.patience)
    for place in rollout.of(*IN_FLIGHT):
        if place.since is not None and now - place.since >= limit:
            yield Failed(at=now, target=place.target.name, why=NO_WORD)


def _verdict(rollout: Rollout) -> str:
    """Return why no further device may get the release, or an empty text."""
    rules, failed = rollout.plan.rules, rollout.of(Stage.FAILED)
    if canary := [one for one in failed if one.wave == 0]:
        return f"canary {canary[0].target.name} failed: {canary[0].why}"
    ended = len(failed) + len(rollout.of(Stage.DONE))
    if failed and ended >= rules.judge_after and len(failed) >= rules.stop_at * ended:
        return f"{len(failed)} of {ended} devices failed"
    return ""


def _taken_back(rollout: Rollout, now: datetime, sight: Sight) -> Iterator[AnyEvent]:
    for place in rollout.of(Stage.OFFERED):
        if why := rollout.stopped or _hindrance(rollout, place, now, sight):
            yield Withdrawn(at=now, target=place.target.name, why=why)


def _hindrance(rollout: Rollout, place: Place, now: datetime, sight: Sight) -> str:
    """Return why a device must not begin now, or an empty text."""
    rules, window = rollout.plan.rules, place.target.window
    if not is_quiet(rules.quiet, now):
        return "the quiet hours are over"
    if window is None:
        return ""
    if sight.windows is None:
        return "" if rules.blind else "no board has been seen"
    return f"somebody is served at window {window}" if window in sight.windows else ""


def _may_open(rollout: Rollout, now: datetime) -> bool:
    """Return whether the next wave may open: the one before has ended, and settled."""
    if any(one.wave <= rollout.wave for one in rollout.of(Stage.WAITING, *IN_FLIGHT)):
        return False
    settled = timedelta(seconds=rollout.plan.rules.settle)
    return rollout.last_end is None or now - rollout.last_end >= settled


def _next_wave(rollout: Rollout) -> int:
    return min(one.wave for one in rollout.of(Stage.WAITING))


def _offers(rollout: Rollout, now: datetime, sight: Sight) -> Iterator[AnyEvent]:
    free = rollout.plan.rules.at_once - len(rollout.of(*IN_FLIGHT))
    for place in rollout.of(Stage.WAITING):
        if free <= 0:
            return
        is_ready = place.wave <= rollout.wave and place.target.name in sight.there
        if is_ready and not rollout.is_window_taken(place.target.window):
            if _hindrance(rollout, place, now, sight):
                continue
            free -= 1
            yield Offered(at=now, target=place.target.name, action=rollout.actions + 1)


def _waves(plan: Plan) -> dict[str, int]:
    """Return each device's wave: the canary (else the first device) 0, then the others in the plan's order."""
    canary = plan.rules.canary or (plan.targets[0].name,)
    found, wave, left = dict.fromkeys(canary, 0), 1, plan.rules.waves[0]
    for target in plan.targets:
        if target.name in found:
            continue
        if not left:
            wave += 1
            left = plan.rules.waves[min(wave, len(plan.rules.waves)) - 1]
        found[target.name] = wave
        left -= 1
    return found
