"""MQTT packets: the standard's bytes, cut anywhere, damaged ten thousand times."""

from expect import raises
from h24 import mqtt_codec as codec
from h24.errors import ProtocolError


class Chance:
    """Reproducible numbers on every Python (xorshift32)."""

    def __init__(self, seed):
        self._state = seed

    def below(self, limit):
        state = self._state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        self._state = state
        return state % limit


GOOD = (
    b"\x20\x02\x00\x00"
    + b"\x90\x04\x00\x0a\x01\x00"
    + codec.publish("h24/v1/demo/rating-pad/pad-03/cmd", b'{"v":1}', 1, 10)
    + b"\x40\x02\x12\x34"
    + b"\xd0\x00"
    + codec.publish("a", b"", 0, 0, True)
)


def plain(found):
    return [
        (kind, (value.topic, value.payload, value.pid) if hasattr(value, "topic") else value) for kind, value in found
    ]


def test_packets_are_the_bytes_of_the_standard():
    assert codec.PING == b"\xc0\x00"
    assert codec.puback(0x1234) == b"\x40\x02\x12\x34"
    assert codec.publish("a/b", b"hi", 1, 10) == b"\x32\x09\x00\x03a/b\x00\x0ahi"
    assert codec.again(codec.publish("a/b", b"hi", 1, 10)) == b"\x3a\x09\x00\x03a/b\x00\x0ahi"
    assert codec.subscribe(10, ["a/b", "c"]) == b"\x82\x0c\x00\x0a\x00\x03a/b\x01\x00\x01c\x01"
    assert len(codec.publish("a", bytes(200), 0)) == 206


def test_a_connect_says_who_we_are_and_our_will():
    wanted = b"\x10\x1a\x00\x04MQTT\x04\xe6\x00\x14\x00\x01p\x00\x01w\x00\x01x\x00\x01u\x00\x01s"
    assert codec.connect("p", "u", "s", 20, ("w", b"x")) == wanted[:1] + bytes([len(wanted) - 2]) + wanted[2:]


def test_packets_cut_anywhere_are_the_same_packets():
    whole = plain(codec.Decoder().feed(GOOD))
    assert [kind for kind, _ in whole] == ["connack", "suback", "message", "puback", "pong", "message"]
    for size in (1, 2, 3, 7, 50):
        decoder, found = codec.Decoder(), []
        for start in range(0, len(GOOD), size):
            found += decoder.feed(GOOD[start : start + size])
        assert plain(found) == whole, size


def test_a_long_message_is_never_held():
    decoder, total = codec.Decoder(), 0
    data = codec.publish("board", bytes(70000), 0)
    for start in range(0, len(data), 256):
        for kind, piece in decoder.feed(data[start : start + 256]):
            assert kind == "piece" and piece.at == total
            total += len(piece.payload)
        assert len(decoder._held) < 300
    assert total == 70000 and piece.is_last


def test_a_long_topic_is_refused():
    raises(ProtocolError, codec.Decoder().feed, codec.publish("t" * 300, bytes(2000), 0))


def test_ten_thousand_damaged_streams_are_understood_or_refused_and_never_crash():
    chance = Chance(24)
    refused = 0
    for _ in range(10000):
        data = bytearray(GOOD)
        for _ in range(1 + chance.below(3)):
            data[chance.below(len(data))] = chance.below(256)
        decoder = codec.Decoder()
        try:
            decoder.feed(bytes(data[: chance.below(len(data))]))
        except ProtocolError:
            refused += 1
        assert len(decoder._held) <= len(GOOD)
    assert refused > 1000
