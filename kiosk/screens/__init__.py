"""Screens of the kiosk: what is shown for a session, and where it is touched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hallkit.touch.box import Box
from hallkit.touch.look import RESTING, TouchState
from hallkit.touch.marks import Target
from hallkit.touch.scene import Scene
from hallkit.touch.theme import THEMES, Theme
from hallkit.touch.widgets import Widget
from kiosk.core.moves import QUESTIONS
from kiosk.core.session import Session, Slip
from kiosk.core.table import State
from kiosk.screens import browse, cases, done, fields, guide, home, identify, papers, precheck, queues, sign, told
from kiosk.screens.sign import pad_box
from kiosk.screens.view import View

Screen = Callable[[View], list[Widget]]

SCREENS: Mapping[State, Screen] = {
    State.ATTRACT: home.attract, State.HOME: home.home, State.BROWSE: browse.browse, State.SEARCH: browse.search,
    State.GUIDE: guide.guide, State.SITUATION: precheck.situation, State.IDENTIFY: identify.identify,
    State.NUMBER: identify.number, State.CONSENT: identify.consent, State.FORM: fields.form,
    State.MATERIALS: papers.materials, State.CAPTURE: papers.capture, State.SIGN: sign.sign, State.REVIEW: sign.review,
    State.SUBMITTING: told.working, State.WORKING: told.working, State.PAY: done.pay, State.DELIVER: done.deliver,
    State.RATE: done.rate, State.CLEAR: home.clear, State.FIND: fields.find, State.CASES: cases.cases,
    State.CASE: cases.case, State.WITHDRAW: cases.withdraw, State.CHECKED: precheck.checked,
    State.QUEUES: queues.queues, State.TICKET: queues.ticket,
    State.COMPLAIN: fields.complain, State.WRONG: fields.wrong, State.NOTED: told.noted,
    State.REFUSED: told.refused, State.AWAY: told.away, State.FAIL_SAFE: told.fail_safe,
    State.OUT_OF_SERVICE: told.out_of_service, State.MAINTENANCE: told.maintenance, State.EMERGENCY: told.emergency,
}  # fmt: skip
OVER: Mapping[State, Callable[[View], Widget]] = {
    State.HELP: told.help_dialog, State.STILL_THERE: told.still_there, State.LEAVE: told.leave,
}  # fmt: skip
COUNTED = frozenset({State.STILL_THERE, State.TICKET})
"""Screens that show the seconds left."""
NIGHT_FROM, NIGHT_UNTIL = 22, 6


def theme_of(session: Session, now: datetime) -> Theme:
    """Return the colours: contrast and large print as the citizen chose, else the hour's."""
    if session.mode.contrast:
        return replace(THEMES["high_contrast"], elder=session.mode.elder)
    night = now.hour >= NIGHT_FROM or now.hour < NIGHT_UNTIL
    return THEMES["elder" if session.mode.elder else "night" if night else "normal"]


def widgets(view: View) -> Sequence[Widget]:
    """Return the widgets of a session's screen; a question stands over the screen below it."""
    state = view.session.state
    if state not in OVER:
        return SCREENS[state](view)
    below = view.session.below if view.session.below not in QUESTIONS else State.HOME
    ground = replace(view, session=replace(view.session, state=below))
    return [*SCREENS[below](ground), OVER[state](view)]


def show(scene: Scene, view: View, touch: TouchState = RESTING) -> list[Box]:
    """Paint what changed since the last call; return the changed boxes, to be put on the display."""
    return scene.show(view.look, widgets(view), touch)


def targets_of(view: View) -> dict[str, Box]:
    """Return where each action of a screen is touched, in focus order; pure, nothing is painted."""
    live: list[Target] = []
    for widget in widgets(view):
        placed = widget.layout(view.look, RESTING)
        live = [*placed.targets] if placed.modal else [*live, *placed.targets]
    return {target.action: target.box for target in live}


def is_pointed(session: Session) -> bool:
    """Tell whether the screen has an amber arrow, which moves for ten seconds."""
    if session.state is State.DELIVER:
        return session.issued is not None and session.issued.slip in (Slip.PRINTING, Slip.PRINTED)
    lies = session.state is State.CLEAR and (session.card_left or session.paper_left)
    return lies or session.state in (State.IDENTIFY, State.CAPTURE)


__all__ = ["COUNTED", "View", "is_pointed", "pad_box", "show", "targets_of", "theme_of", "widgets"]
