"""The device's own tree on the path, and a MicroPython to run it on."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEVICE = HERE.parents[1] / "firmware" / "device"
for folder in (DEVICE, DEVICE / "lib", HERE / "checks", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from unix_port import PortMissingError, obtain  # noqa: E402 - found on the path set above


@pytest.fixture(scope="session")
def micropython() -> str:
    """Return the command that starts MicroPython; skip loudly without it, fail where everything is required."""
    try:
        return obtain()
    except PortMissingError as error:
        pytest.skip(f"no MicroPython: {error}")
