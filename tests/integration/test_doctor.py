"""The doctor at a hall: well, without its broker, without paper, and without a file it can read."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hall24.__main__ import app
from hall24.demo.plan import Plan, make_plan
from hall24.doctor.command import examine
from hall24.doctor.finding import Finding
from hall24.doctor.machine import quarantine
from hallkit.broker.choose import open_broker
from hallkit.inventory.grants import grants
from hallkit.inventory.start import broker_place
from hallkit.runtime.store import open_database
from mqtt_bridge.core.arrival import examine as examine_arrival
from mqtt_bridge.store.hall_store import HallStore
from simulators.hall import Hardware, plug_in

pytestmark = pytest.mark.network
OF_THE_MACHINE = ("clock", "disk space", "espeak-ng", "mosquitto", "fonts")
"""What a test machine may lack without the hall being ill."""


@asynccontextmanager
async def hall_at(run: Path, *, broker: bool = True) -> AsyncIterator[tuple[Plan, Hardware]]:
    plan = make_plan(run, "one", broker="embedded")
    async with plug_in(plan.hall) as hardware:
        if not broker:
            yield plan, hardware
            return
        port = broker_place(plan.hall)[1]
        async with open_broker("embedded", grants(plan.hall), plan.hashes, port=port):
            yield plan, hardware


def wrong(findings: list[Finding]) -> dict[str, Finding]:
    return {one.subject: one for one in findings if not one.ok and one.subject not in OF_THE_MACHINE}


async def test_a_hall_in_order_is_well(tmp_path: Path) -> None:
    async with hall_at(tmp_path) as (plan, _):
        findings = await examine(plan.hall)

    assert wrong(findings) == {}
    subjects = [one.subject for one in findings]
    for wanted in ("hall file", "database folder", "broker as queue-engine", "printer of ticket-1", "panel display-01"):
        assert wanted in subjects


async def test_a_hall_without_its_broker_is_told_what_to_start(tmp_path: Path) -> None:
    async with hall_at(tmp_path, broker=False) as (plan, _):
        findings = await examine(plan.hall)

    assert "broker as queue-engine" in wrong(findings)
    assert "start the hall" in wrong(findings)["broker as queue-engine"].advice


async def test_a_printer_without_paper_is_found(tmp_path: Path) -> None:
    async with hall_at(tmp_path) as (plan, hardware):
        hardware.printers["ticket-1"].change(paper_dots=0)
        findings = await examine(plan.hall)

    assert list(wrong(findings)) == ["printer of ticket-1"]
    assert "paper_out" in wrong(findings)["printer of ticket-1"].found


async def test_a_password_the_broker_does_not_know_is_found(tmp_path: Path) -> None:
    async with hall_at(tmp_path) as (plan, _):
        secrets = tmp_path / "secrets.json"
        secrets.write_text(json.dumps({**json.loads(secrets.read_text()), "ticket-1": "another"}))
        findings = await examine(plan.hall)

    assert list(wrong(findings)) == ["broker as ticket-1"]


def test_a_file_that_is_wrong_ends_with_2_and_a_hall_that_is_ill_with_1(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[hall]\nname = 1\nnobody = 2\n")
    plan = make_plan(tmp_path / "run", "one")
    report = tmp_path / "report.json"
    runner = CliRunner()

    assert runner.invoke(app, ["doctor", "--config", str(broken)]).exit_code == 2
    assert runner.invoke(app, ["doctor", "--config", str(plan.config), "--report", str(report)]).exit_code == 1
    found = json.loads(report.read_text())
    assert next(iter(found)) == "ok"
    assert found["ok"] is False
    assert all(one["advice"] for one in found["findings"] if not one["ok"])


def test_messages_in_quarantine_are_counted_and_the_most_frequent_named(tmp_path: Path) -> None:
    path = tmp_path / "hall-store.db"
    assert quarantine(path).ok
    store = HallStore(open_database(path), "demo", "STORE")
    assert quarantine(path).ok
    topic = "h24/v1/demo/rating-pad/pad-03/ev"
    store.take([examine_arrival(topic, one) for one in (b"bad", b"worse")], "2026-09-14T10:00:00+08:00")
    found = quarantine(path)
    assert not found.ok
    assert found.found.startswith(f"2 messages quarantined; most, 2, on {topic}: envelope")
