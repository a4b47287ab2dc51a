"""The scenario `technician` of `hall24 demo`: a blank board brought to work, rated at, and updated."""

import pytest

from hall24.demo.plan import make_plan
from hall24.demo.technician import MORE, run_technician
from hallkit.transports.ports import free_port
from simulators.raw_repl_board import find_python


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(find_python() is None, reason="NO MICROPYTHON: the technician's board cannot run")
async def test_a_blank_board_comes_to_work_rates_visits_and_is_updated(tmp_path):
    said: list[str] = []
    report = await run_technician(make_plan(tmp_path / "run", "one", web_port=free_port(), more=MORE), said.append)
    assert report["ok"], report["invariants"]
    assert next(iter(report)) == "ok"
    assert report["ratings"] == 3
