from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract import queue_facts as facts
from contract.board import PauseReason, WindowState
from contract.body import Fact
from contract.queue import (
    CallOrder,
    CancelReason,
    Estimate,
    EstimateBasis,
    ExpiryReason,
    HoldReason,
    IssueChannel,
    OfflineTicket,
    Place,
    PriorityClass,
    ReturnOutcome,
    TicketState,
)
from contract.rating import RatingGiven, RatingGrade
from hallkit.rules.calendar import published
from intake_server.core.event import Event
from intake_server.core.hall import Hall
from intake_server.core.hours import ninth_decile
from intake_server.core.journey import retell, subject
from intake_server.core.kinds import kind_of
from intake_server.core.ledger import SHANGHAI
from intake_server.core.standing import from_hall

DAY = date(2026, 9, 14)
AT = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def issued(ticket: str = "A001", at: datetime = AT, service: str = "A") -> facts.TicketIssued:
    return facts.TicketIssued(
        ticket=ticket, business_day=DAY, at=at, number=int(ticket[1:]), prefix="A", services=(service,), since=at,
        channel=IssueChannel.TOUCH, priority=PriorityClass.ORDINARY, link=f"L{ticket}", ahead=0, device="ticket-1",
        estimate=Estimate(low_minutes=12, high_minutes=20, basis=EstimateBasis.PRIOR),
    )  # fmt: skip


def called(ticket: str = "A001", at: datetime = AT, window: int = 3) -> facts.TicketCalled:
    return facts.TicketCalled(
        ticket=ticket, business_day=DAY, at=at, window=window, staff="s", service="A", call=1, order=CallOrder.OLDEST,
        among=("A",),
    )  # fmt: skip


def started(ticket: str = "A001", at: datetime = AT, window: int = 3) -> facts.ServiceStarted:
    return facts.ServiceStarted(
        ticket=ticket, business_day=DAY, at=at, window=window, staff="s", service="A", service_event=f"S{ticket}"
    )


def finished(ticket: str = "A001", at: datetime = AT, next_service: str | None = None) -> facts.ServiceFinished:
    return facts.ServiceFinished(
        ticket=ticket, business_day=DAY, at=at, window=3, staff="s", service="A", service_event=f"S{ticket}",
        started_at=at - timedelta(minutes=9), next_service=next_service,
    )  # fmt: skip


def opened(window: int = 3) -> facts.WindowOpened:
    return facts.WindowOpened(window=window, staff="s", services=("A",), overflow=(), at=AT)


def events(*many: Fact) -> list[Event]:
    return [
        Event(row, getattr(fact, "at", AT), kind_of(type(fact)), "demo", "queue-engine/queue-engine", fact)
        for row, fact in enumerate(many, 1)
    ]


def hall(*many: Fact) -> Hall:
    found = Hall("demo", published(), 5)
    for event in events(*many):
        found.apply(event)
    return found


def state(found: Hall) -> TicketState:
    return next(iter(found.tickets.by_key.values())).state


def test_a_ticket_is_in_the_state_of_its_latest_fact():
    visit: list[Fact] = [issued(), called(), started(), finished()]
    seen = [state(hall(*visit[:length])) for length in range(1, 5)]
    assert seen == [TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.FINISHED]


def test_a_ticket_with_another_service_to_come_waits_again():
    found = hall(issued(), called(), started(), finished(next_service="K"))
    assert state(found) is TicketState.WAITING
    assert [one.key.ticket for one in found.tickets.waiting("K")] == ["A001"]


def test_held_missed_and_returned_tickets_keep_their_number_and_leave_their_window():
    held = facts.TicketHeld(ticket="A001", business_day=DAY, at=AT, window=3, reason=HoldReason.PAYING)
    back = facts.TicketReturned(
        ticket="A001", business_day=DAY, at=AT, outcome=ReturnOutcome.KEPT_PLACE, since=minutes(-5)
    )
    found = hall(opened(), issued(), called(), held)
    assert state(found) is TicketState.HELD
    assert found.windows.by_number[3].state is WindowState.FREE
    assert state(hall(issued(), called(), held, back)) is TicketState.WAITING


def test_the_same_number_on_another_business_day_is_another_ticket():
    tomorrow = facts.TicketCancelled(ticket="A001", business_day=date(2026, 9, 15), at=AT, reason=CancelReason.CITIZEN)
    found = hall(issued(), tomorrow)
    assert state(found) is TicketState.WAITING
    assert found.tickets.strays == 1


def test_an_offline_ticket_stands_by_the_time_it_was_taken():
    offline = OfflineTicket(ticket="A301", taken_at=minutes(-10), link="L", services=("A",))
    merged = facts.OfflineTicketAccepted(
        ticket="A301",
        business_day=DAY,
        at=minutes(5),
        block="b",
        machine="ticket-1",
        number=301,
        offline=offline,
        since=minutes(-10),
    )
    found = hall(issued("A042"), merged)
    assert [one.key.ticket for one in found.tickets.waiting("A")] == ["A301", "A042"]
    assert found.hours.of(DAY)[8].issued == 1


def test_a_window_paused_while_serving_pauses_once_the_ticket_is_gone():
    paused = facts.WindowPaused(window=3, staff="s", reason=PauseReason.BREAK, at=AT, until=minutes(15))
    found = hall(opened(), issued(), called(), started(), paused)
    assert found.windows.by_number[3].state is WindowState.SERVING
    found = hall(opened(), issued(), called(), started(), paused, finished())
    window = found.board_windows()[""][0]
    assert (window.state, window.reason, window.until) == (WindowState.PAUSED, PauseReason.BREAK, minutes(15))


def test_the_hours_tell_waits_services_and_how_good_the_forecasts_were():
    scored = facts.EstimateScored(
        ticket="A001", business_day=DAY, at=minutes(7), service="A", waited_seconds=420, covered=False,
        estimate=Estimate(low_minutes=12, high_minutes=20, basis=EstimateBasis.PRIOR),
    )  # fmt: skip
    found = hall(issued(), called(at=minutes(7)), scored, started(at=minutes(8)), finished(at=minutes(61)))
    assert found.hours.of(DAY)[9].waits == [420]
    assert found.hours.of(DAY)[10].services == [540]
    assert found.hours.coverage(DAY) == (0, 1)


def test_a_second_call_is_no_second_wait():
    missed = facts.TicketMissed(ticket="A001", business_day=DAY, at=minutes(8), window=3, count=3)
    found = hall(issued(), called(at=minutes(7)), missed, called(at=minutes(20)))
    assert found.hours.of(DAY)[9].waits == [420]
    assert found.hours.of(DAY)[9].called == 2


def test_nine_of_ten_do_not_exceed_the_ninth_decile():
    assert ninth_decile(list(range(1, 11))) == 9
    assert ninth_decile([5]) == 5
    assert ninth_decile([]) is None


def test_a_journey_is_retold_in_order_without_a_personal_field():
    rating = RatingGiven(rating="r", service_event="SA001", grade=RatingGrade.GOOD, at=minutes(30), window=3)
    way = [issued(), called(at=minutes(7)), started(at=minutes(8)), finished(at=minutes(17)), rating]
    journey = retell(events(*way))
    assert journey is not None
    assert [step.type for step in journey.steps] == [type(fact).__name__ for fact in way]
    assert [step.at for step in journey.steps] == sorted(step.at for step in journey.steps)
    assert (journey.ticket, journey.state, journey.is_over) == ("A001", TicketState.FINISHED, True)
    assert journey.steps[3].values["minutes"] == "9"
    assert "LA001" not in repr(journey)


def test_without_a_ticket_there_is_no_journey():
    assert retell([]) is None
    assert retell(events(opened())) is None


def test_a_fact_is_found_by_its_ticket_or_its_service_event():
    assert subject(started()) == (DAY, "A001", "SA001")
    assert subject(opened()) == (None, None, None)


def test_the_holder_of_a_slip_sees_people_ahead_and_what_is_left_of_the_range():
    found = hall(issued("A001"), issued("A002", minutes(1)))
    standing = from_hall(found, "LA002", minutes(6))
    assert standing is not None
    assert (standing.ahead, standing.low_minutes, standing.high_minutes) == (1, 7, 15)
    late = from_hall(found, "LA002", minutes(40))
    assert late is not None
    assert late.high_minutes is None
    assert from_hall(found, "unknown", AT) is None


def test_old_tickets_are_forgotten_once_they_have_ended():
    found = hall(issued("A001"), issued("A002"), called(), started(), finished())
    found.forget(DAY + timedelta(days=1))
    assert [key.ticket for key in found.tickets.by_key] == ["A002"]
    assert list(found.tickets.by_link) == ["LA002"]
    assert found.hours.of(DAY) == {}


_TICKETS = st.sampled_from(["A001", "A002", "A003"])
_ABOUT = st.fixed_dictionaries({"ticket": _TICKETS, "business_day": st.just(DAY), "at": st.just(AT)})
_FACTS = st.one_of(
    _TICKETS.map(issued),
    _TICKETS.map(called),
    _TICKETS.map(started),
    _TICKETS.map(finished),
    _TICKETS.map(lambda ticket: finished(ticket, next_service="K")),
    _ABOUT.map(lambda about: facts.TicketMissed(window=3, count=1, **about)),
    _ABOUT.map(lambda about: facts.TicketSteppedAway(**about)),
    _ABOUT.map(lambda about: facts.TicketHeld(window=3, reason=HoldReason.PAYING, **about)),
    _ABOUT.map(lambda about: facts.TicketReturned(outcome=ReturnOutcome.AT_END, since=AT, **about)),
    _ABOUT.map(lambda about: facts.TicketCancelled(reason=CancelReason.CLERK, **about)),
    _ABOUT.map(lambda about: facts.TicketExpired(reason=ExpiryReason.TOO_OLD, **about)),
    _ABOUT.map(
        lambda about: facts.TicketTransferred(from_service="A", to_service="K", place=Place.END, since=AT, **about)
    ),
    st.just(opened()),
    st.just(facts.WindowClosed(window=3, staff="s", at=AT)),
)


@given(st.lists(_FACTS, max_size=30))
def test_in_any_order_of_facts_the_states_sum_to_the_tickets_and_replay_gives_the_same(many):
    found, again = hall(*many), hall(*many)
    assert sum(found.tickets.counts().values()) == len(found.tickets.by_key)
    assert found.tickets.by_key == again.tickets.by_key
    assert found.windows.by_number == again.windows.by_number
