"""One transaction being prepared: ledger rows sealed in order, quarantine, marks; nothing is kept before the commit."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from contract.body import Fact
from intake_server.core.event import Event
from intake_server.core.journey import link_of, subject
from intake_server.core.ledger import Parts, Source, microseconds, seal, take_apart
from intake_server.core.report import Report
from intake_server.errors import IntakeError
from intake_server.store.bulk import Row, insert_rows
from intake_server.store.quarantine import BOUNDS, Bounds, trim
from intake_server.store.schema import CENTRE, LEDGER, LINK, MARK, QUARANTINE, SOURCE
from intake_server.store.settling import BEHIND, settle
from intake_server.store.sources import DeviceKey

MarkKey = tuple[str, str, str]
"""Hall, uplink, incarnation."""

FactKey = tuple[int, int]
"""The number of an incarnation, and the number of a fact within it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the ledger, the incarnation and count of the centre's own facts, and how many sources are numbered.

    Every commit makes another one: who was sealed on it knows by identity that nothing came between.
    """

    inc: str
    seq: int
    rows: int
    chain: bytes
    sources: int = 0


class NotAtHandError(IntakeError):
    """Memory cannot tell: ask again on the writer, with the database open."""


class Known(Protocol):
    """What is known of senders besides what a transaction itself brings; without a connection from memory alone."""

    def mark(self, connection: sa.Connection | None, key: MarkKey) -> tuple[int, int]:
        """Return an uplink's mark and the rows it declared lost; raise NotAtHandError if memory cannot tell."""

    def source(self, connection: sa.Connection | None, device: DeviceKey) -> tuple[int, int] | None:
        """Return an incarnation's number and newest fact, None if it is new; raise NotAtHandError likewise."""


class Transaction:
    """Collects rows for one bulk write; where it leads becomes the store's once it committed."""

    def __init__(self, head: Head, known: Known, chance: random.Random, now: datetime, bounds: Bounds = BOUNDS) -> None:
        self.base, self.now, self._known, self._bounds = head, now, known, bounds
        self._connection: sa.Connection | None = None
        self._seq, self._rows, self._chain, self._last_source = head.seq, head.rows, head.chain, head.sources
        self.settled = 0
        self.report = Report()
        self.marks: dict[MarkKey, tuple[int, int]] = {}
        self.numbers: dict[DeviceKey, int] = {}
        self.newest: dict[DeviceKey, int] = {}
        self.digests: dict[FactKey, bytes] = {}
        self._chance = chance
        self._sources: list[Row] = []
        self._ledger: list[Row] = []
        self._links: list[dict[str, Any]] = []
        self._quarantine: list[dict[str, Any]] = []

    @cached_property
    def head(self) -> Head:
        """Where the ledger ends with what was appended; nothing is appended afterwards."""
        return Head(self.base.inc, self._seq, self._rows, self._chain, self._last_source)

    def attach(self, connection: sa.Connection, settled: int) -> None:
        """Stand on an open transaction of a database whose first `settled` rows are settled."""
        self._connection, self.settled = connection, settled

    @property
    def connection(self) -> sa.Connection:
        """The open transaction; raise NotAtHandError before there is one."""
        if self._connection is None:
            raise NotAtHandError
        return self._connection

    def mark(self, key: MarkKey) -> tuple[int, int]:
        """Return an uplink's mark and the rows it declared lost."""
        return self.marks.get(key) or self._known.mark(self._connection, key)

    def known(self, device: DeviceKey) -> tuple[int, int]:
        """Return an incarnation's number, a fresh one at its first fact, and its newest fact before the next."""
        number = self.numbers.get(device)
        if number is None:
            number, newest = self._known.source(self._connection, device) or (self._new_source(device), 0)
            self.numbers[device], self.newest[device] = number, newest
        return number, self.newest[device]

    def _new_source(self, device: DeviceKey) -> int:
        self._last_source += 1
        self._sources.append((self._last_source, *device))
        return self._last_source

    def settle(self, *, most: int = 0) -> None:
        """Settle the rows committed before, if more than `most` of them are behind."""
        if self.base.rows - self.settled > most:
            settle(self.connection, self.settled, self.base.rows)
            self.settled = self.base.rows
            self.connection.execute(_SETTLED, {"settled_": self.settled})

    def append(self, source: Source, fact: Fact, parts: Parts, at: datetime, digest: bytes) -> None:
        """Seal a fact as the next ledger row."""
        device = (source.hall, source.device, source.inc)
        number, newest = self.known(device)
        salt = self._chance.getrandbits(128).to_bytes(16, "big")
        sealed = seal(parts, at, source, salt, self._rows + 1, self._chain)
        row = sealed.row
        self._rows, self._chain = row.row, row.chain
        self.digests[number, source.seq] = digest
        if source.seq > newest:
            self.newest[device] = source.seq
        day, ticket, service_event = subject(fact)
        business_day = day.isoformat() if day else None
        # sqlite3 looks for an adapter of every bytes object it binds, which costs more than a copy that needs none
        self._ledger.append((
            row.row, row.at_us, row.kind.value, row.type, number, source.seq, bytearray(digest), business_day, ticket,
            service_event, bytearray(row.public), bytearray(row.commitment), bytearray(row.chain), bytearray(salt),
            bytearray(sealed.secret.personal),
        ))  # fmt: skip
        if (link := link_of(fact)) is not None:
            place = {"hall": source.hall, "business_day": business_day, "ticket": ticket}
            self._links.append({"link": link, **place, "row": row.row})
        self.report.events.append(Event(row.row, at, row.kind, source.hall, source.device, fact))

    def append_own(self, hall: str, facts: Sequence[Fact]) -> None:
        """Seal facts of the centre itself."""
        for fact in facts:
            self._seq += 1
            self.append(Source(hall, "intake/intake", self.base.inc, self._seq), fact, take_apart(fact), self.now, b"")

    def quarantine(self, source: str, number: int | None, fault: str, raw: bytes) -> None:
        """Put bytes that do not validate aside, raw."""
        counts = self.report.quarantined
        counts[fault] = counts.get(fault, 0) + 1
        digest = hashlib.sha256(raw).digest()[:16]
        row = {"source": source.replace("\0", "·"), "digest": digest, "fault": fault, "number": number, "raw": raw}
        self._quarantine.append({**row, "times": 1, "first_us": microseconds(self.now)})

    def write(self) -> None:
        """Send everything to the database in bulk, after what is far enough behind is settled."""
        self.settle(most=BEHIND)
        insert_rows(self.connection, SOURCE, self._sources)
        insert_rows(self.connection, LEDGER, self._ledger)
        statements = _statements(self.connection.dialect.name)
        if self._links:
            self.connection.execute(statements.link, self._links)
        if self._quarantine:
            self.connection.execute(statements.quarantine, self._quarantine)
            self.report.aside = trim(self.connection, self._bounds)
        if self.marks:
            self.connection.execute(statements.mark, self._mark_rows())
        if self._ledger:
            self.connection.execute(_HEAD, {"seq_": self._seq, "rows_": self._rows, "head_": self._chain})

    def _mark_rows(self) -> list[dict[str, Any]]:
        return [
            {"hall": hall, "uplink": uplink, "inc": inc, "mark": mark, "lost": lost}
            for (hall, uplink, inc), (mark, lost) in self.marks.items()
        ]


_HEAD = CENTRE.update().values({name: sa.bindparam(f"{name}_") for name in ("seq", "rows", "head")})
_SETTLED = CENTRE.update().values(settled=sa.bindparam("settled_"))


@dataclass(frozen=True, slots=True)
class _Statements:
    link: Any
    quarantine: Any
    mark: Any


@lru_cache(maxsize=2)
def _statements(dialect: str) -> _Statements:
    """Return the upserts of a dialect; they are built once, which costs as much as fifty rows."""
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    mark = insert(MARK)
    moved = {"mark": mark.excluded.mark, "lost": mark.excluded.lost}
    again = {"times": QUARANTINE.c.times + 1}
    return _Statements(
        link=insert(LINK).on_conflict_do_nothing(),
        quarantine=insert(QUARANTINE).on_conflict_do_update(index_elements=["source", "digest"], set_=again),
        mark=mark.on_conflict_do_update(index_elements=["hall", "uplink", "inc"], set_=moved),
    )
