from datetime import datetime, timedelta

import pytest

from contract.rating import AskRating, RatingGrade, RatingReason, SetStaffCard
from hallkit.pad import state as pad
from hallkit.pad.state import AskRefusal, PadScreen, PadState
from hallkit.runtime.clock import SHANGHAI

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
RESTING = PadState(window=3, staff="1003", masked_name="李*")


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def ask(event: str = "e1", window: int = 3, until: datetime | None = None) -> AskRating:
    return AskRating(service_event=event, window=window, ticket="A001", staff="1003", until=until or at(300))


def test_a_pad_asks_for_a_minute() -> None:
    state = pad.asked(RESTING, ask(), TEN)
    assert (state.screen, state.until) == (PadScreen.GRADES, at(60))
    assert not pad.is_over(state, at(59.9))
    assert pad.is_over(state, at(60))


def test_a_pad_asks_no_longer_than_it_was_told() -> None:
    assert pad.asked(RESTING, ask(until=at(20)), TEN).until == at(20)


@pytest.mark.parametrize(
    "question, reason",
    [
        (ask(window=4), AskRefusal.FOREIGN_WINDOW),
        (ask(until=TEN), AskRefusal.EXPIRED),
        (ask(until=at(-1)), AskRefusal.EXPIRED),
        (ask(), None),
    ],
)
def test_a_question_for_another_window_or_out_of_date_is_refused(
    question: AskRating, reason: AskRefusal | None
) -> None:
    assert pad.refusal(RESTING, question, TEN) is reason


@pytest.mark.parametrize("grade", [RatingGrade.FAIR, RatingGrade.GOOD, RatingGrade.EXCELLENT])
def test_a_fair_or_good_grade_is_thanked_for_three_seconds(grade: RatingGrade) -> None:
    state, fact = pad.graded(pad.asked(RESTING, ask(), TEN), grade, at(5), "r1")
    assert fact is not None
    assert (fact.rating, fact.service_event, fact.grade, fact.window) == ("r1", "e1", grade, 3)
    assert (state.screen, state.until) == (PadScreen.THANKS, at(8))


@pytest.mark.parametrize("grade", [RatingGrade.POOR, RatingGrade.VERY_POOR])
def test_a_bad_grade_asks_for_reasons_that_may_be_left_out(grade: RatingGrade) -> None:
    state, fact = pad.graded(pad.asked(RESTING, ask(), TEN), grade, at(5), "r1")
    assert fact is not None
    assert state.screen is PadScreen.REASONS
    answer = pad.reasons_of(state)
    assert answer is not None
    assert (answer.rating, answer.service_event, answer.reasons) == ("r1", "e1", ())


def test_reasons_are_ticked_and_unticked_and_keep_the_order_of_the_boxes() -> None:
    state, _ = pad.graded(pad.asked(RESTING, ask(), TEN), RatingGrade.POOR, TEN, "r1")
    for reason in (RatingReason.OTHER, RatingReason.UNCLEAR, RatingReason.ATTITUDE, RatingReason.UNCLEAR):
        state = pad.ticked(state, reason)
    assert state.ticks == (RatingReason.ATTITUDE, RatingReason.OTHER)
    kept, passed_over = pad.reasons_of(state), pad.reasons_of(state, kept=False)
    assert kept is not None
    assert passed_over is not None
    assert (kept.reasons, passed_over.reasons) == (state.ticks, ())


def test_a_key_pressed_twice_or_without_a_question_or_too_late_does_nothing() -> None:
    thanked, _ = pad.graded(pad.asked(RESTING, ask(), TEN), RatingGrade.GOOD, TEN, "r1")
    for state, now in ((thanked, at(1)), (RESTING, TEN), (pad.asked(RESTING, ask(), TEN), at(61))):
        assert pad.graded(state, RatingGrade.VERY_POOR, now, "r2") == (state, None)


def test_a_second_question_replaces_the_first() -> None:
    state = pad.asked(pad.asked(RESTING, ask("e1"), TEN), ask("e2"), at(50))
    assert (state.service_event, state.until) == ("e2", at(110))


def test_a_new_staff_card_leaves_the_question_and_outlives_it() -> None:
    card = SetStaffCard(window=3, staff="1004", masked_name="王*")
    state = pad.carded(pad.asked(RESTING, ask(), TEN), card)
    assert state.screen is PadScreen.GRADES
    assert (state.idle().screen, state.idle().staff) == (PadScreen.IDLE, "1004")
