"""The ticket machine decides every event in every state."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from queue_caller.core.machine_diagram import states_page
from queue_caller.core.machine_session import Fate, Happened, Session, step
from queue_caller.core.machine_table import IGNORED, LIMITS, TABLE, Effect, Event, State
from queue_caller.core.machine_ticket import HeldTicket

PAGE = Path(__file__).parents[3] / "docs" / "ticket-machine" / "states.md"
TICKET = HeldTicket(
    ticket="A042", service="A", business_day=date(2026, 9, 14), taken_at=datetime(2026, 9, 14, tzinfo=UTC), link="L"
)


@pytest.mark.parametrize("state", State)
def test_every_event_is_decided_in_every_state(state: State) -> None:
    undecided = [event for event in Event if (event in TABLE[state]) is (event in IGNORED[state])]
    assert undecided == []


@pytest.mark.parametrize("state", [state for state in State if state is not State.HOME])
def test_every_state_but_home_ends_by_itself(state: State) -> None:
    assert LIMITS[state] > 0
    assert Event.TIMEOUT in TABLE[state]
    for session in (Session(state=state), Session(state=state, elder=True)):
        assert session.limit is not None


@pytest.mark.parametrize("state", State)
def test_a_failure_is_never_ignored_by_a_state_that_serves(state: State) -> None:
    told = (State.FAIL_SAFE, State.OUT_OF_SERVICE)
    assert (Event.FAILED in TABLE[state]) is (state not in told)


def test_every_state_can_be_reached_and_home_can_be_reached_from_every_state() -> None:
    leads = {state: {move.to for move in TABLE[state].values() if move.to} for state in State}
    for start in State:
        seen, todo = {start}, [start]
        while todo:
            new = leads[todo.pop()] - seen
            seen |= new
            todo += sorted(new)
        assert State.HOME in seen
        assert start is not State.HOME or seen == set(State)


def test_the_second_press_of_a_double_press_changes_nothing() -> None:
    first = step(Session(), Happened(event=Event.PICK, text="A"))
    second = step(first.session, Happened(event=Event.PICK, text="A"))
    assert first.effects == (Effect.ISSUE,)
    assert not second.moved


def test_a_session_that_ends_leaves_nothing_behind() -> None:
    full = Session(state=State.CODE, typed="000000199001010016", person="token", elder=True, english=True)
    assert step(full, Happened(event=Event.BACK)).session == Session()


def test_a_failure_says_what_is_true_and_forgets_the_rest() -> None:
    session = Session(state=State.ISSUED, ticket=TICKET, person="token", english=True)
    done = step(session, Happened(event=Event.FAILED, fate=Fate.TICKET, ticket=TICKET))
    assert done.session == Session(state=State.FAIL_SAFE, fate=Fate.TICKET, ticket=TICKET, english=True)


def test_a_question_goes_back_to_the_screen_it_stood_on() -> None:
    asked = step(Session(state=State.FIND, typed="A04"), Happened(event=Event.TIMEOUT)).session
    assert asked.state is State.STILL_THERE
    assert step(asked, Happened(event=Event.STAY)).session == Session(state=State.FIND, typed="A04", below=State.FIND)


def test_large_print_has_no_short_timers() -> None:
    assert Session(state=State.ISSUED).limit == 10
    assert Session(state=State.ISSUED, elder=True).limit == 60


def test_the_page_of_states_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == states_page()
