"""An operator's word for the clock, from the command line to the programs that start."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hall24.__main__ import app
from hall24.demo.plan import make_plan
from hallkit.errors import ConfigError
from hallkit.inventory.start import start
from hallkit.inventory.vouched import WORD, vouched
from hallkit.runtime.clock import SystemClock


def test_a_word_for_the_clock_reaches_the_programs_that_start(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, "one", broker="embedded")
    shown = CliRunner().invoke(app, ["clock", "--config", str(plan.config)])
    assert shown.exit_code == 0
    assert "nobody vouched" in shown.output
    assert start(plan.config).vouched is None

    said = CliRunner().invoke(app, ["clock", "--config", str(plan.config), "--right"])
    assert said.exit_code == 0
    word = start(plan.config).vouched
    assert word is not None
    assert abs(SystemClock().now() - word) < timedelta(minutes=5)


@pytest.mark.parametrize("text", ["yesterday", "2026-09-14T10:00:00", ""])
def test_a_word_nobody_can_read_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / WORD).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="hall24 clock"):
        vouched(tmp_path)


def test_without_a_hall_file_the_command_says_so(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["clock", "--config", str(tmp_path / "none.toml")]).exit_code == 2
