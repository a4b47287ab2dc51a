"""Listens for personal data where there must be none: boards, states and logs."""

import logging
import re

from hall24.day.auditor import Auditor
from hall24.day.notes import PERSON_NAME
from hallkit.runtime.memory_link import MemoryBroker

_NUMBER = r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"
_PHONE = r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])"
_ON_BOARDS = re.compile(rf"[\u3400-\u9fff]|{_NUMBER}|{_PHONE}")
_IN_LOGS = re.compile(rf"{PERSON_NAME}|{_NUMBER}")
"""Digits inside a longer word are part of an id, not somebody's number."""


class Privacy(logging.Handler):
    """Sees what is published for everybody to read, and every line of the log."""

    def __init__(self, auditor: Auditor, broker: MemoryBroker) -> None:
        super().__init__(logging.WARNING)
        self._auditor = auditor
        self.lines: dict[str, int] = {}
        broker.taps.append(self._tap)

    def emit(self, record: logging.LogRecord) -> None:
        """Read one line of the log."""
        self.lines[record.levelname] = self.lines.get(record.levelname, 0) + 1
        if found := _IN_LOGS.search(record.getMessage()):
            self._auditor.blame("nothing_personal", f"a log line of {record.name} holds {found[0]!r}")

    def _tap(self, topic: str, payload: bytes, retain: bool) -> None:
        if "/board/" not in topic and not topic.endswith("/st"):
            return
        if found := _ON_BOARDS.search(payload.decode("utf-8", "replace")):
            self._auditor.blame("nothing_personal", f"{topic} holds {found[0]!r}")
