"""The hall's ledger as it grows: every committed row of the hall store, hashed and read once, in order."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from contract import codec
from contract.body import Fact
from contract.envelope import Envelope
from hall24.day.disk import SimulatedDisk

STORE = "hall-store"
KEPT = 4_000
"""Rows remembered in words, the newest of at least half of them."""

_TICKET = re.compile(r"\b[A-Z]\d{3,4}\b")


class Ledger:
    """Follows the hall store; `on_fact` hears each fact once, `head` chains topic and payload of every row."""

    def __init__(self, disk: SimulatedDisk, on_fact: Callable[[Envelope, Fact], None]) -> None:
        self._disk, self._on_fact = disk, on_fact
        self.rows = 0
        self.head = hashlib.sha256(b"h24-day-1").digest()
        self.recent: list[str] = []

    def follow(self, owner: str, path: Path) -> None:
        """Read what a commit of the hall store added."""
        if owner != STORE:
            return
        database = self._disk.database(path)
        found = database.execute("SELECT row, topic, payload FROM fact WHERE row > ? ORDER BY row", (self.rows,))
        for row, topic, payload in found.fetchall():
            self.rows = row
            self.head = hashlib.sha256(self.head + topic.encode() + b"\0" + payload).digest()
            envelope = codec.decode(payload)
            self._remember(row, envelope)
            body = codec.decode_body(envelope.type, envelope.body)
            if isinstance(body, Fact):
                self._on_fact(envelope, body)

    def _remember(self, row: int, envelope: Envelope) -> None:
        self.recent.append(
            f"{row} {envelope.ts:%d %H:%M:%S} {envelope.dev} {envelope.type} {bytes(envelope.body)[:160]!r}"
        )
        if len(self.recent) > KEPT:
            del self.recent[: KEPT // 2]

    def around(self, sentence: str, count: int) -> list[str]:
        """Return the newest rows about the tickets a sentence names, or if it names none, of all; at most `count`."""
        names = [f'"{ticket}"' for ticket in dict.fromkeys(_TICKET.findall(sentence))]
        named = [row for row in self.recent if any(name in row for name in names)][-count:]
        return named or self.recent[-count:]
