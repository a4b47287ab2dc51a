"""A device's screen as it was last seen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A screen: PNG bytes, full size in pixels, and when it was last known to look like this."""

    fingerprint: str
    width: int
    height: int
    png: bytes
    at: datetime
