"""What every test starts from: how many examples are tried, and nothing skipped where everything is required."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

REQUIRES_ALL = os.environ.get("HALL24_REQUIRE") == "all"

# A loaded machine is slow, not wrong: no example has a time limit, and no memory of examples lies on the disk.
_PATIENT = settings(deadline=None, database=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _PATIENT, max_examples=12)
settings.register_profile("thorough", _PATIENT, max_examples=150)
settings.load_profile("thorough" if REQUIRES_ALL else "quick")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where everything is required."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a skipped module where everything is required."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRES_ALL and report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome, report.longrepr = "failed", f"{reason}: nothing may be skipped with HALL24_REQUIRE=all"
