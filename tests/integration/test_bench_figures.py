"""The arithmetic of the benchmarks, and what their report says; never how fast anything is."""

import json
import math
from collections.abc import Iterator

import pytest
from rich.console import Console

from contract.body import Reply
from contract.queue import RefusalCode
from contract.queue_requests import CallNext, CallReply, FinishService, OpenWindow, QueueRefused, StartService
from hall24.bench.asking import Asked, doubled, ticket_source
from hall24.bench.command import BENCHES, run
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle, quantile, shown
from hall24.bench.issuing import Calls, called_at
from hall24.bench.report import Machine, Measured, as_json, as_page

MACHINE = Machine("a processor", 2, "Linux", "3.11.7", "3.45", True)
MET = figure("tickets", 3000, "/s", ("echoes", 6000), Bar(least=2500), "in a quiet hall")
MISSED = figure("a press", 9.5, "ms", ("an echo", 2.0), Bar(most=5, ratio_most=4))


def test_a_figure_is_its_ratio_to_the_limit() -> None:
    assert (MET.ratio, MET.ok, MET.bar) == (0.5, True, "≥ 2,500 /s")
    assert (MISSED.ratio, MISSED.ok, MISSED.bar) == (4.75, False, "≤ 5 ms, ≤ 4 × limit")


@pytest.mark.parametrize(
    ("bar", "value", "ratio", "holds"),
    [
        (Bar(), 1, 1, True),
        (Bar(most=5), 5, 1, True),
        (Bar(most=5), 5.01, 1, False),
        (Bar(least=5), 4.99, 1, False),
        (Bar(most=5, ratio_most=4), 4, 4.1, False),
        (Bar(least=5_000, ratio_least=0.6), 6_000, 0.59, False),
        (Bar(ratio_most=3), 1, math.nan, False),
    ],
)
def test_a_bar_is_met_only_in_every_part(bar: Bar, value: float, ratio: float, holds: bool) -> None:
    assert bar.holds(value, ratio) is holds


def test_a_quantile_is_a_sample_that_was_taken() -> None:
    samples = [float(number) for number in range(100, 0, -1)]

    assert (quantile(samples, 0.5), quantile(samples, 0.99), quantile(samples, 1), quantile(samples, 0)) == (
        50, 99, 100, 1,
    )  # fmt: skip
    assert quantile([7.0], 0.99) == 7
    assert middle([1.0, 9.0, 2.0]) == 2
    with pytest.raises(ValueError, match="no samples"):
        quantile([], 0.5)


@pytest.mark.parametrize(
    ("value", "text"),
    [(12345.6, "12,346"), (100.4, "100"), (3.14159, "3.14"), (0.00012, "0.00012"), (5, "5"), (math.nan, "–")],
)
def test_numbers_are_shown_with_the_digits_that_count(value: float, text: str) -> None:
    assert shown(value) == text


def test_the_report_is_well_only_if_every_bar_is_met_and_nothing_failed() -> None:
    good = [Measured("issue", "2026-09-14 10:00", (0.5, 0.9), (MET,))]
    bad = [*good, Measured("ticket", "2026-09-14 10:01", (0.5, 0.9), (MISSED,))]

    assert as_json(MACHINE, good, {})["ok"] is True
    assert as_json(MACHINE, bad, {})["ok"] is False
    assert as_json(MACHINE, good, {"day": "it did not end"})["ok"] is False
    assert next(iter(as_json(MACHINE, bad, {}))) == "ok"
    assert json.loads(json.dumps(as_json(MACHINE, bad, {})))["benchmarks"][1]["figures"][0]["ratio"] == 4.75


def test_the_page_names_machine_load_limits_and_what_was_missed() -> None:
    page = as_page(
        MACHINE, [Measured("ticket", "2026-09-14 10:01", (0.5, 2.9), (MET, MISSED))], {"day": "it did not end"}
    )

    assert "| tickets | 3,000 /s | echoes: 6,000 /s | 0.5 | ≥ 2,500 /s | met |" in page
    assert "| a press | 9.5 ms | an echo: 2 ms | 4.75 | ≤ 5 ms, ≤ 4 × limit | **missed** |" in page
    assert "| ticket | 2026-09-14 10:01 | 0.5 | 2.9 | in a quiet hall |" in page
    assert "could not be measured: it did not end" in page
    assert "a processor, 2 cores" in page


def test_a_benchmark_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> tuple[Figure, ...]:
        raise BenchError("no broker")

    monkeypatch.setitem(BENCHES, "ticket", fails)
    monkeypatch.setitem(BENCHES, "issue", lambda: (MET,))
    measured, failed = run(["ticket", "issue"], Console(quiet=True))

    assert failed == {"ticket": "no broker"}
    assert [bench.figures for bench in measured] == [(MET,)]


def test_eight_machines_share_the_tickets_and_ask_queue_after_queue() -> None:
    sources = [ticket_source(20, 8, place, ("A", "H")) for place in range(8)]
    asked = [request for source in sources for request in iter(lambda source=source: source(None), None)]  # type: ignore[misc]

    assert len(asked) == 20
    assert [request.services for request in asked].count(("A",)) == 10


def _called(window: int, ticket: str, service_event: str | None = None) -> CallReply:
    from datetime import date

    return CallReply(
        window=window, ticket=ticket, business_day=date(2026, 9, 14), service="A", call=1, count=1, calls_left=2,
        service_event=service_event,
    )  # fmt: skip


def test_a_ticket_called_by_two_windows_is_found() -> None:
    replies: list[tuple[str, Reply]] = [("desk-1", _called(1, "A001")), ("desk-2", _called(2, "A002"))]
    once = called_at(Asked(replies=replies))
    twice = called_at(Asked(replies=[*replies, ("desk-2", _called(2, "A001"))]))

    assert [len(at) for at in once.values()] == [1, 1]
    assert sorted(len(at) for at in twice.values()) == [1, 2]
    assert doubled(Asked(replies=replies)) == 0


def test_a_window_opens_calls_starts_and_finishes_until_all_calls_are_made() -> None:
    ask = Calls(2).at(3)

    def requests() -> Iterator[object]:
        yield ask(None)
        yield ask(QueueRefused(code=RefusalCode.NOT_AUTHORISED))
        yield ask(_called(3, "A001"))
        yield ask(_called(3, "A001", "event-1"))
        yield ask(QueueRefused(code=RefusalCode.NOT_AUTHORISED))
        yield ask(QueueRefused(code=RefusalCode.NOT_AUTHORISED))

    assert [type(one) for one in requests()] == [
        OpenWindow, CallNext, StartService, FinishService, CallNext, type(None),
    ]  # fmt: skip
