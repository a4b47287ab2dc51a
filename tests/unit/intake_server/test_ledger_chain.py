import random
from datetime import date, datetime, timedelta

import msgspec
import pytest

from contract.body import Fact
from contract.queue import IssueChannel, PriorityClass
from contract.queue_facts import RequestAnswered, TicketIssued
from contract.rating import RatingReasonsGiven
from intake_server.core.kinds import FACTS, PERSONAL, LedgerKind, kind_of
from intake_server.core.ledger import (
    GENESIS,
    SHANGHAI,
    LedgerRow,
    Secret,
    Source,
    microseconds,
    moment_of,
    opened,
    seal,
    take_apart,
    verify,
)

AT = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)


def issued(number: int) -> TicketIssued:
    return TicketIssued(
        ticket=f"A{number:03d}",
        business_day=date(2026, 9, 14),
        at=AT,
        number=number,
        prefix="A",
        services=("A",),
        since=AT,
        channel=IssueChannel.CARD,
        priority=PriorityClass.ORDINARY,
        link=f"LINK{number}",
        ahead=0,
        device="ticket-1",
        person=f"PERSON{number}",
    )


def ledger(facts: list[Fact], seed: int = 1) -> list[tuple[LedgerRow, Secret | None]]:
    chance, before, rows = random.Random(seed), GENESIS, []
    for number, fact in enumerate(facts, 1):
        salt = chance.getrandbits(128).to_bytes(16, "big")
        source = Source("demo", "queue-engine/queue-engine", "I", number)
        sealed = seal(take_apart(fact), AT, source, salt, number, before)
        before = sealed.row.chain
        rows.append((sealed.row, sealed.secret))
    return rows


ROWS = ledger([issued(number) for number in range(1, 6)])


def test_an_untouched_ledger_holds_up_to_its_head():
    assert verify(ROWS) is None
    assert verify(ROWS, head=ROWS[-1][0].chain) is None
    assert verify([], head=GENESIS) is None


@pytest.mark.parametrize(
    "change",
    [
        {"at_us": 1},
        {"kind": LedgerKind.RATING},
        {"type": "TicketExpired"},
        {"source": Source("demo", "queue-engine/queue-engine", "I", 9)},
        {"public": b"{}"},
        {"commitment": bytes(32)},
        {"chain": bytes(32)},
    ],
)
def test_a_row_tampered_with_in_any_column_is_named(change):
    rows = list(ROWS)
    rows[2] = (msgspec.structs.replace(rows[2][0], **change), None)
    assert verify(rows) == 3


def test_a_personal_field_tampered_with_is_named_by_its_commitment():
    rows = list(ROWS)
    row, secret = rows[1]
    assert secret is not None
    rows[1] = (row, Secret(secret.salt, secret.personal.replace(b"PERSON2", b"PERSON9")))
    assert verify(rows) == 2


def test_a_row_taken_out_swapped_or_cut_off_is_named():
    assert verify(ROWS[:2] + ROWS[3:]) == 3
    assert verify([ROWS[0], ROWS[2], ROWS[1]]) == 2
    assert verify(ROWS[:4], head=ROWS[-1][0].chain) == 5


def test_erasing_salt_and_personal_fields_leaves_the_chain_valid():
    assert verify([(row, None) for row, _ in ROWS], head=ROWS[-1][0].chain) is None


def test_a_public_field_tampered_with_is_found_even_where_the_salt_is_erased():
    rows = [(row, None) for row, _ in ROWS]
    rows[0] = (msgspec.structs.replace(rows[0][0], public=rows[0][0].public.replace(b"A001", b"A999")), None)
    assert verify(rows) == 1


def test_the_same_facts_and_chance_give_the_same_bytes_and_other_salts_another_head():
    facts = [issued(number) for number in range(1, 6)]
    assert ledger(facts) == ROWS
    assert ledger(facts, seed=2)[-1][0].chain != ROWS[-1][0].chain


def test_nothing_personal_stands_in_the_public_part():
    row, secret = ROWS[0]
    assert b"PERSON" not in row.public
    assert b"LINK" not in row.public
    assert secret is not None
    assert b"PERSON1" in secret.personal
    assert b"LINK1" in secret.personal


def test_a_row_opens_to_the_fact_it_was_made_of_and_to_blanks_once_erased():
    row, secret = ROWS[0]
    assert secret is not None
    assert opened(row.type, row.public, secret.personal) == issued(1)
    erased = opened(row.type, row.public, None)
    assert isinstance(erased, TicketIssued)
    assert (erased.link, erased.person, erased.ticket) == ("", None, "A001")


def test_a_reply_kept_raw_is_personal_and_can_be_erased():
    fact = RequestAnswered(
        device="ticket-1", key="K", digest="D", kind="TicketIssuedReply", reply=msgspec.Raw(b'{"link":"L"}'), at=AT
    )
    parts = take_apart(fact)
    assert b'"L"' not in parts.public
    whole = opened(parts.type, parts.public, parts.personal)
    assert isinstance(whole, RequestAnswered)
    assert msgspec.json.decode(whole.reply) == {"link": "L"}
    blank = opened(parts.type, parts.public, None)
    assert isinstance(blank, RequestAnswered)
    assert bytes(blank.reply) == b"null"


def test_words_of_a_rating_are_personal():
    parts = take_apart(RatingReasonsGiven(rating="R", service_event="S", text="张三说等太久"))
    assert "张三".encode() not in parts.public


def _paths(kind: type, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for field in msgspec.structs.fields(kind):
        path = (*before, field.name)
        inner = [one for one in (field.type, *getattr(field.type, "__args__", ())) if isinstance(one, type)]
        for one in inner:
            if issubclass(one, msgspec.Struct):
                found += _paths(one, path)
        found.append(path)
    return found


SUSPECT = {"person", "link", "text", "reply", "name", "phone", "identity", "signature", "applicant", "email"}


def test_every_field_of_every_fact_that_may_name_a_person_is_erasable():
    missed = [
        (name, path)
        for name, kind in FACTS.items()
        for path in _paths(kind)
        if path[-1] in SUSPECT and not any(path[:end] in PERSONAL.get(name, {}) for end in range(1, len(path) + 1))
    ]
    assert missed == []


def test_every_kind_of_a_journey_that_the_contract_has_facts_for_is_told_apart():
    kinds = {name: kind_of(kind) for name, kind in FACTS.items()}
    assert kinds["AppointmentBooked"] is LedgerKind.BOOKING
    assert kinds["TicketCalled"] is LedgerKind.QUEUE
    assert kinds["OfflineTicketRefused"] is LedgerKind.QUEUE
    assert kinds["RatingGiven"] is LedgerKind.RATING
    assert kinds["WindowOpened"] is LedgerKind.OPERATION


def test_times_keep_their_microseconds():
    moment = AT + timedelta(microseconds=1)
    assert moment_of(microseconds(moment)) == moment
