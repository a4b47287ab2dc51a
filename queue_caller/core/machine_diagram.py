"""The state table as a page of documentation."""

from collections.abc import Iterator

from queue_caller.core.machine_table import HOME_LIMIT, IGNORED, LIMITS, TABLE, Move, State


def states_page() -> str:
    """Return docs/ticket-machine/states.md: a diagram, the time limits, every move and what is ignored."""
    return "\n".join([*_head(), *_diagram(), "", *_limits(), "", *_moves()]) + "\n"


def _head() -> Iterator[str]:
    yield "# States of the ticket machine"
    yield ""
    yield "Written from `queue_caller/core/machine_table.py`; a test fails when the two differ."
    yield ""


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> home"
    for state in State:
        arrows: dict[str, list[str]] = {}
        for event, move in TABLE[state].items():
            if move.to is not None:
                arrows.setdefault(move.to.value, []).append(event.value)
        for to, events in arrows.items():
            yield f"    {state.value} --> {to}: {', '.join(events)}"
    yield "```"


def _limits() -> Iterator[str]:
    yield "| State | Ends after | Events ignored |"
    yield "|---|---|---|"
    for state in State:
        limit = f"{LIMITS[state]} s" if state in LIMITS else f"never; {HOME_LIMIT} s if somebody changed it"
        yield f"| {state.value} | {limit} | {', '.join(sorted(event.value for event in IGNORED[state]))} |"


def _moves() -> Iterator[str]:
    yield "| State | Event | Next | Work |"
    yield "|---|---|---|---|"
    for state in State:
        for event, move in TABLE[state].items():
            yield f"| {state.value} | {event.value} | {_next(move)} | {', '.join(move.effects)} |"


def _next(move: Move) -> str:
    if move.returns:
        return "(what was below)"
    return move.to.value if move.to else "(stays)"
