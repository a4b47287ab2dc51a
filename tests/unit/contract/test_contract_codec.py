"""What the codec lets through and what it refuses."""

from datetime import UTC, datetime

import msgspec
import pytest

from contract import codec, topics
from contract.body import Command, Fact
from contract.envelope import MAX_MESSAGE, Envelope
from contract.errors import LocalContractError, RemoteContractError
from contract.ids import ulid
from contract.link import Ack, Done
from contract.rating import RatingGiven, RatingGrade
from contract.registry import BODIES

NOW = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)
RATING = RatingGiven(rating="r1", service_event="s1", grade=RatingGrade.GOOD, at=NOW)


def envelope(**changes: object) -> Envelope:
    plain = {
        "v": 1, "id": ulid(NOW, 5), "dev": "pad-03", "boot": "b", "ts": NOW, "type": "RatingGiven", "inc": "i",
        "seq": 4, "body": msgspec.Raw(codec.encode_body(RATING)),
    }  # fmt: skip
    return Envelope(**(plain | changes))  # type: ignore[arg-type]


def test_a_message_comes_back_as_it_was_sent() -> None:
    received = codec.decode(codec.encode(envelope()))

    assert codec.body_of(received, RatingGiven) == RATING
    assert (received.dev, received.inc, received.seq) == ("pad-03", "i", 4)


def test_unknown_fields_are_ignored_and_missing_ones_refused() -> None:
    more = codec.encode(envelope())[:-1] + b',"colour":"red"}'
    assert codec.body_of(codec.decode(more), Fact) == RATING

    with pytest.raises(RemoteContractError, match="grade"):
        codec.decode_body("RatingGiven", b'{"rating":"r","service_event":"s","at":"2026-01-01T00:00:00Z"}')


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "envelope"),
        (b"17", "envelope"),
        (b"\xff\xfe", "envelope"),
        (b'{"v":1}', "envelope"),
        (b" " * (MAX_MESSAGE + 1), "oversize"),
    ],
)
def test_what_is_no_message_is_refused_by_name(data: bytes, fault: str) -> None:
    with pytest.raises(RemoteContractError) as refused:
        codec.decode(data)

    assert refused.value.fault == fault


def test_another_contract_version_is_refused() -> None:
    with pytest.raises(RemoteContractError, match="version"):
        codec.decode(codec.encode(envelope(v=2)))


def test_a_fact_where_a_command_belongs_is_refused() -> None:
    with pytest.raises(RemoteContractError, match="family"):
        codec.body_of(envelope(), Command)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(RemoteContractError, match="type: Nonsense"):
        codec.decode_body("Nonsense", b"{}")


def test_we_cannot_send_what_the_registry_does_not_know() -> None:
    class Stray(Fact, frozen=True, kw_only=True):
        pass

    with pytest.raises(LocalContractError, match="Stray"):
        codec.encode_body(Stray())


def test_every_registered_type_is_named_after_its_class() -> None:
    assert all(name == kind.__name__ for name, kind in BODIES.items())
    assert {Ack, Done, RatingGiven} <= set(BODIES.values())


def test_a_topic_says_hall_kind_device_and_channel() -> None:
    pad = topics.address("demo", "rating-pad", "pad-03")

    assert pad.topic(topics.Channel.FACTS) == "h24/v1/demo/rating-pad/pad-03/ev"
    assert topics.parse("h24/v1/demo/rating-pad/pad-03/ev") == (pad, topics.Channel.FACTS)


@pytest.mark.parametrize(
    "topic", ["", "h24/v1/demo/board/A", "h24/v1/demo/pad/x/what", "h24/v2/demo/pad/x/ev", "h24/v1/#/pad/x/ev"]
)
def test_a_topic_that_is_no_device_channel_is_refused(topic: str) -> None:
    with pytest.raises(RemoteContractError, match="topic"):
        topics.parse(topic)


@pytest.mark.parametrize("name", ["", "A", "pad/3", "pad+", "-x", "x" * 41])
def test_a_name_mqtt_cannot_carry_is_refused_at_home(name: str) -> None:
    with pytest.raises(LocalContractError):
        topics.address("demo", "pad", name)


def test_ulids_sort_by_time_and_are_26_long() -> None:
    early, late = ulid(NOW, 2**80 - 1), ulid(NOW.replace(minute=31), 0)

    assert len(early) == 26
    assert early < late
