"""The settings as written down are the settings as parsed."""

import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hall24.configuration_docs import FILE, TABLES, document

ROOT = Path(__file__).parents[3]
IMPORT = re.compile(r"from hallkit\.runtime\.config import .*\bfield\b")
PACKAGES = ("hallkit", "kiosk", "queue_caller", "display_controller", "mqtt_bridge", "intake_server")


def tables() -> Iterator[type[Any]]:
    for path in sorted(one for package in PACKAGES for one in (ROOT / package).rglob("*.py")):
        if not IMPORT.search(path.read_text("utf-8")):
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        yield from (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__)


def test_the_written_settings_are_not_stale() -> None:
    assert (ROOT / FILE).read_text("utf-8") == document(), f"{FILE} is stale: run `hall24 configuration`"


def test_every_table_a_program_parses_is_written_down() -> None:
    described = {
        one
        for one in tables()
        if dataclasses.is_dataclass(one) and all("description" in field.metadata for field in dataclasses.fields(one))
    }

    assert described == {table for _, table, _ in TABLES}
