"""A ticket machine's disk: spare keys, requests under way, tickets and their paper, leased blocks, salts, bookings.

Every method is synchronous and belongs on the writer; `commit` is the one transaction, shared with the outbox.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from contract.queue import NumberBlock, OfflineTicket
from hallkit.rules.numbering import ticket_number
from hallkit.runtime.outbox import Outbox
from hallkit.runtime.store import migrate, tidy
from queue_caller.core.machine_blocks import HeldBlock, serving
from queue_caller.core.machine_person import next_salt
from queue_caller.core.machine_ticket import HeldTicket

TABLES = """
CREATE TABLE pending(key TEXT PRIMARY KEY, kind TEXT NOT NULL, service TEXT NOT NULL, subject TEXT NOT NULL,
  body BLOB NOT NULL, asked_at TEXT NOT NULL, given_up INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE ticket(day TEXT NOT NULL, ticket TEXT NOT NULL, held BLOB NOT NULL, paper TEXT NOT NULL,
  copies INTEGER NOT NULL DEFAULT 0, block TEXT, offline BLOB, merged TEXT, PRIMARY KEY(day, ticket)) STRICT;
CREATE TABLE block(block TEXT PRIMARY KEY, day TEXT NOT NULL, held BLOB NOT NULL) STRICT;
CREATE TABLE salt(day TEXT PRIMARY KEY, salt BLOB NOT NULL) STRICT;
CREATE TABLE booking(appointment TEXT PRIMARY KEY, code TEXT NOT NULL, person TEXT NOT NULL, starts TEXT NOT NULL,
  service TEXT NOT NULL) STRICT;
"""
SPARES = "CREATE TABLE spare(key TEXT PRIMARY KEY, person TEXT NOT NULL) STRICT;"
KEPT_DAYS = 8
"""Days a machine remembers its tickets: one more than the engine merges a block's."""


class Paper(StrEnum):
    """What is known of a ticket's slip."""

    COMMITTED = "committed"
    PRINTED = "printed"
    FAILED = "failed"
    DECLINED = "declined"


class Pending(NamedTuple):
    """A request written down before it was asked; `given_up` once the citizen was told something else."""

    key: str
    kind: str
    service: str
    subject: str
    body: bytes
    asked_at: datetime
    given_up: bool


class Spare(NamedTuple):
    """The key and the person token of a touch to come, on the disk before anybody asks under them."""

    key: str
    person: str


class Unmerged(NamedTuple):
    """Offline tickets of one block that the engine has not answered for."""

    held: HeldBlock
    tickets: tuple[OfflineTicket, ...]


class Booking(NamedTuple):
    """A time reserved at this machine."""

    appointment: str
    code: str
    person: str
    starts: datetime
    service: str


class MachineStore:
    """Tables of one machine, in the same database as its outbox."""

    def __init__(self, database: sqlite3.Connection, new_inc: str) -> None:
        migrate(database, [TABLES, SPARES])
        self._database = database
        self.outbox = Outbox(database, new_inc)

    def commit(self) -> AbstractContextManager[None]:
        """Return the transaction that tickets, paper and facts share."""
        return self.outbox.transaction()

    def tidy(self) -> None:
        """Do while nobody waits what the commit of every hundredth ticket else waits for."""
        tidy(self._database)

    def lay_out(self, spare: Spare) -> None:
        """Write down under which key and person the next touch will be asked."""
        self._database.execute("INSERT INTO spare VALUES (?, ?)", spare)

    def spares(self) -> list[Spare]:
        """Return the keys under which something may have been asked that was not written down, oldest first."""
        rows = self._database.execute(
            "SELECT key, person FROM spare WHERE key NOT IN (SELECT key FROM pending) ORDER BY key"
        )
        return [Spare(*row) for row in rows]

    def begin(self, pending: Pending) -> None:
        """Write a request down: before it is asked, or while it is if its key was laid out."""
        self._database.execute(
            "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*pending[:5], pending.asked_at.isoformat(), int(pending.given_up)),
        )

    def pending(self) -> list[Pending]:
        """Return the requests whose answer is not committed, oldest first."""
        rows = self._database.execute("SELECT * FROM pending ORDER BY asked_at, key")
        return [Pending(key, kind, service, subject, body, datetime.fromisoformat(at), bool(given_up))
            for key, kind, service, subject, body, at, given_up in rows]  # fmt: skip

    def pending_about(self, kind: str, subject: str) -> Pending | None:
        """Return the open request of a kind about a subject, so that it is asked again under its own key."""
        return next((one for one in self.pending() if (one.kind, one.subject) == (kind, subject)), None)

    def give_up(self, key: str) -> None:
        """Note that the citizen was told something else than this request's answer."""
        self._database.execute("UPDATE pending SET given_up = 1 WHERE key = ?", (key,))

    def finish(self, key: str) -> None:
        """Forget an answered request and that its key was laid out, inside the caller's transaction."""
        self._database.execute("DELETE FROM pending WHERE key = ?", (key,))
        self._database.execute("DELETE FROM spare WHERE key = ?", (key,))

    def drop(self, key: str) -> None:
        """Forget an answered request in a transaction of its own."""
        with self.commit():
            self.finish(key)

    def add_ticket(self, ticket: HeldTicket, paper: Paper = Paper.COMMITTED) -> None:
        """Keep a ticket; the same one again (a citizen who came back) keeps what is known of its paper."""
        self._database.execute(
            "INSERT OR IGNORE INTO ticket(day, ticket, held, paper) VALUES (?, ?, ?, ?)",
            (ticket.business_day.isoformat(), ticket.ticket, msgspec.json.encode(ticket), paper.value),
        )

    def take_offline(self, ticket: HeldTicket, block: HeldBlock, offline: OfflineTicket) -> None:
        """Keep a ticket out of a block and move the block on."""
        self.add_ticket(ticket)
        self._database.execute(
            "UPDATE ticket SET block = ?, offline = ? WHERE day = ? AND ticket = ?",
            (block.block.block, msgspec.json.encode(offline), ticket.business_day.isoformat(), ticket.ticket),
        )
        self._keep_block(msgspec.structs.replace(block, next=block.next + 1))

    def has_ticket(self, day: date, ticket: str) -> bool:
        """Return whether a citizen was given this ticket here."""
        row = self._database.execute("SELECT 1 FROM ticket WHERE day = ? AND ticket = ?", (day.isoformat(), ticket))
        return row.fetchone() is not None

    def copy_of(self, ticket: HeldTicket) -> HeldTicket | None:
        """Return the next copy of a ticket that was given here before; None for a new one."""
        found = self._database.execute(
            "SELECT held, copies FROM ticket WHERE day = ? AND ticket = ?",
            (ticket.business_day.isoformat(), ticket.ticket),
        ).fetchone()
        return msgspec.structs.replace(_ticket(found[0]), reprint=found[1] + 1) if found else None

    def newest(self) -> datetime | None:
        """Return when the newest ticket kept here was taken; None if there is none."""
        found = self._database.execute("SELECT held FROM ticket ORDER BY rowid DESC LIMIT 1").fetchone()
        return _ticket(found[0]).taken_at if found else None

    def tickets(self, paper: Paper | None = None) -> list[HeldTicket]:
        """Return the tickets kept, oldest first; those whose paper is in one state, if given."""
        rows = self._database.execute("SELECT held, paper FROM ticket ORDER BY rowid")
        return [_ticket(held) for held, state in rows if paper is None or state == paper.value]

    def unprinted(self) -> list[HeldTicket]:
        """Return tickets of which nobody knows whether they came out, oldest first, with the copies made so far."""
        rows = self._database.execute(
            "SELECT held, copies FROM ticket WHERE paper = ? ORDER BY rowid", (Paper.COMMITTED,)
        )
        return [msgspec.structs.replace(_ticket(held), reprint=copies) for held, copies in rows]

    def may_hang(self) -> bool:
        """Return whether a piece of a slip may hang in the printer: not every slip of a ticket kept here came out."""
        row = self._database.execute("SELECT 1 FROM ticket WHERE paper != ? LIMIT 1", (Paper.PRINTED,)).fetchone()
        return row is not None

    def of_person(self, day: date, person: str) -> list[HeldTicket]:
        """Return a day's offline tickets of a person token."""
        rows = self._database.execute(
            "SELECT held, offline FROM ticket WHERE day = ? AND offline IS NOT NULL", (day.isoformat(),)
        )
        return [_ticket(held) for held, offline in rows if _offline(offline).person == person]

    def set_paper(self, ticket: HeldTicket, paper: Paper) -> None:
        """Note what is known of a ticket's slip, and how many copies were made."""
        self._database.execute(
            "UPDATE ticket SET paper = ?, copies = ? WHERE day = ? AND ticket = ?",
            (paper.value, ticket.reprint, ticket.business_day.isoformat(), ticket.ticket),
        )

    def add_block(self, block: NumberBlock, signature: str) -> None:
        """Keep a leased block; one of another epoch retires every older block that is not its own epoch's."""
        for held in self.blocks():
            if held.block.epoch != block.epoch:
                self.retire(held)
        if block.block not in {held.block.block for held in self.blocks()}:
            self._keep_block(HeldBlock(block=block, signature=signature, next=block.first))

    def blocks(self) -> list[HeldBlock]:
        """Return every block kept."""
        rows = self._database.execute("SELECT held FROM block ORDER BY rowid")
        return [msgspec.json.decode(held, type=HeldBlock) for (held,) in rows]

    def serving_block(self, service: str, day: date) -> HeldBlock | None:
        """Return the block the next offline ticket of a service comes out of."""
        return serving(self.blocks(), service, day)

    def retire(self, held: HeldBlock) -> None:
        """Give no more numbers out of a block."""
        self._keep_block(msgspec.structs.replace(held, retired=True))

    def unmerged(self) -> list[Unmerged]:
        """Return the offline tickets the engine has not answered for, by block, in the order they were taken."""
        return [found for held in self.blocks() if (found := self._unmerged(held)).tickets]

    def set_merged(self, block: NumberBlock, ticket: str, outcome: str) -> None:
        """Note the engine's answer for one offline ticket: accepted, or the code of its refusal."""
        self._database.execute(
            "UPDATE ticket SET merged = ? WHERE day = ? AND ticket = ?",
            (outcome, block.business_day.isoformat(), ticket),
        )

    def salt(self, day: date, fresh: bytes) -> bytes:
        """Return the day's salt: the one it has, else one made out of the last one known, else `fresh`."""
        name = day.isoformat()
        newest = "SELECT day, salt FROM salt WHERE day <= ? ORDER BY day DESC LIMIT 1"
        known: tuple[str, bytes] | None = self._database.execute(newest, (name,)).fetchone()
        if known is not None and known[0] == name:
            return known[1]
        salt = next_salt(known[1], day) if known is not None else fresh
        self._database.execute("INSERT INTO salt VALUES (?, ?)", (name, salt))
        return salt

    def share_salt(self, day: date, salt: bytes) -> None:
        """Let the day's salt be the hall's, inside the caller's own transaction."""
        self._database.execute("INSERT OR REPLACE INTO salt VALUES (?, ?)", (day.isoformat(), salt))

    def salts(self) -> list[bytes]:
        """Return every salt kept."""
        return [salt for (salt,) in self._database.execute("SELECT salt FROM salt ORDER BY day")]

    def rename_bookings(self, known: str, person: str) -> None:
        """Let a token of another day's salt be today's."""
        self._database.execute("UPDATE booking SET person = ? WHERE person = ?", (person, known))

    def drop_booking(self, appointment: str) -> None:
        """Forget a time that was used."""
        self._database.execute("DELETE FROM booking WHERE appointment = ?", (appointment,))

    def add_booking(self, booking: Booking) -> None:
        """Keep a time reserved here."""
        self._database.execute(
            "INSERT OR REPLACE INTO booking VALUES (?, ?, ?, ?, ?)",
            (booking.appointment, booking.code, booking.person, booking.starts.isoformat(), booking.service),
        )

    def booking(self, *, code: str = "", person: str = "") -> Booking | None:
        """Return the next booking with a code or of a person token."""
        rows = self._database.execute(
            "SELECT * FROM booking WHERE (? != '' AND code = ?) OR (? != '' AND person = ?) ORDER BY starts",
            (code, code, person, person),
        )
        for appointment, own, token, starts, service in rows:
            return Booking(appointment, own, token, datetime.fromisoformat(starts), service)
        return None

    def forget_before(self, today: date) -> None:
        """Drop what no promise needs any more: old tickets that were merged, old blocks, salts and bookings."""
        first = (today - timedelta(days=KEPT_DAYS)).isoformat()
        self._database.execute("DELETE FROM ticket WHERE day < ? AND (block IS NULL OR merged IS NOT NULL)", (first,))
        self._database.execute("DELETE FROM block WHERE day < ?", (first,))
        self._database.execute("DELETE FROM booking WHERE starts < ?", (today.isoformat(),))
        self._database.execute(
            "DELETE FROM salt WHERE day < ? AND (day < ? OR NOT EXISTS (SELECT 1 FROM booking))",
            ((today - timedelta(days=1)).isoformat(), first),
        )

    def _keep_block(self, held: HeldBlock) -> None:
        self._database.execute(
            "INSERT INTO block VALUES (?, ?, ?) ON CONFLICT(block) DO UPDATE SET held = excluded.held",
            (held.block.block, held.block.business_day.isoformat(), msgspec.json.encode(held)),
        )

    def _unmerged(self, held: HeldBlock) -> Unmerged:
        rows: Iterator[tuple[bytes]] = self._database.execute(
            "SELECT offline FROM ticket WHERE block = ? AND merged IS NULL ORDER BY rowid", (held.block.block,)
        )
        return Unmerged(held, tuple(_offline(offline) for (offline,) in rows))


def next_number(held: HeldBlock) -> str:
    """Return the number a block gives next."""
    return ticket_number(held.block.prefix, held.next)


def span_of(block: NumberBlock) -> tuple[str, str]:
    """Return the first and last number of a block as printed."""
    return ticket_number(block.prefix, block.first), ticket_number(block.prefix, block.last)


def _ticket(data: bytes) -> HeldTicket:
    return msgspec.json.decode(data, type=HeldTicket)


def _offline(data: bytes) -> OfflineTicket:
    return msgspec.json.decode(data, type=OfflineTicket)
