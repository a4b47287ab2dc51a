"""Logging without personal data."""

import logging
import sys

from hallkit.rules.sensitive import Sensitive as Sensitive

SENTENCES = 1_000
"""Different sentences whose repeats are counted at once."""


def clean(text: str, longest: int = 120) -> str:
    """Return a peer's text fit for a log: control characters replaced, cut to `longest`."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in text[: longest + 1])
    return shown if len(shown) <= longest else shown[:longest] + "…"


class Repeats(logging.Filter):
    """Lets a sentence through `most` times in `seconds`: no peer fills the disk; the next one says how many more."""

    def __init__(self, most: int = 20, seconds: float = 10.0) -> None:
        super().__init__()
        self._most, self._seconds = most, seconds
        self._seen: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        key = (record.name, record.levelno, str(record.msg))
        since, count = self._seen.get(key, (record.created, 0))
        if not 0 <= record.created - since < self._seconds:
            if count > self._most:
                record.msg = f"{record.msg} (and {count - self._most} more like it)"
            since, count = record.created, 0
        if len(self._seen) >= SENTENCES:
            self._seen.clear()
        self._seen[key] = (since, count + 1)
        return count < self._most


def set_up_logging(level: str = "info", program: str = "hall24") -> None:
    """Write the log to stderr, a line an event, with the program's name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(f"%(asctime)s {program} %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Repeats())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
