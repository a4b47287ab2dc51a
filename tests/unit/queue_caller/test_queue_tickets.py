"""Tickets: numbers, days, doors, leaving and coming back."""

from datetime import date, timedelta
from typing import Any

import pytest

from contract.board import HallMode, QueueState
from contract.queue import (
    CancelReason,
    EstimateBasis,
    ExpiryReason,
    IssueChannel,
    Place,
    RefusalCode,
    ReturnOutcome,
    TicketState,
)
from contract.queue_facts import (
    BusinessDayStarted,
    ModeChanged,
    QueueStateChanged,
    TicketExpired,
    TicketIssued,
    TicketReturned,
    TicketTransferred,
)
from contract.queue_requests import (
    AskTicket,
    CancelTicket,
    IssueTicket,
    MarkNoShow,
    QueueRefused,
    ReturnTicket,
    SetMode,
    StartBusinessDay,
    StepAway,
    TransferTicket,
)


def test_each_prefix_counts_from_one(hall: Any) -> None:
    assert [hall.issue("tax").ticket, hall.issue("social").ticket, hall.issue("tax").ticket] == ["A001", "C001", "A002"]


def test_a_retried_request_gets_the_same_ticket_and_another_request_under_its_key_is_a_conflict(hall: Any) -> None:
    request = IssueTicket(services=("tax",), channel=IssueChannel.TOUCH)
    first = hall.ask(request, key="k1", device="m1")
    again = hall.engine.handle(request, hall.now, hall.ids, key="k1", device="m1")

    assert again == ((), first)
    assert hall.ask(IssueTicket(services=("social",), channel=IssueChannel.TOUCH), "k1", "m1") == QueueRefused(
        code=RefusalCode.KEY_CONFLICT
    )
    assert hall.ask(request, key="k1", device="m2").ticket == "A002"


def test_a_person_who_comes_back_is_offered_the_ticket_again(hall: Any) -> None:
    first = hall.issue("tax", person="salted")
    again = hall.issue("tax", person="salted")

    assert (again.ticket, again.link) == (first.ticket, first.link)
    assert [one.ticket for one in hall.ask(AskTicket(person="salted")).tickets] == ["A001"]
    assert hall.issue("social", person="salted").ticket == "C001"


def test_a_ticket_taken_at_five_to_midnight_is_called_at_five_past(build_hall: Any) -> None:
    hall = build_hall()
    hall.open(1)
    hall.until(23, 55)
    late = hall.issue("tax")
    hall.until(0, 5, days=1)

    call = hall.call(1)

    assert (call.ticket, call.business_day) == (late.ticket, date(2026, 11, 16))


def test_numbers_restart_with_the_halls_own_day_and_pass_over_those_still_waiting(hall: Any) -> None:
    hall.until(5, 59, days=1)
    old = hall.issue("tax")
    hall.until(6, 1)
    new = hall.issue("tax")

    assert (old.ticket, old.business_day) == ("A001", date(2026, 11, 16))
    assert (new.ticket, new.business_day) == ("A002", date(2026, 11, 17))
    hall.open(1)
    assert hall.serve(1) == "A001"


def test_a_request_at_day_start_is_of_the_new_day_even_before_the_engine_woke(hall: Any) -> None:
    hall.issue("tax")
    hall.now = hall.now.replace(hour=6) + timedelta(days=1)

    decision = hall.engine.handle(IssueTicket(services=("tax",), channel=IssueChannel.TOUCH), hall.now, hall.ids)

    assert [type(fact) for fact in decision.facts] == [BusinessDayStarted, TicketIssued]
    assert decision.facts[1].business_day == date(2026, 11, 17)


def test_a_day_started_by_hand_starts_once_a_date(build_hall: Any) -> None:
    hall = build_hall(day_start=None)
    hall.issue("tax")
    assert hall.ask(StartBusinessDay()).code is RefusalCode.DAY_ALREADY_STARTED
    hall.until(9, 0, days=1)
    assert hall.issue("tax").business_day == date(2026, 11, 16)

    hall.ask(StartBusinessDay())

    assert hall.issue("tax").business_day == date(2026, 11, 17)


def test_a_closed_service_refuses_with_its_reopening_time(hall: Any) -> None:
    hall.until(18)
    refused = hall.issue("permit")

    assert refused == QueueRefused(code=RefusalCode.SERVICE_CLOSED, when=hall.now.replace(hour=9) + timedelta(days=1))


def test_a_ticket_of_the_night_is_first_at_opening_and_says_when(hall: Any) -> None:
    hall.until(2, 30, days=5)
    night = hall.issue("estate")
    monday = hall.now.replace(hour=9, minute=0) + timedelta(days=2)

    assert night.serves_from == night.come_back_at == monday
    assert night.estimate.basis is EstimateBasis.OPENING
    hall.open(3)
    hall.wait((monday - hall.now).total_seconds() / 60)
    hall.issue("estate")
    assert hall.serve(3) == night.ticket


def test_an_emergency_stops_tickets_and_calls_and_the_timetable_takes_over_again(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.ask(SetMode(mode=HallMode.EMERGENCY))

    assert hall.issue("tax").code is RefusalCode.EMERGENCY
    assert hall.call(1).code is RefusalCode.EMERGENCY

    hall.ask(SetMode(mode=None))
    assert hall.last(ModeChanged).mode is HallMode.OPEN
    assert hall.call(1).ticket == "A001"


def test_a_queue_is_full_when_a_newcomer_could_not_be_served_before_closing(hall: Any) -> None:
    hall.open(3)
    hall.until(15, 30)
    replies = [hall.issue("estate") for _ in range(9)]
    refused = replies[-1]
    issued = sum(not isinstance(reply, QueueRefused) for reply in replies)

    assert 2 <= issued <= 6
    assert refused == QueueRefused(code=RefusalCode.QUEUE_FULL, when=hall.now.replace(hour=9, minute=0) + timedelta(1))
    assert hall.last(QueueStateChanged).state is QueueState.FULL
    for _ in range(issued - 1):
        hall.serve(3)
    assert hall.last(QueueStateChanged).state is QueueState.OPEN


def test_a_standing_queue_fills_by_time_alone_at_the_foreseen_moment(hall: Any) -> None:
    hall.open(3)
    for _ in range(5):
        hall.issue("estate")
    hall.call(3)
    hall.until(17)

    changed = [fact for fact in hall.all(QueueStateChanged) if fact.service == "estate"]
    assert [(fact.state, f"{fact.at:%H:%M}") for fact in changed] == [
        (QueueState.FULL, "15:16"), (QueueState.CLOSED, "17:00"),
    ]  # fmt: skip


def test_a_service_gives_notice_of_closing(hall: Any) -> None:
    hall.until(16, 31)

    changed = [fact for fact in hall.all(QueueStateChanged) if fact.service == "estate"]
    assert [(fact.state, f"{fact.at:%H:%M}") for fact in changed] == [(QueueState.CLOSING, "16:30")]


def test_several_services_on_one_ticket_wait_in_turn_by_the_tickets_age(hall: Any) -> None:
    both = hall.issue("tax", "social")
    hall.wait(5)
    hall.issue("social")
    hall.open(1)
    hall.open(2)
    hall.serve(1)

    assert hall.serve(2) == both.ticket
    assert hall.serve(2) == "C001"


def test_a_missed_ticket_comes_back_behind_two_others(hall: Any) -> None:
    hall.open(1)
    for _ in range(5):
        hall.issue("tax")
        hall.wait(0.1)
    hall.call(1)
    hall.ask(MarkNoShow(window=1))

    hall.ask(ReturnTicket(ticket="A001"))

    assert hall.last(TicketReturned).outcome is ReturnOutcome.BEHIND_OTHERS
    assert [hall.serve(1) for _ in range(5)] == ["A002", "A003", "A001", "A004", "A005"]


def test_a_missed_ticket_comes_back_last_after_more_than_ten_numbers(hall: Any) -> None:
    hall.open(1)
    for _ in range(14):
        hall.issue("tax")
        hall.wait(0.1)
    hall.call(1)
    hall.ask(MarkNoShow(window=1))
    for _ in range(11):
        hall.serve(1)

    hall.ask(ReturnTicket(ticket="A001"))

    assert [hall.serve(1) for _ in range(3)] == ["A013", "A014", "A001"]


def test_a_missed_ticket_that_nobody_brings_back_expires(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.call(1)
    hall.ask(MarkNoShow(window=1))
    hall.wait(121)

    assert hall.last(TicketExpired).reason is ExpiryReason.NOT_RETURNED
    assert hall.ask(ReturnTicket(ticket="A001")).code is RefusalCode.UNKNOWN_TICKET


@pytest.mark.parametrize(("called", "place"), [(3, 0), (4, 2)])
def test_who_leaves_and_is_at_most_three_numbers_late_keeps_the_place(hall: Any, called: int, place: int) -> None:
    hall.open(1)
    for _ in range(9):
        hall.issue("tax")
        hall.wait(0.1)
    hall.ask(StepAway(ticket="A001"))
    for _ in range(called):
        hall.serve(1)

    hall.ask(ReturnTicket(ticket="A001"))

    assert [hall.serve(1) for _ in range(place + 1)][-1] == "A001"


@pytest.mark.parametrize(("place", "order"), [
    (Place.FRONT, ["A001", "C001", "C002"]),
    (Place.BY_AGE, ["C001", "A001", "C002"]),
    (Place.END, ["C001", "C002", "A001"]),
])  # fmt: skip
def test_a_transferred_ticket_stands_where_it_was_put(hall: Any, place: Place, order: list[str]) -> None:
    for service in ("social", "tax", "social"):
        hall.issue(service)
        hall.wait(1)
    hall.ask(TransferTicket(ticket="A001", service="social", place=place))
    hall.open(2)

    assert hall.last(TicketTransferred).to_service == "social"
    assert [hall.serve(2) for _ in range(3)] == order


def test_an_ended_ticket_is_still_found_by_its_link_and_never_cancelled_twice(hall: Any) -> None:
    issued = hall.issue("tax")
    hall.ask(CancelTicket(ticket="A001", reason=CancelReason.CITIZEN))

    assert hall.ask(AskTicket(link=issued.link)).tickets[0].state is TicketState.CANCELLED
    assert hall.ask(CancelTicket(ticket="A001", reason=CancelReason.CITIZEN)).code is RefusalCode.UNKNOWN_TICKET


def test_ended_tickets_leave_the_memory_and_their_counts_stay(hall: Any) -> None:
    hall.open(1)
    size = len(hall.engine.snapshot())
    for _ in range(200):
        hall.issue("tax")
        hall.serve(1)
    hall.until(7, 0, days=2)

    assert len(hall.engine.snapshot()) < size + 2_500
    assert hall.engine.summary(date(2026, 11, 16))["tax"].finished == 200


def test_a_waiting_ticket_that_is_a_day_old_expires(hall: Any) -> None:
    hall.issue("tax")
    hall.wait(24 * 60)

    assert hall.last(TicketExpired).reason is ExpiryReason.TOO_OLD


def test_of_two_taken_in_the_same_instant_the_first_is_still_first_after_a_walk(hall: Any) -> None:
    hall.issue("tax")
    hall.issue("tax")
    hall.ask(StepAway(ticket="A001"))
    hall.ask(ReturnTicket(ticket="A001"))
    hall.open(1)

    assert hall.serve(1) == "A001"


def test_a_retry_after_day_start_still_gets_the_ticket_of_the_day_before(hall: Any) -> None:
    request = IssueTicket(services=("tax",), channel=IssueChannel.TOUCH)
    hall.until(5, 59, days=1)
    first = hall.ask(request, key="k", device="m1")
    hall.until(6, 1)

    assert hall.ask(request, key="k", device="m1") == first
    assert hall.ask(CancelTicket(ticket="A001", reason=CancelReason.CITIZEN)) is not None
    assert hall.ask(AskTicket(link=first.link)).tickets[0].state is TicketState.CANCELLED
    hall.until(6, 1, days=1)
    assert hall.ask(AskTicket(link=first.link)).code is RefusalCode.UNKNOWN_TICKET
