"""People at the ticket machines of a simulated day and under its loudspeakers: what must hold, and what is found."""

import pytest

from hall24.day.breaker import PRINTER_FAULTS
from hall24.day.fault_plan import FaultKind, FaultPlan
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hall24.day.run import run_day
from hallkit.devices.receipt_printer import ReceiptPrinter
from queue_caller.app.machine_desk import TicketDesk
from queue_caller.app.voice import VoiceApp
from queue_caller.core.announcer import Announcer

NINE = 9 * 3600.0
MACHINES = ("ticket-1", "ticket-2", "ticket-3")


def morning(*plan: FaultPlan, hours: float = 0.1, visitors: int = 3_000) -> Outcome:
    """Live the first minutes after nine, at most eight people a minute, with exactly these faults."""
    return run_day(DayOptions(seed=7, visitors=visitors, begins=9.0, hours=hours), plan)


def on_every_machine(kind: FaultKind, at: float, lasts: float, value: int = 0) -> list[FaultPlan]:
    return [FaultPlan(NINE + at, kind, machine, lasts, value) for machine in MACHINES]


def test_people_take_tickets_by_touch_and_by_card_and_read_them_off_the_slip() -> None:
    outcome = morning()
    assert outcome.broken == {}
    assert outcome.counts["slips"] > 20
    assert outcome.counts["cards_read"] > 5
    assert outcome.counts["sentences"] > 50
    assert outcome.counts["calls_judged"] > 10
    assert "without_a_slip" not in outcome.counts


@pytest.mark.parametrize("kind", PRINTER_FAULTS)
def test_whatever_is_wrong_with_the_printers_everybody_has_one_ticket(kind: FaultKind) -> None:
    outcome = morning(*on_every_machine(kind, 60, 120.0, 1))
    assert outcome.broken == {}
    assert outcome.counts["slips"] > 20
    harmless = (FaultKind.PAPER_NEAR_END, FaultKind.CUTTER_JAM)
    assert kind in harmless or outcome.counts["without_a_slip"] > 0


def test_without_card_readers_people_take_tickets_all_the_same() -> None:
    outcome = morning(*on_every_machine(FaultKind.READER_SILENT, 30, 200.0))
    assert outcome.broken == {}
    assert outcome.counts["slips"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("moment", [1, -1])
@pytest.mark.parametrize("commit", range(1, 9))
def test_machines_die_before_or_after_any_commit_and_one_touch_is_one_ticket(commit: int, moment: int) -> None:
    first = on_every_machine(FaultKind.KILL_AT_COMMIT, 60, 4.0, commit * moment)
    again = on_every_machine(FaultKind.KILL_AT_COMMIT, 150, 20.0, commit * moment)
    outcome = morning(*first, *again, hours=0.12)
    assert outcome.broken == {}


def test_an_emergency_is_spoken_at_once_and_calls_go_on_after_it() -> None:
    outcome = morning(FaultPlan(NINE + 120, FaultKind.EMERGENCY, "hall", 60.0), hours=0.12)
    assert outcome.broken == {}
    assert outcome.counts["served"] > 0


def test_a_silent_voice_is_mended_and_breaks_nothing() -> None:
    outcome = morning(FaultPlan(NINE + 100, FaultKind.VOICE_SILENT, "voice-a", 100.0), hours=0.12)
    assert outcome.broken == {}


def test_a_second_unmarked_slip_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    once = ReceiptPrinter._print

    async def twice(printer, job, on_stage):
        await once(printer, job, on_stage)
        return await once(printer, job, on_stage)

    monkeypatch.setattr(ReceiptPrinter, "_print", twice)
    assert "one_slip_a_ticket" in morning(hours=0.05).broken


def test_a_second_ticket_for_one_touch_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    once = TicketDesk.issue

    async def twice(desk, session):
        await once(desk, session)
        return await once(desk, session)

    monkeypatch.setattr(TicketDesk, "issue", twice)
    assert "one_touch_one_ticket" in morning(hours=0.05).broken


def test_a_call_that_is_said_once_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Announcer, "_sentences", lambda announcer: 2)
    assert "calls_spoken" in morning(hours=0.12, visitors=600).broken


def test_an_emergency_that_waits_for_the_end_of_a_call_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VoiceApp, "_interrupt", lambda voice: None)
    monkeypatch.setattr(Announcer, "_evacuation", lambda announcer, now: None)
    outcome = morning(FaultPlan(NINE + 120, FaultKind.EMERGENCY, "hall", 30.0))
    assert "emergency_first" in outcome.broken
