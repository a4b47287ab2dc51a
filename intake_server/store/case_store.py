"""Requests about cases decided and committed in groups, one transaction with the ledger for all of a group."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from contract import case_requests as requests
from contract.body import Reply, Request
from contract.case_facts import CalendarChanged, DueDateMoved, GuidePublished, WrongDataReported
from contract.cases import CaseRefusal, CaseState, Notice
from contract.ids import token
from contract.link import Done
from contract.registry import BODIES
from intake_server.core.cases import progress
from intake_server.core.cases.case import RUNNING, Case
from intake_server.core.cases.catalogue import HandlingItem
from intake_server.core.cases.deadlines import pass_time
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.legal_clock import ANSWER_DAYS
from intake_server.core.cases.lint import publishable
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.core.ledger import microseconds
from intake_server.core.report import Report
from intake_server.store import case_answers, case_rows, documents
from intake_server.store.case_tables import CALENDAR, FILE, GUIDE, REQUEST
from intake_server.store.intake_store import IntakeStore
from intake_server.store.transaction import Transaction

_LOGGER = logging.getLogger(__name__)

COMMITS = (
    requests.SubmitApplication,
    requests.SupplementCase,
    requests.WithdrawCase,
    requests.ReprintNotice,
    requests.ReportWrongData,
)
"""Requests that change something: answered once under their key, whatever is repeated."""

AT_ONCE = 200
"""Cases looked at in one transaction when time has passed."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request with its key and the device that asks, as `kind/name`."""

    request: Request
    key: str
    device: str


Act = Callable[[Office, Case, Occasion], Decided]
"""Something staff does to a case."""


class CaseStore:
    """Cases in the centre's database; every method belongs on the writer. `office` moves when a guide is published."""

    def __init__(
        self, store: IntakeStore, engine: sa.Engine, hall: str, office: Office, bits: Callable[[int], int]
    ) -> None:
        self._store, self._engine, self._hall, self._bits = store, engine, hall, bits
        self.office = self._with_changes(office)

    def handle(self, asks: Sequence[Ask], now: datetime) -> tuple[list[Reply], Report]:
        """Return one reply for each request, all committed; raise LedgerStoreError with nothing committed."""
        replies: list[Reply] = []

        def work(transaction: Transaction) -> None:
            replies[:] = [self._answer(transaction, ask, now) for ask in asks]

        report = self._store.commit(work, now)
        return replies, report

    def act(self, number: str, act: Act, now: datetime) -> tuple[Case, tuple[Notice, ...], Report]:
        """Do what staff does to a case; RefusedError if the rules do not allow it."""
        made: list[tuple[Case, tuple[Notice, ...]]] = []

        def work(transaction: Transaction) -> None:
            case = case_rows.load(transaction.connection, number)
            decided = act(self.office, case, self._occasion(transaction.connection, now))
            made.append((decided.case, self._save(transaction, decided)))

        report = self._store.commit(work, now)
        return (*made[0], report)

    def pass_time(self, now: datetime) -> Report:
        """Do what is due by now to every case it is due for."""

        def work(transaction: Transaction) -> None:
            due = FILE.c.look_on <= now.date().isoformat()
            for number in case_rows.find(transaction.connection, due, most=AT_ONCE):
                case = case_rows.load(transaction.connection, number)
                at = self._occasion(transaction.connection, now)
                self._save(transaction, pass_time(self.office, case, at))

        return self._store.commit(work, now)

    def next_look(self) -> date | None:
        """Return the next day on which time alone changes something, None if never."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(sa.func.min(FILE.c.look_on))).scalar_one()
        return date.fromisoformat(found) if found else None

    def case(self, number: str) -> Case:
        """Return a case; RefusedError for an unknown one."""
        with self._engine.connect() as connection:
            return case_rows.load(connection, number)

    def by_link(self, link: str) -> Case | None:
        """Return the case of a notice's link, None if there is none."""
        with self._engine.connect() as connection:
            found = case_rows.find(connection, FILE.c.link == link)
            return case_rows.load(connection, found[0]) if found else None

    def in_states(self, *states: CaseState) -> list[Case]:
        """Return cases in some states, newest first."""
        with self._engine.connect() as connection:
            numbers = case_rows.find(connection, FILE.c.state.in_([state.value for state in states]))
            return [case_rows.load(connection, number) for number in numbers]

    def papers(self, case: Case) -> tuple[Notice, ...]:
        """Return the papers of a case as they were first given."""
        with self._engine.connect() as connection:
            return tuple(case_rows.paper(connection, case.number, one.document) for one in case.papers)

    def document(self, digest: str) -> bytes:
        """Return the bytes kept under a SHA-256, as far as they are here."""
        with self._engine.connect() as connection:
            return documents.content(connection, digest)

    def publish(self, item: HandlingItem, by: str, now: datetime) -> Report:
        """Publish a version of a guide; RefusedError naming everything that keeps it back."""
        faults = publishable(item)
        if faults:
            named = "; ".join(f"{one.rule}: {one.field}" for one in faults)
            raise RefusedError(CaseRefusal.REASON_MISSING, named)
        catalogue = self.office.catalogue.with_version(item)

        def work(transaction: Transaction) -> None:
            row = {"item": item.item, "version": item.version, "body": msgspec.json.encode(item)}
            transaction.connection.execute(GUIDE.insert(), row)
            said = GuidePublished(item=item.item, version=item.version, effective=item.effective, by=by, at=now)
            transaction.append_own(self._hall, [said])

        report = self._store.commit(work, now)
        self.office = replace(self.office, catalogue=catalogue)
        return report

    def change_calendar(
        self, version: str, year: int, days: tuple[Sequence[date], Sequence[date]], by: str, now: datetime
    ) -> list[tuple[str, date, date]]:
        """Replace one year of the working-day table; return each moved case with its old and new due date."""
        office = replace(self.office, calendar=self.office.calendar.changed(version, *days, year))
        moved: list[tuple[str, date, date]] = []

        def work(transaction: Transaction) -> None:
            place = transaction.connection.execute(sa.select(sa.func.count()).select_from(CALENDAR)).scalar_one() + 1
            holidays, shifted = (" ".join(day.isoformat() for day in sorted(one)) for one in days)
            row = {"place": place, "version": version, "year": year, "holidays": holidays, "shifted": shifted}
            transaction.connection.execute(CALENDAR.insert(), row)
            moved.extend(self._move_dates(transaction, office, now))
            said = CalendarChanged(calendar=version, year=year, moved=len(moved), by=by, at=now)
            transaction.append_own(self._hall, [said])

        self._store.commit(work, now)
        self.office = office
        return moved

    def _move_dates(self, transaction: Transaction, office: Office, now: datetime) -> list[tuple[str, date, date]]:
        moved = []
        running = FILE.c.state.in_([state.value for state in RUNNING])
        for number in case_rows.find(transaction.connection, running, most=1_000_000):
            case = case_rows.load(transaction.connection, number)
            counted = office.count_of(case)
            if counted is None or counted.due is None or case.due is None:
                continue
            if (counted.due, counted.provisional) != (case.due, case.provisional):
                fact = DueDateMoved(
                    case=number, at=now, due=counted.due, calendar=office.calendar.version,
                    provisional=counted.provisional,
                )  # fmt: skip
                decided = Decided(case, ()).then(fact)
                case_rows.save(transaction, self._hall, office, decided, self._store.head.inc)
                moved.append((number, case.due, counted.due))
        return moved

    def _answer(self, transaction: Transaction, ask: Ask, now: datetime) -> Reply:
        try:
            if not isinstance(ask.request, COMMITS):
                return self._look(transaction, ask.request, now)
            return self._once(transaction, ask, now)
        except RefusedError as error:
            return requests.CaseRefused(code=error.code, detail=error.detail)
        except SQLAlchemyError:
            raise
        except Exception:
            _LOGGER.exception("%s of %s failed", type(ask.request).__name__, ask.device)
            return requests.CaseRefused(code=CaseRefusal.FAULT)

    def _look(self, transaction: Transaction, request: Request, now: datetime) -> Reply:
        at = self._occasion(transaction.connection, now)
        return case_answers.look(transaction.connection, self.office, request, at, self._store.head.inc)

    def _once(self, transaction: Transaction, ask: Ask, now: datetime) -> Reply:
        digest = hashlib.sha256(msgspec.json.encode(ask.request)).hexdigest()
        same = sa.and_(REQUEST.c.device == ask.device, REQUEST.c.key == ask.key)
        found = transaction.connection.execute(sa.select(REQUEST).where(same)).one_or_none()
        if found is not None:
            if found.digest != digest:
                raise RefusedError(CaseRefusal.KEY_REUSED)
            known: Reply = msgspec.json.decode(found.reply, type=BODIES[found.type])  # type: ignore[assignment]
            return known
        reply = self._carry_out(transaction, ask, now)
        row = {"device": ask.device, "key": ask.key, "digest": digest, "type": type(reply).__name__}
        written = {**row, "reply": msgspec.json.encode(reply), "at_us": microseconds(now)}
        transaction.connection.execute(REQUEST.insert(), written)
        return reply

    def _carry_out(self, transaction: Transaction, ask: Ask, now: datetime) -> Reply:
        at = replace(self._occasion(transaction.connection, now), device=ask.device)
        request, connection, centre = ask.request, transaction.connection, self._store.head.inc
        if isinstance(request, requests.ReportWrongData):
            return self._note_wrong_data(transaction, request, at)
        if isinstance(request, requests.SubmitApplication):
            known = case_answers.same_application(connection, request, centre)
            if known is not None:
                return self._case_reply(connection, known, at, repeated=True)
        decided = case_answers.decide(connection, self.office, request, at, centre)
        self._save(transaction, decided)
        if isinstance(request, requests.ReprintNotice):
            copy = decided.case.paper(request.document).copies
            first = case_rows.paper(connection, decided.case.number, request.document)
            return requests.NoticeReply(notice=msgspec.structs.replace(first, copy=copy))
        return self._case_reply(connection, decided.case, at)

    def _case_reply(self, connection: sa.Connection, case: Case, at: Occasion, *, repeated: bool = False) -> Reply:
        notice = case_rows.paper(connection, case.number, case_answers.newest_notice(case))
        shown = progress.full(self.office, case, at)
        return requests.CaseReply(case=case.number, notice=notice, progress=shown, repeated=repeated)

    def _note_wrong_data(self, transaction: Transaction, request: requests.ReportWrongData, at: Occasion) -> Reply:
        person = case_rows.person_token(request.identity, self._store.head.inc)
        answer_by = self.office.days_on(at.today, ANSWER_DAYS)
        said = WrongDataReported(field=request.field, at=at.now, answer_by=answer_by, person=person, text=request.text)
        transaction.append_own(self._hall, [said])
        return Done()

    def _save(self, transaction: Transaction, decided: Decided) -> tuple[Notice, ...]:
        return case_rows.save(transaction, self._hall, self.office, decided, self._store.head.inc)

    def _occasion(self, connection: sa.Connection, now: datetime) -> Occasion:
        return Occasion(now, lambda: token(self._bits(128)), case_rows.counters(connection))

    def _with_changes(self, office: Office) -> Office:
        catalogue, calendar = office.catalogue, office.calendar
        with self._engine.connect() as connection:
            for found in connection.execute(sa.select(GUIDE).order_by(GUIDE.c.item, GUIDE.c.version)):
                catalogue = catalogue.with_version(msgspec.json.decode(found.body, type=HandlingItem))
            for found in connection.execute(sa.select(CALENDAR).order_by(CALENDAR.c.place)):
                holidays, shifted = (map(date.fromisoformat, one.split()) for one in (found.holidays, found.shifted))
                calendar = calendar.changed(found.version, holidays, shifted, found.year)
        return replace(office, catalogue=catalogue, calendar=calendar)
