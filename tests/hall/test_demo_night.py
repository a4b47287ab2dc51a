"""The scenario of `hall24 demo`: a whole hall live, one citizen at its kiosk, the notice's code read back."""

from hall24.demo.night_run import run_night
from hall24.demo.plan import make_plan


async def test_a_citizen_alone_in_a_live_hall_leaves_with_a_notice_that_shows_the_case(tmp_path):
    said: list[str] = []
    report = await run_night(make_plan(tmp_path / "run", "one"), said.append)
    assert report["ok"], report["invariants"]
    assert next(iter(report)) == "ok"
    assert len(said) == 2
