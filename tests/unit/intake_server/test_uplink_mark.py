from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codec
from contract.body import Body
from contract.envelope import Envelope
from contract.queue import NumberBlock, OfflineTicket, RefusalCode
from contract.queue_facts import BusinessDayStarted, OfflineTicketRefused
from contract.rating import RatingGiven, RatingGrade
from contract.topics import Address
from contract.uplink import UplinkBatch, UplinkRow
from intake_server.core.kinds import PersonalDataErased
from intake_server.core.uplink import MOST_ROWS, BadRow, Batch, Garbage, GoodRow, Outcome, judge, open_batch, open_row

AT = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
TOPIC = "h24/v1/demo/uplink/uplink/ev"
UPLINK = Address("demo", "uplink", "uplink")
DAY = BusinessDayStarted(business_day=date(2026, 9, 14), at=AT)


def envelope(body: Body | bytes, number: int, *, dev: str = "queue-engine", inc: str = "I", **more: object) -> bytes:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    kind = "BusinessDayStarted" if isinstance(body, bytes) else type(body).__name__
    values = {"v": 1, "id": f"ID{number}", "dev": dev, "boot": "b", "ts": AT, "type": kind, "inc": inc, "seq": number}
    return msgspec.json.encode({**values, "body": msgspec.Raw(raw), **more})


def row(number: int, message: bytes | None = None, topic: str = "h24/v1/demo/queue-engine/queue-engine/ev") -> bytes:
    message = envelope(DAY, number) if message is None else message
    return msgspec.json.encode(UplinkRow(row=number, topic=topic, message=msgspec.Raw(message)))


def batch(first: int, rows: list[bytes], **more: object) -> bytes:
    body = b'{"first":%d,"rows":[%b]}' % (first, b",".join(rows))
    last = more.pop("last", first + len(rows) - 1)
    assert isinstance(last, int)
    return envelope(body, last, dev="uplink", inc="U", type="UplinkBatch", **more)


def opened(first: int, count: int, **more: object) -> Batch:
    found = open_batch(TOPIC, batch(first, [row(number) for number in range(first, first + count)], **more))
    assert isinstance(found, Batch)
    return found


def test_a_batch_of_the_contract_opens_to_its_rows():
    body = UplinkBatch(
        first=4,
        rows=(
            UplinkRow(row=4, topic="h24/v1/demo/queue-engine/queue-engine/ev", message=msgspec.Raw(envelope(DAY, 9))),
        ),
    )
    sent = Envelope(
        v=1, id="i", dev="uplink", boot="b", ts=AT, type="UplinkBatch", inc="U", seq=4,
        body=msgspec.Raw(codec.encode_body(body)),
    )  # fmt: skip
    found = open_batch(TOPIC, codec.encode(sent))
    assert isinstance(found, Batch)
    assert (found.first, found.last, found.inc, found.uplink) == (4, 4, "U", UPLINK)
    good = found.rows[0]
    assert isinstance(good, GoodRow)
    assert (good.fact, good.source.device, good.source.seq) == (DAY, "queue-engine/queue-engine", 9)


def test_the_next_rows_are_taken_and_the_mark_moves_to_their_end():
    verdict = judge(3, opened(4, 3))
    assert (verdict.outcome, verdict.mark, len(verdict.rows)) == (Outcome.TAKEN, 6, 3)


def test_known_rows_are_known_and_of_an_overlap_only_the_new_ones_are_taken():
    assert judge(6, opened(4, 3)).outcome is Outcome.KNOWN
    verdict = judge(5, opened(4, 3))
    assert [one.number for one in verdict.rows] == [6]


def test_rows_after_a_gap_are_ignored_until_the_sender_goes_back():
    assert judge(3, opened(5, 3)).outcome is Outcome.EARLY
    assert judge(0, opened(2, 1)).outcome is Outcome.EARLY


def test_a_gap_the_sender_declares_is_counted_and_passed():
    verdict = judge(3, opened(10, 2, low=10))
    assert (verdict.outcome, verdict.mark, verdict.lost) == (Outcome.TAKEN, 11, (4, 9))


def test_a_low_the_receiver_already_holds_changes_nothing_and_one_above_the_rows_is_nonsense():
    assert judge(3, opened(4, 2, low=2)).lost is None
    assert opened(4, 2, low=5).low is None


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (b'{"row":2}', "row"),
        (b'"text"', "row"),
        (b"17", "row"),
        (row(9), "row"),
        (row(2, b'{"v":1}'), "envelope"),
        (row(2, envelope(DAY, 2, v=7)), "version"),
        (row(2, envelope(DAY, 2, dev="other")), "identity"),
        (row(2, topic="h24/v1/elsewhere/queue-engine/queue-engine/ev"), "identity"),
        (row(2, topic="h24/v1/demo/queue-engine/queue-engine/cmd"), "identity"),
        (row(2, topic="nonsense"), "topic"),
        (row(2, envelope(DAY, 2, type="Unheard")), "type"),
        (row(2, envelope(b"{}", 2)), "body"),
        (row(2, envelope(b'{"tickets":[]}', 2, type="TicketReply")), "family"),
        (row(2, envelope(DAY, 2, seq=0)), "sequence"),
        (row(2, envelope(DAY, 2, seq=2**60)), "sequence"),
        (row(2, envelope(DAY, 2, inc="")), "sequence"),
        (row(2, envelope(b'{"business_day":"2026-09-14","at":"2026-09-14T09:00:00"}', 2)), "body"),
        (row(2, envelope(b'{"business_day":"2026-09-14","at":"9999-12-31T23:59:59Z"}', 2)), "time"),
        (
            row(2, envelope(RatingGiven(rating="r\0", service_event="s", grade=RatingGrade.GOOD, at=AT), 2)),
            "text",
        ),
        (row(2, envelope(PersonalDataErased(rows=1, raw=0, before=AT, rule="r", at=AT), 2)), "type"),
    ],
)
def test_a_row_that_does_not_validate_is_set_aside_and_its_neighbours_are_kept(spoiled, fault):
    found = open_batch(TOPIC, batch(1, [row(1), spoiled, row(3)]))
    assert isinstance(found, Batch)
    assert [type(one) for one in found.rows] == [GoodRow, BadRow, GoodRow]
    bad = found.rows[1]
    assert isinstance(bad, BadRow)
    assert (bad.fault, bad.number, bad.raw) == (fault, 2, spoiled)
    assert judge(0, found).mark == 3


NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def refused(at: datetime, taken_at: datetime) -> OfflineTicketRefused:
    day = date(2026, 9, 14)
    block = NumberBlock(
        block="B", hall="demo", machine="m", service="A", prefix="A", business_day=day, epoch="E", first=1, last=9
    )
    offline = OfflineTicket(ticket="A001", taken_at=taken_at, link="L", services=("A",))
    return OfflineTicketRefused(block=block, offline=offline, code=RefusalCode.UNKNOWN_TICKET, at=at)


@pytest.mark.parametrize(
    ("fact", "fault"),
    [(refused(AT, AT), None), (refused(NEVER, AT), "time"), (refused(AT, NEVER), "time")],
)
def test_a_time_no_hall_lived_in_is_found_at_any_depth_of_a_fact(fact, fault):
    found = open_row(UPLINK, 1, row(1, envelope(fact, 1)))
    assert (found.fault if isinstance(found, BadRow) else None) == fault


def test_a_time_without_its_offset_is_set_aside_at_any_depth_of_a_fact():
    body = msgspec.json.encode(refused(AT, AT))
    naive = body.replace(b'"taken_at":"2026-09-14T01:00:00Z"', b'"taken_at":"2026-09-14T01:00:00"')
    assert naive != body
    found = open_row(UPLINK, 1, row(1, envelope(naive, 1, type="OfflineTicketRefused")))
    assert isinstance(found, BadRow)
    assert found.fault == "body"


@pytest.mark.parametrize(
    "payload",
    [
        batch(5, [row(5)], last=7),
        envelope(b"{}", 7, dev="uplink", inc="U", type="UplinkBatch"),
        envelope(DAY, 7, dev="uplink", inc="U"),
        batch(7, []),
    ],
)
def test_a_batch_whose_body_is_wrong_is_set_aside_whole_and_moves_the_mark_a_little_only(payload):
    found = open_batch(TOPIC, payload)
    assert isinstance(found, Batch)
    assert found.first is None
    assert judge(found.last - 1, found).mark == found.last
    far = Batch(UPLINK, "U", None, MOST_ROWS + 1, None, found.rows)
    assert judge(0, far).outcome is Outcome.EARLY


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\x00", b"[]", b"{}", envelope(DAY, 1, dev="stranger"), envelope(DAY, 1, dev="uplink", seq=None)],
)
def test_a_message_without_a_place_is_garbage(payload):
    assert isinstance(open_batch(TOPIC, payload), Garbage)


DEEP = b"[" * 20_000 + b"]" * 20_000


def test_nesting_without_end_is_only_another_damage():
    assert isinstance(open_batch(TOPIC, envelope(DEEP, 1, dev="uplink", inc="U", type="UplinkBatch")), Garbage)
    assert isinstance(open_batch(TOPIC, DEEP), Garbage)
    assert isinstance(open_row(UPLINK, 1, row(1, envelope(DEEP, 1))), BadRow)


@pytest.mark.parametrize("number", [b"1" + b"0" * 400, b"1" + b"0" * 9_000, b"1e999", b"-0.0", b"9" * 30])
def test_numbers_no_ledger_can_hold_never_raise(number):
    body = b'{"business_day":"2026-09-14","at":"2026-09-14T09:00:00Z","window":%b,"staff":"s"}' % number
    open_row(UPLINK, 1, row(1, envelope(body, 1, type="WindowClosed")))


def test_an_oversized_message_and_another_kind_of_sender_are_garbage():
    assert isinstance(open_batch(TOPIC, b" " * 70_000), Garbage)
    assert isinstance(open_batch("h24/v1/demo/kiosk/uplink/ev", batch(1, [row(1)])), Garbage)


def test_a_repeat_with_low_is_the_same_fact_and_another_body_is_not():
    plain, low = open_row(UPLINK, 1, row(1)), open_row(UPLINK, 1, row(1, envelope(DAY, 1, low=1)))
    other = open_row(UPLINK, 1, row(1, envelope(BusinessDayStarted(business_day=date(2026, 9, 15), at=AT), 1)))
    assert isinstance(plain, GoodRow)
    assert isinstance(low, GoodRow)
    assert isinstance(other, GoodRow)
    assert plain.digest == low.digest != other.digest


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_damage_to_a_batch_ever_raises(noise, start, length):
    whole = batch(1, [row(1), row(2)])
    damaged = whole[:start] + noise + whole[start + length :]
    found = open_batch(TOPIC, damaged)
    if isinstance(found, Batch):
        judge(0, found)
