"""The state table as a page of documentation."""

from collections.abc import Iterator

from kiosk.core.moves import IGNORED, LIMITS, TABLE, Move, Way
from kiosk.core.table import State


def states_page() -> str:
    """Return docs/kiosk/states.md: a diagram, the time limits, every move and what is ignored."""
    return "\n".join([*_head(), *_diagram(), "", *_limits(), "", *_moves()]) + "\n"


def _head() -> Iterator[str]:
    yield "# States of the kiosk"
    yield ""
    yield "Written from `kiosk/core/moves.py`; a test fails when the two differ."
    yield ""


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> attract"
    for state in State:
        arrows: dict[str, dict[str, None]] = {}
        for event, ways in TABLE[state].items():
            for move in _each(ways):
                if move.to is not None:
                    arrows.setdefault(move.to.value, {})[event.value] = None
        for to, events in arrows.items():
            yield f"    {state.value} --> {to}: {', '.join(events)}"
    yield "```"


def _limits() -> Iterator[str]:
    yield "| State | Ends after | Events ignored |"
    yield "|---|---|---|"
    for state in State:
        limit = f"{LIMITS[state]} s" if state in LIMITS else "never"
        yield f"| {state.value} | {limit} | {', '.join(sorted(event.value for event in IGNORED[state]))} |"


def _moves() -> Iterator[str]:
    yield "| State | Event | Only if | Next | Work |"
    yield "|---|---|---|---|---|"
    for state in State:
        for event, ways in TABLE[state].items():
            for move in _each(ways):
                only = move.only.value if move.only else ""
                yield f"| {state.value} | {event.value} | {only} | {_next(move)} | {', '.join(move.effects)} |"


def _each(ways: Way) -> tuple[Move, ...]:
    return (ways,) if isinstance(ways, Move) else ways


def _next(move: Move) -> str:
    if move.returns:
        return "(what was below)"
    if move.retries:
        return "(where it was asked)"
    return move.to.value if move.to else "(stays)"
