"""What is known of a locker's doors, and what happened to them since the last look. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.wire.lock_board import DoorContact


class DoorChange(StrEnum):
    """What happened at a door; FORCED: nobody ordered it to open."""

    OPENED = "opened"
    CLOSED = "closed"
    LEFT_OPEN = "left_open"
    FORCED = "forced"


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """One change at one door."""

    door: int
    change: DoorChange


@dataclass(slots=True)
class Doors:
    """Doors 1 to `count`; `opened` holds those that stand open and since when, in steady seconds."""

    count: int
    contact: DoorContact
    opened: dict[int, float] = field(default_factory=dict)
    _ordered: int = 0
    _told: list[int] = field(default_factory=list)

    def order(self, door: int) -> None:
        """Remember that `door` was told to open."""
        self._ordered = door

    def is_open(self, levels: Mapping[int, bool], door: int) -> bool:
        """Return whether `levels` say that `door` is open."""
        return self.contact.is_open(levels[door])

    def learn(self, levels: Mapping[int, bool], now: float) -> list[DoorEvent]:
        """Take what a board reports; return what changed."""
        known = [door for door in range(1, self.count + 1) if door in levels]
        return [event for door in known for event in self._learn(door, self.is_open(levels, door), now)]

    def overdue(self, before: float) -> list[DoorEvent]:
        """Return, once each, the doors that stand open since `before` or longer."""
        late = [door for door, since in self.opened.items() if since <= before and door not in self._told]
        self._told += late
        return [DoorEvent(door, DoorChange.LEFT_OPEN) for door in late]

    def _learn(self, door: int, is_open: bool, now: float) -> list[DoorEvent]:
        if is_open is (door in self.opened):
            return []
        if not is_open:
            del self.opened[door]
            self._told = [one for one in self._told if one != door]
            return [DoorEvent(door, DoorChange.CLOSED)]
        self.opened[door] = now
        if door != self._ordered:
            return [DoorEvent(door, DoorChange.FORCED)]
        self._ordered = 0
        return [DoorEvent(door, DoorChange.OPENED)]
