"""Waiting lines: one lane a priority class, each oldest first, that know how often their tickets were passed."""

from bisect import bisect_left, insort
from heapq import merge
from itertools import islice
from operator import itemgetter

import msgspec

FRONT = "front"
"""The lane of tickets a clerk put before all others."""

_SINCE = itemgetter(0)

Standing = tuple[int, int, str]
"""Where a ticket stands: microseconds of the time it was taken, order of joining, key."""


class Lane(msgspec.Struct):
    """Tickets of one class, oldest first.

    `marks[i]` counts calls that passed exactly the tickets up to i, so a ticket was passed as often as the marks
    from it to the end add up to; `passed` is that sum for the oldest ticket, which no other ticket exceeds.
    """

    standings: list[Standing] = msgspec.field(default_factory=list)
    marks: list[int] = msgspec.field(default_factory=list)
    passed: int = 0

    def join(self, standing: Standing) -> None:
        """Take a ticket in at its place; it counts as passed as often as the one behind it."""
        place = bisect_left(self.standings, standing)
        self.standings.insert(place, standing)
        self.marks.insert(place, 0)

    def leave(self, standing: Standing) -> None:
        """Let a ticket go; the counts of the others stay as they are."""
        place = bisect_left(self.standings, standing)
        if self.standings[place : place + 1] != [standing]:
            raise LookupError(f"{standing[2]} is not in this lane")
        del self.standings[place]
        mark = self.marks.pop(place)
        if place:
            self.marks[place - 1] += mark
        else:
            self.passed -= mark

    def go_before(self, standing: Standing) -> int:
        """Count a call of `standing` against everybody older; return how many those are."""
        older = self.before(standing)
        if older:
            self.marks[older - 1] += 1
            self.passed += 1
        return older

    def before(self, standing: Standing) -> int:
        """Return how many tickets stand before `standing`."""
        return bisect_left(self.standings, standing)

    def older_than(self, since: int) -> int:
        """Return how many tickets were taken before `since`."""
        return bisect_left(self.standings, since, key=_SINCE)


class Line(msgspec.Struct):
    """Everybody who waits for one service."""

    lanes: dict[str, Lane] = msgspec.field(default_factory=dict)

    def lane(self, name: str) -> Lane:
        """Return the lane of a class, or the front lane."""
        return self.lanes.setdefault(name, Lane())

    def __len__(self) -> int:
        return sum(len(lane.standings) for lane in self.lanes.values())

    def oldest(self, count: int) -> list[Standing]:
        """Return the `count` tickets that were taken first."""
        return list(islice(merge(*(lane.standings for lane in self.lanes.values())), count))


def oldest_before(lines: list[Line], standing: Standing, count: int) -> list[str]:
    """Return the keys of the first `count` tickets of `lines` that are older than `standing`."""
    found: list[Standing] = []
    for line in lines:
        for one in line.oldest(count):
            if one < standing:
                insort(found, one)
    return [key for _, _, key in found[:count]]
