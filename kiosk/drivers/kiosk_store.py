"""A kiosk's disk: applications under way, what became of their paper, and the catalogue; nothing personal in clear.

Every method is synchronous and belongs on the writer; `commit` is the one transaction, shared with the outbox.
"""

import hashlib
import sqlite3
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from hallkit.runtime.outbox import Outbox
from hallkit.runtime.store import migrate

TABLES = """
CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE pending(key TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, asked_at TEXT NOT NULL,
  document TEXT NOT NULL DEFAULT '', paper TEXT NOT NULL) STRICT;
CREATE TABLE kept(key TEXT NOT NULL REFERENCES pending ON DELETE CASCADE, place INTEGER NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY(key, place)) STRICT;
CREATE TABLE page(name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
"""
KEPT = timedelta(days=2)
"""How long an application under way is remembered: a citizen who comes back until then finds the same case."""


class Paper(StrEnum):
    """What is known of an application's notice."""

    ASKED = "asked"
    COMMITTED = "committed"
    PRINTED = "printed"
    FAILED = "failed"
    LOST = "lost"
    """A crash came between the answer and the paper: perhaps nobody saw the number."""


class Pending(NamedTuple):
    """An application written down before it was sent; `document` is the notice that answered it."""

    key: str
    asked_at: datetime
    document: str
    paper: Paper


class KioskStore:
    """Tables of one kiosk, in the same database as its outbox."""

    def __init__(self, database: sqlite3.Connection, new_inc: str, fresh_salt: bytes) -> None:
        migrate(database, [TABLES])
        self._database = database
        self.outbox = Outbox(database, new_inc)
        database.execute("INSERT OR IGNORE INTO setting VALUES ('salt', ?)", (fresh_salt,))
        self.salt: bytes = database.execute("SELECT value FROM setting WHERE name = 'salt'").fetchone()[0]

    def commit(self) -> AbstractContextManager[None]:
        """Return the transaction that applications, paper and facts share."""
        return self.outbox.transaction()

    def begin(self, content: bytes, key: str, now: datetime) -> Pending:
        """Write an application down under `key`, or return the same one while it is under way."""
        digest = hashlib.blake2b(content, key=self.salt, digest_size=32).digest()
        with self.commit():
            self._database.execute("DELETE FROM pending WHERE asked_at < ? AND NOT EXISTS (SELECT 1 FROM kept "
                                   "WHERE kept.key = pending.key)", ((now - KEPT).isoformat(),))  # fmt: skip
            self._database.execute(
                "INSERT INTO pending(key, digest, asked_at, paper) VALUES (?, ?, ?, ?) ON CONFLICT(digest) DO UPDATE "
                "SET key = excluded.key, asked_at = excluded.asked_at, document = '', paper = excluded.paper "
                "WHERE paper IN (?, ?)",
                (key, digest, now.isoformat(), Paper.ASKED, Paper.PRINTED, Paper.FAILED),
            )
        row = self._database.execute(
            "SELECT key, asked_at, document, paper FROM pending WHERE digest = ?", (digest,)
        ).fetchone()
        return _pending(row)

    def answered(self, key: str, document: str) -> None:
        """Note which notice answered an application; nothing of it needs to be kept any more."""
        with self.commit():
            self._database.execute(
                "UPDATE pending SET document = ?, paper = ? WHERE key = ?", (document, Paper.COMMITTED, key)
            )
            self._database.execute("DELETE FROM kept WHERE key = ?", (key,))

    def refused(self, key: str) -> None:
        """Forget an application that was refused."""
        self._database.execute("DELETE FROM pending WHERE key = ?", (key,))

    def keep(self, key: str, sealed: list[bytes]) -> None:
        """Keep an application that could not be sent, sealed: its documents, then itself."""
        with self.commit():
            self._database.execute("DELETE FROM kept WHERE key = ?", (key,))
            for place, one in enumerate(sealed):
                self._database.execute("INSERT INTO kept VALUES (?, ?, ?)", (key, place, one))

    def waiting(self) -> list[str]:
        """Return the keys of applications kept to be sent, oldest first."""
        rows = self._database.execute("SELECT DISTINCT key FROM kept ORDER BY key").fetchall()
        return [key for (key,) in rows]

    def sealed(self, key: str) -> list[bytes]:
        """Return what was kept of an application, in order."""
        rows = self._database.execute("SELECT sealed FROM kept WHERE key = ? ORDER BY place", (key,)).fetchall()
        return [one for (one,) in rows]

    def set_paper(self, document: str, paper: Paper) -> None:
        """Note what became of a notice's paper; belongs inside `commit`."""
        self._database.execute("UPDATE pending SET paper = ? WHERE document = ?", (paper, document))

    def unprinted(self) -> list[str]:
        """Return the notices a crash left between answer and paper."""
        rows = self._database.execute("SELECT document FROM pending WHERE paper = ?", (Paper.COMMITTED,)).fetchall()
        return [document for (document,) in rows]

    def save_page(self, name: str, body: bytes) -> None:
        """Keep a page of the catalogue for when the centre is away."""
        self._database.execute("INSERT OR REPLACE INTO page VALUES (?, ?)", (name, body))

    def pages(self, start: str) -> dict[str, bytes]:
        """Return the kept pages whose name begins so."""
        rows = self._database.execute(
            "SELECT name, body FROM page WHERE substr(name, 1, ?) = ? ORDER BY name", (len(start), start)
        ).fetchall()
        return dict(rows)

    def drop_pages(self) -> None:
        """Forget the kept catalogue: another one was published."""
        self._database.execute("DELETE FROM page")


def _pending(row: tuple[str, str, str, str]) -> Pending:
    key, asked_at, document, paper = row
    return Pending(key, datetime.fromisoformat(asked_at), document, Paper(paper))
