"""What a clerk is offered at the desk, and what each key asks."""

import pytest

from contract.board import PauseReason, WindowOnBoard, WindowState
from contract.queue import HoldReason, Place
from contract.queue_requests import CallNext, HoldTicket, OpenWindow, PauseWindow, TransferTicket
from queue_caller.core import desk
from queue_caller.core.errors import DeskError


def names(state: WindowState) -> list[str]:
    return [action.name for action in desk.offered(WindowOnBoard(window=3, state=state))]


def test_a_closed_window_can_only_be_opened() -> None:
    assert [action.name for action in desk.offered(None)] == ["open"]


def test_every_state_offers_what_fits_and_nothing_else() -> None:
    assert {"next", "call", "pause", "close"} <= set(names(WindowState.FREE))
    assert {"recall", "start", "no_show"} <= set(names(WindowState.CALLING))
    assert {"finish", "hold", "transfer"} <= set(names(WindowState.SERVING))
    assert "next" not in names(WindowState.SERVING)
    assert "resume" in names(WindowState.PAUSED)


def test_every_action_has_a_key_of_its_own() -> None:
    keys = [action.key for action in desk.ACTIONS]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("name", "form", "asked"),
    [
        ("next", {}, CallNext(window=3)),
        ("open", {"staff": "0103"}, OpenWindow(window=3, staff="0103")),
        ("pause", {"pause_reason": "meal"}, PauseWindow(window=3, reason=PauseReason.MEAL)),
        ("hold", {"hold_reason": "paying"}, HoldTicket(window=3, reason=HoldReason.PAYING)),
        ("transfer", {"service": "E", "place": "by_age"},
         TransferTicket(ticket="A007", service="E", place=Place.BY_AGE)),
    ],
)  # fmt: skip
def test_a_key_asks_what_it_says(name: str, form: dict[str, str], asked: object) -> None:
    assert desk.request(name, 3, "A007", form) == asked


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("dance", {}, "unknown action 'dance'"),
        ("open", {}, "open: staff is missing"),
        ("hold", {"hold_reason": "tired"}, "'tired' is not a valid HoldReason"),
    ],
)
def test_a_form_that_is_wrong_says_what_is_wrong(name: str, form: dict[str, str], said: str) -> None:
    with pytest.raises(DeskError, match=said):
        desk.request(name, 3, "A007", form)
