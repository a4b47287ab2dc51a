"""Time in messages: always with its offset."""

from datetime import datetime
from typing import Annotated

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset; without one it is refused, because comparing it with another would fail."""
