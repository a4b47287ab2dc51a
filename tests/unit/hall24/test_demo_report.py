"""What a demonstration calls well."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contract.queue import IssueChannel, PriorityClass
from contract.queue_facts import TicketIssued
from hall24.demo.report import Seen, report

NOW = datetime(2026, 9, 14, 10, tzinfo=UTC)
SEEN = Seen(
    seconds=1.0, visitors=2, told_full=0, tickets_taken=("A001", "A002"), ratings_pressed=0, screens={}, outboxes={},
    restarts={}, devices=1,
)  # fmt: skip


def issued(number: int) -> TicketIssued:
    return TicketIssued(
        ticket=f"A{number:03d}", business_day=date(2026, 9, 14), at=NOW, number=number, prefix="A", services=("A",),
        since=NOW, channel=IssueChannel.TOUCH, priority=PriorityClass.ORDINARY, link="x", ahead=0, device="ticket-1",
    )  # fmt: skip


def found(seen: Seen) -> dict[str, Any]:
    stored = [issued(number) for number in range(1, len(seen.tickets_taken) + 1)]
    return report(stored, len(stored), 0, seen)


def test_all_is_well_when_everybody_got_a_ticket() -> None:
    assert found(SEEN)["ok"]


@pytest.mark.parametrize(("told", "is_well"), [(0, False), (1, True)])
def test_who_left_without_a_ticket_must_have_been_told_why(told: int, is_well: bool) -> None:
    told_so = found(replace(SEEN, visitors=3, told_full=told))
    assert told_so["ok"] is is_well
    assert told_so["invariants"]["every_visitor_got_a_ticket_or_was_told_why_not"] is is_well
    assert told_so["visitors"] == {"came": 3, "with_a_ticket": 2, "told_full": told, "without": 1 - told}
