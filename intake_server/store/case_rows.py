"""Cases read from their rows and written into one transaction with the ledger."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from contract.case_facts import ApplicationSubmitted, CaseFact
from contract.cases import CaseRefusal, Notice
from contract.registry import BODIES
from intake_server.core.cases.case import Case, retell
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.notice import notice_of
from intake_server.core.cases.office import Decided, Office
from intake_server.core.cases.supervision import next_look
from intake_server.store.case_tables import COUNTER, EVENT, FILE, PAPER
from intake_server.store.transaction import Transaction

_CANON = msgspec.json.Encoder(order="sorted")


def person_token(identity: str, centre: str) -> str:
    """Return what a person's cases are found by: a keyed hash, so that the column alone names nobody."""
    return hashlib.blake2b(identity.upper().encode(), key=centre.encode()[:64], digest_size=16).hexdigest()


def content_token(fact: ApplicationSubmitted, person: str) -> str:
    """Return what two equal applications of one person share, whatever their keys."""
    said = (person, fact.parts, fact.topic, fact.situation, fact.answers, fact.materials, fact.promises)
    return hashlib.sha256(_CANON.encode(said)).hexdigest()[:32]


def load(connection: sa.Connection, number: str) -> Case:
    """Return a case from its events; RefusedError for an unknown one."""
    wanted = sa.select(EVENT.c.type, EVENT.c.body).where(EVENT.c.number == number).order_by(EVENT.c.seq)
    facts = [_fact(found.type, bytes(found.body)) for found in connection.execute(wanted)]
    if not facts:
        raise RefusedError(CaseRefusal.NO_CASE)
    return retell(facts)


def find(connection: sa.Connection, *where: sa.ColumnElement[bool], most: int = 200) -> list[str]:
    """Return the numbers of cases, newest first."""
    wanted = sa.select(FILE.c.number).where(*where).order_by(FILE.c.number.desc()).limit(most)
    return list(connection.execute(wanted).scalars())


def save(transaction: Transaction, hall: str, office: Office, decided: Decided, centre: str) -> tuple[Notice, ...]:
    """Write what was decided: ledger, events, the papers it gave, and the case's row; return the new papers."""
    if not decided.facts:
        _touch(transaction.connection, office, decided.case, transaction.now.date())
        return ()
    case, connection = decided.case, transaction.connection
    transaction.append_own(hall, decided.facts)
    first = _place(transaction.connection, case, office, decided, centre, transaction.now.date())
    rows = [
        {"number": case.number, "seq": seq, "type": type(fact).__name__, "body": msgspec.json.encode(fact)}
        for seq, fact in enumerate(decided.facts, first)
    ]
    connection.execute(EVENT.insert(), rows)
    given = {document for fact in decided.facts for document in _documents(fact)}
    papers = tuple(notice_of(office, case, one.document) for one in case.papers if one.document in given)
    if papers:
        bodies = [{"document": one.document, "number": case.number, "body": msgspec.json.encode(one)} for one in papers]
        connection.execute(PAPER.insert(), bodies)
    return papers


def paper(connection: sa.Connection, number: str, document: str) -> Notice:
    """Return a paper of a case as it was first given; RefusedError if the case has no such one."""
    wanted = sa.select(PAPER.c.body).where(PAPER.c.document == document, PAPER.c.number == number)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise RefusedError(CaseRefusal.NO_DOCUMENT, document[:40])
    return msgspec.json.decode(found, type=Notice)


@lru_cache(maxsize=2)
def _next_number(dialect: str) -> Any:
    """Return the upsert that takes the next number of a series; building it costs as much as running it."""
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    once = insert(COUNTER).values(name=sa.bindparam("name_"), last=1)
    upsert = once.on_conflict_do_update(index_elements=["name"], set_={"last": COUNTER.c.last + 1})
    return upsert.returning(COUNTER.c.last)


def counters(connection: sa.Connection) -> Callable[[str], int]:
    """Return the source of numbers of one transaction: each call takes the next of a series."""

    statement = _next_number(connection.dialect.name)

    def take(name: str) -> int:
        return int(connection.execute(statement, {"name_": name}).scalar_one())

    return take


def _place(connection: sa.Connection, case: Case, office: Office, decided: Decided, centre: str, today: date) -> int:
    look = next_look(case, today, office.calendar, office.lamps)
    moving = {"state": case.state.value, "look_on": look.isoformat() if look else None}
    opening = decided.facts[0]
    if isinstance(opening, ApplicationSubmitted):
        person = person_token(opening.applicant.identity if opening.applicant else "", centre)
        fixed = {"link": opening.link, "query_code": opening.query_code, "person": person}
        content = content_token(opening, person)
        row = {"number": case.number, **moving, **fixed, "content": content, "events": len(decided.facts)}
        connection.execute(FILE.insert(), row)
        return 1
    known = int(connection.execute(sa.select(FILE.c.events).where(FILE.c.number == case.number)).scalar_one())
    changed = FILE.update().where(FILE.c.number == case.number)
    connection.execute(changed.values(**moving, events=known + len(decided.facts)))
    return known + 1


def _touch(connection: sa.Connection, office: Office, case: Case, today: date) -> None:
    look = next_look(case, today, office.calendar, office.lamps)
    changed = FILE.update().where(FILE.c.number == case.number)
    connection.execute(changed.values(look_on=look.isoformat() if look else None))


def _documents(fact: CaseFact) -> Sequence[str]:
    fresh = [getattr(fact, name, "") for name in ("document", "receipt")]
    named = type(fact).__name__ in ("NoticeReissued", "SupervisionOrdered")
    return () if named else [one for one in fresh if one]


def _fact(name: str, body: bytes) -> CaseFact:
    fact = msgspec.json.decode(body, type=BODIES[name])
    assert isinstance(fact, CaseFact)
    return fact
