"""What can happen to a rollout; the events are its audit and its whole state."""

from datetime import datetime

import msgspec

MOST_TARGETS = 100_000


class Target(msgspec.Struct, frozen=True):
    """One device that is to be updated, and the window it stands at."""

    name: str
    window: int | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How careful a rollout is.

    `canary` names the devices that go first; `waves` the sizes of the waves after them, the last of which repeats.
    Seconds: `patience` from the offer to the end, `settle` between waves. `stop_at` is the share of failures among the
    ended at which it stops, judged after `judge_after` ends; a failing canary always stops it.
    """

    canary: tuple[str, ...] = ()
    waves: tuple[int, ...] = (10, 50, 200)
    at_once: int = 20
    stop_at: float = 0.05
    judge_after: int = 20
    patience: int = 1_800
    settle: int = 600
    quiet: str = "22:00-06:00"
    blind: bool = False
    """Update devices at windows though no board says whether somebody is being served there."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One rollout: which release goes to whom, and how."""

    name: str
    kind: str
    chip: str
    version: str
    targets: tuple[Target, ...]
    rules: Rules = Rules()


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened at a moment."""

    at: datetime


class Planned(Event, frozen=True, kw_only=True, tag=True):
    """Somebody ordered the rollout."""

    plan: Plan
    by: str


class WaveOpened(Event, frozen=True, kw_only=True, tag=True):
    """A wave's devices may be offered the release; wave 0 is the canary."""

    wave: int


class Offered(Event, frozen=True, kw_only=True, tag=True):
    """A device is told of the release under a number that is used once."""

    target: str
    action: int


class Withdrawn(Event, frozen=True, kw_only=True, tag=True):
    """The offer was taken back before the device had begun: it is needed, the hours ended, or the rollout did."""

    target: str
    why: str


class Taken(Event, frozen=True, kw_only=True, tag=True):
    """The device said that it has begun."""

    target: str


class Succeeded(Event, frozen=True, kw_only=True, tag=True):
    """The device runs the release, which has proved itself there."""

    target: str


class Failed(Event, frozen=True, kw_only=True, tag=True):
    """The device does not run the release, and why."""

    target: str
    why: str


class Paused(Event, frozen=True, kw_only=True, tag=True):
    """Somebody stopped further offers."""

    by: str


class Resumed(Event, frozen=True, kw_only=True, tag=True):
    """Somebody let offers go on."""

    by: str


class Stopped(Event, frozen=True, kw_only=True, tag=True):
    """No further device gets the release: too many failed, it was withdrawn, or somebody said so."""

    why: str


class Finished(Event, frozen=True, kw_only=True, tag=True):
    """Every device has ended, one way or the other."""


AnyEvent = (
    Planned | WaveOpened | Offered | Withdrawn | Taken | Succeeded | Failed | Paused | Resumed | Stopped | Finished
)
