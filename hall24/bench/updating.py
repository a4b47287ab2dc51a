"""A thousand simulated pads updated in waves, some of which fail: how long it takes, where it stops, what is lost."""

import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from firmware.updates.core.rollout import Rollout, Sight, Stage, begin, decide
from firmware.updates.core.rollout_events import Failed, Offered, Plan, Rules, Succeeded, Taken, Target
from hall24.bench.figure import Bar, Figure, figure
from hallkit.runtime.clock import SHANGHAI
from simulators.updating_pad import Trouble, UpdatingPad

PADS, FAILING = 1_000, 0.05
TICK = 5
START = datetime(2026, 11, 20, 21, 50, tzinfo=SHANGHAI)
NEW, OLD = "0.2.0", "0.1.0"
BUSY = 0.1
"""Share of windows at which somebody is served at any moment."""


@dataclass
class Town:
    """Pads, two at each window, with one rollout."""

    pads: dict[str, UpdatingPad]
    rollout: Rollout
    chance: random.Random
    now: datetime = START
    broken_rules: list[str] = field(default_factory=list)
    serving: frozenset[int] = frozenset()

    def run(self, most: timedelta = timedelta(hours=72)) -> timedelta:
        """Let time pass until nothing more happens; return how long that took."""
        while self.now - START < most and not self._is_over():
            if self.now.minute % 5 == 0 and not self.now.second:
                windows = range(1, PADS // 2 + 1)
                self.serving = frozenset(one for one in windows if self.chance.random() < BUSY)
            self._offer()
            self._pass()
            self.now += timedelta(seconds=TICK)
        return self.now - START

    def lost(self) -> list[str]:
        """Return the pads that have nothing whole to run."""
        return [name for name, pad in self.pads.items() if pad.version is None]

    def _is_over(self) -> bool:
        return self.rollout.is_over and not self.rollout.of(Stage.TAKEN, Stage.OFFERED)

    def _offer(self) -> None:
        for event in decide(self.rollout, self.now, Sight(self.serving, frozenset(self.pads))):
            if isinstance(event, Offered):
                self._check(self.rollout.at(event.target).target)
        for place in self.rollout.of(Stage.OFFERED):
            self.rollout.apply(Taken(at=self.now, target=place.target.name))
            self.pads[place.target.name].begin(NEW)

    def _check(self, target: Target) -> None:
        siblings = [one for one in self.rollout.of(Stage.OFFERED, Stage.TAKEN) if one.target.window == target.window]
        if len(siblings) > 1 or target.window in self.serving or 6 <= self.now.hour < 22:
            self.broken_rules.append(target.name)

    def _pass(self) -> None:
        for place in self.rollout.of(Stage.TAKEN):
            name = place.target.name
            ended = self.pads[name].advance(TICK)
            if ended == "kept":
                self.rollout.apply(Succeeded(at=self.now, target=name))
            elif ended:
                self.rollout.apply(Failed(at=self.now, target=name, why="returned by itself"))


def town(stop_at: float, seed: int = 1, failing: float = FAILING) -> Town:
    """Return a thousand pads of which a share fails its gate, crashes, or loses its power in the middle."""
    chance = random.Random(seed)
    pads = {f"pad-{number}": UpdatingPad(f"pad-{number}") for number in range(PADS)}
    names = list(pads)
    for name in chance.sample(names[10:], int(failing * PADS)):
        pads[name].breaks = {NEW: chance.choice((Trouble.GATE_FAILS, Trouble.CRASHES))}
    for name in chance.sample(names, PADS // 10):
        cut = chance.choice((Trouble.CUT_IN_DOWNLOAD, Trouble.CUT_IN_TRIAL))
        pads[name].breaks = pads[name].breaks or {NEW: cut}
    targets = tuple(Target(name, number // 2 + 1) for number, name in enumerate(names))
    rules = Rules(canary=tuple(names[:5]), waves=(20, 100, 400), at_once=50, stop_at=stop_at, judge_after=20)
    plan = Plan(name="bench", kind="rating-pad", chip="esp32", version=NEW, targets=targets, rules=rules)
    return Town(pads, begin(plan), chance)


def figures() -> tuple[Figure, ...]:
    """Measure both ends of a rollout: one that is allowed to finish and one that must stop."""
    began = time.perf_counter()
    whole, stopped = town(0.2), town(0.03)
    took, _ = whole.run(), stopped.run()
    spent = time.perf_counter() - began
    done = len(whole.rollout.of(Stage.DONE))
    reached = len(stopped.rollout.of(Stage.DONE, Stage.FAILED))
    lost = len(whole.lost()) + len(stopped.lost()) + len(whole.broken_rules) + len(stopped.broken_rules)
    note = f"{FAILING:.0%} fail, 10 % lose power in the middle, {BUSY:.0%} of windows busy"
    return (
        figure(f"{PADS:,} pads: lost, or updated at the wrong time", lost, "pads", ("all", PADS), Bar(most=0), note),
        figure("with stop_at 20 %: updated", done, "pads", ("sound ones", PADS * (1 - FAILING)), Bar(ratio_least=1)),
        figure("with stop_at 3 %: reached before it stopped", reached, "pads", ("all", PADS), Bar(ratio_most=0.6)),
        figure("time in the hall until all had ended", took.total_seconds() / 3600, "h", ("one night", 8.0),
               Bar(ratio_most=1)),
        figure("reckoning both rollouts", spent, "s", ("simulated time", took.total_seconds()), Bar(ratio_most=0.01)),
    )  # fmt: skip
