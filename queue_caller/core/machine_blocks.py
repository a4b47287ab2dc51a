"""Numbers a machine may give by itself: which of its blocks serves, and when to lease another."""

from collections.abc import Sequence
from datetime import date

import msgspec

from contract.queue import NumberBlock

RENEW_PERCENT = 25


class HeldBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A leased block on the machine's disk: `next` is its first number not given yet."""

    block: NumberBlock
    signature: str
    next: int
    retired: bool = False

    @property
    def left(self) -> int:
        """Return how many numbers it still has."""
        return 0 if self.retired else max(self.block.last - self.next + 1, 0)


def serving(blocks: Sequence[HeldBlock], service: str, day: date) -> HeldBlock | None:
    """Return the block the next offline ticket comes out of: the lowest of the day that has numbers."""
    return next(iter(_usable(blocks, service, day)), None)


def needs_lease(blocks: Sequence[HeldBlock], service: str, day: date) -> bool:
    """Return whether a quarter or less of the numbers of a day is left."""
    usable = _usable(blocks, service, day)
    size = max((one.block.last - one.block.first + 1 for one in usable), default=0)
    return sum(one.left for one in usable) * 100 <= size * RENEW_PERCENT


def is_for(block: NumberBlock, *, hall: str, machine: str, service: str, days: Sequence[date]) -> bool:
    """Return whether a leased block is the one that was asked for."""
    ours = (block.hall, block.machine, block.service) == (hall, machine, service)
    return ours and block.business_day in days and block.first <= block.last


def _usable(blocks: Sequence[HeldBlock], service: str, day: date) -> list[HeldBlock]:
    found = [one for one in blocks if (one.block.service, one.block.business_day) == (service, day) and one.left]
    return sorted(found, key=lambda one: one.block.first)
