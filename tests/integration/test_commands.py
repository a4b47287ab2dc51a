"""The commands an operator types."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hall24.presets import county_hall


def hall24(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hall24", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_every_program_has_a_command_with_its_own_help() -> None:
    for program, said in (("queue-engine", "queue engine"), ("bridge", "--config"), ("intake", "--config")):
        asked = hall24(program, "--help")
        assert asked.returncode == 0, asked.stderr
        assert said in asked.stdout


@pytest.mark.parametrize("program", ["queue-engine", "bridge", "display", "intake"])
def test_a_wrong_configuration_is_exit_2_and_one_line_a_fault(program: str, tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(county_hall(run=str(tmp_path)).replace('helpline = "000-12345"', "helplime = 5\nport = 3"), "utf-8")

    asked = hall24(program, "--config", str(file))

    assert asked.returncode == 2
    assert asked.stderr.splitlines() == [
        "hall.helplime: unknown key (did you mean helpline?)",
        "hall.port: unknown key",
    ]


def test_a_missing_file_is_exit_2_and_named(tmp_path: Path) -> None:
    asked = hall24("bridge", "--config", str(tmp_path / "nowhere.toml"))

    assert asked.returncode == 2
    assert "nowhere.toml" in asked.stderr


@pytest.mark.slow
def test_a_short_demonstration_reports_that_everything_held(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    asked = hall24(
        "demo", "--headless", "--visitors", "4", "--seconds", "25", "--preset", "one", "--broker", "embedded",
        "--run", str(tmp_path / "hall"), "--report", str(report),
    )  # fmt: skip
    found = json.loads(report.read_text("utf-8"))

    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert next(iter(found)) == "ok"
    assert found["ok"] is True
    assert found["issued"] == 4
