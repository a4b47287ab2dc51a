"""The rigs of the technician's tools on the path, and a MicroPython for the boards."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
for folder in (HERE.parents[1] / "firmware", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from unix_port import PortMissingError, obtain  # noqa: E402 - found on the path set above


@pytest.fixture(scope="session")
def micropython() -> str:
    """Return the command that starts MicroPython; skip loudly without it, fail where everything is required."""
    try:
        return obtain()
    except PortMissingError as error:
        if os.environ.get("HALL24_REQUIRE") == "all":
            pytest.fail(str(error))
        pytest.skip(f"no MicroPython: {error}")
