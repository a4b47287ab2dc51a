"""IPP and the HTTP around it: the standard's bytes, cut anyhow, broken off, oversized."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.drivers.a4_report import A4Cause, view_of
from kiosk.wire.http_message import HttpDecoder, HttpError, encode_answer, encode_post
from kiosk.wire.ipp import (
    Attribute,
    Group,
    GroupTag,
    IppError,
    Message,
    Operation,
    Tag,
    decode,
    encode,
    request,
)

RFC_8010_A1 = (
    bytes.fromhex(
        "0101 0002 00000001 01"
        "47 0012 617474726962757465732d63686172736574 0005 7574662d38"
        "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"
        "45 000b 7072696e7465722d757269 0016 6970703a2f2f7072696e7465722f6970702f706f6f6c"
        "42 0008 6a6f622d6e616d65 0006 666f6f626172"
        "22 0016 6970702d6174747269627574652d666964656c697479 0001 01"
        "02"
        "21 0006 636f70696573 0004 00000014"
        "44 0005 7369646573 0013 74776f2d73696465642d6c6f6e672d65646765"
        "03".replace(" ", "")
    )
    + b"%!PDF"
)
"""A Print-Job request after the example of RFC 8010, appendix A.1."""


def test_the_standards_own_request_is_read_and_written() -> None:
    message = decode(RFC_8010_A1)
    assert (message.code, message.request_id, message.version) == (Operation.PRINT_JOB, 1, (1, 1))
    assert message.group(GroupTag.OPERATION).words("job-name") == ("foobar",)
    assert message.group(GroupTag.OPERATION).values("ipp-attribute-fidelity") == (True,)
    assert message.group(GroupTag.JOB).number("copies") == 20
    assert message.group(GroupTag.JOB).words("sides") == ("two-sided-long-edge",)
    assert message.data == b"%!PDF"
    assert encode(message) == RFC_8010_A1


def test_a_request_begins_as_every_request_must() -> None:
    message = request(Operation.GET_JOBS, 7, "ipp://printer/ipp/print", (Attribute("limit", Tag.INTEGER, (3,)),))
    names = [one.name for one in message.group(GroupTag.OPERATION).attributes]
    assert names == ["attributes-charset", "attributes-natural-language", "printer-uri", "limit"]
    assert decode(encode(message)) == message


def test_a_message_broken_off_anywhere_is_refused() -> None:
    assert [size for size in range(len(RFC_8010_A1) - 5) if not is_refused(RFC_8010_A1[:size])] == []


def is_refused(data: bytes) -> bool:
    try:
        decode(data)
    except IppError:
        return True
    return False


@pytest.mark.parametrize(
    "spoilt",
    [
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x44\x00\x01a\x00\x01b\x03",
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x00\x00\x01b\x03",
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x44\x00\x01a\x00\x01\xff\x03",
    ],
)
def test_attributes_without_group_name_or_text_are_refused(spoilt: bytes) -> None:
    with pytest.raises(IppError):
        decode(spoilt)


def test_a_value_too_long_is_not_sent() -> None:
    with pytest.raises(IppError, match="job-name"):
        encode(Message(2, 1, (Group(GroupTag.OPERATION, (Attribute("job-name", Tag.NAME, ("x" * 40_000,)),)),)))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        decode(b"\x02\x00\x00\x00\x00\x00\x00\x01" + data)
    except IppError:
        return


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


@pytest.mark.parametrize("cut", [1, 5, 4096])
@pytest.mark.parametrize("answer", [CHUNKED, b"HTTP/1.1 100 Continue\r\n\r\n" + encode_answer(b"abcde")])
def test_an_answer_is_whole_when_its_last_byte_is_there(cut: int, answer: bytes) -> None:
    decoder = HttpDecoder()
    found = [decoder.feed(answer[at : at + cut]) for at in range(0, len(answer), cut)]
    assert found[:-1] == [None] * (len(found) - 1)
    assert found[-1] is not None
    assert (found[-1].status, found[-1].body) == (200, b"abcde")


def test_an_answer_may_last_as_long_as_its_connection() -> None:
    decoder = HttpDecoder()
    assert decoder.feed(b"HTTP/1.0 200 OK\r\n\r\nabc") is None
    answer = decoder.end()
    assert answer is not None
    assert answer.body == b"abc"
    assert HttpDecoder().end() is None


def test_a_post_names_host_kind_and_size() -> None:
    asked = HttpDecoder().feed(encode_post("printer:631", "/ipp/print", b"abc"))
    assert asked is not None
    assert asked.first == "POST /ipp/print HTTP/1.1"
    assert asked.headers["content-type"] == "application/ipp"
    assert (asked.headers["host"], asked.body, asked.status) == ("printer:631", b"abc", 0)


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 20_000,
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
    ],
)
def test_what_is_no_bounded_http_is_refused(data: bytes) -> None:
    with pytest.raises(HttpError):
        HttpDecoder().feed(data)


@pytest.mark.parametrize(
    ("state", "reasons", "cause", "low"),
    [
        (3, ["none"], None, ()),
        (3, ["toner-low-warning", "media-low-report"], None, ("toner-low", "media-low")),
        (5, ["media-empty-error"], A4Cause.PAPER_OUT, ()),
        (4, ["media-empty-warning"], None, ()),
        (3, ["marker-supply-empty"], A4Cause.TONER_OUT, ()),
        (5, ["fuser-over-temp-error"], A4Cause.OUT_OF_ORDER, ()),
        (5, [], A4Cause.OUT_OF_ORDER, ()),
    ],
)
def test_only_what_stops_the_printer_is_a_cause(
    state: int, reasons: list[str], cause: A4Cause | None, low: tuple[str, ...]
) -> None:
    view = view_of(state, reasons, ["application/pdf"])
    assert (view.cause, view.low, view.can_print) == (cause, low, cause is None)
