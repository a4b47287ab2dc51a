"""The scenario `technician` of `hall24 demo`: a blank board brought to work, rated at, and updated."""

import pytest

from hall24.demo.plan import make_plan
from hall24.demo.technician import MORE, run_technician
from hallkit.transports.ports import free_port
from simulators.raw_repl_board import COMMAND


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_blank_board_comes_to_work_rates_visits_and_is_updated(micropython, monkeypatch, tmp_path):
    monkeypatch.setenv(COMMAND, micropython)
    said: list[str] = []
    report = await run_technician(make_plan(tmp_path / "run", "one", web_port=free_port(), more=MORE), said.append)
    assert report["ok"], report["invariants"]
    assert next(iter(report)) == "ok"
    assert report["ratings"] == 3
