"""Rollouts: who gets a release when, and when nobody gets it any more. No disk, no clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import pytest

from firmware.updates.core import audit
from firmware.updates.core.quiet_hours import is_quiet
from firmware.updates.core.rollout import Rollout, Sight, Stage, begin, decide, due, replay
from firmware.updates.core.rollout_events import (
    AnyEvent,
    Failed,
    Finished,
    Offered,
    Paused,
    Plan,
    Planned,
    Resumed,
    Rules,
    Stopped,
    Succeeded,
    Taken,
    Target,
    Withdrawn,
)
from firmware.updates.errors import AuditError, RolloutError
from hallkit.runtime.clock import SHANGHAI

NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI)
TARGETS = (
    Target("pad-1", 1), Target("display-1", 1), Target("pad-2", 2), Target("display-2", 2), Target("sensor-1"),
)  # fmt: skip
RULES = Rules(canary=("pad-1",), waves=(2, 10), settle=60, patience=600, judge_after=3, stop_at=0.3)


def plan(**changes: object) -> Plan:
    return msgspec.structs.replace(
        Plan(name="r1", kind="rating-pad", chip="esp32", version="0.2.0", targets=TARGETS, rules=RULES), **changes
    )


@dataclass
class Hall:
    """A rollout, a clock and what is seen; every event is kept as the audit would."""

    rollout: Rollout = field(default_factory=lambda: begin(plan()))
    now: datetime = NIGHT
    serving: frozenset[int] | None = frozenset()
    there: frozenset[str] = frozenset(one.name for one in TARGETS)
    told: list[AnyEvent] = field(default_factory=list)

    def look(self, seconds: int = 0) -> list[AnyEvent]:
        self.now += timedelta(seconds=seconds)
        found = list(decide(self.rollout, self.now, Sight(self.serving, self.there)))
        self.told += found
        return found

    def say(self, event: AnyEvent) -> None:
        self.rollout.apply(event)
        self.told.append(event)

    def offered(self, seconds: int = 0) -> list[str]:
        return [one.target for one in self.look(seconds) if isinstance(one, Offered)]

    def ends(self, *names: str, why: str = "") -> None:
        for name in names:
            self.say(Taken(at=self.now, target=name))
            self.say(Failed(at=self.now, target=name, why=why) if why else Succeeded(at=self.now, target=name))


def test_the_canary_goes_alone_and_the_next_wave_waits_until_it_has_settled() -> None:
    hall = Hall()
    assert hall.offered() == ["pad-1"]
    assert hall.offered(30) == []
    hall.ends("pad-1")
    assert hall.offered(59) == []
    assert hall.offered(1) == ["display-1", "pad-2"]


def test_two_devices_of_one_window_are_never_updated_together() -> None:
    hall = Hall(rollout=begin(plan(rules=msgspec.structs.replace(RULES, waves=(10,), canary=("sensor-1",)))))
    assert hall.offered() == ["sensor-1"]
    hall.ends("sensor-1")
    assert hall.offered(60) == ["pad-1", "pad-2"]
    hall.ends("pad-1")
    assert hall.offered() == ["display-1"]


def test_a_failing_canary_stops_everything() -> None:
    hall = Hall()
    hall.look()
    hall.ends("pad-1", why="gate")
    found = hall.look(600)
    assert [type(one) for one in found] == [Stopped]
    assert hall.offered(600) == []


def test_nobody_is_updated_while_somebody_is_served_at_the_window() -> None:
    hall = Hall(serving=frozenset({1}))
    assert hall.offered() == []
    hall.serving = frozenset()
    assert hall.offered() == ["pad-1"]
    hall.serving = frozenset({1})
    (back,) = hall.look(1)
    assert isinstance(back, Withdrawn)
    assert hall.rollout.at("pad-1").stage is Stage.WAITING


def test_a_device_that_has_begun_is_not_called_back() -> None:
    hall = Hall()
    hall.look()
    hall.say(Taken(at=hall.now, target="pad-1"))
    hall.serving = frozenset({1})
    assert hall.look(1) == []


def test_without_any_board_a_window_is_left_alone_unless_the_plan_says_otherwise() -> None:
    assert Hall(serving=None).offered() == []
    blind = plan(rules=msgspec.structs.replace(RULES, blind=True))
    assert Hall(serving=None, rollout=begin(blind)).offered() == ["pad-1"]


@pytest.mark.parametrize(("text", "hour", "quiet"), [
    ("22:00-06:00", 23, True), ("22:00-06:00", 5, True), ("22:00-06:00", 6, False), ("22:00-06:00", 12, False),
    ("01:00-04:00", 3, True), ("01:00-04:00", 4, False), ("00:00-00:00", 12, True),
])  # fmt: skip
def test_quiet_hours_may_cross_midnight(text: str, hour: int, quiet: bool) -> None:
    assert is_quiet(text, NIGHT.replace(hour=hour)) is quiet


def test_by_day_nothing_is_offered_and_offers_are_taken_back_in_the_morning() -> None:
    hall = Hall(now=NIGHT.replace(hour=12))
    assert hall.offered() == []
    hall.now = NIGHT.replace(hour=5, minute=59)
    assert hall.offered() == ["pad-1"]
    (back,) = hall.look(60)
    assert isinstance(back, Withdrawn)


def test_a_device_that_says_nothing_has_failed_after_its_patience() -> None:
    hall = Hall()
    hall.look()
    assert due(hall.rollout, hall.now) == NIGHT + timedelta(seconds=600)
    assert [type(one) for one in hall.look(600)] == [Failed, Stopped]


def test_it_stops_at_its_share_of_failures_and_takes_open_offers_back() -> None:
    targets = tuple(Target(f"pad-{number}") for number in range(20))
    rules = Rules(canary=("pad-0",), waves=(19,), at_once=10, settle=0, judge_after=5, stop_at=0.4)
    hall = Hall(rollout=begin(plan(targets=targets, rules=rules)), there=frozenset(one.name for one in targets))
    hall.look()
    hall.ends("pad-0")
    hall.look()
    hall.ends("pad-1", "pad-2")
    hall.ends("pad-3", "pad-4", why="gate")
    found = hall.look()
    assert isinstance(found[0], Stopped)
    assert found[0].why == "2 of 5 devices failed"
    assert {type(one) for one in found[1:]} == {Withdrawn}
    assert not hall.rollout.of(Stage.OFFERED)


def test_paused_nothing_is_offered_and_resumed_it_goes_on() -> None:
    hall = Hall()
    hall.say(Paused(at=NIGHT, by="technician"))
    assert hall.look() == []
    hall.say(Resumed(at=NIGHT, by="technician"))
    assert hall.offered() == ["pad-1"]


def test_it_finishes_when_everybody_has_ended() -> None:
    hall = Hall(rollout=begin(plan(targets=TARGETS[:1])))
    hall.look()
    hall.ends("pad-1")
    assert [type(one) for one in hall.look(60)] == [Finished]
    assert hall.look(60) == []


def test_a_device_that_is_away_is_offered_nothing() -> None:
    hall = Hall(there=frozenset())
    assert hall.offered() == []


def test_the_audit_rebuilds_the_rollout_after_every_single_event() -> None:
    hall = Hall()
    hall.look()
    hall.ends("pad-1")
    hall.look(60)
    hall.ends("display-1", why="returned")
    data, before, again = b"", audit.START, begin(plan())
    for number, event in enumerate((Planned(at=NIGHT, plan=plan(), by="technician"), *hall.told), 1):
        line = audit.write(event, number, before)
        data, before = data + line, audit.digest(line)
        if number > 1:
            again.apply(event)
        assert replay(audit.read(data)) == again
    assert again == hall.rollout


def test_an_audit_that_was_changed_is_refused() -> None:
    one = audit.write(Planned(at=NIGHT, plan=plan(), by="technician"), 1, audit.START)
    two = audit.write(Paused(at=NIGHT, by="technician"), 2, audit.digest(one))
    assert len(list(audit.read(one + two))) == 2
    for wrong in (two, one.replace(b"0.2.0", b"0.2.1") + two, one + one, two + one, one + b"{}\n"):
        with pytest.raises(AuditError):
            list(audit.read(wrong))
    assert audit.whole(one + two[:-9]) == one


@pytest.mark.parametrize("wrong", [
    {"targets": ()}, {"targets": (TARGETS[0], TARGETS[0])}, {"rules": Rules(canary=("stranger",))},
    {"rules": Rules(waves=())}, {"rules": Rules(waves=(0,))}, {"rules": Rules(quiet="soon")},
])  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RolloutError):
        begin(plan(**wrong))


def test_a_device_ends_once() -> None:
    hall = Hall()
    hall.look()
    hall.ends("pad-1")
    with pytest.raises(RolloutError):
        hall.say(Failed(at=NIGHT, target="pad-1", why="late"))
