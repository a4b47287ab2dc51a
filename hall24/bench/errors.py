"""What can go wrong while measuring."""

from hallkit.errors import HallkitError


class BenchError(HallkitError):
    """A figure could not be measured; the message says what was missing."""
