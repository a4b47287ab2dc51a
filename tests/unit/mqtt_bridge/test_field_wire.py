import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqtt_bridge.wire.call_pad import Answer, Ask, Decoder, Frame, FrameError, encode, frame_size
from mqtt_bridge.wire.call_pad_values import (
    AgeCode,
    KeyCode,
    KeyData,
    LampCode,
    pack_key,
    pack_state,
    pack_ticket,
    pack_value,
    reply_slot,
    unpack_key,
    unpack_state,
    unpack_ticket,
    unpack_value,
)
from mqtt_bridge.wire.crc8 import crc8

VECTORS = json.loads((Path(__file__).parents[3] / "contract/vectors/field_bus.json").read_text(encoding="utf-8"))
NAMED = [pytest.param(vector, id=vector["name"]) for vector in VECTORS["frames"]]


def kind_of(vector: dict[str, str]) -> Ask | Answer:
    return Ask[vector["kind"]] if vector["kind"] in Ask.__members__ else Answer[vector["kind"]]


def bit_by_bit(data: bytes) -> int:
    """Return the check byte as a shift register of eight flip-flops makes it."""
    register = 0xFF
    for byte in data:
        for place in range(7, -1, -1):
            feedback = register >> 7 ^ byte >> place & 1
            register = (register << 1 & 0xFF) ^ (0x2F if feedback else 0)
    return register ^ 0xFF


def test_the_check_byte_is_the_published_one() -> None:
    assert crc8(b"123456789") == 0xDF
    assert crc8(bytes.fromhex(VECTORS["crc"]["of"])) == int(VECTORS["crc"]["is"], 16)


@given(st.binary(max_size=8))
def test_the_check_byte_is_what_a_shift_register_makes(data: bytes) -> None:
    assert crc8(data) == bit_by_bit(data)


@pytest.mark.parametrize("vector", NAMED)
def test_a_frame_is_the_bytes_of_its_vector(vector: dict[str, str]) -> None:
    frame = Frame(int(vector["address"]), kind_of(vector), int(vector["number"]), bytes(vector["data"]))  # type: ignore[arg-type]

    assert encode(frame).hex(" ") == vector["hex"]
    assert Decoder().feed(bytes.fromhex(vector["hex"])) == [frame]
    assert 3 <= frame_size(frame.kind) <= 6


@pytest.mark.parametrize("noise", [b"", b"\x00\x7f", b"\xff\xff", b"\xc7", b"\xc7\x11", b"\x87\x30\x01"])
def test_a_frame_survives_noise_and_cutting(noise: bytes) -> None:
    for cut in (1, 2, 3, 64):
        two_frames_are_heard(noise, cut)


def two_frames_are_heard(noise: bytes, cut: int) -> None:
    frame = Frame(7, Answer.KEY, 3, b"\x01")
    decoder = Decoder()
    data = noise + encode(frame) + encode(frame)

    heard = [got for at in range(0, len(data), cut) for got in decoder.feed(data[at : at + cut])]

    assert heard == [frame, frame]
    assert decoder.discarded == len(noise)
    assert decoder.pending == 0


@pytest.mark.parametrize("vector", [pytest.param(one, id=one["name"]) for one in VECTORS["damaged"]])
def test_a_damaged_frame_is_no_frame(vector: dict[str, str]) -> None:
    assert Decoder().feed(bytes.fromhex(vector["hex"])) == []


def test_any_three_wrong_bits_are_noticed() -> None:
    good = encode(Frame(7, Ask.TICKET, 0, pack_ticket("A012")))
    places = random.Random(24)
    for _ in range(3000):
        bits = places.sample(range(len(good) * 8), places.randint(1, 3))
        damaged = bytearray(good)
        for bit in bits:
            damaged[bit // 8] ^= 1 << bit % 8
        assert Decoder().feed(bytes(damaged)) == []


@given(st.binary(max_size=400))
def test_a_decoder_keeps_less_than_a_frame_of_any_noise(noise: bytes) -> None:
    decoder = Decoder()

    for frame in decoder.feed(noise):
        assert encode(frame) in noise

    assert decoder.pending < 6


@pytest.mark.parametrize("ticket", ["A012", "Z9999", "7", "0007", "B1", None])
def test_a_ticket_comes_back_with_its_leading_zeros(ticket: str | None) -> None:
    assert unpack_ticket(pack_ticket(ticket)) == ticket


@pytest.mark.parametrize("ticket", ["", "AB12", "A12345", "a12", "公12", "A"])
def test_a_ticket_no_pad_can_show_is_refused(ticket: str) -> None:
    with pytest.raises(FrameError):
        pack_ticket(ticket)


def test_values_come_back() -> None:
    for value in (0, 1, 127, 128, 16_384, 2_097_151):
        assert unpack_value(pack_value(value)) == value
    for key in KeyCode:
        press = KeyData(key, held=True, age=AgeCode.LATE)
        assert unpack_key(pack_key(press)) == press
    assert unpack_state(pack_state(37, LampCode.PAUSED, beep=True)) == (37, LampCode.PAUSED, True)
    assert unpack_state(pack_state(4000, LampCode.OFF)) == (999, LampCode.OFF, False)


def test_what_nobody_defined_is_nothing() -> None:
    assert unpack_key(b"\x0c") is None
    assert unpack_state(b"\x00\x0e") is None
    assert unpack_ticket(pack_value(27 << 16 | 5)) is None
    assert unpack_ticket(pack_value(1 << 16 | 10)) is None


@pytest.mark.parametrize("build", [lambda: Frame(64, Ask.POLL), lambda: Frame(7, Ask.POLL, 16), lambda: pack_value(-1)])
def test_a_frame_the_line_cannot_carry_is_refused(build: object) -> None:
    with pytest.raises(FrameError):
        build()  # type: ignore[operator]


def test_a_frame_with_the_wrong_data_is_refused() -> None:
    with pytest.raises(FrameError):
        Frame(7, Ask.TICKET, 0, b"\x01")
    with pytest.raises(FrameError):
        Frame(7, Ask.IDENTIFY, 0, b"\x80")


def test_two_pads_soon_answer_in_different_slots() -> None:
    for vector in VECTORS["reply_slots"]:
        assert reply_slot(vector["serial"], vector["salt"]) == vector["slot"]
    pairs = [(one, other) for one in range(1001, 1101) for other in range(one + 1, 1101)]
    together = [pair for pair in pairs if all(reply_slot(pair[0], s) == reply_slot(pair[1], s) for s in range(4))]
    assert len(together) < len(pairs) / 200
