"""A program on trial is judged by what the hall saw of it."""

from datetime import datetime, timedelta

import pytest

from firmware.updates.core.trial import Evidence, Trial, Verdict
from hallkit.runtime.clock import SHANGHAI

NOW = datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI)
TRIAL = Trial("0.2.0", NOW, 120)


@pytest.mark.parametrize(("seen", "seconds", "verdict"), [
    (Evidence(), 0, Verdict.OPEN),
    (Evidence("0.1.0", answered=True), 119, Verdict.OPEN),
    (Evidence("0.2.0"), 119, Verdict.OPEN),
    (Evidence("0.2.0", answered=True), 1, Verdict.KEPT),
    (Evidence("0.2.0", answered=True), 120, Verdict.KEPT),
    (Evidence("0.2.0"), 120, Verdict.LEFT),
    (Evidence(answered=True), 500, Verdict.LEFT),
])  # fmt: skip
def test_it_is_kept_only_if_it_is_there_and_answers_in_time(seen: Evidence, seconds: int, verdict: Verdict) -> None:
    assert TRIAL.judge(seen, NOW + timedelta(seconds=seconds)) is verdict


def test_what_it_lacked_is_said() -> None:
    assert TRIAL.lacks(Evidence()) == "it was not online as 0.2.0"
    assert TRIAL.lacks(Evidence("0.1.0")) == "it was not online as 0.2.0 but as 0.1.0"
    assert TRIAL.lacks(Evidence("0.2.0")) == "it did not answer a request"
