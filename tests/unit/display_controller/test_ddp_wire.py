"""DDP packets against known bytes, real senders' habits and bad datagrams."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_controller.errors import WireError
from display_controller.wire import ddp
from display_controller.wire.ddp_frame import STRIDE, DdpFrame, Run, sequence_after

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


def sent(frame: DdpFrame, runs: tuple[Run, ...], sequence: int = 0) -> list[ddp.Packet]:
    packets = []
    for run in runs:
        data = frame.datagrams(run, sequence, push=run is runs[-1])
        packets += [ddp.decode(data[at : at + STRIDE]) for at in range(0, len(data), STRIDE)]
        sequence = sequence_after(sequence, run)
    return packets


@given(st.integers(1, 9000).map(lambda n: n * 3), st.randoms(use_true_random=False))
def test_changed_packets_alone_rebuild_the_picture(size: int, chance: object) -> None:
    panel = bytearray(size)
    picture = bytearray(size)
    shown = DdpFrame(bytes(size))
    for _ in range(3):
        for _ in range(4):
            picture[chance.randrange(size)] ^= 0x55  # type: ignore[attr-defined]
        frame = DdpFrame(bytes(picture))
        for packet in sent(frame, frame.since(shown)):
            panel[packet.offset : packet.offset + len(packet.data)] = packet.data
        shown = frame
        assert panel == picture


@pytest.mark.parametrize("sequence", [0, 1, 14, 15])
def test_a_key_frame_is_the_same_bytes_as_packets_cut_one_by_one(sequence: int) -> None:
    picture = bytes(range(256)) * 24
    frame = DdpFrame(picture)

    assert sent(frame, frame.everything, sequence) == ddp.packets(picture, ddp.next_sequence(sequence))


def test_an_unchanged_picture_sends_nothing() -> None:
    frame, same = DdpFrame(bytes(range(200)) * 30), DdpFrame(bytes(range(200)) * 30)

    assert same.since(frame) == ()


def test_changes_far_apart_make_two_runs_and_push_once() -> None:
    frame = DdpFrame(b"x" + bytes(1440 * 3) + b"y" + bytes(1440 * 2 - 2))
    changed = frame.since(DdpFrame(bytes(1440 * 5)))

    assert changed == ((0, 1), (3, 4))
    assert [(p.sequence, p.push) for p in sent(frame, changed, 14)] == [(15, False), (1, True)]


def test_panels_that_share_a_frame_keep_their_own_numbers_and_their_own_last_packet() -> None:
    old, near, far = bytes(1440 * 4), b"x" + bytes(1440 * 4 - 1), bytes(1440 * 4 - 1) + b"x"
    frame = DdpFrame(b"x" + bytes(1440 * 4 - 2) + b"x")

    assert [p.push for p in sent(frame, frame.everything, 3)] == [False, False, False, True]
    assert [(p.offset, p.sequence, p.push) for p in sent(frame, frame.since(DdpFrame(far)), 9)] == [(0, 10, True)]
    assert [(p.offset, p.sequence, p.push) for p in sent(frame, frame.since(DdpFrame(near)), 1)] == [(4320, 2, True)]
    assert frame.since(DdpFrame(old)) == ((0, 1), (3, 4))


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(WireError):
        DdpFrame(bytes(299)).since(DdpFrame(bytes(300)))
