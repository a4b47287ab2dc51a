"""Every message as bytes that any implementation must read and write the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract import codec, topics
from contract.body import Board, Fact
from contract.errors import RemoteContractError
from contract.link import Ack
from contract.registry import BODIES
from contract.topics import Channel
from hall24.contract_vectors import FILE, document

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / FILE).read_text("utf-8"))
FAMILY_OF = {
    "Fact": Channel.FACTS, "State": Channel.STATE, "Request": Channel.REQUEST, "Reply": Channel.REPLY,
    "Command": Channel.COMMAND, "Result": Channel.RESULT,
}  # fmt: skip


def named(vectors: list[dict[str, Any]], key: str) -> list[Any]:
    return [pytest.param(one, id=one[key].replace(" ", "-")) for one in vectors]


def test_the_vectors_are_those_of_the_contract() -> None:
    assert json.dumps(VECTORS, ensure_ascii=False, indent=1) + "\n" == document(), "stale: run `make contract`"


def test_every_message_of_the_contract_has_its_bytes() -> None:
    assert [one["type"] for one in VECTORS["bodies"]] == sorted(BODIES)
    assert all(one["meaning"].endswith(".") for one in VECTORS["bodies"])


def test_every_message_is_read_and_written_byte_for_byte() -> None:
    for vector in VECTORS["bodies"]:
        data = vector["bytes"].encode()
        assert codec.encode_body(codec.decode_body(vector["type"], data)) == data, vector["type"]


def test_what_may_be_left_out_has_its_default() -> None:
    for vector in VECTORS["bodies"]:
        short = codec.decode_body(vector["type"], vector["least"].encode())
        assert codec.decode_body(vector["type"], codec.encode_body(short)) == short, vector["type"]
        assert set(json.loads(vector["least"])) == set(vector["required"]), vector["type"]


def test_a_message_without_a_field_it_needs_is_refused_by_the_fields_name() -> None:
    for vector in VECTORS["bodies"]:
        for missing in vector["required"]:
            rest = {name: value for name, value in json.loads(vector["bytes"]).items() if name != missing}
            with pytest.raises(RemoteContractError, match=f"`{missing}`"):
                codec.decode_body(vector["type"], json.dumps(rest).encode())


def test_a_field_of_tomorrow_is_ignored_today() -> None:
    for vector in VECTORS["bodies"]:
        data = vector["bytes"].encode()
        more = data.replace(b"{", b'{"colour_of_tomorrow":[1,{"a":null}],', 1).replace(b",}", b"}")
        assert codec.encode_body(codec.decode_body(vector["type"], more)) == data, vector["type"]


@pytest.mark.parametrize("vector", named(VECTORS["envelopes"], "meaning"))
def test_an_envelope_is_read_and_written_byte_for_byte_and_belongs_on_its_topic(vector: dict[str, Any]) -> None:
    envelope = codec.decode(vector["bytes"].encode())
    kind = BODIES[envelope.type]

    assert codec.encode(envelope) == vector["bytes"].encode()
    if vector["topic"] == topics.board("demo", "A"):
        assert issubclass(kind, Board)
    elif (channel := topics.parse(vector["topic"])[1]) is Channel.ACK:
        assert kind is Ack
    else:
        assert [FAMILY_OF[family.__name__] for family in kind.__mro__ if family.__name__ in FAMILY_OF] == [channel]


def test_every_channel_has_an_envelope() -> None:
    seen = {one["topic"].rsplit("/", 1)[1] for one in VECTORS["envelopes"]}

    assert seen == {channel.value for channel in Channel} | {"A"}


@pytest.mark.parametrize("vector", named(VECTORS["refused"], "meaning"))
def test_what_is_no_message_is_refused_by_the_rule_it_breaks(vector: dict[str, Any]) -> None:
    with pytest.raises(RemoteContractError) as refused:
        codec.body_of(codec.decode(vector["bytes"].encode()), Fact)

    assert refused.value.fault == vector["fault"]
