"""Who is called next: the accumulating-priority rule under a hard cap on being passed.

D. A. Stanford, P. Taylor and I. Ziedins, Waiting time distributions in the accumulating priority queue, 2014. The cap
makes the bound provable: a call passes only tickets whose count is below it, and whoever reached it goes first.
"""

from typing import NamedTuple

from contract.queue import CallOrder, PriorityClass
from queue_caller.core.forecast import among
from queue_caller.core.hall import Hall
from queue_caller.core.lanes import FRONT, Standing, oldest_before
from queue_caller.core.record import Seat, Ticket

NAMED = 12
"""Passed tickets a call names."""


class Head(NamedTuple):
    """The first ticket of one lane."""

    standing: Standing
    service: str
    lane: str
    passed: int


def heads(hall: Hall, services: tuple[str, ...]) -> list[Head]:
    """Return the first ticket of every lane of some services."""
    return [
        Head(lane.standings[0], service, name, lane.passed)
        for service in services
        for name, lane in hall.line(service).lanes.items()
        if lane.standings
    ]


def due_first(hall: Hall, found: list[Head]) -> Head | None:
    """Return the oldest ticket that was passed as often as the rule allows."""
    due = [head for head in found if head.passed >= hall.site.rules.pass_cap]
    return min(due, default=None)


def next_for(hall: Hall, seat: Seat, now: int) -> tuple[Ticket, CallOrder] | None:
    """Return the ticket a window calls next and why it, None if nobody waits."""
    services = among(hall, seat)
    found = heads(hall, services)
    if not found:
        return None
    due = due_first(hall, found)
    head = due or min(found, key=lambda one: (-_value(hall, one, now), one.standing))
    ticket = hall.record.tickets[head.standing[2]]
    return ticket, _order(seat, head, due, min(found))


def _value(hall: Hall, head: Head, now: int) -> int:
    """Return the priority gathered until `now`, in microseconds of ordinary waiting."""
    if head.lane == FRONT:
        return 1 << 62
    rule = hall.site.rules.classes[PriorityClass(head.lane)]
    return rule.rate * (now - head.standing[0]) + int(rule.head_start.total_seconds()) * 1_000_000


def _order(seat: Seat, head: Head, due: Head | None, oldest: Head) -> CallOrder:
    if head.service not in seat.services:
        return CallOrder.OVERFLOW
    if head.standing == oldest.standing:
        return CallOrder.OLDEST
    if due is not None:
        return CallOrder.PASSED_ENOUGH
    return CallOrder.FRONT if head.lane == FRONT else CallOrder.PRIORITY


def passed_by(hall: Hall, services: tuple[str, ...], standing: Standing) -> tuple[int, tuple[str, ...]]:
    """Return how many waiting tickets are older than `standing`, and the numbers of the oldest of them."""
    lines = [hall.line(service) for service in services]
    older = sum(lane.before(standing) for line in lines for lane in line.lanes.values())
    keys = oldest_before(lines, standing, NAMED) if older else []
    return older, tuple(hall.record.tickets[key].ticket for key in keys)
