"""The life of a ticket as one table; decisions, replay and the documentation all read it."""

from collections.abc import Mapping

from contract.queue import TicketFact, TicketState
from contract.queue_facts import (
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketHeld,
    TicketMissed,
    TicketRecalled,
    TicketReturned,
    TicketSteppedAway,
    TicketTransferred,
)
from queue_caller.core.errors import JournalError

_S = TicketState
_ASIDE: Mapping[type[TicketFact], tuple[TicketState, ...]] = {
    TicketReturned: (_S.WAITING,),
    TicketCalled: (_S.CALLED,),
    TicketCancelled: (_S.CANCELLED,),
    TicketExpired: (_S.EXPIRED,),
}

LIFE: Mapping[TicketState, Mapping[type[TicketFact], tuple[TicketState, ...]]] = {
    _S.WAITING: {
        TicketCalled: (_S.CALLED,),
        TicketSteppedAway: (_S.AWAY,),
        TicketTransferred: (_S.WAITING,),
        TicketCancelled: (_S.CANCELLED,),
        TicketExpired: (_S.EXPIRED,),
    },
    _S.AWAY: _ASIDE,
    _S.CALLED: {
        TicketRecalled: (_S.CALLED,),
        ServiceStarted: (_S.SERVING,),
        TicketMissed: (_S.MISSED,),
        TicketHeld: (_S.HELD,),
        TicketTransferred: (_S.WAITING,),
        TicketReturned: (_S.WAITING,),
        TicketCancelled: (_S.CANCELLED,),
    },
    _S.SERVING: {
        ServiceFinished: (_S.FINISHED, _S.WAITING),
        TicketHeld: (_S.HELD,),
        TicketTransferred: (_S.WAITING,),
    },
    _S.HELD: _ASIDE,
    _S.MISSED: _ASIDE,
    _S.FINISHED: {},
    _S.CANCELLED: {},
    _S.EXPIRED: {},
}
"""state -> fact -> the states it may lead to; the ends lead nowhere."""


def allows(state: TicketState, fact: type[TicketFact]) -> bool:
    """Return whether a ticket in `state` can meet `fact`."""
    return fact in LIFE[state]


def follow(state: TicketState, fact: type[TicketFact], onward: bool = False) -> TicketState:
    """Return the state after `fact`, the last one of the table if `onward`; raise JournalError if there is none."""
    ways = LIFE[state].get(fact)
    if ways is None:
        raise JournalError(f"a ticket that is {state.value} cannot meet {fact.__name__}")
    return ways[-1] if onward else ways[0]


def diagram() -> str:
    """Return the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> waiting: TicketIssued, OfflineTicketAccepted"]
    for state, ways in LIFE.items():
        lines += [f"    {state.value} --> {to.value}: {fact.__name__}" for fact, ends in ways.items() for to in ends]
        lines += [] if ways else [f"    {state.value} --> [*]"]
    return "\n".join(lines)
