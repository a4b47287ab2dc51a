"""What a ticket machine knows of its hall: the boards, whether the engine answers, what of itself does not work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from contract.board import HallMode, QueueOnBoard, QueueState, ZoneBoard
from contract.link import Fault

NIGHT_FROM, NIGHT_UNTIL = time(22), time(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The last word of every board; `is_away` since a request went unanswered, until anything is heard again."""

    queues: Mapping[str, QueueOnBoard] = field(default_factory=dict)
    modes: Mapping[str, HallMode] = field(default_factory=dict)
    as_of: datetime | None = None
    day: date | None = None
    is_linked: bool = False
    is_away: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def is_stale(self) -> bool:
        """Return whether what the boards said may have changed since."""
        return not self.is_linked or self.is_away

    @property
    def is_emergency(self) -> bool:
        """Return whether the hall gives no tickets at all."""
        return HallMode.EMERGENCY in self.modes.values()

    def is_full(self, service: str) -> bool:
        """Return whether a service has no tickets left today."""
        queue = self.queues.get(service)
        return queue is not None and queue.state is QueueState.FULL


def with_board(world: World, board: ZoneBoard) -> World:
    """Return the world after a zone's board."""
    return replace(
        world,
        queues={**world.queues, **{queue.service: queue for queue in board.queues}},
        modes={**world.modes, board.zone: board.mode},
        as_of=max(board.as_of, world.as_of) if world.as_of else board.as_of,
        day=max(board.business_day, world.day) if world.day else board.business_day,
    )


def is_night(now: datetime) -> bool:
    """Return whether screens are in the night's colours."""
    return not NIGHT_UNTIL <= now.time() < NIGHT_FROM


def business_day(now: datetime, day_start: time | None, told: date | None) -> date:
    """Return the business day by the hall's own clock, never an earlier one than a board told."""
    if day_start is None:
        return told or now.date()
    shift = timedelta(hours=day_start.hour, minutes=day_start.minute, seconds=day_start.second)
    day = (now - shift).date()
    return max(day, told) if told else day
