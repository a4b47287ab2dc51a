"""Which release of the hall's programs this process runs."""

from functools import cache
from pathlib import Path

FILE = "RELEASE"
_MOST = 40


@cache
def running_release() -> str:
    """Return the version beside the packages this process was loaded from; empty outside of a release folder."""
    path = Path(__file__).parents[2] / FILE
    return path.read_text("utf-8").strip()[:_MOST] if path.is_file() else ""
