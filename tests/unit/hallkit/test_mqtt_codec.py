"""The MQTT codec against the OASIS MQTT 3.1.1 text, and against every way a cable can cut, join or spoil bytes."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.mqtt import (
    Connack,
    Connect,
    ConnectCode,
    Decoder,
    Disconnect,
    Packet,
    PacketTooLargeError,
    Pingreq,
    Pingresp,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    UnacceptableLevelError,
    Unsuback,
    Unsubscribe,
    Will,
    encode,
)
from hallkit.codecs.mqtt.encode import remaining_length

STANDARD = [
    # figure 3.6: user name, password, will QoS 1, will, clean session; keep alive 10
    (
        "10 1d 00 04 4d 51 54 54 04 ce 00 0a 00 02 69 64 00 01 77 00 01 6d 00 04 75 73 65 72 00 01 70",
        Connect("id", True, 10, Will("w", b"m", 1), "user", b"p"),
    ),
    ("20 02 01 00", Connack(ConnectCode.ACCEPTED, True)),
    ("20 02 00 05", Connack(ConnectCode.NOT_AUTHORIZED)),
    # figure 3.11: topic a/b, packet identifier 10
    ("32 07 00 03 61 2f 62 00 0a", Publish("a/b", b"", 1, packet_id=10)),
    ("31 06 00 03 61 2f 62 78", Publish("a/b", b"x", retain=True)),
    ("3c 07 00 03 61 2f 62 00 0a", Publish("a/b", b"", 2, dup=True, packet_id=10)),
    # section 1.5.3.1: A and U+2A6D4
    ("30 07 00 05 41 f0 aa 9b 94", Publish("A\U0002a6d4", b"")),
    ("40 02 00 0a", Puback(10)),
    ("50 02 00 0a", Pubrec(10)),
    ("62 02 00 0a", Pubrel(10)),
    ("70 02 00 0a", Pubcomp(10)),
    # figure 3.23: a/b at QoS 1, c/d at QoS 2
    ("82 0e 00 0a 00 03 61 2f 62 01 00 03 63 2f 64 02", Subscribe(10, (("a/b", 1), ("c/d", 2)))),
    # figure 3.26: granted 0, granted 2, failure
    ("90 05 00 0a 00 02 80", Suback(10, (0, 2, 0x80))),
    # figure 3.30
    ("a2 0c 00 0a 00 03 61 2f 62 00 03 63 2f 64", Unsubscribe(10, ("a/b", "c/d"))),
    ("b0 02 00 0a", Unsuback(10)),
    ("c0 00", Pingreq()),
    ("d0 00", Pingresp()),
    ("e0 00", Disconnect()),
]
VECTORS = [(bytes.fromhex(text), packet) for text, packet in STANDARD]
STREAM = b"".join(data for data, _ in VECTORS)
PACKETS = [packet for _, packet in VECTORS]


@pytest.mark.parametrize("data, packet", VECTORS, ids=lambda value: type(value).__name__)
def test_a_packet_of_the_standard_reads_and_writes_as_printed(data: bytes, packet: Packet) -> None:
    assert Decoder().feed(data) == [packet]
    assert encode(packet) == data


def test_packets_joined_in_one_read_come_out_in_order() -> None:
    assert Decoder().feed(STREAM) == PACKETS


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_packets_cut_anywhere_come_out_whole(size: int) -> None:
    decoder = Decoder()
    seen: list[Packet] = []
    for start in range(0, len(STREAM), size):
        seen += decoder.feed(STREAM[start : start + size])
    assert seen == PACKETS


@pytest.mark.parametrize(
    "length, digits",
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (321, "c102"),
        (16_383, "ff7f"),
        (16_384, "808001"),
        (2_097_151, "ffff7f"),
        (2_097_152, "80808001"),
        (268_435_455, "ffffff7f"),
    ],
)
def test_a_remaining_length_is_written_as_in_table_2_4(length: int, digits: str) -> None:
    assert remaining_length(length).hex() == digits


@pytest.mark.parametrize("length", [0, 127, 128, 16_383, 16_384])
def test_a_publish_of_any_length_class_survives(length: int) -> None:
    packet = Publish("t", bytes(length))
    assert Decoder().feed(encode(packet)) == [packet]


def test_nothing_longer_than_the_standard_allows_is_written() -> None:
    with pytest.raises(ValueError, match="longer than MQTT"):
        remaining_length(268_435_456)
    with pytest.raises(ValueError, match="longer than MQTT"):
        encode(Publish("x" * 65_536, b""))
    with pytest.raises(ProtocolError, match=r"3\.1\.2-22"):
        encode(Connect(password=b"p"))


WRONG = [
    ("00 00", "section 2.2.1"),
    ("f0 00", "section 2.2.1"),
    ("c1 00", "MQTT-2.2.2-2"),
    ("60 02 00 01", "MQTT-2.2.2-2"),
    ("80 06 00 01 00 01 61 00", "MQTT-2.2.2-2"),
    ("a0 05 00 01 00 01 61", "MQTT-2.2.2-2"),
    ("c0 01 00", "section 2.2.3"),
    ("40 03 00 01 00", "section 2.2.3"),
    ("40 01 00", "section 2.2.3"),
    ("30 01 00", "section 2.2.3"),
    ("30 02 00 05", "section 2.2.3"),
    ("32 04 00 01 61 00", "section 2.2.3"),
    ("30 80 80 80 80 01", "section 2.2.3"),
    ("40 02 00 00", "MQTT-2.3.1-1"),
    ("32 05 00 01 61 00 00", "MQTT-2.3.1-1"),
    ("30 03 00 01 ff", "MQTT-1.5.3-1"),
    ("30 05 00 03 ed a0 80", "MQTT-1.5.3-1"),
    ("30 03 00 01 00", "MQTT-1.5.3-2"),
    ("36 05 00 01 61 00 01", "MQTT-3.3.1-4"),
    ("38 03 00 01 61", "MQTT-3.3.1-2"),
    ("30 03 00 01 23", "MQTT-3.3.2-2"),
    ("30 03 00 01 2b", "MQTT-3.3.2-2"),
    ("30 02 00 00", "MQTT-4.7.3-1"),
    ("82 02 00 01", "MQTT-3.8.3-3"),
    ("82 06 00 01 00 01 61 03", "MQTT-3.8.3-4"),
    ("82 06 00 01 00 01 61 81", "MQTT-3.8.3-4"),
    ("82 07 00 01 00 02 61 23 00", "MQTT-4.7.1-2"),
    ("82 08 00 01 00 03 23 2f 61 00", "MQTT-4.7.1-2"),
    ("82 07 00 01 00 02 61 2b 00", "MQTT-4.7.1-3"),
    ("82 05 00 01 00 00 00", "MQTT-4.7.3-1"),
    ("a2 02 00 01", "MQTT-3.10.3-2"),
    ("90 03 00 01 03", "MQTT-3.9.3-2"),
    ("90 02 00 01", "MQTT-3.9.3-2"),
    ("20 02 02 00", "section 3.2.2.1"),
    ("20 02 00 06", "section 3.2.2.3"),
    ("20 02 01 05", "MQTT-3.2.2-4"),
    ("10 0c 00 04 4d 51 54 58 04 02 00 0a 00 00", "MQTT-3.1.2-1"),
    ("10 0c 00 04 4d 51 54 54 05 02 00 0a 00 00", "MQTT-3.1.2-2"),
    ("10 0e 00 06 4d 51 49 73 64 70 03 02 00 0a 00 00", "MQTT-3.1.2-2"),
    ("10 0c 00 04 4d 51 54 54 04 03 00 0a 00 00", "MQTT-3.1.2-3"),
    ("10 0c 00 04 4d 51 54 54 04 0a 00 0a 00 00", "MQTT-3.1.2-13"),
    ("10 0c 00 04 4d 51 54 54 04 1e 00 0a 00 00", "MQTT-3.1.2-14"),
    ("10 0c 00 04 4d 51 54 54 04 22 00 0a 00 00", "MQTT-3.1.2-15"),
    ("10 0c 00 04 4d 51 54 54 04 42 00 0a 00 00", "MQTT-3.1.2-22"),
    ("10 11 00 04 4d 51 54 54 04 06 00 0a 00 00 00 01 23 00 00", "MQTT-3.3.2-2"),
    ("10 0c 00 04 4d 51 54 54 04 82 00 0a 00 00", "section 2.2.3"),
    ("10 0d 00 04 4d 51 54 54 04 02 00 0a 00 00 00", "section 2.2.3"),
]


@pytest.mark.parametrize("text, rule", WRONG)
def test_a_malformed_packet_is_refused_by_the_rule_it_breaks(text: str, rule: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        Decoder().feed(bytes.fromhex(text))
    assert caught.value.rule == rule


def test_another_mqtt_version_has_an_error_of_its_own() -> None:
    with pytest.raises(UnacceptableLevelError):
        Decoder().feed(bytes.fromhex("10 0c 00 04 4d 51 54 54 05 02 00 0a 00 00"))


def test_a_web_browser_is_found_out_by_its_first_bytes() -> None:
    with pytest.raises(ProtocolError, match=r"2\.2\.2-2"):
        Decoder().feed(b"GE")


def test_an_oversized_packet_is_refused_before_it_is_collected() -> None:
    with pytest.raises(PacketTooLargeError):
        Decoder(max_packet=100).feed(bytes.fromhex("30 65"))


def test_the_packets_before_a_fault_are_not_lost() -> None:
    with pytest.raises(ProtocolError) as caught:
        Decoder().feed(encode(Puback(7)) + b"\x00\x00")
    assert caught.value.packets == (Puback(7),)


def test_a_stream_stays_broken_after_a_fault() -> None:
    decoder = Decoder()
    for data in (encode(Pingreq()) + b"\x00\x00", encode(Pingreq())):
        with pytest.raises(ProtocolError):
            decoder.feed(data)
    with pytest.raises(ProtocolError) as caught:
        decoder.feed(b"")
    assert caught.value.packets == ()


def test_a_byte_order_mark_is_part_of_a_topic() -> None:
    assert Decoder().feed(bytes.fromhex("30 06 00 04 ef bb bf 61")) == [Publish("\ufeffa", b"")]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_noise_gives_packets_or_a_protocol_error_and_nothing_else(noise: bytes, size: int) -> None:
    def read(cut: int) -> tuple[list[Packet], str]:
        decoder, seen = Decoder(max_packet=300), list[Packet]()
        try:
            for start in range(0, len(noise), cut):
                seen += decoder.feed(noise[start : start + cut])
        except ProtocolError as error:
            return seen + list(error.packets), error.rule
        return seen, ""

    assert read(size) == read(len(noise) or 1)


LEVELS = st.text(st.characters(exclude_characters="\0+#", exclude_categories=["Cs"]), max_size=8)
TOPICS = st.lists(LEVELS, min_size=1, max_size=5).map("/".join).filter(bool)
FILTERS = st.lists(LEVELS | st.just("+"), min_size=1, max_size=5).map("/".join).filter(bool) | TOPICS.map("{}/#".format)
IDS = st.integers(1, 0xFFFF)
WILLS = st.builds(Will, TOPICS, st.binary(max_size=40), st.integers(0, 2), st.booleans())
ANY_PACKET = st.one_of(
    st.builds(
        Connect,
        LEVELS,
        st.booleans(),
        st.integers(0, 0xFFFF),
        st.none() | WILLS,
        LEVELS,
        st.none() | st.binary(max_size=40),
    ),
    st.builds(Publish, TOPICS, st.binary(max_size=300), st.just(0), st.booleans()),
    st.builds(Publish, TOPICS, st.binary(max_size=300), st.integers(1, 2), st.booleans(), st.booleans(), IDS),
    st.builds(Subscribe, IDS, st.lists(st.tuples(FILTERS, st.integers(0, 2)), min_size=1, max_size=4).map(tuple)),
    st.builds(Unsubscribe, IDS, st.lists(FILTERS, min_size=1, max_size=4).map(tuple)),
    st.builds(Suback, IDS, st.lists(st.sampled_from([0, 1, 2, 0x80]), min_size=1, max_size=4).map(tuple)),
    st.builds(Connack, st.sampled_from(list(ConnectCode)), st.just(False)),
    *(st.builds(kind, IDS) for kind in (Puback, Pubrec, Pubrel, Pubcomp, Unsuback)),
    *(st.builds(kind) for kind in (Pingreq, Pingresp, Disconnect)),
)


@given(st.lists(ANY_PACKET, max_size=6), st.integers(1, 40))
def test_whatever_is_written_reads_back_however_it_is_cut(packets: list[Packet], size: int) -> None:
    stream = b"".join(map(encode, packets))
    decoder, seen = Decoder(), list[Packet]()
    for start in range(0, len(stream), size):
        seen += decoder.feed(stream[start : start + size])
    assert seen == packets


@given(ANY_PACKET, st.data())
def test_a_damaged_packet_never_raises_anything_but_a_protocol_error(packet: Packet, data: st.DataObject) -> None:
    raw = bytearray(encode(packet))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ProtocolError):
        seen = Decoder(max_packet=1000).feed(bytes(raw))
        assert all(isinstance(one, msgspec.Struct) for one in seen)
