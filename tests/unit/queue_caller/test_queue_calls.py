"""Windows and calls: who is next, who may be passed, what a window may do."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from contract.board import PauseReason, WindowState
from contract.queue import CallOrder, ChoiceReason, HoldReason, IssueChannel, Place, PriorityClass, RefusalCode
from contract.queue_facts import (
    AppointmentMissed,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketReturned,
    WindowOpened,
)
from contract.queue_requests import (
    AskTicket,
    BookAppointment,
    CallTicket,
    CheckIn,
    CloseWindow,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenWindow,
    PauseWindow,
    Recall,
    ResumeWindow,
    ReturnTicket,
    StartService,
)

ELDER = PriorityClass.ELDER


def test_a_ticket_goes_through_call_start_and_finish_with_one_service_event(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax", elder=True)
    call = hall.call(1)
    started = hall.ask(StartService(window=1))
    done = hall.ask(FinishService(window=1))

    assert (call.ticket, call.call, call.count, call.calls_left, call.elder) == ("A001", 1, 1, 2, True)
    assert started.service_event == done.service_event == hall.last(ServiceFinished).service_event
    assert hall.last(ServiceStarted).staff == "s1"
    assert hall.call(1).code is RefusalCode.NOBODY_WAITING


def test_a_ticket_is_called_three_times_and_no_more(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.call(1)

    assert [hall.ask(Recall(window=1)).count for _ in range(2)] == [2, 3]
    assert hall.ask(Recall(window=1)).code is RefusalCode.CALL_LIMIT
    assert [(one.call, one.count) for one in hall.engine.board("A", hall.now).calls] == [(3, 3), (2, 2), (1, 1)]


def test_two_windows_never_get_one_ticket(hall: Any) -> None:
    hall.open(1)
    hall.open(2, services=("social", "tax"))
    hall.issue("tax")

    assert hall.call(1).ticket == "A001"
    assert hall.call(2).code is RefusalCode.NOBODY_WAITING
    assert hall.call(1).code is RefusalCode.WINDOW_BUSY


def test_an_elder_who_waited_more_than_half_as_long_goes_first_and_the_call_says_whom_it_passed(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.wait(10)
    hall.issue("tax", priority=ELDER)
    hall.wait(9)
    assert hall.serve(1) == "A001"
    hall.issue("tax")
    hall.issue("tax", priority=ELDER)
    hall.wait(1)
    hall.serve(1)
    hall.serve(1)

    calls = hall.all(TicketCalled)
    assert [(one.ticket, one.order, one.passed, one.oldest_passed) for one in calls] == [
        ("A001", CallOrder.OLDEST, 0, ()),
        ("A002", CallOrder.OLDEST, 0, ()),
        ("A004", CallOrder.PRIORITY, 1, ("A003",)),
    ]


def test_who_was_passed_as_often_as_the_rule_allows_is_called_next(build_hall: Any) -> None:
    hall = build_hall(pass_cap=2)
    hall.open(1)
    hall.issue("tax")
    order = []
    for _ in range(4):
        hall.issue("tax", priority=PriorityClass.SOLDIER)
        hall.wait(60)
    for _ in range(5):
        hall.issue("tax", priority=PriorityClass.SOLDIER)
        order.append(hall.serve(1, minutes=5))

    assert order.index("A001") == 2
    assert hall.all(TicketCalled)[2].order in (CallOrder.OLDEST, CallOrder.PASSED_ENOUGH)


@pytest.mark.parametrize("cap", [1, 3, 6])
def test_nobody_is_passed_more_often_than_the_cap_however_many_priority_people_come(build_hall: Any, cap: int) -> None:
    """Counts by hand, over what the facts say, who waits and who is called before."""
    hall = build_hall(pass_cap=cap)
    hall.open(1, services=("tax",))
    hall.open(2, services=("social", "tax"))
    chance, waiting, passed = Random(cap), {}, {}
    for step in range(400):
        hall.now += timedelta(seconds=20)
        if chance.random() < (0.6 if step < 260 else 0.1):
            priority = chance.choice([PriorityClass.ORDINARY, ELDER, PriorityClass.SOLDIER, PriorityClass.SOLDIER])
            service = chance.choice(["tax", "tax", "social"])
            ticket = hall.issue(service, priority=priority).ticket
            waiting[ticket], passed[ticket] = (hall.now, service), 0
        else:
            window = chance.choice([1, 2])
            serves = ("tax",) if window == 1 else ("social", "tax")
            if not any(service in serves for _, service in waiting.values()):
                continue
            since, _ = waiting.pop(ticket := hall.serve(window))
            for other, (taken, service) in waiting.items():
                if taken < since and service in serves:
                    passed[other] += 1
        assert max(passed.values(), default=0) <= cap, "somebody was passed too often"

    assert max(passed.values()) == cap, "the test never came near the cap"


def test_a_clerk_may_choose_with_a_reason_but_not_over_somebody_passed_enough(build_hall: Any) -> None:
    hall = build_hall(pass_cap=1)
    hall.open(1)
    for _ in range(3):
        hall.issue("tax")
        hall.wait(1)

    hall.ask(CallTicket(window=1, ticket="A003", reason=ChoiceReason.FRAIL))
    chosen = hall.last(TicketCalled)
    assert (chosen.order, chosen.reason, chosen.oldest_passed) == (
        CallOrder.CHOSEN, ChoiceReason.FRAIL, ("A001", "A002"),
    )  # fmt: skip
    hall.ask(MarkNoShow(window=1))
    assert hall.ask(CallTicket(window=1, ticket="A002", reason=ChoiceReason.FRAIL)).code is (
        RefusalCode.OTHERS_DUE_FIRST
    )
    assert hall.serve(1) == "A001"


def test_a_window_helps_out_where_more_than_three_wait_and_the_call_says_so(hall: Any) -> None:
    hall.open(2)
    for _ in range(3):
        hall.issue("tax")
    assert hall.call(2).code is RefusalCode.NOBODY_WAITING
    hall.issue("tax")

    assert hall.call(2).ticket == "A001"
    assert hall.last(TicketCalled).order is CallOrder.OVERFLOW


def test_nobody_serves_what_staff_or_window_may_not(hall: Any) -> None:
    assert hall.open(1, services=("estate",)).code is RefusalCode.NOT_AUTHORISED
    assert hall.open(1, skills=("social",)).code is RefusalCode.NOT_AUTHORISED
    hall.ask(OpenWindow(window=2, staff="s2", skills=("social",)))
    assert (hall.last(WindowOpened).services, hall.last(WindowOpened).overflow) == (("social",), ())
    hall.issue("tax")
    assert hall.ask(CallTicket(window=2, ticket="A001", reason=ChoiceReason.FRAIL)).code is RefusalCode.NOT_AUTHORISED
    assert hall.call(9).code is RefusalCode.UNKNOWN_WINDOW


def test_a_pause_lets_the_ticket_in_hand_be_served_and_then_shows(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.issue("tax")
    hall.call(1)
    hall.ask(StartService(window=1))
    hall.ask(PauseWindow(window=1, reason=PauseReason.MEAL, until=hall.now + timedelta(minutes=30)))
    assert hall.engine.board("A", hall.now).windows[0].state is WindowState.SERVING
    hall.ask(FinishService(window=1))

    shown = hall.engine.board("A", hall.now).windows[0]
    assert (shown.state, shown.reason) == (WindowState.PAUSED, PauseReason.MEAL)
    assert hall.call(1).code is RefusalCode.WINDOW_PAUSED
    hall.ask(ResumeWindow(window=1))
    assert hall.call(1).ticket == "A002"


def test_closing_a_window_sends_the_called_person_back_to_the_old_place(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.wait(1)
    hall.issue("tax")
    hall.call(1)
    hall.ask(CloseWindow(window=1))

    assert hall.engine.board("A", hall.now).windows[0].state is WindowState.CLOSED
    hall.open(1)
    assert hall.serve(1) == "A001"


def test_a_window_that_closes_while_serving_may_finish(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.call(1)
    hall.ask(StartService(window=1))
    hall.ask(CloseWindow(window=1))

    assert hall.open(1).code is RefusalCode.WINDOW_BUSY
    assert hall.ask(FinishService(window=1)).ticket == "A001"
    assert hall.engine.board("A", hall.now).windows[0].state is WindowState.CLOSED


def test_a_held_ticket_comes_back_in_front_when_its_clerk_says_so(hall: Any) -> None:
    hall.open(1)
    for _ in range(3):
        hall.issue("tax")
        hall.wait(1)
    hall.call(1)
    hall.ask(StartService(window=1))
    hall.ask(HoldTicket(window=1, reason=HoldReason.FILLING_FORM))
    hall.serve(1)
    hall.ask(ReturnTicket(ticket="A001", place=Place.FRONT))

    assert hall.serve(1) == "A001"
    assert hall.last(TicketCalled).order is CallOrder.FRONT
    assert hall.last(TicketReturned).outcome == "at_front"


def test_presses_out_of_turn_are_refused(hall: Any) -> None:
    assert hall.ask(StartService(window=1)).code is RefusalCode.WINDOW_CLOSED
    hall.open(1)
    assert hall.ask(FinishService(window=1)).code is RefusalCode.NO_TICKET_IN_HAND
    hall.issue("tax")
    hall.call(1)
    assert hall.ask(FinishService(window=1)).code is RefusalCode.NOT_IN_THIS_STATE
    assert hall.ask(ReturnTicket(ticket="A001")).code is RefusalCode.NOT_IN_THIS_STATE


def test_an_appointment_kept_in_time_goes_before_those_who_just_came(hall: Any) -> None:
    start = hall.now + timedelta(minutes=60)
    booked = hall.ask(BookAppointment(service="social", start=start))
    assert hall.ask(BookAppointment(service="social", start=start)).code is RefusalCode.SLOT_FULL
    assert hall.ask(CheckIn(appointment=booked.appointment)).code is RefusalCode.TOO_EARLY
    hall.wait(50)
    hall.issue("social")
    hall.wait(5)
    ticket = hall.ask(CheckIn(appointment=booked.appointment))
    hall.open(2)

    assert hall.serve(2) == ticket.ticket == "C002"
    assert hall.ask(CheckIn(appointment=booked.appointment)).code is RefusalCode.UNKNOWN_APPOINTMENT


def test_a_late_person_gets_an_ordinary_ticket_and_the_no_show_is_counted(hall: Any) -> None:
    booked = hall.ask(BookAppointment(service="social", start=hall.now + timedelta(minutes=30)))
    hall.wait(46)
    assert hall.last(AppointmentMissed).appointment == booked.appointment

    hall.ask(CheckIn(appointment=booked.appointment))

    assert hall.ask(AskTicket(ticket="C001")).tickets[0].ticket == "C001"
    assert hall.engine.summary(hall.engine.business_day)["social"].appointments_missed == 1


def test_a_time_is_only_given_where_the_service_is_staffed(build_hall: Any, hall: Any) -> None:
    services = tuple(replace(one, slot_capacity=1) for one in hall.site.services)
    site = replace(hall.site, services=services)
    other = build_hall(site=site)
    saturday = other.now + timedelta(days=5)

    assert other.ask(BookAppointment(service="estate", start=saturday)).code is RefusalCode.SERVICE_CLOSED
    assert other.ask(BookAppointment(service="estate", start=saturday + timedelta(days=2))).service == "estate"


def test_the_channel_is_part_of_what_is_kept(hall: Any) -> None:
    hall.issue("tax", channel=IssueChannel.WEB)

    assert hall.facts[-1].channel is IssueChannel.WEB
