"""A rollout's audit on disk: lines are only ever added, and are there before anybody is told."""

import os
from pathlib import Path

from firmware.updates.core import audit
from firmware.updates.core.rollout_events import AnyEvent
from firmware.updates.drivers.durable import flush_folder
from firmware.updates.errors import AuditError


class AuditFile:
    """One rollout's file; opened, it cuts off a line that was broken off and hands out what happened."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        data = path.read_bytes()
        kept = audit.whole(data)
        if len(kept) != len(data):
            os.ftruncate(self._descriptor, len(kept))
        self.events = list(audit.read(kept))
        self._number = len(self.events)
        self._before = audit.digest(kept.splitlines()[-1]) if kept else audit.START
        flush_folder(path.parent)

    def add(self, *events: AnyEvent) -> None:
        """Write events; they are on the disk when this returns."""
        lines = b""
        for event in events:
            self._number += 1
            line = audit.write(event, self._number, self._before)
            self._before = audit.digest(line)
            lines += line
        if os.write(self._descriptor, lines) != len(lines):
            raise AuditError("the disk takes no more: make room, then start the service again")
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
