"""DDP packets against known bytes, real senders' habits and bad datagrams."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_controller.errors import WireError
from display_controller.wire import ddp
from display_controller.wire.ddp_frame import STRIDE, DdpFrame

VECTORS = json.loads((files("contract") / "vectors/led.json").read_text("utf-8"))
(VECTOR,) = (bytes.fromhex(vector["hex"]) for vector in VECTORS if vector["proto"] == "ddp")


def test_two_pixels_are_the_known_bytes() -> None:
    (packet,) = ddp.packets(b"\xff\x00\x00\x00\x00\xff")

    assert ddp.encode(packet) == VECTOR
    assert ddp.decode(VECTOR) == packet
    assert packet.is_pixels


@pytest.mark.parametrize("kind", [0x01, 0x0A, 0x0B, 0x0D, 0x77])
def test_any_pixel_type_in_the_wild_is_read(kind: int) -> None:
    assert ddp.decode(VECTOR[:2] + bytes([kind]) + VECTOR[3:]).data == VECTOR[10:]


def test_a_timecode_is_skipped() -> None:
    timed = bytes([VECTOR[0] | ddp.TIME]) + VECTOR[1:10] + b"\x01\x02\x03\x04" + VECTOR[10:]
    assert ddp.decode(timed).data == VECTOR[10:]


@pytest.mark.parametrize("end", [0, 9, 12, 15])
def test_a_packet_shorter_than_its_header_says_is_refused(end: int) -> None:
    with pytest.raises(WireError):
        ddp.decode(VECTOR[:end])


def test_another_version_is_refused() -> None:
    with pytest.raises(WireError):
        ddp.decode(b"\x81" + VECTOR[1:])


def test_a_longer_datagram_than_its_header_says_is_cut_to_it() -> None:
    assert ddp.decode(VECTOR + b"padding").data == VECTOR[10:]


def test_an_overlong_packet_is_never_built() -> None:
    with pytest.raises(WireError):
        ddp.encode(ddp.Packet(0, bytes(1441)))


@pytest.mark.parametrize("flags", [ddp.QUERY, ddp.REPLY, ddp.STORAGE])
def test_queries_replies_and_stored_data_are_not_pixels(flags: int) -> None:
    assert not ddp.decode(bytes([ddp.VERSION_1 | flags]) + VECTOR[1:]).is_pixels


def test_a_picture_is_cut_at_1440_bytes_and_only_the_last_packet_pushes() -> None:
    parts = ddp.packets(bytes(320 * 64 * 3), sequence=14)

    assert len(parts) == 43
    assert [p.push for p in parts] == [False] * 42 + [True]
    assert [p.sequence for p in parts[:4]] == [14, 15, 1, 2]
    assert [p.offset for p in parts[:3]] == [0, 1440, 2880]


def sent(frame: DdpFrame, wanted: np.ndarray) -> list[ddp.Packet]:
    runs = frame.mark(wanted)
    datagrams = [bytes(d) for run in runs for d in cut(frame.run(run))]
    return [ddp.decode(d) for d in datagrams]


def cut(run: memoryview) -> list[memoryview]:
    return [run[at : at + STRIDE] for at in range(0, len(run), STRIDE)]


@given(st.integers(1, 9000).map(lambda n: n * 3), st.randoms(use_true_random=False))
def test_changed_packets_alone_rebuild_the_picture(size: int, chance: object) -> None:
    frame = DdpFrame(size)
    panel = bytearray(size)
    picture = bytearray(size)
    for _ in range(3):
        for _ in range(4):
            picture[chance.randrange(size)] ^= 0x55  # type: ignore[attr-defined]
        for packet in sent(frame, frame.load(bytes(picture))):
            panel[packet.offset : packet.offset + len(packet.data)] = packet.data
        assert panel == picture


def test_a_key_frame_is_the_same_bytes_as_packets_cut_one_by_one() -> None:
    picture = bytes(range(256)) * 24
    frame = DdpFrame(len(picture))
    frame.load(picture)

    assert sent(frame, frame.everything()) == ddp.packets(picture)


def test_an_unchanged_picture_sends_nothing() -> None:
    frame = DdpFrame(6000)
    frame.load(bytes(range(200)) * 30)

    assert frame.mark(frame.load(bytes(range(200)) * 30)) == []


def test_changes_far_apart_make_two_runs_and_push_once() -> None:
    frame = DdpFrame(1440 * 5)
    changed = frame.load(b"x" + bytes(1440 * 3) + b"y" + bytes(1440 * 2 - 2))

    assert frame.mark(changed) == [(0, 1), (3, 4)]
    assert [p.push for p in sent(frame, changed)] == [False, True]


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(WireError):
        DdpFrame(300).load(bytes(299))
