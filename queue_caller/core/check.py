"""Invariants of the queue, checked from the outside of its decisions."""

from collections.abc import Iterator
from itertools import pairwise

from contract.queue import TicketState
from queue_caller.core.hall import ASIDE, Hall

_AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)
_LIVE = (TicketState.WAITING, TicketState.HELD, *ASIDE, *_AT_WINDOW)


def violations(hall: Hall) -> list[str]:
    """Return every broken invariant as a sentence; none in a correct engine."""
    return [*_states(hall), *_lines(hall), *_windows(hall), *_counts(hall), *_cap(hall), *_blocks(hall)]


def _states(hall: Hall) -> Iterator[str]:
    aside = [key for keys in hall.record.aside.values() for key in keys]
    in_hand = {seat.ticket for seat in hall.record.seats.values()}
    for key, ticket in hall.record.tickets.items():
        if ticket.state not in _LIVE:
            yield f"{key} is live and {ticket.state.value}"
        if key in hall.record.ended:
            yield f"{key} is live and ended"
        if aside.count(key) != (ticket.state in ASIDE):
            yield f"{key} is {ticket.state.value} but {aside.count(key)} times aside"
        if (key in in_hand) != (ticket.state in _AT_WINDOW):
            yield f"{key} is {ticket.state.value} but {'in' if key in in_hand else 'not in'} hand"


def _lines(hall: Hall) -> Iterator[str]:
    seen: dict[str, str] = {}
    for service, line in hall.record.lines.items():
        for name, lane in line.lanes.items():
            if lane.standings != sorted(lane.standings):
                yield f"{service}/{name} is out of order"
            if sum(lane.marks) != lane.passed or len(lane.marks) != len(lane.standings):
                yield f"{service}/{name} counts wrong"
            for _, _, key in lane.standings:
                if key in seen:
                    yield f"{key} waits twice"
                seen[key] = service
    for key, ticket in hall.record.tickets.items():
        expected = ticket.service if ticket.state is TicketState.WAITING else None
        if seen.pop(key, None) != expected:
            yield f"{key} is {ticket.state.value} and not in the line it belongs to"
    yield from (f"{key} waits but is not live" for key in seen)


def _windows(hall: Hall) -> Iterator[str]:
    held = [seat.ticket for seat in hall.record.seats.values() if seat.ticket is not None]
    yield from (f"{key} is at two windows" for key in dict.fromkeys(held) if held.count(key) > 1)
    for seat in hall.record.seats.values():
        if seat.ticket is None:
            continue
        ticket = hall.record.tickets.get(seat.ticket)
        if ticket is None:
            yield f"window {seat.window} holds {seat.ticket}, which is not live"
        elif ticket.window != seat.window:
            yield f"window {seat.window} holds {seat.ticket}, which is at {ticket.window}"


def _counts(hall: Hall) -> Iterator[str]:
    for day, tallies in hall.record.tallies.items():
        issued = sum(tally.issued for tally in tallies.values())
        ended = sum(tally.finished + tally.cancelled + tally.expired for tally in tallies.values())
        live = sum(ticket.business_day.isoformat() == day for ticket in hall.record.tickets.values())
        if issued != ended + live:
            yield f"{day}: {issued} issued, {ended} ended, {live} live"


def _cap(hall: Hall) -> Iterator[str]:
    for service, line in hall.record.lines.items():
        for name, lane in line.lanes.items():
            if lane.passed > hall.site.rules.pass_cap:
                yield f"{service}/{name}: the first ticket was passed {lane.passed} times"


def _blocks(hall: Hall) -> Iterator[str]:
    spans = sorted(
        (one.block.business_day, one.block.prefix, one.block.first, one.block.last)
        for one in hall.record.blocks.values()
    )
    for left, right in pairwise(spans):
        if left[:2] == right[:2] and left[3] >= right[2]:
            yield f"numbers {right[1]}{right[2]} of {right[0]} are leased twice"
