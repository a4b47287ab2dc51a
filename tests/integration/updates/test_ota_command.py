"""The technician's commands for releases and rollouts, on a hall's own folder."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from hall24.presets import one_window
from hallkit.inventory.secrets import ensure_secrets

DESKS = '\n[[devices]]\nkind = "update-desk"\nname = "updates-1"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "hall.toml"
    path.write_text(one_window(run=str(tmp_path / "run")) + DESKS, "utf-8")
    (tmp_path / "run").mkdir()
    ensure_secrets(tmp_path / "run" / "secrets.json", ("updates-1",), random.Random(1))
    return path


def ota(config: Path, *words: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "hall24", "ota", words[0], *words[1:], "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_release_is_built_verified_planned_withdrawn_and_reported(config: Path, tmp_path: Path) -> None:
    assert "release 1" in ota(config, "release", "rating-pad", "0.2.0", "--chip", "linux")
    assert "in order" in ota(config, "verify", "rating-pad", "0.2.0", "--chip", "linux")
    planned = ota(config, "rollout", "night-1", "rating-pad", "0.2.0", "--chip", "linux", "--quiet", "23:00-05:00")
    assert planned.strip() == "night-1: rating-pad 0.2.0, 1 waiting; open"
    assert "no rollout" in ota(config, "order", "night-9", "stop", code=1)
    ota(config, "withdraw", "rating-pad", "0.2.0", "--chip", "linux", "--why", "wrong strings")
    assert "withdrawn: wrong" in " ".join(ota(config, "list").split())
    assert "was withdrawn" in ota(config, "rollout", "night-2", "rating-pad", "0.2.0", "--chip", "linux", code=1)
    ota(config, "report", str(tmp_path / "report.json"))
    assert next(iter(json.loads((tmp_path / "report.json").read_text()))) == "ok"


@pytest.mark.parametrize(("words", "says"), [
    (("release", "rating-pad", "0.2.0", "--chip", "z80"), "chips are esp32"),
    (("release", "rating-pad", "UP", "--chip", "linux"), "a-z"),
    (("verify", "rating-pad", "9.9.9"), "build it"),
    (("rollout", "x", "nobody", "0.2.0"), "1 to 100,000"),
    (("rollout", "x", "rating-pad", "0.2.0", "--quiet", "soon"), "no span of hours"),
])  # fmt: skip
def test_a_mistake_ends_with_a_sentence(config: Path, words: tuple[str, ...], says: str) -> None:
    assert says in ota(config, *words, code=1)


def test_a_hall_file_that_is_wrong_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text("nonsense = 1\n")
    ota(tmp_path / "hall.toml", "list", code=2)
