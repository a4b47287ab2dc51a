from datetime import date, datetime, timedelta

import pytest

from contract.queue_facts import ServiceFinished
from contract.rating import RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven
from hallkit.rules.calendar import published
from intake_server.core.kinds import RatingDefaulted, RectificationState
from intake_server.core.ledger import SHANGHAI
from intake_server.core.ratings import Ratings
from intake_server.errors import RectificationError

AT = datetime(2026, 9, 18, 16, 0, tzinfo=SHANGHAI)


def given(rating: str, event: str, grade: int, at: datetime = AT) -> RatingGiven:
    return RatingGiven(rating=rating, service_event=event, grade=RatingGrade(grade), at=at, window=3)


def finished(event: str, at: datetime = AT) -> ServiceFinished:
    return ServiceFinished(
        ticket="A001", business_day=date(2026, 9, 18), at=at, window=3, staff="s", service="A", service_event=event,
        started_at=at,
    )  # fmt: skip


def book(*facts) -> Ratings:
    ratings = Ratings(published(), rectify_days=5)
    for fact in facts:
        ratings.apply(fact)
    return ratings


def test_one_rating_counts_for_a_service_event_and_later_ones_are_supplements():
    ratings = book(given("r1", "s1", 5), given("r2", "s1", 1), given("r3", "s2", 4))
    rate = ratings.rate()
    assert (rate.valid, rate.satisfied, rate.supplements) == (2, 2, 1)
    assert ratings.valid["s1"].grade is RatingGrade.EXCELLENT


def test_the_same_press_heard_twice_counts_once():
    assert book(given("r1", "s1", 5), given("r1", "s1", 5)).rate().supplements == 0


def test_a_service_event_nobody_announced_may_be_rated():
    assert book(given("r1", "unknown", 3)).rate().valid == 1


def test_a_bad_grade_is_kept_at_once_and_asks_for_its_reason_afterwards():
    ratings = book(given("r1", "s1", 2))
    assert ratings.valid["s1"].lacks_reason
    ratings.apply(RatingReasonsGiven(rating="r1", service_event="s1"))
    assert ratings.valid["s1"].lacks_reason
    ratings.apply(RatingReasonsGiven(rating="r1", service_event="s1", reasons=(RatingReason.ATTITUDE,)))
    assert not ratings.valid["s1"].lacks_reason


def test_words_are_a_reason_too_and_may_arrive_before_the_grade():
    ratings = book(RatingReasonsGiven(rating="r1", service_event="s1", text="等太久"), given("r1", "s1", 1))
    assert not ratings.valid["s1"].lacks_reason


def test_a_fair_grade_needs_no_reason_and_opens_no_record():
    ratings = book(given("r1", "s1", 3))
    assert not ratings.valid["s1"].lacks_reason
    assert ratings.rectifications == {}


def test_a_bad_grade_opens_a_record_due_in_working_days():
    record = book(given("r1", "s1", 1)).rectifications["s1"]
    assert record.state is RectificationState.OPEN
    assert record.due == (date(2026, 9, 24), False)


def test_a_bad_supplement_opens_a_record_too_but_never_a_second_one():
    ratings = book(given("r1", "s1", 5), given("r2", "s1", 1), given("r3", "s1", 2))
    assert list(ratings.rectifications) == ["s1"]


def test_a_record_goes_through_every_state_in_order_and_no_other_way():
    ratings = book(given("r1", "s1", 1))
    with pytest.raises(RectificationError, match="next is contacted"):
        ratings.step("s1", RectificationState.CLOSED, "manager", AT)
    for state in list(RectificationState)[1:]:
        ratings.apply(ratings.step("s1", state, "manager", AT))
    assert ratings.rectifications["s1"].state is RectificationState.CLOSED
    with pytest.raises(RectificationError, match="closed"):
        ratings.step("s1", RectificationState.OPEN, "manager", AT)
    with pytest.raises(RectificationError, match="no bad rating"):
        ratings.step("s9", RectificationState.CONTACTED, "manager", AT)


def test_lateness_counts_working_days_and_ends_with_the_record():
    ratings = book(given("r1", "s1", 1))
    record = ratings.rectifications["s1"]
    assert record.lateness(date(2026, 9, 23), published()) == -1
    assert record.lateness(date(2026, 9, 28), published()) == 1
    record.state = RectificationState.CLOSED
    assert record.lateness(date(2026, 9, 28), published()) == 0


def test_a_default_is_kept_apart_from_every_rate_and_gives_way_to_a_real_rating():
    ratings = book(finished("s1"), RatingDefaulted(service_event="s1", at=AT))
    assert (ratings.rate().valid, ratings.rate().defaulted, ratings.rate().share) == (0, 1, None)
    ratings.apply(given("r1", "s1", 4))
    assert (ratings.rate().valid, ratings.rate().defaulted) == (1, 0)


def test_only_visits_unrated_for_the_sites_days_become_defaults():
    later = AT + timedelta(days=7)
    ratings = book(finished("old"), finished("new", later), finished("rated"), given("r1", "rated", 5))
    assert [one.service_event for one in ratings.to_default(later, 7)] == ["old"]


def test_the_figures_of_a_day_are_those_of_the_halls_own_midnight():
    ratings = book(given("r1", "s1", 5, datetime(2026, 9, 18, 0, 30, tzinfo=SHANGHAI)))
    assert ratings.rate(date(2026, 9, 18)).valid == 1
    assert ratings.grades(date(2026, 9, 17))[RatingGrade.EXCELLENT] == 0
