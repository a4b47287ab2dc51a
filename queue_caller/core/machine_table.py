"""What a ticket machine does next: every pair of a state and an event, decided.

A state is what the citizen sees. Results of work arrive as events too; one that nobody waits for is ignored, because
what it brought is on the machine's disk and is offered again from there.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """A screen of the machine."""

    HOME = "home"
    MATTERS = "matters"
    IDENTIFY = "identify"
    CODE = "code"
    FIND = "find"
    ISSUING = "issuing"
    ASKING = "asking"
    ISSUED = "issued"
    OFFLINE = "offline"
    UNPRINTED = "unprinted"
    CLOSED = "closed"
    REFUSED = "refused"
    AWAY = "away"
    TICKET = "ticket"
    CONFIRM = "confirm"
    NOTED = "noted"
    REPRINT = "reprint"
    HELP = "help"
    STILL_THERE = "still_there"
    FAIL_SAFE = "fail_safe"
    OUT_OF_SERVICE = "out_of_service"
    EMERGENCY = "emergency"


class Event(StrEnum):
    """What can happen: touches, the card reader, results of work, time, and the hall's own trouble."""

    PICK = "pick"
    MATTERS = "matters"
    BOOKING = "booking"
    CODE = "code"
    FIND = "find"
    KEY = "key"
    ENTER = "enter"
    BACK = "back"
    DONE = "done"
    EXPLAIN = "explain"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    STEP_AWAY = "step_away"
    BOOK = "book"
    REPRINT = "reprint"
    NOT_MINE = "not_mine"
    STAY = "stay"
    LEAVE = "leave"
    HELP = "help"
    ELDER = "elder"
    LANGUAGE = "language"
    LOWER = "lower"
    PAGE = "page"
    CARD = "card"
    UNREAD = "unread"
    SCAN = "scan"
    ISSUED = "issued"
    OFFLINE = "offline"
    CLOSED = "closed"
    REFUSED = "refused"
    AWAY = "away"
    FOUND = "found"
    NOTED = "noted"
    UNKNOWN = "unknown"
    UNPRINTED = "unprinted"
    UNFINISHED = "unfinished"
    TIMEOUT = "timeout"
    FAILED = "failed"
    STORE_DOWN = "store_down"
    STORE_UP = "store_up"
    EMERGENCY = "emergency"
    CALM = "calm"


class Effect(StrEnum):
    """Work the machine has to do; the session says for whom."""

    ISSUE = "issue"
    CHECK_IN = "check_in"
    ASK = "ask"
    CANCEL = "cancel"
    STEP_AWAY = "step_away"
    BOOK = "book"
    PRINT = "print"
    REPRINT = "reprint"
    DECLINE = "decline"
    WAIT_FOR_CARD = "wait_for_card"
    CHECK_STORE = "check_store"
    WIPE = "wipe"


class Move(NamedTuple):
    """Where an event leads and the work it starts; `to` None stays, `returns` goes back below a question."""

    to: State | None = None
    effects: tuple[Effect, ...] = ()
    returns: bool = False


STAY = Move()
END = Move(State.HOME, (Effect.WIPE,))
BACK_BELOW = Move(returns=True)
FAILED = Move(State.FAIL_SAFE, (Effect.WIPE,))
STORE_DOWN = Move(State.OUT_OF_SERVICE, (Effect.WIPE,))

Row = Mapping[Event, Move]

_TOOLS: Row = {Event.ELDER: STAY, Event.LANGUAGE: STAY, Event.LOWER: STAY, Event.HELP: Move(State.HELP)}
_TROUBLE: Row = {Event.FAILED: FAILED, Event.STORE_DOWN: STORE_DOWN}
_LEAVES: Row = {Event.BACK: END, Event.DONE: END, Event.LEAVE: END}
_ASKS: Row = {Event.TIMEOUT: Move(State.STILL_THERE), Event.BACK: END, **_TOOLS, **_TROUBLE}
_SHOWS: Row = {Event.TIMEOUT: END, **_LEAVES, **_TOOLS, **_TROUBLE}
_CHECK_IN = Move(State.ASKING, (Effect.CHECK_IN,))
_FIND = Move(State.ASKING, (Effect.ASK,))
_ISSUE = Move(State.ISSUING, (Effect.ISSUE,))
_PRINT = (Effect.PRINT,)
_RESULTS: Row = {
    Event.ISSUED: Move(State.ISSUED, _PRINT),
    Event.CLOSED: Move(State.CLOSED),
    Event.REFUSED: Move(State.REFUSED),
    Event.AWAY: Move(State.AWAY),
    Event.EMERGENCY: STAY,
    Event.TIMEOUT: FAILED,
    **_TROUBLE,
}

TABLE: Mapping[State, Row] = {
    State.HOME: {
        Event.PICK: _ISSUE, Event.EXPLAIN: Move(State.CLOSED), Event.MATTERS: Move(State.MATTERS),
        Event.BOOKING: Move(State.IDENTIFY, (Effect.WAIT_FOR_CARD,)), Event.CODE: Move(State.CODE),
        Event.FIND: Move(State.FIND), Event.SCAN: _FIND, Event.CARD: _CHECK_IN, Event.PAGE: STAY, Event.TIMEOUT: END,
        Event.UNFINISHED: Move(State.REPRINT), Event.EMERGENCY: Move(State.EMERGENCY), **_TOOLS, **_TROUBLE,
    },
    State.MATTERS: {Event.PICK: _ISSUE, Event.EXPLAIN: Move(State.CLOSED), Event.PAGE: STAY, **_ASKS},
    State.IDENTIFY: {
        Event.CARD: _CHECK_IN, Event.UNREAD: STAY, Event.SCAN: _CHECK_IN, Event.CODE: Move(State.CODE), Event.DONE: END,
        **_ASKS,
    },
    State.CODE: {Event.KEY: STAY, Event.ENTER: _CHECK_IN, Event.SCAN: _CHECK_IN, **_ASKS},
    State.FIND: {Event.KEY: STAY, Event.ENTER: _FIND, Event.SCAN: _FIND, **_ASKS},
    State.ISSUING: {Event.OFFLINE: Move(State.OFFLINE, _PRINT), **_RESULTS},
    State.ASKING: {
        Event.FOUND: Move(State.TICKET), Event.NOTED: Move(State.NOTED), Event.UNKNOWN: Move(State.HOME),
        Event.CALM: STAY, **_RESULTS,
    },
    State.ISSUED: {Event.UNPRINTED: Move(State.UNPRINTED), Event.STEP_AWAY: Move(State.ASKING, (Effect.STEP_AWAY,)),
                   **_SHOWS},
    State.OFFLINE: {Event.UNPRINTED: Move(State.UNPRINTED), **_SHOWS},
    State.UNPRINTED: dict(_SHOWS),
    State.CLOSED: {Event.BOOK: Move(State.ASKING, (Effect.BOOK,)), **_ASKS},
    State.REFUSED: {Event.EMERGENCY: STAY, **_SHOWS},
    State.AWAY: dict(_SHOWS),
    State.TICKET: {
        Event.CANCEL: Move(State.CONFIRM), Event.STEP_AWAY: Move(State.ASKING, (Effect.STEP_AWAY,)), Event.DONE: END,
        **_ASKS,
    },
    State.CONFIRM: {
        Event.CONFIRM: Move(State.ASKING, (Effect.CANCEL,)), Event.STAY: Move(State.TICKET), **_ASKS,
    },
    State.NOTED: dict(_SHOWS),
    State.REPRINT: {
        Event.REPRINT: Move(State.ISSUED, (Effect.REPRINT,)),
        Event.NOT_MINE: Move(State.HOME, (Effect.DECLINE, Effect.WIPE)),
        Event.TIMEOUT: Move(State.HOME, (Effect.DECLINE, Effect.WIPE)), **_TOOLS, **_TROUBLE,
    },
    State.HELP: {Event.STAY: BACK_BELOW, Event.UNPRINTED: STAY, Event.TIMEOUT: END, **_TROUBLE},
    State.STILL_THERE: {Event.STAY: BACK_BELOW, Event.LEAVE: END, Event.TIMEOUT: END, **_TROUBLE},
    State.FAIL_SAFE: {Event.TIMEOUT: END, Event.STORE_DOWN: STORE_DOWN},
    State.OUT_OF_SERVICE: {Event.STORE_UP: END, Event.TIMEOUT: Move(effects=(Effect.CHECK_STORE,))},
    State.EMERGENCY: {
        Event.CALM: END, Event.TIMEOUT: STAY, Event.ELDER: STAY, Event.LANGUAGE: STAY, Event.LOWER: STAY, **_TROUBLE
    },
}  # fmt: skip
"""Every move; a pair that is not here is in `IGNORED`."""

_WORLD = frozenset({Event.EMERGENCY, Event.CALM, Event.STORE_UP, Event.UNFINISHED})
_LATE = frozenset({
    Event.ISSUED, Event.OFFLINE, Event.CLOSED, Event.REFUSED, Event.AWAY, Event.FOUND, Event.NOTED, Event.UNKNOWN,
    Event.UNPRINTED,
})  # fmt: skip
_TOUCHES = frozenset({
    Event.PICK, Event.MATTERS, Event.BOOKING, Event.CODE, Event.FIND, Event.KEY, Event.ENTER, Event.BACK, Event.DONE,
    Event.EXPLAIN, Event.CANCEL, Event.CONFIRM, Event.STEP_AWAY, Event.BOOK, Event.REPRINT, Event.NOT_MINE, Event.STAY,
    Event.LEAVE, Event.HELP, Event.ELDER, Event.LANGUAGE, Event.LOWER, Event.PAGE, Event.CARD, Event.UNREAD,
    Event.SCAN,
})  # fmt: skip
_NOT_ON_SCREEN: Mapping[State, frozenset[Event]] = {state: _TOUCHES - frozenset(TABLE[state]) for state in State}
_REPEATED = frozenset({Event.FAILED, Event.STORE_DOWN})

IGNORED: Mapping[State, frozenset[Event]] = {
    state: (_NOT_ON_SCREEN[state] | _WORLD | _LATE | (_REPEATED if state in (State.FAIL_SAFE, State.OUT_OF_SERVICE)
                                                      else frozenset())) - frozenset(TABLE[state])
    for state in State
}  # fmt: skip
"""What changes nothing: touches on what the screen does not offer (a second press), late results, news for home only.

`FAILED`, `STORE_DOWN` and `TIMEOUT` are never ignored, except where the machine already says so.
"""

LIMITS: Mapping[State, int] = {
    State.MATTERS: 60, State.IDENTIFY: 60, State.CODE: 60, State.FIND: 60, State.ISSUING: 10, State.ASKING: 10,
    State.ISSUED: 10, State.OFFLINE: 20, State.UNPRINTED: 30, State.CLOSED: 60, State.REFUSED: 30, State.AWAY: 30,
    State.TICKET: 60, State.CONFIRM: 60, State.NOTED: 30, State.REPRINT: 60, State.HELP: 60, State.STILL_THERE: 20,
    State.FAIL_SAFE: 20, State.OUT_OF_SERVICE: 30, State.EMERGENCY: 60,
}  # fmt: skip
"""Seconds a state lasts without a touch; home has none while it is as the next citizen expects it."""

HOME_LIMIT = 60
"""Seconds after which a home screen that somebody changed (large print, English, lowered, next page) is as before."""

ELDER_LEAST = 60
WORKING = frozenset({State.ISSUING, State.ASKING, State.FAIL_SAFE, State.OUT_OF_SERVICE, State.EMERGENCY})
"""States whose limit is the machine's, not the citizen's: large print does not make them longer."""
