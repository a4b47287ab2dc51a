"""The suite's own promises: where everything is required, nothing is skipped in silence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SKIPS = {
    "test_marked.py": "import pytest\n@pytest.mark.skipif(True, reason='no tool')\ndef test_one(): ...\n",
    "test_in_the_middle.py": "import pytest\ndef test_one(): pytest.skip('no tool')\n",
    "test_in_a_fixture.py": (
        "import pytest\n@pytest.fixture\ndef tool(): pytest.skip('no tool')\ndef test_one(tool): ...\n"
    ),
    "test_whole_module.py": "import pytest\npytest.importorskip('no_such_tool', reason='no tool')\n",
}
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_one(): assert False\n"


def outcome(folder: Path, required: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(TESTS / "conftest.py", folder)
    places = ["-c", str(TESTS.parent / "pyproject.toml"), "--rootdir", str(folder), str(folder)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *places]
    environment = {**os.environ, "HALL24_REQUIRE": required}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)


@pytest.mark.parametrize("name", SKIPS)
def test_a_skip_is_a_failure_where_everything_is_required(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SKIPS[name], "utf-8")

    on_a_laptop, in_ci = outcome(tmp_path, ""), outcome(tmp_path, "all")

    assert on_a_laptop.returncode in (0, 5), on_a_laptop.stdout
    assert "1 skipped" in on_a_laptop.stdout
    assert in_ci.returncode not in (0, 5)
    assert "no tool: nothing may be skipped with HALL24_REQUIRE=all" in in_ci.stdout


def test_what_is_expected_to_fail_is_no_skip(tmp_path: Path) -> None:
    (tmp_path / "test_expected.py").write_text(EXPECTED_FAILURE, "utf-8")

    assert outcome(tmp_path, "all").returncode == 0
