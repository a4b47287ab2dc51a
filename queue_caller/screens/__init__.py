"""Screens of the ticket machine: what is shown for a session, and where it is touched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.touch.box import Box
from hallkit.touch.look import RESTING, Look
from hallkit.touch.marks import Target
from hallkit.touch.theme import THEMES, Theme
from hallkit.touch.widgets import Widget
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_table import State
from queue_caller.core.machine_world import World, is_night
from queue_caller.screens import ask, entry, home, result, told
from queue_caller.screens.shown import Face, Shown, face_of

Screen = Callable[[Shown], list[Widget]]

SCREENS: Mapping[State, Screen] = {
    State.HOME: home.home, State.MATTERS: home.matters, State.IDENTIFY: entry.identify, State.CODE: entry.code,
    State.FIND: entry.find, State.ISSUING: told.working, State.ASKING: told.working, State.ISSUED: result.issued,
    State.OFFLINE: result.offline, State.UNPRINTED: result.unprinted, State.CLOSED: told.closed,
    State.REFUSED: told.refused, State.AWAY: told.away, State.TICKET: ask.ticket, State.NOTED: told.noted,
    State.FAIL_SAFE: told.fail_safe, State.OUT_OF_SERVICE: told.out_of_service, State.EMERGENCY: told.emergency,
}  # fmt: skip
QUESTIONS: Mapping[State, Callable[[Shown], Widget]] = {
    State.CONFIRM: ask.confirm, State.REPRINT: ask.reprint, State.HELP: ask.help_dialog,
    State.STILL_THERE: ask.still_there,
}  # fmt: skip
COUNTED = frozenset({State.ISSUED, State.OFFLINE, State.UNPRINTED, State.NOTED, State.STILL_THERE})
"""Screens that show the seconds left."""
POINTED = frozenset({State.IDENTIFY, State.ISSUED, State.OFFLINE})
"""Screens with an amber arrow, which moves for ten seconds."""


def theme_of(session: Session, now: datetime) -> Theme:
    """Return the colours: the citizen's large print first, else the hour's."""
    return THEMES["elder" if session.elder else "night" if is_night(now) else "normal"]


def widgets(shown: Shown) -> Sequence[Widget]:
    """Return the widgets of a session's screen; a question stands over the screen below it."""
    state = shown.session.state
    if state not in QUESTIONS:
        return SCREENS[state](shown)
    below = {State.CONFIRM: State.TICKET, State.REPRINT: State.HOME}.get(state, shown.session.below)
    if below in QUESTIONS:
        ground = widgets(replace(shown, session=replace(shown.session, state=below)))
    else:
        ground = SCREENS[below](replace(shown, session=replace(shown.session, state=below)))
    return [*ground, QUESTIONS[state](shown)]


def targets_of(shown: Shown) -> dict[str, Box]:
    """Return where each action of a screen is touched, in focus order; pure, nothing is painted."""
    live: list[Target] = []
    for widget in widgets(shown):
        placed = widget.layout(shown.look, RESTING)
        live = [*placed.targets] if placed.modal else [*live, *placed.targets]
    return {target.action: target.box for target in live}


def home_targets(hall: Hall, machine: DeviceEntry, now: datetime, fonts: FontLibrary | None = None) -> dict[str, Box]:
    """Return where a fresh home screen is touched (`pick:<service>`, `code`, `find`, …), for whoever presses from afar.

    A service that is full answers under `explain:<service>` at the same place.
    """
    look = Look(THEMES["normal"], fonts or system_fonts())
    return targets_of(Shown(session=Session(), world=World(), face=face_of(hall, machine), now=now, look=look))


__all__ = ["COUNTED", "POINTED", "Face", "Shown", "face_of", "home_targets", "targets_of", "theme_of", "widgets"]
