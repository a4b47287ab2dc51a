"""The queue engine: decides without doing, remembers by facts, and knows when to look again."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec
from msgspec.structs import replace

from contract.board import ZoneBoard
from contract.body import Fact, Reply, Request
from contract.codec import decode_body, encode_body
from contract.queue import RefusalCode
from contract.queue_facts import EpochStarted, RequestAnswered
from contract.queue_requests import QueueRefused
from queue_caller.core.asked import Asked, Decision, Ids
from queue_caller.core.board import zone_board
from queue_caller.core.check import violations
from queue_caller.core.decide import decide
from queue_caller.core.digest import digest_of
from queue_caller.core.errors import JournalError, Refusal
from queue_caller.core.evolve import evolve
from queue_caller.core.hall import Hall
from queue_caller.core.openings import business_day
from queue_caller.core.record import Record, Tally
from queue_caller.core.site import Site
from queue_caller.core.timetable import Timetable

LONGEST_KEY = 100

_SNAPSHOTS = msgspec.json.Decoder(Record)


class QueueEngine:
    """One hall's queue.

    The app's round is: `handle` a request (or `on_deadline`), commit the facts to the journal, `apply` each of them,
    then send the reply and the boards; then ask `next_deadline` and sleep. Nothing is decided on uncommitted facts.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._set(Hall(site))

    def _set(self, hall: Hall) -> None:
        self._hall = hall
        self._timetable = Timetable(hall)

    def handle(self, request: Request, now: datetime, ids: Ids, *, key: str = "", device: str = "") -> Decision:
        """Return the facts and the reply to a request, changing nothing.

        A key that was answered in the live business days gets the same reply and no facts, or, with another request
        under it, a `key_conflict`. Refusals do nothing and are not remembered: the same key may succeed later.
        """
        if len(key) > LONGEST_KEY:
            return Decision((), QueueRefused(code=RefusalCode.UNKNOWN_REQUEST))
        digest = digest_of(request) if key else ""
        if key and (known := self._hall.record.answers.get(f"{device}/{key}")) is not None:
            return Decision((), _same_reply(known.kind, known.reply, known.digest == digest))
        first = self._timetable.new_day(now)
        try:
            facts, reply = decide(self._hall, request, Asked(now, ids, device))
        except Refusal as refusal:
            return Decision(first, QueueRefused(code=refusal.code, when=refusal.when))
        if key and facts:
            facts += (_answered(device, key, digest, reply, now),)
        return Decision(first + facts, reply)

    def knows(self, key: str, device: str) -> bool:
        """Return whether a request was answered under this key: asking again changes nothing."""
        return f"{device}/{key}" in self._hall.record.answers

    def apply(self, fact: Fact) -> None:
        """Let a committed fact have its effect; raise JournalError for one that cannot follow."""
        evolve(self._hall, fact)

    def replay(self, facts: Iterable[Fact]) -> None:
        """Apply the journal, or what came after a snapshot."""
        for fact in facts:
            evolve(self._hall, fact)

    def snapshot(self) -> bytes:
        """Return the whole memory; `restore` and the facts that came later give the same engine again."""
        return msgspec.json.encode(self._hall.record)

    def restore(self, snapshot: bytes) -> None:
        """Take a snapshot's memory in place of this engine's own; raise JournalError if it is none."""
        try:
            record = _SNAPSHOTS.decode(snapshot)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise JournalError("the snapshot is damaged: replay the journal instead") from error
        self._set(Hall(self.site, record))

    def start_epoch(self, now: datetime, ids: Ids, missing: int = 0) -> tuple[Fact, ...]:
        """Return the facts that begin a new epoch on a first start and after a restore.

        `missing` is how many facts of the journal may be lost, at most: each of them may have used one number or
        leased one block of any prefix, so as many are skipped on every business day they can be of. A lost
        `EpochStarted` stands for its own `missing` as well: a second restore from one copy counts from that copy on.
        """
        today = business_day(self._hall, now)
        days = sorted({today, now.date(), today + timedelta(days=1), now.date() + timedelta(days=1)})
        epoch = EpochStarted(
            epoch=ids(), missing=missing, block_size=self.site.rules.block_size, days=tuple(days),
            prefixes=tuple(sorted({service.prefix for service in self.site.services})), at=now,
        )  # fmt: skip
        return (*self._timetable.new_day(now), epoch)

    def next_deadline(self, now: datetime) -> datetime | None:
        """Return when to call `on_deadline`: not after `now` if at once, None if only requests change anything."""
        return self._timetable.next_deadline(now)

    def on_deadline(self, now: datetime) -> tuple[Fact, ...]:
        """Return what is due by time, perhaps nothing; commit, apply and call again until `next_deadline` is ahead."""
        return self._timetable.due(now)

    def board(self, zone: str, now: datetime) -> ZoneBoard:
        """Return what a zone shows now."""
        return zone_board(self._hall, zone, now)

    def check(self) -> list[str]:
        """Return every broken invariant as a sentence."""
        return violations(self._hall)

    def summary(self, day: date) -> dict[str, Tally]:
        """Return each service's counts of a business day; kept long after its tickets."""
        tallies = self._hall.record.tallies.get(day.isoformat(), {})
        return {service: replace(tally) for service, tally in tallies.items()}

    @property
    def staff(self) -> dict[int, str]:
        """Who serves at every window that ever opened; empty text where it is closed."""
        return {window: seat.staff if seat.is_open else "" for window, seat in self._hall.record.seats.items()}

    @property
    def business_day(self) -> date | None:
        """The business day that began last, None before the first."""
        return self._hall.record.business_day

    @property
    def epoch(self) -> str:
        """The epoch that leases carry, empty before the first."""
        return self._hall.record.epoch


def _answered(device: str, key: str, digest: str, reply: Reply, now: datetime) -> RequestAnswered:
    said = msgspec.Raw(encode_body(reply))
    return RequestAnswered(device=device, key=key, digest=digest, kind=type(reply).__name__, reply=said, at=now)


def _same_reply(kind: str, said: msgspec.Raw, is_same: bool) -> Reply:
    if not is_same:
        return QueueRefused(code=RefusalCode.KEY_CONFLICT)
    reply = decode_body(kind, said)
    if not isinstance(reply, Reply):
        raise JournalError(f"the journal remembers a {kind} as a reply")
    return reply
