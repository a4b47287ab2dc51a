"""Onbon BX frames against public and vendor bytes, and against a bad line."""

import json
from importlib.resources import files

import numpy as np
import pytest

from display_controller.errors import RareCharacterError, WireError
from display_controller.wire import bx_g, bx_g_area, bx_g_bitmap, bx_k, bx_k_area
from display_controller.wire.bx_frame import Decoder, escape, frame, unescape
from display_controller.wire.bx_g import Bitmap
from hallkit.codecs.checksum import crc16_arc

VECTORS = json.loads((files("contract") / "vectors/led.json").read_text("utf-8"))
BX_K = {v["name"]: bytes.fromhex(v["hex"]) for v in VECTORS if v["proto"] == "bx-k"}
BX_G = {v["name"]: bytes.fromhex(v["hex"]) for v in VECTORS if v["proto"] == "bx-g"}
PUBLIC_TEXT = bx_k_area.TextArea(
    0, 0, 192, 32, b"012345QRSTTV'B", single_line=False, wraps=True, motion=bx_k_area.Motion.LEFT, speed=4, stay=5
)
BUILT_K = {
    "ping": bx_k.ping(),
    "query controller state A1 02": bx_k.query_state(),
    "brightness manual 0x0C (short form)": bx_k.brightness(12),
    "delete all dynamic areas": bx_k.delete_areas(),
    "clear screen A3 10": bx_k.clear_screen(),
    "unlock program P000": bx_k.lock_program("P000", False),
    "real-time text 012345QRSTTV'B": bx_k.update_areas([PUBLIC_TEXT.encode()]),
    "screen on": bx_k.power(True),
    "screen off": bx_k.power(False),
    "escape stress (payload 5A A5 5B A6)": bx_k.Request(bx_k.Command.PING, b"\x5a\xa5\x5b\xa6", reserved=0),
}
BUILT_G = {
    "ping (wildcard)": bx_g.ping(),
    "delete all dynamic areas A7 01 FF": bx_g.delete_areas(),
    "query brightness A2 19": bx_g.query_brightness(),
}
QING = "BX-5E dynamic area 0, 16x16 bitmap 请 (single colour, 0=lit)"


def test_every_vector_is_covered() -> None:
    assert set(BX_K) == {*BUILT_K, "ACK from card"}
    assert set(BX_G) == {*BUILT_G, QING, "ACK"}


def test_crc_has_the_published_check_value_for_odd_and_even_lengths() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D
    assert crc16_arc(b"") == 0
    assert crc16_arc(b"12345678") == 0x3C9D


@pytest.mark.parametrize("name", BUILT_K)
def test_a_font_card_is_sent_the_public_bytes(name: str) -> None:
    assert bx_k.encode(BUILT_K[name]) == BX_K[name]


@pytest.mark.parametrize("name", BUILT_G)
def test_a_graphic_card_is_sent_the_vendor_bytes(name: str) -> None:
    assert bx_g.encode(BUILT_G[name]) == BX_G[name]


def test_cards_acknowledge_with_the_documented_bytes() -> None:
    assert bx_k.encode_reply(bx_k.ack()) == BX_K["ACK from card"]
    assert bx_g.encode_reply(bx_g.ack(), 1, 0x0154) == BX_G["ACK"]


def test_the_published_text_area_reads_back() -> None:
    (body,) = Decoder().feed(BX_K["real-time text 012345QRSTTV'B"])
    request = bx_k.parse_request(bx_k.parse_packet(body).data)

    removed, (area,) = bx_k.parse_areas(request.payload)

    assert removed == ()
    assert bx_k_area.parse_area(area) == PUBLIC_TEXT


def test_the_published_bitmap_reads_and_builds_byte_for_byte() -> None:
    (body,) = Decoder().feed(BX_G[QING])
    area = bx_g_area.parse_5(bx_g.parse_request(bx_g.parse_packet(body).data).payload)
    pixels = bx_g_bitmap.unpack(area.bitmap, Bitmap.SINGLE_5E, (16, 16))

    assert pixels[6, :, 0].tolist() == [255] * 3 + [0] * 2 + [255] * 10 + [0]
    assert bx_g_bitmap.pack(pixels, Bitmap.SINGLE_5E) == area.bitmap
    assert bx_g.encode(bx_g_area.update_5(area), 1, 0x0154) == BX_G[QING]


ALL_FRAMES = [*BX_K.values(), *BX_G.values()]


@pytest.mark.parametrize("wire", ALL_FRAMES)
def test_a_frame_is_found_whole_byte_by_byte_doubled_and_in_noise(wire: bytes) -> None:
    (body,) = Decoder().feed(wire)
    assert frame(body) == wire

    slow = Decoder()
    assert [b for i in range(len(wire)) for b in slow.feed(wire[i : i + 1])] == [body]
    assert Decoder().feed(wire + wire) == [body, body]
    noisy = Decoder()
    assert noisy.feed(b"\x00\x17\x5a\x33" + wire[7:] + b"\x99") == [body]
    assert noisy.discarded == 5


@pytest.mark.parametrize("wire", ALL_FRAMES)
def test_a_frame_with_any_byte_damaged_is_never_taken(wire: bytes) -> None:
    (body,) = Decoder().feed(wire)
    for at in range(8, len(wire) - 1):
        damaged = bytearray(wire)
        damaged[at] ^= 0x10
        assert body not in Decoder().feed(bytes(damaged))


def test_a_broken_frame_is_counted_and_the_next_one_still_arrives() -> None:
    decoder = Decoder()
    good = BX_K["ping"]
    broken = good[:12] + b"\xff" + good[13:]

    assert len(decoder.feed(broken + good[:-4] + good)) == 1
    assert decoder.damaged == 1


def test_a_reserved_byte_without_its_pair_damages_a_frame() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\xa5\xa6\x03\x00\x00\x5a") == []
    assert decoder.damaged == 1
    with pytest.raises(WireError):
        unescape(b"\x5b")


def test_an_endless_frame_is_dropped_within_bounds() -> None:
    decoder = Decoder(longest=100)
    for _ in range(100):
        assert decoder.feed(b"\xa5" + b"\x11" * 50) == []
    assert decoder.feed(b"\x22" * 1000) == []
    assert decoder.discarded >= 6000
    assert len(decoder.feed(BX_K["ping"])) == 1


def test_a_body_too_long_for_any_card_is_refused() -> None:
    with pytest.raises(WireError, match="split"):
        frame(bytes((1 << 20) + 1))


def test_all_bytes_survive_escaping() -> None:
    every = bytes(range(256)) + b"\xa6\x01\xa6\x02\x5b\x01\x5b\x02"
    wire = escape(every)

    assert not {0xA5, 0x5A} & set(wire)
    assert unescape(wire) == every


@pytest.mark.parametrize("body", [b"", bytes(13), bytes(14), bytes(40)])
def test_a_body_that_is_not_this_familys_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        bx_k.parse_packet(body)
    with pytest.raises(WireError):
        bx_g.parse_packet(body)


def test_a_header_that_lies_about_its_length_is_refused() -> None:
    lying = bx_k.Packet(1, 2, b"abc").body() + b"x"
    with pytest.raises(WireError):
        bx_k.parse_packet(lying)
    with pytest.raises(WireError):
        bx_g.parse_packet(bx_g.Packet(1, 2, b"abc").body()[:-1])


@pytest.mark.parametrize("data", [b"", b"\xa0", b"\xa0\x00\x00\x00"])
def test_data_too_short_for_a_request_or_reply_is_refused(data: bytes) -> None:
    for parse in (bx_k.parse_request, bx_k.parse_reply, bx_g.parse_reply):
        with pytest.raises(WireError):
            parse(data)
    with pytest.raises(WireError):
        bx_g.parse_request(data[:2])


def test_a_reply_that_lies_about_its_payload_is_refused() -> None:
    with pytest.raises(WireError):
        bx_g.parse_reply(b"\x00\xa0\x00\x00\x00\x00\x00\x05\x00")


def test_a_rare_character_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(RareCharacterError) as caught:
        bx_k_area.encode_text("请䶮到𠮷号窗口䶮")
    assert caught.value.characters == "䶮𠮷"


@pytest.mark.parametrize("text", ["\\C1", "a\nb", "a\x00"])
def test_a_text_cannot_smuggle_card_codes(text: str) -> None:
    with pytest.raises(RareCharacterError):
        bx_k_area.encode_text(text)


def test_coloured_text_reads_back_in_runs() -> None:
    data = b"\\FO000" + bx_k_area.coloured("A042", bx_k_area.Colour.YELLOW)
    data += bx_k_area.coloured(" 3号窗口", bx_k_area.Colour.GREEN)

    runs = bx_k_area.parse_text(b"x" + data)

    assert runs == (bx_k_area.Run("x"), bx_k_area.Run("A042", 3), bx_k_area.Run(" 3号窗口", 2))


def test_text_bytes_that_are_not_gb2312_are_refused() -> None:
    with pytest.raises(WireError):
        bx_k_area.parse_text(b"\xff\xff")


def test_areas_of_whole_columns_and_of_pixels_keep_their_place() -> None:
    for area in (bx_k_area.TextArea(8, 3, 64, 16, b""), bx_k_area.TextArea(5, 3, 33, 16, b"", in_pixels=True)):
        assert bx_k_area.parse_area(area.encode()) == area
    with pytest.raises(WireError):
        bx_k_area.TextArea(5, 3, 64, 16, b"").encode()


def test_an_overlong_text_or_wrong_area_is_refused() -> None:
    with pytest.raises(WireError):
        bx_k_area.TextArea(0, 0, 8, 16, bytes(5000)).encode()
    good = bx_k_area.TextArea(0, 0, 8, 16, b"abc").encode()
    for bad in (good[:10], good[:-1], b"\x01" + good[1:]):
        with pytest.raises(WireError):
            bx_k_area.parse_area(bad)


@pytest.mark.parametrize(
    "payload", [b"", b"\x05\x01", b"\x00", b"\x00\x02\x00\x00", b"\x00\x01\x09\x00a", b"\xff\x00x"]
)
def test_a_cut_area_list_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        bx_k.parse_areas(payload)


def test_area_lists_remove_some_or_all() -> None:
    assert bx_k.parse_areas(bx_k.delete_areas([1, 2]).payload) == ((1, 2), ())
    assert bx_k.parse_areas(bx_k.update_areas([b"ab", b"c"], None).payload) == (None, (b"ab", b"c"))


def test_values_outside_a_field_are_refused() -> None:
    for build in (lambda: bx_k.brightness(0), lambda: bx_k.lock_program("P1", True), lambda: bx_g.brightness(16)):
        with pytest.raises(WireError):
            build()


def test_graphic_brightness_fills_every_half_hour() -> None:
    assert bx_g.brightness(9).payload == b"\x31\x00\x00" + b"\x09" * 48


PIXELS = (np.random.default_rng(1).integers(0, 2, (5, 43, 3)) * 255).astype(np.uint8)


@pytest.mark.parametrize("kind", list(Bitmap))
@pytest.mark.parametrize("x", [0, 5, 35])
def test_pixels_survive_every_card_type_at_any_left_edge(kind: Bitmap, x: int) -> None:
    for words in (bx_g_bitmap.WordRules(), bx_g_bitmap.WordRules(True, False)):
        packed = bx_g_bitmap.pack(PIXELS, kind, x, words)
        back = bx_g_bitmap.unpack(packed, kind, (43, 5), x, words)

        assert len(packed) == bx_g_bitmap.packed_size(kind, (43, 5), x)
        if kind in (Bitmap.RGB565, Bitmap.RGB888):
            assert (back == PIXELS).all()
        elif kind in (Bitmap.SINGLE_5E, Bitmap.SINGLE_6E):
            assert (back[:, :, 0] == PIXELS.max(axis=2)).all()
        else:
            assert (back[:, :, :2] == PIXELS[:, :, :2]).all()


def test_dots_of_documented_bytes_per_card_type() -> None:
    red_then_green = np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8)

    assert bx_g_bitmap.pack(red_then_green, Bitmap.DUAL_5E) == b"\x7f\xbf"
    assert bx_g_bitmap.pack(red_then_green, Bitmap.DUAL_5E, x=35) == b"\xef\xf7"
    assert bx_g_bitmap.pack(red_then_green, Bitmap.RGB565) == b"\x00\xf8\xe0\x07"
    assert bx_g_bitmap.pack(red_then_green, Bitmap.RGB888) == b"\xff\x00\x00\x00\xff\x00"
    big = bx_g_bitmap.WordRules(big_endian=True)
    assert bx_g_bitmap.pack(red_then_green, Bitmap.DUAL_6E, words=big) == b"\x7f\xff\xff\xff\xbf\xff\xff\xff"
    assert bx_g_bitmap.pack(red_then_green, Bitmap.DUAL_6E) == b"\xff\xff\xff\x7f\xff\xff\xff\xbf"


def test_a_bitmap_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(WireError):
        bx_g_bitmap.unpack(b"\x00", Bitmap.RGB888, (2, 2))


AREA = bx_g_area.Area(8, 0, 16, 2, b"\x01\x02\x03\x04", number=3, run_mode=2, timeout=60, stay=500)
LENGTHS = [bx_g_area.LengthRules(a, p, s) for a in (False, True) for p in (False, True) for s in (False, True)]


def test_a_fifth_generation_area_reads_back_and_is_refused_when_cut() -> None:
    payload = bx_g_area.update_5(AREA).payload
    assert bx_g_area.parse_5(payload) == AREA
    for end in (0, 10, 30, len(payload) - 1):
        with pytest.raises(WireError):
            bx_g_area.parse_5(payload[:end])


@pytest.mark.parametrize("rules", LENGTHS)
def test_a_sixth_generation_area_reads_back_under_each_reading_of_the_manual(rules: bx_g_area.LengthRules) -> None:
    payload = bx_g_area.update_6(AREA, rules).payload

    assert payload.endswith(AREA.bitmap)
    assert bx_g_area.parse_6(payload, rules) == AREA
    for end in (0, 10, 40, len(payload) - 1):
        with pytest.raises(WireError):
            bx_g_area.parse_6(payload[:end], rules)
