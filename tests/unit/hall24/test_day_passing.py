"""Being passed is counted from the ledger alone, as somebody in the line would count it."""

from datetime import date, datetime, timedelta

import pytest

from contract import queue_facts as facts
from contract.body import Fact
from contract.queue import CallOrder, CancelReason, IssueChannel, Place, PriorityClass, ReturnOutcome
from hall24.day.auditor import Auditor
from hall24.day.passing import Passing
from hallkit.runtime.clock import SHANGHAI

NINE = datetime(2026, 9, 14, 9, tzinfo=SHANGHAI)
DAY = date(2026, 9, 14)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def issued(ticket: str, minutes: int, *services: str) -> Fact:
    return facts.TicketIssued(
        ticket=ticket, business_day=DAY, at=at(minutes), number=int(ticket[1:]), prefix=ticket[0],
        services=services or ("A",), since=at(minutes), channel=IssueChannel.TOUCH, priority=PriorityClass.ORDINARY,
        link=ticket, ahead=0, device="ticket-1",
    )  # fmt: skip


def opened(window: int, *services: str) -> Fact:
    return facts.WindowOpened(window=window, staff="0101", services=services, overflow=(), at=NINE)


def called(ticket: str, window: int = 1, service: str = "A") -> Fact:
    """Return a call that says of itself that it passed nobody."""
    return facts.TicketCalled(
        ticket=ticket, business_day=DAY, at=at(30), window=window, staff="0101", service=service, call=1,
        order=CallOrder.OLDEST, among=(), passed=0, oldest_passed=(),
    )  # fmt: skip


def told(cap: int, *ledger: Fact) -> list[str]:
    passing = Passing(cap)
    return [sentence for fact in ledger for sentence in passing.take(fact)]


def test_whoever_waits_longest_is_passed_by_every_younger_one_that_is_called() -> None:
    ledger = [opened(1, "A"), issued("A001", 1), issued("A002", 2), issued("A003", 3), called("A002"), called("A003")]
    assert told(2, *ledger) == []
    assert told(1, *ledger) == ["2026-09-14/A001 was passed 2 times, at last by 2026-09-14/A003 at window 1"]


def test_nobody_is_passed_by_an_older_one_or_at_a_window_that_serves_another_matter() -> None:
    assert told(0, opened(1, "A"), issued("A001", 1), issued("A002", 2), called("A001"), called("A002")) == []
    assert told(0, opened(1, "E"), issued("A001", 1), issued("E002", 2, "E"), called("E002", service="E")) == []


@pytest.mark.parametrize(
    "between",
    [
        facts.TicketCancelled(ticket="A001", business_day=DAY, at=at(5), reason=CancelReason.CITIZEN),
        facts.TicketSteppedAway(ticket="A001", business_day=DAY, at=at(5)),
        facts.TicketTransferred(ticket="A001", business_day=DAY, at=at(5), from_service="A", to_service="E",
                                place=Place.BY_AGE, since=at(1)),
    ],
)  # fmt: skip
def test_whoever_left_the_line_is_passed_no_more(between: Fact) -> None:
    assert told(0, opened(1, "A"), issued("A001", 1), issued("A002", 2), between, called("A002")) == []


def test_whoever_comes_back_counts_from_the_new_place_and_anew() -> None:
    back = facts.TicketReturned(
        ticket="A001", business_day=DAY, at=at(9), outcome=ReturnOutcome.KEPT_PLACE, since=at(1)
    )
    away = facts.TicketSteppedAway(ticket="A001", business_day=DAY, at=at(5))
    line = [opened(1, "A"), issued("A001", 1), issued("A002", 2), issued("A003", 3)]
    assert told(1, *line, called("A002"), away, back, called("A003")) == []
    assert len(told(0, *line, away, back, called("A003"))) == 2


def test_the_second_matter_of_a_ticket_is_a_line_of_its_own() -> None:
    first = facts.ServiceFinished(
        ticket="A001", business_day=DAY, at=at(20), window=1, staff="0101", service="A", service_event="e",
        started_at=at(10), next_service="E", since=at(20),
    )  # fmt: skip
    ledger = [
        opened(1, "A"),
        opened(2, "E"),
        issued("A001", 1, "A", "E"),
        called("A001"),
        first,
        issued("E009", 21, "E"),
    ]
    assert len(told(0, *ledger, called("E009", 2, "E"))) == 1


def test_the_auditor_blames_it_by_name() -> None:
    auditor = Auditor(0)
    for fact in (opened(1, "A"), issued("A001", 1), issued("A002", 2), called("A002")):
        auditor.take(fact)
    assert list(auditor.broken) == ["passed_at_most"]
