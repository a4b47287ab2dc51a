"""Where every event leads in every state, the work it starts, and how long each state lasts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from kiosk.core.table import Event, State


class Effect(StrEnum):
    """Work the kiosk has to do; the session says for whom."""

    READ_CARD = "read_card"
    ASK_GUIDE = "ask_guide"
    ASK_FILE = "ask_file"
    CHECK = "check"
    SUBMIT = "submit"
    FIND = "find"
    REPRINT = "reprint"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    ISSUE = "issue"
    COMPLAIN = "complain"
    REPORT_WRONG = "report_wrong"
    RATE = "rate"
    REASONS = "reasons"
    PRINT_SLIP = "print_slip"
    PRINT_TICKET = "print_ticket"
    PRINT_SHEET = "print_sheet"
    PRINT_GUIDE = "print_guide"
    SHOOT = "shoot"
    DROP = "drop"
    CALL = "call"
    WATCH = "watch"
    ALARM = "alarm"
    FORGET = "forget"
    WIPE = "wipe"
    CHECK_STORE = "check_store"


class Guard(StrEnum):
    """What must be true of the session for a move; the first that holds is taken, one without a guard always."""

    KNOWN = "known"
    PROVEN = "proven"
    SEEKING = "seeking"
    ELSEWHERE = "elsewhere"
    ASKED = "asked"
    PRECHECKING = "prechecking"
    SUPPLEMENTING = "supplementing"
    TYPING = "typing"
    FAULTY = "faulty"
    LATER_PAGE = "later_page"
    MORE_FIELDS = "more_fields"
    SHORT = "short"
    UNSIGNED = "unsigned"
    COSTLY = "costly"
    CARD_LEFT = "card_left"
    EMPTY = "empty"
    OF_TOPIC = "of_topic"
    SIGNED = "signed"
    LOST = "lost"
    MANY = "many"
    ANSWERING = "answering"
    CHOSEN = "chosen"
    BY_NUMBER = "by_number"


class Move(NamedTuple):
    """Where an event leads and the work it starts; `to` None stays.

    `returns` goes back below a question, `retries` to where the work was asked.
    """

    to: State | None = None
    effects: tuple[Effect, ...] = ()
    returns: bool = False
    retries: bool = False
    only: Guard | None = None


Way = Move | tuple[Move, ...]
Row = Mapping[Event, Way]

STAY = Move()
BELOW = Move(returns=True)
AGAIN = Move(retries=True)
END = Move(State.CLEAR, (Effect.WIPE, Effect.WATCH))
OFF = Move(State.ATTRACT, (Effect.WIPE,))
HOME = Move(State.HOME, (Effect.FORGET,))
_FAILED = Move(State.FAIL_SAFE, (Effect.WIPE,))
_DOWN = Move(State.OUT_OF_SERVICE, (Effect.WIPE,))
_DANGER = Move(State.EMERGENCY, (Effect.WIPE,))


def _work(effect: Effect) -> Move:
    return Move(State.WORKING, (effect,))


def _if(guard: Guard, move: Move) -> Move:
    return move._replace(only=guard)


_TOOLS: Row = {
    Event.ELDER: STAY, Event.LANGUAGE: STAY, Event.LOWER: STAY, Event.CONTRAST: STAY,
    Event.HELP: Move(State.HELP, (Effect.CALL,)),
}  # fmt: skip
_TROUBLE: Row = {Event.FAILED: _FAILED, Event.STORE_DOWN: _DOWN}
_ALERT: Row = {**_TROUBLE, Event.EMERGENCY: _DANGER}
_ASKS: Row = {
    Event.TIMEOUT: Move(State.STILL_THERE), Event.LEAVE: Move(State.LEAVE), Event.BACK: HOME, **_TOOLS, **_ALERT,
}  # fmt: skip
_SHOWS: Row = {Event.TIMEOUT: END, Event.LEAVE: END, Event.DONE: END, Event.HOME: HOME, **_TOOLS, **_ALERT}
_IDENTIFY = Move(State.IDENTIFY, (Effect.READ_CARD,))
_TO_FORM = (_if(Guard.PROVEN, Move(State.CONSENT)), _if(Guard.KNOWN, Move(State.FORM)), _IDENTIFY)
_ONWARD = (_if(Guard.ASKED, Move(State.SITUATION)), _if(Guard.PRECHECKING, Move(State.MATERIALS)), *_TO_FORM)
_SEEK = (_if(Guard.PROVEN, _work(Effect.FIND)), _IDENTIFY)
_IDENTIFIED = (
    _if(Guard.LOST, STAY), _if(Guard.SEEKING, _work(Effect.FIND)), _if(Guard.PROVEN, Move(State.CONSENT)),
    Move(State.FORM),
)  # fmt: skip
_PICK = _work(Effect.ASK_GUIDE)
_TO_GUIDE = (_if(Guard.CHOSEN, Move(State.GUIDE)), HOME)

TABLE: Mapping[State, Row] = {
    State.ATTRACT: {
        Event.START: Move(State.HOME), Event.LANGUAGE: Move(State.HOME), Event.ELDER: Move(State.HOME),
        Event.CLOSE: Move(State.OUT_OF_SERVICE), Event.MAINTAIN: Move(State.MAINTENANCE), Event.TIMEOUT: OFF, **_ALERT,
    },
    State.HOME: {
        Event.PROGRESS: Move(State.FIND), Event.CONSULT: Move(State.BROWSE), Event.APPLY: Move(State.BROWSE),
        Event.COMPLAIN: Move(State.COMPLAIN), Event.PRINT: _SEEK, Event.RATE: _SEEK, Event.TICKET: Move(State.QUEUES),
        Event.PRECHECK: Move(State.BROWSE), Event.SCAN: _work(Effect.FIND), Event.SEARCH: Move(State.SEARCH),
        Event.PICK: _PICK, **_ASKS,
        Event.WRONG: (_if(Guard.PROVEN, Move(State.WRONG)), STAY),
        Event.TIMEOUT: (_if(Guard.KNOWN, Move(State.STILL_THERE)), OFF), Event.BACK: (_if(Guard.KNOWN, END), OFF),
        Event.LEAVE: (_if(Guard.KNOWN, END), OFF),
    },
    State.BROWSE: {
        Event.THEME: STAY, Event.PAGE: STAY, Event.SEARCH: Move(State.SEARCH), Event.PICK: _PICK, **_ASKS,
    },
    State.SEARCH: {
        Event.KEY: STAY, Event.FIELD: STAY, Event.NEXT: STAY, Event.PAGE: STAY, Event.PICK: _PICK, **_ASKS,
        Event.BACK: Move(State.BROWSE),
    },
    State.GUIDE: {
        Event.NEXT: (_if(Guard.ELSEWHERE, Move(State.QUEUES)), *_ONWARD), Event.PAGE: STAY,
        Event.PRINT: Move(effects=(Effect.PRINT_GUIDE,)), Event.TICKET: Move(State.QUEUES), Event.PRINTING: STAY,
        **_ASKS, Event.BACK: Move(State.BROWSE),
    },
    State.SITUATION: {
        Event.ANSWER: (_if(Guard.OF_TOPIC, _work(Effect.ASK_GUIDE)), STAY), Event.NEXT: (_if(Guard.ASKED, STAY),
        *_ONWARD[1:]), **_ASKS, Event.BACK: Move(State.GUIDE),
    },
    State.IDENTIFY: {
        Event.CARD: _IDENTIFIED, Event.SCAN: _IDENTIFIED, Event.CARD_FAULT: STAY, Event.CARD_GONE: STAY,
        Event.BY: (_if(Guard.BY_NUMBER, Move(State.NUMBER)), STAY), **_ASKS,
        Event.BACK: _TO_GUIDE,
    },
    State.NUMBER: {
        Event.KEY: STAY, Event.FIELD: STAY, Event.NEXT: _IDENTIFIED, **_ASKS, Event.BACK: _IDENTIFY,
    },
    State.CONSENT: {Event.AGREE: _work(Effect.ASK_FILE), Event.DECLINE: Move(State.FORM), **_ASKS,
                    Event.BACK: _TO_GUIDE},
    State.FORM: {
        Event.FIELD: STAY, Event.KEY: STAY, Event.CHOOSE: STAY,
        Event.NEXT: (_if(Guard.TYPING, STAY), _if(Guard.FAULTY, STAY), _if(Guard.MORE_FIELDS, STAY),
                     _if(Guard.EMPTY, Move(State.SIGN)), Move(State.MATERIALS)),
        **_ASKS,
        Event.BACK: (_if(Guard.TYPING, STAY), _if(Guard.LATER_PAGE, STAY), Move(State.GUIDE)),
    },
    State.MATERIALS: {
        Event.MATERIAL: Move(State.CAPTURE), Event.WAY: STAY, Event.LATER: STAY, Event.PAGE: STAY,
        Event.NEXT: (_if(Guard.PRECHECKING, _work(Effect.CHECK)), _if(Guard.SHORT, STAY),
                     _if(Guard.SUPPLEMENTING, _work(Effect.SUPPLEMENT)), Move(State.SIGN)),
        **_ASKS,
        Event.BACK: (_if(Guard.PRECHECKING, Move(State.GUIDE)), _if(Guard.SUPPLEMENTING, Move(State.CASE)),
                     Move(State.FORM)),
    },
    State.CAPTURE: {
        Event.SHOOT: Move(effects=(Effect.SHOOT,)), Event.PAPER: STAY, Event.DROP: Move(effects=(Effect.DROP,)),
        Event.PAGE: STAY, Event.DONE: Move(State.MATERIALS), Event.LATER: Move(State.MATERIALS), **_ASKS,
        Event.BACK: Move(State.MATERIALS),
    },
    State.SIGN: {
        Event.STROKE: STAY, Event.REDO: STAY, Event.NEXT: (_if(Guard.UNSIGNED, STAY), _work(Effect.CHECK)), **_ASKS,
        Event.BACK: (_if(Guard.EMPTY, Move(State.FORM)), Move(State.MATERIALS)),
    },
    State.REVIEW: {
        Event.EDIT_FORM: Move(State.FORM), Event.EDIT_MATERIALS: Move(State.MATERIALS), Event.PAGE: STAY,
        Event.EDIT_SIGN: Move(State.SIGN), Event.DELIVERY: STAY,
        Event.SUBMIT: Move(State.SUBMITTING, (Effect.SUBMIT,)), **_ASKS, Event.BACK: Move(State.SIGN),
    },
    State.SUBMITTING: {
        Event.SUBMITTED: (_if(Guard.COSTLY, Move(State.PAY, (Effect.PRINT_SLIP,))),
                          Move(State.DELIVER, (Effect.PRINT_SLIP,))),
        Event.REFUSED: Move(State.REFUSED), Event.AWAY: Move(State.AWAY), Event.TIMEOUT: Move(State.AWAY), **_TROUBLE,
    },
    State.PAY: {Event.NEXT: Move(State.DELIVER), Event.PRINTING: STAY, **_TOOLS, **_ALERT, Event.TIMEOUT: END,
                Event.LEAVE: END},
    State.DELIVER: {
        **_SHOWS, Event.PRINTING: STAY, Event.PRINT: Move(effects=(Effect.PRINT_SHEET,)),
        Event.TICKET: Move(State.QUEUES), Event.DONE: Move(State.RATE),
    },
    State.RATE: {
        Event.GRADE: Move(effects=(Effect.RATE,)), Event.REASON: STAY, Event.PRINTING: STAY,
        **_SHOWS, Event.NEXT: Move(State.CLEAR, (Effect.REASONS, Effect.WIPE, Effect.WATCH)),
        Event.HOME: Move(State.HOME, (Effect.REASONS, Effect.FORGET)),
    },
    State.CLEAR: {
        Event.DONE: (_if(Guard.CARD_LEFT, Move(effects=(Effect.ALARM,))), OFF),
        Event.TIMEOUT: (_if(Guard.CARD_LEFT, Move(effects=(Effect.ALARM,))), OFF),
        Event.CARD_GONE: STAY, **_ALERT,
    },
    State.FIND: {
        Event.KEY: STAY, Event.FIELD: STAY, Event.SCAN: _work(Effect.FIND), Event.BY: _SEEK,
        Event.NEXT: (_if(Guard.FAULTY, STAY), _work(Effect.FIND)), **_ASKS,
    },
    State.CASES: {Event.CASE: Move(State.CASE), Event.PAGE: STAY, **_ASKS},
    State.CASE: {
        Event.REPRINT: _work(Effect.REPRINT), Event.SUPPLEMENT: Move(State.MATERIALS),
        Event.WITHDRAW: Move(State.WITHDRAW), Event.RATE: Move(State.RATE), Event.PAGE: STAY, **_ASKS,
        Event.BACK: (_if(Guard.MANY, Move(State.CASES)), HOME), Event.HOME: HOME, Event.DONE: END,
    },
    State.WITHDRAW: {Event.CONFIRM: _work(Effect.WITHDRAW), Event.STAY: Move(State.CASE), **_ASKS,
                     Event.BACK: Move(State.CASE)},
    State.CHECKED: {Event.TICKET: Move(State.QUEUES), Event.APPLY: _TO_FORM, **_ASKS, Event.HOME: HOME,
                    Event.BACK: Move(State.MATERIALS), Event.PAGE: STAY},
    State.QUEUES: {Event.PICK: _work(Effect.ISSUE), Event.PAGE: STAY, **_ASKS},
    State.TICKET: {**_SHOWS, Event.PRINTING: STAY},
    State.COMPLAIN: {
        Event.CATEGORY: STAY, Event.FIELD: STAY, Event.KEY: STAY,
        Event.NEXT: (_if(Guard.FAULTY, STAY), _work(Effect.COMPLAIN)), **_ASKS,
    },
    State.WRONG: {
        Event.FIELD: STAY, Event.KEY: STAY, Event.NEXT: (_if(Guard.FAULTY, STAY), _work(Effect.REPORT_WRONG)), **_ASKS,
    },
    State.NOTED: dict(_SHOWS),
    State.REFUSED: {**_SHOWS, Event.BACK: AGAIN},
    State.AWAY: {**_SHOWS, Event.BACK: AGAIN, Event.PRINTING: STAY},
    State.WORKING: {
        Event.GUIDED: (_if(Guard.ANSWERING, Move(State.SITUATION)), Move(State.GUIDE)),
        Event.ON_FILE: Move(State.FORM),
        Event.CHECKED: (_if(Guard.PRECHECKING, Move(State.CHECKED)), Move(State.REVIEW)),
        Event.FOUND: (_if(Guard.MANY, Move(State.CASES)), Move(State.CASE)),
        Event.REPRINTED: Move(State.DELIVER, (Effect.PRINT_SLIP,)),
        Event.TICKETED: Move(State.TICKET, (Effect.PRINT_TICKET,)),
        Event.NOTED: Move(State.NOTED), Event.REFUSED: Move(State.REFUSED),
        Event.AWAY: (_if(Guard.SIGNED, Move(State.REVIEW)), Move(State.AWAY)), Event.TIMEOUT: Move(State.AWAY),
        **_TROUBLE,
    },
    State.HELP: {Event.STAY: BELOW, Event.HEARD: STAY, Event.PRINTING: STAY, Event.TIMEOUT: BELOW, **_ALERT},
    State.STILL_THERE: {Event.STAY: BELOW, Event.LEAVE: END, Event.TIMEOUT: END, **_ALERT},
    State.LEAVE: {Event.STAY: BELOW, Event.CONFIRM: END, Event.TIMEOUT: END, **_ALERT},
    State.FAIL_SAFE: {Event.TIMEOUT: END, Event.STORE_DOWN: _DOWN},
    State.OUT_OF_SERVICE: {Event.STORE_UP: OFF, Event.OPEN: OFF, Event.TIMEOUT: Move(effects=(Effect.CHECK_STORE,))},
    State.MAINTENANCE: {Event.OPEN: OFF, Event.TIMEOUT: STAY, Event.STORE_DOWN: _DOWN, Event.FAILED: STAY},
    State.EMERGENCY: {Event.CALM: OFF, Event.TIMEOUT: STAY, **_TROUBLE},
}  # fmt: skip
"""Every move; a pair that is not here is in `IGNORED`."""

QUESTIONS = frozenset({State.HELP, State.STILL_THERE, State.LEAVE})
"""States that stand over another screen."""

_NEWS = frozenset({
    Event.EMERGENCY, Event.CALM, Event.STORE_UP, Event.CLOSE, Event.OPEN, Event.MAINTAIN, Event.GUIDED, Event.ON_FILE,
    Event.CHECKED, Event.SUBMITTED, Event.FOUND, Event.REPRINTED, Event.TICKETED, Event.NOTED, Event.REFUSED,
    Event.AWAY, Event.PRINTING, Event.HEARD, Event.PAPER, Event.CARD, Event.CARD_FAULT, Event.CARD_GONE,
})  # fmt: skip
_BURDENS = frozenset({Event.FAILED, Event.STORE_DOWN, Event.TIMEOUT})
_TOUCHES = frozenset(Event) - _NEWS - _BURDENS
_REPEATED = frozenset({State.FAIL_SAFE, State.OUT_OF_SERVICE})

IGNORED: Mapping[State, frozenset[Event]] = {
    state: (_TOUCHES | _NEWS | (_BURDENS if state in _REPEATED else frozenset())) - frozenset(TABLE[state])
    for state in State
}
"""What changes nothing: touches on what the screen does not offer, late results, news for other screens.

`FAILED`, `STORE_DOWN` and `TIMEOUT` are never ignored, except where the kiosk already says so.
"""

LIMITS: Mapping[State, int] = {
    State.HOME: 60, State.BROWSE: 60, State.SEARCH: 60, State.GUIDE: 120, State.SITUATION: 90, State.IDENTIFY: 60,
    State.NUMBER: 90, State.CONSENT: 60, State.FORM: 120, State.MATERIALS: 120, State.CAPTURE: 120, State.SIGN: 90,
    State.REVIEW: 120, State.SUBMITTING: 45, State.PAY: 60, State.DELIVER: 60, State.RATE: 30, State.CLEAR: 8,
    State.FIND: 60, State.CASES: 60, State.CASE: 90, State.WITHDRAW: 60, State.CHECKED: 90, State.QUEUES: 60,
    State.TICKET: 20, State.COMPLAIN: 120, State.WRONG: 90, State.NOTED: 45, State.WORKING: 30, State.REFUSED: 60,
    State.AWAY: 60, State.HELP: 60, State.STILL_THERE: 20, State.LEAVE: 20, State.FAIL_SAFE: 20,
    State.OUT_OF_SERVICE: 30, State.MAINTENANCE: 60, State.EMERGENCY: 60,
}  # fmt: skip
"""Seconds a state lasts without a touch; attract has none."""

ELDER_LEAST = 60
MACHINES = frozenset({
    State.SUBMITTING, State.WORKING, State.CLEAR, State.FAIL_SAFE, State.OUT_OF_SERVICE, State.MAINTENANCE,
    State.EMERGENCY,
})  # fmt: skip
"""States whose limit is the machine's, not the citizen's: large print does not make them longer."""
