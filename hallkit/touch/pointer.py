"""One pointer for every panel: finger and mouse events of the same touch become one; presses become actions."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from hallkit.touch.marks import Target

Source = Literal["finger", "mouse"]

SAME_TOUCH = 0.08
"""Seconds within which the other kind of event belongs to the same touch."""

BOUNCE = 0.05
"""Seconds within which a second press at the same place is the panel's bounce."""

NEAR = 24
"""Pixels a finger may be off and still be at the same place."""


class Phase(Enum):
    """What the finger did."""

    DOWN = "down"
    MOVE = "move"
    UP = "up"


@dataclass(frozen=True)
class RawTouch:
    """One event as the panel gave it; `finger` tells fingers apart."""

    phase: Phase
    source: Source
    x: int
    y: int
    finger: int = 0


@dataclass(frozen=True)
class Touch:
    """One event of the single pointer a screen knows."""

    phase: Phase
    x: int
    y: int


class Pointer:
    """Follows one finger at a time; SDL may report a touch as finger, as mouse, or as both."""

    def __init__(self) -> None:
        self._held: RawTouch | None = None
        self._last: tuple[RawTouch, float] | None = None

    def feed(self, raw: RawTouch, now: float) -> Touch | None:
        """Take one event at `now` (steady seconds); return it, or None when it repeats or belongs to another finger."""
        if raw.phase is Phase.DOWN:
            if self._held or self._repeats(raw, now):
                return None
            self._held = raw
        elif self._held is None or (self._held.source, self._held.finger) != (raw.source, raw.finger):
            return None
        self._last = (raw, now)
        if raw.phase is Phase.UP:
            self._held = None
        return Touch(raw.phase, raw.x, raw.y)

    @property
    def is_down(self) -> bool:
        """Tell whether a finger is on the panel."""
        return self._held is not None

    def _repeats(self, raw: RawTouch, now: float) -> bool:
        if self._last is None:
            return False
        last, when = self._last
        near = abs(last.x - raw.x) <= NEAR and abs(last.y - raw.y) <= NEAR
        return near and now - when < (BOUNCE if last.source == raw.source else SAME_TOUCH)


class Presses:
    """Turns touches on targets into actions: a press counts where it started and ended on the same target."""

    def __init__(self) -> None:
        self._target: Target | None = None
        self._inside = False

    @property
    def pressed(self) -> str:
        """Return the action to paint as pressed, empty for none."""
        return self._target.action if self._target and self._target.enabled and self._inside else ""

    def feed(self, touch: Touch, under: Target | None) -> Target | None:
        """Take a touch and the target under it; return the target whose action the citizen chose."""
        if touch.phase is Phase.DOWN:
            self._target = under
        target = self._target
        self._inside = target is not None and under is not None and under.action == target.action
        if touch.phase is not Phase.UP:
            return None
        self._target = None
        return target if self._inside else None
