"""Frames of the identity card reader: the published bytes, and every way a line can spoil them."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.sam_v import (
    MAX_LENGTH,
    PREAMBLE,
    Ask,
    AskDecoder,
    CardData,
    Reply,
    ReplyDecoder,
    SamFrameError,
    Status,
    encode_ask,
    encode_frame,
    encode_reply,
    fits,
    pack_card,
    unpack_card,
)

VECTORS = json.loads(files("contract").joinpath("vectors", "sam_v.json").read_text(encoding="utf-8"))
BLOCKS = CardData(bytes(range(256)), b"\x24" * 1024)
CARD = encode_reply(Reply(Status.OK, pack_card(BLOCKS, with_fingerprint=False)))
WELL = encode_reply(Reply(Status.OK))


@pytest.mark.parametrize("vector", VECTORS["asks"], ids=lambda vector: vector["ask"])
def test_an_ask_is_the_published_one(vector: dict[str, str]) -> None:
    data = bytes.fromhex(vector["hex"])
    assert encode_ask(Ask[vector["ask"]]) == data
    assert AskDecoder().feed(data) == [Ask[vector["ask"]]]


@pytest.mark.parametrize("vector", VECTORS["replies"], ids=lambda vector: vector["name"])
def test_an_answer_is_the_published_one(vector: dict[str, str]) -> None:
    reply = Reply(Status(vector["status"]), bytes.fromhex(vector["data"]))
    assert ReplyDecoder().feed(bytes.fromhex(vector["hex"])) == [reply]
    assert encode_reply(reply) == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", VECTORS["cards"], ids=lambda vector: vector["name"])
def test_a_read_has_one_of_the_four_sizes(vector: dict[str, object]) -> None:
    size = vector["fingerprint"]
    blocks = CardData(BLOCKS.text, BLOCKS.photo, b"\x43" * (size if isinstance(size, int) else 0))
    ask = Ask[str(vector["ask"])]
    frame = encode_reply(Reply(Status.OK, pack_card(blocks, with_fingerprint=size is not None)))
    assert frame.startswith(bytes.fromhex(str(vector["head"])))
    assert len(frame) == vector["size"]
    (reply,) = ReplyDecoder().feed(frame)
    assert fits(ask, reply)
    assert unpack_card(ask, reply.data) == blocks


@pytest.mark.parametrize("noise", [b"", b"\x00\xff", b"\xaa", b"\xaa\x00\xaa\xaa\x96\x69", PREAMBLE, WELL[:-1]])
def test_an_answer_survives_noise_and_cutting(noise: bytes) -> None:
    for cut in (1, 7, 240, 4096):
        decoder = ReplyDecoder()
        data = noise + CARD + WELL
        replies = [reply for at in range(0, len(data), cut) for reply in decoder.feed(data[at : at + cut])]
        assert [len(reply.data) for reply in replies] == [1284, 0], cut
        assert decoder.pending == 0, cut


def test_a_damaged_byte_costs_one_answer_never_the_line() -> None:
    for at in range(len(WELL)):
        decoder = ReplyDecoder()
        replies = decoder.feed(WELL[:at] + bytes((WELL[at] ^ 0x04,)) + WELL[at + 1 :])
        decoder.reset()
        assert replies == [], at
        assert decoder.feed(WELL) == [Reply(Status.OK)], at
        assert decoder.discarded == len(WELL), at


@pytest.mark.parametrize("length", [0, 3, MAX_LENGTH + 1, 0xFFFF])
def test_a_length_no_frame_has_is_not_waited_for(length: int) -> None:
    decoder = ReplyDecoder()
    assert decoder.feed(PREAMBLE + length.to_bytes(2, "big") + WELL) == [Reply(Status.OK)]


def test_two_answers_in_one_read_are_two() -> None:
    assert len(ReplyDecoder().feed(WELL + WELL)) == 2


def test_a_body_too_long_is_not_sent() -> None:
    with pytest.raises(SamFrameError):
        encode_frame(bytes(MAX_LENGTH))
    with pytest.raises(SamFrameError):
        encode_frame(b"")


def test_the_time_out_answer_of_some_adapters_is_an_unknown_status() -> None:
    (reply,) = ReplyDecoder().feed(bytes.fromhex("aaaaaa966900050505050505"))
    assert reply.status == 5


def test_an_answer_to_another_question_does_not_fit() -> None:
    found, selected = Reply(Status.FOUND, bytes(4)), Reply(Status.OK, bytes(8))
    read = Reply(Status.OK, pack_card(BLOCKS, with_fingerprint=False))
    good = {Ask.FIND: found, Ask.SELECT: selected, Ask.READ: read, Ask.STATUS: Reply(Status.OK)}
    for ask in good:
        assert [other for other, reply in good.items() if fits(ask, reply)] == [ask]
    assert fits(Ask.FIND, Reply(Status.NOT_FOUND))
    assert not fits(Ask.READ, Reply(Status.NOT_FOUND))
    assert not fits(Ask.FIND, Reply(Status.SELECT_FAILED))
    assert all(fits(ask, Reply(Status.SELF_TEST_FAILED)) for ask in Ask)


@pytest.mark.parametrize("sizes", [(255, 1024), (256, 1023), (0, 0)])
def test_blocks_of_other_sizes_are_refused(sizes: tuple[int, int]) -> None:
    data = b"".join(size.to_bytes(2, "big") for size in sizes) + bytes(1280)
    with pytest.raises(SamFrameError):
        unpack_card(Ask.READ, data)


def test_what_a_card_says_is_in_no_representation() -> None:
    (reply,) = ReplyDecoder().feed(CARD)
    assert "x24" not in repr(reply) + repr(unpack_card(Ask.READ, reply.data))


@given(st.binary(max_size=4000))
def test_no_bytes_break_or_fill_the_ear(data: bytes) -> None:
    decoder = ReplyDecoder()
    decoder.feed(data)
    assert decoder.pending <= MAX_LENGTH + 7
