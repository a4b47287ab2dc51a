"""What the kiosk does next: every pair of a state and an event, decided.

A state is what the citizen sees. A target on a screen is named `event` or `event:text`; pressing it makes that event
happen with that text. The targets of each screen:

====================  ==========================================================================================
attract               `start` (anywhere), `language`, `elder`
home                  `progress` `consult` `apply` `complain`; `print` `ticket` `rate` `precheck` `wrong`; `search`,
                      `pick:item:CODE` `pick:topic:CODE`
browse                `theme:NAME` `search` `page:1` `page:-1` `pick:item:CODE` `pick:topic:CODE`
search                `key:…` (see `Typing`), `pick:item:CODE` `pick:topic:CODE`
guide                 `next` (apply here, or go on), `print` (the guide on A4), `ticket` (for a window), `page:±1`
situation             `answer:QUESTION:OPTION`, `next`
identify              `by:card` `by:code` (which is shown; both are read), `by:number` (not to see cases)
number                `key:0` … `key:X` `key:delete` `key:clear`, `field:identity` `field:name`, `next`
consent               `agree` `decline`
form                  `field:CODE`, `key:…` while a field has the keyboard, `choose:CODE:OPTION`, `next`
materials             `material:CODE` (take its pages), `way:CODE:WAY`, `later:CODE`, `next`
capture               `shoot` `drop` (the page shown), `page:±1`, `later:CODE`, `done`
sign                  strokes on the pad (see `PAD_TARGET`), `redo`, `next`
review                `edit_form` `edit_materials` `edit_sign`, `delivery:WAY`, `submit`
submitting, working   none
pay                   `next`
deliver               `print` (the notice on A4), `ticket`, `home`, `done` (leads to the rating)
rate                  `grade:1` … `grade:5`, `reason:REASON`, `next`
clear                 `done` once nothing is left on the kiosk
find                  `field:case` `field:query`, `key:…`, `next`, `by:card`
cases                 `case:N`, `page:±1`
case                  `reprint:DOCUMENT`, `supplement`, `withdraw`, `rate`, `home`, `done`
withdraw              `confirm` `stay`
checked               `ticket` `apply` `home`
queues                `pick:queue:ID`
ticket                `home` `done`
complain              `category:WORD`, `key:…`, `next`
wrong                 `field:CODE`, `key:…`, `next`
noted, refused, away  `home` `done`; `back` goes to where it was asked
still_there           `stay` (anywhere) `leave`
leave                 `stay` `confirm`
help                  `stay`
====================  ==========================================================================================

Every screen with a header has `elder` `language` `lower` `contrast` `help`; every screen inside a session `back` and
`leave`. Results of work arrive as events too; one that nobody waits for is ignored.
"""

from enum import StrEnum


class State(StrEnum):
    """A screen of the kiosk."""

    ATTRACT = "attract"
    HOME = "home"
    BROWSE = "browse"
    SEARCH = "search"
    GUIDE = "guide"
    SITUATION = "situation"
    IDENTIFY = "identify"
    NUMBER = "number"
    CONSENT = "consent"
    FORM = "form"
    MATERIALS = "materials"
    CAPTURE = "capture"
    SIGN = "sign"
    REVIEW = "review"
    SUBMITTING = "submitting"
    PAY = "pay"
    DELIVER = "deliver"
    RATE = "rate"
    CLEAR = "clear"
    FIND = "find"
    CASES = "cases"
    CASE = "case"
    WITHDRAW = "withdraw"
    CHECKED = "checked"
    QUEUES = "queues"
    TICKET = "ticket"
    COMPLAIN = "complain"
    WRONG = "wrong"
    NOTED = "noted"
    WORKING = "working"
    REFUSED = "refused"
    AWAY = "away"
    HELP = "help"
    STILL_THERE = "still_there"
    LEAVE = "leave"
    FAIL_SAFE = "fail_safe"
    OUT_OF_SERVICE = "out_of_service"
    MAINTENANCE = "maintenance"
    EMERGENCY = "emergency"


class Event(StrEnum):
    """What can happen: touches, what lies on the kiosk, results of work, time, and the hall's own trouble."""

    START = "start"
    PROGRESS = "progress"
    CONSULT = "consult"
    APPLY = "apply"
    COMPLAIN = "complain"
    PRINT = "print"
    TICKET = "ticket"
    RATE = "rate"
    PRECHECK = "precheck"
    WRONG = "wrong"
    THEME = "theme"
    SEARCH = "search"
    PAGE = "page"
    PICK = "pick"
    ANSWER = "answer"
    BY = "by"
    AGREE = "agree"
    DECLINE = "decline"
    FIELD = "field"
    KEY = "key"
    CHOOSE = "choose"
    MATERIAL = "material"
    WAY = "way"
    LATER = "later"
    SHOOT = "shoot"
    DROP = "drop"
    STROKE = "stroke"
    REDO = "redo"
    EDIT_FORM = "edit_form"
    EDIT_MATERIALS = "edit_materials"
    EDIT_SIGN = "edit_sign"
    DELIVERY = "delivery"
    SUBMIT = "submit"
    GRADE = "grade"
    REASON = "reason"
    CASE = "case"
    REPRINT = "reprint"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    CATEGORY = "category"
    NEXT = "next"
    BACK = "back"
    DONE = "done"
    HOME = "home"
    LEAVE = "leave"
    STAY = "stay"
    HELP = "help"
    ELDER = "elder"
    LANGUAGE = "language"
    LOWER = "lower"
    CONTRAST = "contrast"
    CARD = "card"
    CARD_FAULT = "card_fault"
    CARD_GONE = "card_gone"
    SCAN = "scan"
    PAPER = "paper"
    GUIDED = "guided"
    ON_FILE = "on_file"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    FOUND = "found"
    REPRINTED = "reprinted"
    TICKETED = "ticketed"
    NOTED = "noted"
    REFUSED = "refused"
    AWAY = "away"
    PRINTING = "printing"
    HEARD = "heard"
    TIMEOUT = "timeout"
    FAILED = "failed"
    STORE_DOWN = "store_down"
    STORE_UP = "store_up"
    CLOSE = "close"
    MAINTAIN = "maintain"
    OPEN = "open"
    EMERGENCY = "emergency"
    CALM = "calm"
