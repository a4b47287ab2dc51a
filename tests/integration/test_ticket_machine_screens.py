"""Every screen of the ticket machine, looked at as a strict hall manager would."""

import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from contract.board import HallMode, QueueOnBoard, QueueState
from contract.link import Fault
from contract.queue import Estimate, EstimateBasis, RefusalCode, TicketStanding, TicketState
from hall24.presets import county_hall
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.config import parse
from hallkit.text.fonts import system_fonts
from hallkit.touch.audit import assert_good
from hallkit.touch.look import RESTING, Look
from hallkit.touch.scene import Scene
from queue_caller.core.machine_session import Fate, Note, Session
from queue_caller.core.machine_table import State
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.core.machine_world import World
from queue_caller.screens import Shown, face_of, home_targets, targets_of, theme_of, widgets
from queue_caller.screens.words import WORDS, say

HALL = parse(tomllib.loads(county_hall()), Hall)
ENTRY = HALL.device["ticket-1"]
NOON = datetime(2026, 9, 14, 10, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 14, 2, 30, tzinfo=SHANGHAI)
AT_HALF_PAST_8 = datetime(2026, 9, 14, 8, 30, tzinfo=SHANGHAI)
OPENS = datetime(2026, 9, 15, 8, 30, tzinfo=SHANGHAI)


def queue(service: str, waiting: int, low: int | None, high: int | None) -> QueueOnBoard:
    return QueueOnBoard(service=service, state=QueueState.OPEN, waiting=waiting, low_minutes=low, high_minutes=high)


OPEN = [queue("A", 6, 12, 20), queue("E", 1, 3, 6), queue("M", 0, 0, 0), queue("Y", 0, 0, 0), queue("C", 2, 5, 10),
        queue("K", 0, 0, 0)]  # fmt: skip
FULL = QueueOnBoard(service="H", state=QueueState.FULL, waiting=31, reopens=OPENS)
DAY = World(queues={one.service: one for one in [*OPEN, FULL]}, modes={"A": HallMode.OPEN}, as_of=NOON,
            day=date(2026, 9, 14), is_linked=True)  # fmt: skip
DARK = replace(DAY, queues={
    one.service: QueueOnBoard(service=one.service, state=QueueState.CLOSED, waiting=2, reopens=AT_HALF_PAST_8)
    for one in [*OPEN, FULL]
})  # fmt: skip
LINK = "7KQ2M9TXW4ZC8RVN5HJD6BPA3E"
TICKET = HeldTicket(ticket="A042", service="A", business_day=date(2026, 9, 14), taken_at=NOON, link=LINK, ahead=6,
                    low=12, high=20)  # fmt: skip
LATER = HeldTicket(ticket="A003", service="A", business_day=date(2026, 9, 14), taken_at=NIGHT, link=LINK, ahead=2,
                   serves_from=AT_HALF_PAST_8, come_back_at=AT_HALF_PAST_8)  # fmt: skip
OFFLINE = HeldTicket(ticket="A501", service="A", business_day=date(2026, 9, 14), taken_at=NOON, link=LINK,
                     span=("A501", "A520"))  # fmt: skip


def standing(state: TicketState, window: int | None = None) -> TicketStanding:
    return TicketStanding(
        ticket="A042", business_day=date(2026, 9, 14), service="A", state=state, issued_at=NOON, link=LINK, ahead=6,
        window=window, come_back_at=NOON + timedelta(minutes=9) if state is TicketState.WAITING else None,
        estimate=Estimate(low_minutes=12, high_minutes=20, basis=EstimateBasis.QUEUE_LENGTH),
    )  # fmt: skip


AWAY = replace(DAY, is_away=True)
AWAY_OPEN = replace(AWAY, faults=(Fault.COVER_OPEN,))
NO_PAPER = replace(DAY, faults=(Fault.PAPER_OUT,))
CASES: dict[str, tuple[Session, World]] = {
    "home": (Session(), DAY),
    "home-engine-away": (Session(), AWAY),
    "home-no-paper": (Session(), NO_PAPER),
    "home-before-boards": (Session(), World()),
    "matters": (Session(state=State.MATTERS), DAY),
    "identify": (Session(state=State.IDENTIFY), DAY),
    "code": (Session(state=State.CODE, typed="4829"), DAY),
    "code-identity": (Session(state=State.CODE, typed="00000019900101001X"), DAY),
    "find": (Session(state=State.FIND, typed="A042"), DAY),
    "issuing": (Session(state=State.ISSUING, service="A"), DAY),
    "asking": (Session(state=State.ASKING), DAY),
    "issued": (Session(state=State.ISSUED, service="A", ticket=TICKET), DAY),
    "issued-unattended": (Session(state=State.ISSUED, service="A", ticket=LATER), DARK),
    "offline": (Session(state=State.OFFLINE, service="A", ticket=OFFLINE), AWAY),
    "unprinted": (Session(state=State.UNPRINTED, service="A", ticket=TICKET), NO_PAPER),
    "unprinted-offline": (Session(state=State.UNPRINTED, service="A", ticket=OFFLINE), AWAY_OPEN),
    "closed": (Session(state=State.CLOSED, service="H"), DAY),
    "closed-booked": (Session(state=State.CLOSED, refusal=RefusalCode.SERVICE_CLOSED, when=OPENS), DAY),
    "refused": (Session(state=State.REFUSED, refusal=RefusalCode.UNKNOWN_TICKET), DAY),
    "refused-early": (Session(state=State.REFUSED, refusal=RefusalCode.TOO_EARLY, when=NOON), DAY),
    "refused-other": (Session(state=State.REFUSED, refusal=RefusalCode.KEY_CONFLICT), DAY),
    "away": (Session(state=State.AWAY, service="A"), AWAY),
    "away-asking": (Session(state=State.AWAY), AWAY),
    "ticket": (Session(state=State.TICKET, standing=standing(TicketState.WAITING)), DAY),
    "ticket-called": (Session(state=State.TICKET, standing=standing(TicketState.CALLED, 3)), DAY),
    "ticket-missed": (Session(state=State.TICKET, standing=standing(TicketState.MISSED)), DAY),
    "confirm": (Session(state=State.CONFIRM, standing=standing(TicketState.WAITING)), DAY),
    "noted-cancelled": (Session(state=State.NOTED, note=Note(kind="cancelled", number="A042")), DAY),
    "noted-stepped-away": (Session(state=State.NOTED, note=Note(kind="stepped_away", number="A042", when=NOON)), DAY),
    "noted-booked": (Session(state=State.NOTED, note=Note(kind="booked", code="482913", when=OPENS)), DAY),
    "reprint": (Session(state=State.REPRINT, ticket=TICKET), DAY),
    "help": (Session(state=State.HELP), DAY),
    "still-there": (Session(state=State.STILL_THERE, below=State.MATTERS), DAY),
    "fail-safe": (Session(state=State.FAIL_SAFE), DAY),
    "fail-safe-ticket": (Session(state=State.FAIL_SAFE, fate=Fate.TICKET, ticket=TICKET), DAY),
    "fail-safe-unknown": (Session(state=State.FAIL_SAFE, fate=Fate.UNKNOWN), DAY),
    "out-of-service": (Session(state=State.OUT_OF_SERVICE), DAY),
    "emergency": (Session(state=State.EMERGENCY), DAY),
}  # fmt: skip
MODES = {
    "": {},
    "-elder": {"elder": True},
    "-english": {"english": True},
    "-night": {},
    "-lowered": {"lowered": True},
}


def shown(case: str, mode: str) -> Shown:
    session, world = CASES[case]
    session = replace(session, **MODES[mode])
    now = NIGHT if mode == "-night" or case == "issued-unattended" else NOON
    if mode == "-night" and case == "home":
        world = DARK
    look = Look(theme_of(session, now), system_fonts())
    face = replace(face_of(HALL, ENTRY), has_reader="identify" in case)
    left = session.limit if session.state is not State.STILL_THERE else 13
    return Shown(session=session, world=world, face=face, now=now, look=look, left=left)


def painted(case: str, mode: str) -> tuple[Scene, Look]:
    view = shown(case, mode)
    scene = Scene()
    scene.show(view.look, widgets(view))
    return scene, view.look


@pytest.mark.parametrize("case,mode", list(product(CASES, MODES)), ids=lambda one: one or "usual")
def test_a_screen_is_one_a_hall_would_put_up(case: str, mode: str) -> None:
    assert_good(*painted(case, mode))


def test_a_number_is_at_least_twice_the_title_on_every_screen_that_shows_one() -> None:
    view = shown("issued", "")
    assert view.look.px("ticket") >= 2 * view.look.px("title")


@pytest.mark.parametrize("name", WORDS)
def test_every_sentence_has_both_languages_and_the_same_values(name: str) -> None:
    holes = [{part.split("}")[0] for part in text.split("{")[1:]} for text in WORDS[name]]
    assert holes[1] <= holes[0] or name == "issued.back_at"
    assert not any(char in WORDS[name][1] for char in "，。：「」")


def test_a_live_visitor_knows_where_home_is_touched_without_seeing_it() -> None:
    targets = home_targets(HALL, ENTRY, NOON)
    assert {f"pick:{entry.id}" for entry in HALL.services} <= set(targets)
    full = targets_of(shown("home", ""))
    assert full["explain:H"] == targets["pick:H"]
    assert full["pick:A"] == targets["pick:A"]


def test_after_hours_the_home_screen_says_when_calling_starts_and_still_gives_tickets() -> None:
    view = shown("home", "-night")
    spoken = " ".join(text for widget in widgets(view) for target in widget.layout(view.look, RESTING).targets
                      for text in [target.spoken])  # fmt: skip
    assert "8:30 叫号" in spoken
    assert "pick:A" in targets_of(view)
    assert say("home.opens", False, when="8:30") == "8:30 叫号"
