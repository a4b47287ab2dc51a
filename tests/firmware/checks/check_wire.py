"""Envelopes, moments, ids and JSON against the bytes the host's codec writes."""

from expect import raises, vectors
from h24 import envelope, ids, moment
from h24.compact_json import dump, load
from h24.errors import MessageError

VECTORS = vectors("device.json")


def test_a_device_writes_what_the_host_would_write_byte_for_byte():
    for one in VECTORS["sends"]:
        pairs = tuple([(name, value) for name, value in one["body"]])
        assert envelope.write(one["head"], dump(pairs)) == one["bytes"].encode(), one["meaning"]


def test_a_device_understands_what_the_host_says():
    for one in VECTORS["hears"]:
        found = envelope.read(one["bytes"].encode())
        assert found["type"] == one["type"], one["meaning"]
        assert found["ts"] == one["ts"], one["meaning"]
        assert found.get("deadline") == one["deadline"], one["meaning"]
        assert found["body"] == one["body"], one["meaning"]


def test_what_is_no_message_is_refused_by_name():
    for one in VECTORS["refused"]:
        assert raises(MessageError, envelope.read, one["bytes"].encode()).fault == one["fault"], one["meaning"]


def test_moments_are_written_and_read():
    for text, ms in VECTORS["moments"]:
        assert moment.write(ms) == text, text
        assert moment.read(text) == ms, text


def test_moments_of_other_zones_are_the_same_moments():
    assert moment.read("2026-09-14T01:30:00Z") == moment.read("2026-09-14T09:30:00+08:00")
    assert moment.read("2026-09-13T20:00:00-05:30") == moment.read("2026-09-14T01:30:00Z")


def test_a_moment_that_is_none_is_refused():
    for text in (
        "",
        "x",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "20a6-01-01T00:00:00Z",
    ):
        raises(MessageError, moment.read, text)


def test_an_id_is_the_ulid_of_its_time_and_chance():
    assert ids.ulid(1469918176385, b"\xff" * 10) == "01ARYZ6S41" + "Z" * 16
    assert len(ids.token(b"\x01" * 16)) == 26


def test_text_of_every_kind_survives_our_json():
    for text in ("", "张*", "䶮", '"', "\\", "a\nb\tc", "\x01", "𬱖"):
        assert load(dump((("t", text),)).encode()) == {"t": text}


def test_what_is_no_json_is_one_kind_of_error():
    for data in (b"", b"{", b'{"a"', b'{"a":"\xff\xfe"}', b"[" * 2000, b"]", b"nul"):
        raises(ValueError, load, data)
