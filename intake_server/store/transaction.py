"""One transaction being prepared: ledger rows sealed in order, quarantine, marks; nothing is kept before the commit."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from contract.body import Fact
from intake_server.core.event import Event
from intake_server.core.journey import link_of, subject
from intake_server.core.ledger import Parts, Source, microseconds, seal, take_apart
from intake_server.core.report import Report
from intake_server.store.bulk import Row, insert_rows
from intake_server.store.schema import CENTRE, LEDGER, LINK, MARK, QUARANTINE, SECRET

MarkKey = tuple[str, str, str]
"""Hall, uplink, incarnation."""

FactKey = tuple[str, str, str, int]
"""Hall, device, incarnation, number."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the ledger, and the incarnation and count of the centre's own facts."""

    inc: str
    seq: int
    rows: int
    chain: bytes


class Transaction:
    """Collects rows for one bulk write; `head`, `marks` and `newest` become the store's once it committed."""

    def __init__(self, connection: sa.Connection, head: Head, chance: random.Random, now: datetime) -> None:
        self.connection, self.now = connection, now
        self._inc, self._seq, self._rows, self._chain = head.inc, head.seq, head.rows, head.chain
        self.report = Report()
        self.marks: dict[MarkKey, tuple[int, int]] = {}
        self.newest: dict[tuple[str, str, str], int] = {}
        self.digests: dict[FactKey, bytes] = {}
        self._chance = chance
        self._ledger: list[Row] = []
        self._secrets: list[Row] = []
        self._links: list[dict[str, Any]] = []
        self._quarantine: list[dict[str, Any]] = []

    @property
    def head(self) -> Head:
        """Where the ledger ends with what was appended."""
        return Head(self._inc, self._seq, self._rows, self._chain)

    def append(self, source: Source, fact: Fact, parts: Parts, at: datetime, digest: bytes) -> None:
        """Seal a fact as the next ledger row."""
        salt = self._chance.getrandbits(128).to_bytes(16, "big")
        sealed = seal(parts, at, source, salt, self._rows + 1, self._chain)
        row = sealed.row
        self._rows, self._chain = row.row, row.chain
        self.digests[source.hall, source.device, source.inc, source.seq] = digest
        day, ticket, service_event = subject(fact)
        business_day = day.isoformat() if day else None
        self._ledger.append((
            row.row, row.at_us, row.kind.value, row.type, source.hall, source.device, source.inc, source.seq, digest,
            business_day, ticket, service_event, row.public, row.commitment, row.chain,
        ))  # fmt: skip
        self._secrets.append((row.row, salt, sealed.secret.personal))
        if (link := link_of(fact)) is not None:
            place = {"hall": source.hall, "business_day": business_day, "ticket": ticket}
            self._links.append({"link": link, **place, "row": row.row})
        self.report.events.append(Event(row.row, at, row.kind, source.hall, source.device, fact))

    def append_own(self, hall: str, facts: Sequence[Fact]) -> None:
        """Seal facts of the centre itself."""
        for fact in facts:
            self._seq += 1
            self.append(Source(hall, "intake/intake", self._inc, self._seq), fact, take_apart(fact), self.now, b"")

    def quarantine(self, source: str, number: int | None, fault: str, raw: bytes) -> None:
        """Put bytes that do not validate aside, raw."""
        counts = self.report.quarantined
        counts[fault] = counts.get(fault, 0) + 1
        digest = hashlib.sha256(raw).digest()[:16]
        row = {"source": source.replace("\0", "·"), "digest": digest, "fault": fault, "number": number, "raw": raw}
        self._quarantine.append({**row, "times": 1, "first_us": microseconds(self.now)})

    def write(self) -> None:
        """Send everything to the database in bulk."""
        insert = _inserter(self.connection)
        insert_rows(self.connection, LEDGER, self._ledger)
        insert_rows(self.connection, SECRET, self._secrets)
        if self._links:
            self.connection.execute(insert(LINK).on_conflict_do_nothing(), self._links)
        if self._quarantine:
            again = {"times": QUARANTINE.c.times + 1}
            once = insert(QUARANTINE).on_conflict_do_update(index_elements=["source", "digest"], set_=again)
            self.connection.execute(once, self._quarantine)
        if self.marks:
            self._write_marks(insert(MARK))
        if self._ledger:
            self._write_head()

    def _write_marks(self, statement: Any) -> None:
        moved = {"mark": statement.excluded.mark, "lost": statement.excluded.lost}
        rows = [
            {"hall": hall, "uplink": uplink, "inc": inc, "mark": mark, "lost": lost}
            for (hall, uplink, inc), (mark, lost) in self.marks.items()
        ]
        upsert = statement.on_conflict_do_update(index_elements=["hall", "uplink", "inc"], set_=moved)
        self.connection.execute(upsert, rows)

    def _write_head(self) -> None:
        values: Mapping[str, Any] = {"seq": self._seq, "rows": self._rows, "head": self._chain}
        self.connection.execute(CENTRE.update().values(**values))


def _inserter(connection: sa.Connection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
