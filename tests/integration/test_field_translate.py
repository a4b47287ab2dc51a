from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from contract.board import HallMode, PauseReason, QueueOnBoard, QueueState, WindowOnBoard, WindowState, ZoneBoard
from contract.body import Request
from contract.queue import HoldReason, Place, RefusalCode
from contract.queue_requests import (
    CallNext,
    CallReply,
    FinishReply,
    FinishService,
    HoldTicket,
    MarkNoShow,
    PauseWindow,
    QueueRefused,
    Recall,
    ResumeWindow,
    StartService,
    TransferTicket,
)
from mqtt_bridge.core.field_exchange import KeyPress, PadDisplay, PadKey, PadLamp, Pressed
from mqtt_bridge.core.translate import PadWindow, after_reply, display, offline, refused, to_request
from mqtt_bridge.drivers import pad_frames
from mqtt_bridge.drivers.adapter_check import check_adapters
from mqtt_bridge.wire.call_pad import Answer, Frame
from mqtt_bridge.wire.call_pad_values import AgeCode, KeyCode, LampCode

AT = PadWindow(5, services=("land",), transfer_to="tax", transfer_place=Place.FRONT)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def press(key: PadKey, *, held: bool = False, age: int = 0) -> KeyPress:
    return KeyPress(7, 1007, 1, 1, key, held, age)


def board(state: WindowState, ticket: str | None, waiting: int) -> ZoneBoard:
    return ZoneBoard(
        zone="hall",
        business_day=date(2026, 11, 20),
        as_of=NOON,
        mode=HallMode.OPEN,
        windows=(WindowOnBoard(window=5, state=state, ticket=ticket),),
        queues=(
            QueueOnBoard(service="land", state=QueueState.OPEN, waiting=waiting),
            QueueOnBoard(service="tax", state=QueueState.OPEN, waiting=40),
        ),
        calls=(),
    )


@pytest.mark.parametrize(
    "key, request_",
    [
        (PadKey.NEXT, CallNext(window=5)),
        (PadKey.RECALL, Recall(window=5)),
        (PadKey.START, StartService(window=5)),
        (PadKey.FINISH, FinishService(window=5)),
        (PadKey.NO_SHOW, MarkNoShow(window=5)),
        (PadKey.TRANSFER, TransferTicket(ticket="A012", service="tax", place=Place.FRONT)),
        (PadKey.PAUSE, PauseWindow(window=5, reason=PauseReason.BREAK)),
        (PadKey.RESUME, ResumeWindow(window=5)),
        (PadKey.HOLD, HoldTicket(window=5, reason=HoldReason.FETCHING_MATERIAL)),
        (PadKey.FOUND, None),
    ],
)
def test_every_key_asks_its_own_of_the_queue(key: PadKey, request_: Request | None) -> None:
    assert to_request(press(key), AT, "A012") == request_


def test_a_pause_key_kept_down_is_a_meal_and_other_keys_kept_down_ask_no_more() -> None:
    assert to_request(press(PadKey.PAUSE, held=True), AT, None) == PauseWindow(window=5, reason=PauseReason.MEAL)
    others = [key for key in PadKey if key is not PadKey.PAUSE]
    assert [to_request(press(key, held=True), AT, "A012") for key in others] == [None] * len(others)


def test_nobody_is_called_by_a_key_pressed_half_a_minute_ago() -> None:
    assert to_request(press(PadKey.NEXT, age=5), AT, None) == CallNext(window=5)
    assert to_request(press(PadKey.NEXT, age=30), AT, None) is None
    assert to_request(press(PadKey.FINISH, age=30), AT, None) == FinishService(window=5)


@pytest.mark.parametrize("at, ticket", [(AT, None), (PadWindow(5), "A012")])
def test_a_transfer_without_a_ticket_or_a_target_asks_nothing(at: PadWindow, ticket: str | None) -> None:
    assert to_request(press(PadKey.TRANSFER), at, ticket) is None


@pytest.mark.parametrize(
    "state, lamp",
    [
        (WindowState.CLOSED, PadLamp.OFF),
        (WindowState.FREE, PadLamp.FREE),
        (WindowState.CALLING, PadLamp.CALLING),
        (WindowState.SERVING, PadLamp.SERVING),
        (WindowState.PAUSED, PadLamp.PAUSED),
    ],
)
def test_the_lamp_is_the_window_s_state(state: WindowState, lamp: PadLamp) -> None:
    assert display(board(state, "A012", 3), AT) == PadDisplay("A012", 3, lamp)


def test_a_window_of_all_services_counts_all_who_wait_and_an_unknown_one_is_dark() -> None:
    assert display(board(WindowState.FREE, None, 3), PadWindow(5)).waiting == 43
    assert display(board(WindowState.FREE, None, 3), PadWindow(6)) == PadDisplay(None, 43, PadLamp.OFF)


def test_a_free_window_beeps_for_the_first_who_waits() -> None:
    empty = display(board(WindowState.FREE, None, 0), AT)
    assert display(board(WindowState.FREE, None, 1), AT, empty).beep
    assert not display(board(WindowState.SERVING, "A012", 1), AT, empty).beep
    assert not display(board(WindowState.FREE, None, 2), AT, PadDisplay(None, 1)).beep


def test_an_answer_is_shown_before_the_board_says_it() -> None:
    shown = PadDisplay(None, 3, PadLamp.FREE)
    call = CallReply(
        window=5, ticket="A013", business_day=date(2026, 11, 20), service="land", call=9, count=1, calls_left=2
    )
    assert after_reply(shown, call) == PadDisplay("A013", 3, PadLamp.CALLING)
    finish = FinishReply(ticket="A013", service_event="e1")
    assert after_reply(PadDisplay("A013", 3, PadLamp.SERVING), finish) == PadDisplay(None, 3, PadLamp.FREE)
    none_waiting = QueueRefused(code=RefusalCode.NOBODY_WAITING)
    assert after_reply(shown, none_waiting) == PadDisplay(None, 3, PadLamp.REFUSED, beep=True)
    assert refused(shown).lamp is PadLamp.REFUSED
    assert offline(shown).lamp is PadLamp.OFFLINE


def test_a_key_of_a_newer_pad_is_taken_and_asks_nothing() -> None:
    heard = pad_frames.from_frame(Frame(7, Answer.KEY, 3, b"\x0c"))
    assert heard == Pressed(3, PadKey.UNKNOWN)
    assert to_request(press(PadKey.UNKNOWN), AT, "A012") is None


def test_core_and_wire_name_the_same_keys_lamps_and_ages() -> None:
    assert {key.name for key in PadKey} - {"UNKNOWN"} == set(KeyCode.__members__)
    assert {lamp.name for lamp in PadLamp} == set(LampCode.__members__)
    assert set(pad_frames.AGE_SECONDS) == set(AgeCode)


def test_an_adapter_that_keeps_answers_back_is_told_with_its_remedy(tmp_path: Path) -> None:
    for port, timer in (("ttyUSB0", "16\n"), ("ttyUSB1", "1\n"), ("ttyUSB2", None), ("ttyUSB3", "fast")):
        (tmp_path / port).mkdir()
        if timer is not None:
            (tmp_path / port / "latency_timer").write_text(timer)

    slow, fast, without, odd = check_adapters(tmp_path)

    assert (slow.port, slow.milliseconds, slow.is_good) == ("ttyUSB0", 16, False)
    assert f"echo 1 | sudo tee {tmp_path}/ttyUSB0/latency_timer" in slow.advice
    assert (fast.milliseconds, fast.is_good) == (1, True)
    assert (without.milliseconds, without.is_good) == (None, True)
    assert not odd.is_good


def test_a_machine_without_adapters_has_no_finding(tmp_path: Path) -> None:
    assert check_adapters(tmp_path / "none") == ()
