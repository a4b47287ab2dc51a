"""Leased numbers, epochs, memory: nothing is given twice, whatever is lost."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.codec import decode_body
from contract.errors import RemoteContractError
from contract.queue import OfflineTicket, RefusalCode, block_claim
from contract.queue_facts import EstimateScored, OfflineTicketAccepted, OfflineTicketRefused, TicketMissed
from contract.queue_requests import AskQueues, LeaseBlock, ReconcileTickets
from hallkit.rules.numbering import COUNTER_SERIES, NumberingError, Series, check_prefix, parse_ticket, ticket_number
from queue_caller.core.engine import QueueEngine
from queue_caller.core.errors import JournalError, SiteError
from queue_caller.core.lifecycle import LIFE, diagram
from queue_caller.core.site import Service, ServiceWindow, Site

DOCUMENT = Path(__file__).parents[3] / "docs" / "queue-engine.md"


def offline(ticket: str, taken_at: Any, service: str = "tax") -> OfflineTicket:
    return OfflineTicket(ticket=ticket, taken_at=taken_at, link=f"link-{ticket}", services=(service,))


def lease(hall: Any, machine: str = "m1", **more: Any) -> Any:
    return hall.ask(LeaseBlock(machine=machine, service="tax", **more)).block


def codes(reply: Any) -> list[RefusalCode]:
    return [one.code for one in reply.refused]


def test_blocks_never_overlap_each_other_or_the_counter(hall: Any) -> None:
    spans = [(block.first, block.last) for block in (lease(hall), lease(hall), lease(hall, "m2"))]

    assert spans == [(500, 519), (520, 539), (540, 559)]
    assert hall.issue("tax").ticket == "A001"
    assert lease(hall, next_day=True).first == 500


def test_a_blocks_claim_is_the_same_bytes_everywhere(hall: Any) -> None:
    block = msgspec.structs.replace(lease(hall), epoch="EPOCH")

    assert block_claim(block) == b"h24-block-1\n20261116-A500\ndemo\nm1\ntax\nA\n2026-11-16\nEPOCH\n500\n519"


def test_a_machine_leases_only_for_itself_and_not_without_end(build_hall: Any) -> None:
    hall = build_hall(blocks_per_machine=2)
    request = LeaseBlock(machine="m1", service="tax")

    assert hall.ask(request, device="m2").code is RefusalCode.FOREIGN_MACHINE
    hall.ask(request)
    hall.ask(request)
    assert hall.ask(request).code is RefusalCode.BLOCK_LIMIT


def test_offline_tickets_are_merged_by_the_time_they_were_taken_and_once_only(hall: Any) -> None:
    block = lease(hall)
    taken = hall.now + timedelta(minutes=5)
    hall.wait(10)
    hall.issue("tax")
    request = ReconcileTickets(block=block, tickets=(offline("A500", taken), offline("A501", taken)))

    assert hall.ask(request).accepted == ("A500", "A501")
    assert hall.ask(request).accepted == ("A500", "A501")
    assert len(hall.all(OfflineTicketAccepted)) == 2
    hall.open(1)
    assert [hall.serve(1) for _ in range(3)] == ["A500", "A501", "A001"]


def test_yesterdays_offline_tickets_are_still_merged_today(hall: Any) -> None:
    block = lease(hall)
    taken = hall.now
    hall.wait(23 * 60)

    assert hall.ask(ReconcileTickets(block=block, tickets=(offline("A500", taken),))).accepted == ("A500",)
    assert hall.last(OfflineTicketAccepted).business_day == date(2026, 11, 16)


def test_a_machine_with_a_wrong_clock_puts_nobody_in_the_future_or_before_the_day(hall: Any) -> None:
    block = lease(hall)
    wrong = (offline("A500", hall.now.replace(year=1970)), offline("A501", hall.now.replace(year=2050)))
    hall.ask(ReconcileTickets(block=block, tickets=wrong))

    first, second = hall.all(OfflineTicketAccepted)
    assert (first.since, second.since) == (hall.now.replace(hour=0), hall.now)


def test_what_cannot_be_merged_is_refused_by_name_and_kept(hall: Any) -> None:
    block = lease(hall)
    hall.ask(ReconcileTickets(block=block, tickets=(offline("A500", hall.now),)))
    bad = (
        offline("A500", hall.now + timedelta(seconds=1)), offline("A520", hall.now), offline("C501", hall.now),
        offline("nonsense", hall.now), offline("A501", hall.now, "nothing"),
    )  # fmt: skip
    reply = hall.ask(ReconcileTickets(block=block, tickets=bad))

    outside = RefusalCode.NOT_IN_BLOCK
    assert codes(reply) == [RefusalCode.NUMBER_TAKEN, outside, outside, outside, RefusalCode.UNKNOWN_SERVICE]
    assert [fact.offline for fact in hall.all(OfflineTicketRefused)] == list(bad)


@pytest.mark.parametrize(("change", "code"), [
    ({"machine": "m2"}, RefusalCode.FOREIGN_MACHINE),
    ({"epoch": "another"}, RefusalCode.FOREIGN_EPOCH),
    ({"business_day": date(2026, 11, 17)}, RefusalCode.FOREIGN_DAY),
    ({"last": 999}, RefusalCode.FOREIGN_BLOCK),
    ({"block": "unknown"}, RefusalCode.FOREIGN_BLOCK),
    ({"block": "unknown", "epoch": "another"}, RefusalCode.FOREIGN_EPOCH),
    ({"block": "unknown", "business_day": date(2026, 10, 1)}, RefusalCode.FOREIGN_DAY),
])  # fmt: skip
def test_a_foreign_block_is_refused_by_name(hall: Any, change: dict[str, Any], code: RefusalCode) -> None:
    block = msgspec.structs.replace(lease(hall), **change)

    assert codes(hall.ask(ReconcileTickets(block=block, tickets=(offline("A500", hall.now),)))) == [code]


def test_after_a_restore_no_lost_number_is_given_again_and_lost_leases_are_still_honoured(hall: Any) -> None:
    hall.issue("tax")
    kept = len(hall.facts)
    given = [hall.issue("tax").ticket, hall.issue("tax").ticket]
    lost = lease(hall)
    missing = len(hall.facts) - kept
    restored = QueueEngine(hall.site)
    restored.replay(hall.facts[:kept])
    hall.engine = restored

    hall.commit(hall.engine.start_epoch(hall.now, lambda: "epoch-2", missing))

    assert hall.issue("tax").ticket not in {"A001", *given}
    assert lease(hall).first > lost.last
    assert lease(hall).epoch == "epoch-2"
    assert hall.ask(ReconcileTickets(block=lost, tickets=(offline("A500", hall.now),))).accepted == ("A500",)


def test_a_damaged_snapshot_is_refused_and_an_impossible_fact_too(hall: Any) -> None:
    with pytest.raises(JournalError, match="damaged"):
        hall.engine.restore(b'{"epoch":7}')
    with pytest.raises(JournalError, match="not live"):
        hall.engine.apply(TicketMissed(ticket="A001", business_day=date(2026, 11, 16), at=hall.now, window=1, count=1))


def test_a_restored_engine_knows_answers_given_before(hall: Any) -> None:
    request = LeaseBlock(machine="m1", service="tax")
    first = hall.ask(request, key="k", device="m1")
    again = QueueEngine(hall.site)
    again.restore(hall.engine.snapshot())

    assert again.handle(request, hall.now, hall.ids, key="k", device="m1") == ((), first)


def test_estimates_are_scored_when_the_ticket_is_called_and_the_score_is_published(hall: Any) -> None:
    hall.open(1)
    hall.issue("tax")
    hall.issue("tax")
    hall.serve(1, minutes=9)
    hall.serve(1)

    scores = hall.all(EstimateScored)
    assert [(one.waited_seconds, one.covered) for one in scores] == [(0, True), (540, True)]
    score = hall.ask(AskQueues()).scores[0]
    assert (score.scored, score.covered) == (1, 1), "an estimate of 'at once' counts for nothing"


def test_a_wrong_site_tells_every_fault_on_a_line_of_its_own() -> None:
    with pytest.raises(SiteError) as wrong:
        Site(
            hall="demo",
            services=(Service(id="a", zone="A", prefix="B"), Service(id="b", zone="A", prefix="O", cv=0)),
            windows=(ServiceWindow(number=1, zone="A", services=("a", "x")),),
        )

    assert len(str(wrong.value).splitlines()) == 4
    assert replace(Service(id="a", zone="A", prefix="A"), prefix="C").prefix == "C"


@pytest.mark.parametrize("letter", [*"BDPTIOQ", "", "AA", "a", "甲"])
def test_a_prefix_that_is_misheard_or_misread_is_refused(letter: str) -> None:
    with pytest.raises(NumberingError):
        check_prefix(letter)


def test_a_number_is_read_as_it_is_written_or_not_at_all() -> None:
    assert parse_ticket(ticket_number("A", 42)) == ("A", 42)
    for wrong in ("A42", "a042", "A0042", "042", "A04x", "A٠٤٢", ""):
        with pytest.raises(NumberingError):
            parse_ticket(wrong)


def test_a_series_jumps_over_its_gaps_and_ends() -> None:
    series = Series(((1, 4), (10, 12)))

    assert [series.run_after(last, 2) for last in (0, 2, 3, 4, 11)] == [1, 3, 10, 10, None]
    assert [series.skip(last, 3) for last in (0, 3, 11, 12)] == [3, 11, 12, 12]
    assert series.skip(2, 0) == 2
    assert COUNTER_SERIES.run_after(499) == 1_000


def test_the_document_shows_the_life_of_a_ticket_as_the_engine_lives_it() -> None:
    shown = re.search(r"```mermaid\n(.*?)\n```", DOCUMENT.read_text("utf-8"), re.DOTALL)

    assert shown is not None
    assert shown[1] == diagram(), "write queue_caller.core.lifecycle.diagram() into docs/queue-engine.md"
    assert {state for ways in LIFE.values() for ends in ways.values() for state in ends} == set(LIFE)


@pytest.mark.parametrize(("kind", "body"), [
    ("BookAppointment", b'{"service":"tax","start":"2026-11-17T10:00:00"}'),
    ("IssueTicket", b'{"services":["tax"],"channel":"touch","person":"%s"}' % (b"p" * 65)),
    ("IssueTicket", b'{"services":[%s],"channel":"touch"}' % b",".join([b'"tax"'] * 33)),
    ("OpenWindow", b'{"window":1,"staff":"%s"}' % (b"s" * 65)),
])  # fmt: skip
def test_what_would_outgrow_a_fact_or_has_no_time_zone_never_reaches_the_engine(kind: str, body: bytes) -> None:
    with pytest.raises(RemoteContractError):
        decode_body(kind, body)


@pytest.mark.parametrize("start", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2027-06-01T10:00:00Z"])
def test_an_absurd_time_is_refused_and_does_no_harm(hall: Any, start: str) -> None:
    request = decode_body("BookAppointment", f'{{"service":"social","start":"{start}"}}'.encode())

    assert hall.ask(request).code is RefusalCode.SERVICE_CLOSED
    assert hall.ask(LeaseBlock(machine="m1", service="tax"), key="k" * 101).code is RefusalCode.UNKNOWN_REQUEST
