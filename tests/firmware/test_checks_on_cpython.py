"""Every check of the device's library on CPython."""

import importlib
from pathlib import Path

import pytest
import run_checks

MODULES = sorted(path.stem for path in (Path(__file__).parent / "checks").glob("check_*.py"))
CHECKS = [(module, name) for module in MODULES for name in run_checks.names(importlib.import_module(module))]


@pytest.mark.parametrize("module,name", CHECKS)
def test_on_cpython(module: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_checks.run(getattr(importlib.import_module(module), name))
