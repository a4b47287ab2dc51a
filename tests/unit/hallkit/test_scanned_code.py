"""Codes a scanner sends, serial or as a keyboard: bounded, whole, and never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.hid_keys import (
    CALIBRATION,
    CAPS_LOCK,
    DOWN,
    ENTER,
    EV_KEY,
    EV_SYN,
    EVENT,
    LAYOUTS,
    LEFT_ALT,
    LOST,
    PAD_ENTER,
    REPEAT,
    RIGHT_SHIFT,
    SYN_DROPPED,
    UP,
    KeyDecoder,
    layout_advice,
)
from hallkit.codecs.scanned_code import LONGEST, Scan, ScanFault, ScanFramer, read_scan
from simulators.code_scanner import SimulatedScanner

URL = "https://hall.example/p/Ab3-_x9?y=1&z=%E4%BD%A0#Top:8;(2)"


def keys(*events: tuple[int, int]) -> bytes:
    return b"".join(EVENT.pack(9, 9, EV_KEY, *event) + EVENT.pack(9, 9, EV_SYN, 0, 0) for event in events)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize("cut", [1, 5, 4096])
def test_a_code_ends_with_its_line(end: bytes, cut: int) -> None:
    framer = ScanFramer()
    data = (URL.encode() + end) * 2
    found = [one for at in range(0, len(data), cut) for one in framer.feed(data[at : at + cut])]
    assert found == [Scan(URL), Scan(URL)]
    assert not framer.is_waiting


def test_the_longest_code_is_taken_and_one_byte_more_is_not() -> None:
    framer = ScanFramer(b"]Q1")
    assert framer.feed(b"]Q1" + b"7" * LONGEST + b"\r") == [Scan("7" * LONGEST)]
    assert framer.feed(b"]Q1" + b"7" * (LONGEST + 1)) == [ScanFault.TOO_LONG]
    assert framer.feed(b"7" * 100_000) == []
    assert framer.feed(b"7\r]Q1A042\r") == [Scan("A042")]


def test_a_code_without_its_end_is_given_up() -> None:
    framer = ScanFramer()
    assert framer.feed(b"A042") == []
    assert framer.is_waiting
    assert framer.expire() == [ScanFault.UNFINISHED]
    assert framer.expire() == []
    assert framer.feed(b"B\r") == [Scan("B")]


def test_a_code_of_another_scanner_has_not_the_prefix() -> None:
    framer = ScanFramer(b"]Q1")
    assert framer.feed(b"]Q1A042\r]E0691\r]Q1\r\r\n") == [Scan("A042"), ScanFault.NO_PREFIX, ScanFault.NO_PREFIX]


@pytest.mark.parametrize("data", [b"A\x00B", b"\x1b[2J", b"\xff\xff", "A\u202eB".encode(), b"\x7f"])
def test_what_could_harm_a_screen_is_no_code(data: bytes) -> None:
    assert read_scan(data) is ScanFault.UNREADABLE


def test_chinese_comes_in_either_of_its_encodings() -> None:
    assert read_scan("政务".encode()) == read_scan("政务".encode("gb18030")) == Scan("政务")


def test_a_code_may_be_a_token_and_is_in_no_representation() -> None:
    assert "A042" not in repr(Scan("A042"))


@given(st.binary(max_size=6000))
def test_no_bytes_break_the_framer(data: bytes) -> None:
    framer = ScanFramer(longest=64)
    for one in framer.feed(data):
        assert isinstance(one, ScanFault) or 1 <= len(one.text) <= 64


@pytest.mark.parametrize("cut", [1, 24, 31, 4096])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_keyboard_scanner_types_the_code(cut: int, layout: str) -> None:
    data = SimulatedScanner(layout=layout).type(URL)
    decoder = KeyDecoder(LAYOUTS[layout])
    assert "".join(decoder.feed(data[at : at + cut]) for at in range(0, len(data), cut)) == URL + "\r"


def test_the_key_pad_its_enter_and_a_held_key_are_understood() -> None:
    pressed = [(79, DOWN), (79, REPEAT), (79, REPEAT), (79, UP), (82, DOWN), (82, UP), (83, DOWN), (83, UP)]
    assert KeyDecoder().feed(keys(*pressed, (PAD_ENTER, DOWN))) == "10.\r"


def test_shift_and_caps_lock_change_letters_each_in_its_way() -> None:
    decoder = KeyDecoder()
    assert decoder.feed(keys((CAPS_LOCK, DOWN), (CAPS_LOCK, UP), (30, DOWN), (30, UP), (2, DOWN), (2, UP))) == "A1"
    assert decoder.feed(keys((RIGHT_SHIFT, DOWN), (30, DOWN), (30, UP), (2, DOWN), (RIGHT_SHIFT, UP), (2, UP))) == "a!"
    assert decoder.feed(keys((CAPS_LOCK, DOWN), (30, DOWN))) == "a"


def test_alt_and_key_pad_digits_are_one_character() -> None:
    typed = [(LEFT_ALT, DOWN), (82, DOWN), (82, UP), (77, DOWN), (77, UP), (76, DOWN), (76, UP), (LEFT_ALT, UP)]
    assert KeyDecoder().feed(keys(*typed, (ENTER, DOWN))) == "A\r"
    assert KeyDecoder().feed(keys((LEFT_ALT, DOWN), *[(73, DOWN)] * 3, (LEFT_ALT, UP))) == LOST


def test_keys_the_kernel_dropped_are_not_passed_over() -> None:
    data = keys((RIGHT_SHIFT, DOWN), (30, DOWN)) + EVENT.pack(0, 0, EV_SYN, SYN_DROPPED, 0) + keys((30, DOWN))
    assert KeyDecoder().feed(data) == "A" + LOST + "a"


@pytest.mark.parametrize(
    ("scanner", "advice"),
    [
        (SimulatedScanner(), None),
        (SimulatedScanner(keeps_shift=False), "shift"),
        (SimulatedScanner(layout="de"), "'de'"),
    ],
)
def test_the_commissioning_code_tells_how_the_scanner_is_set(scanner: SimulatedScanner, advice: str | None) -> None:
    known = [sign for sign in CALIBRATION if sign in str(LAYOUTS[scanner.layout])]
    heard = KeyDecoder().feed(scanner.type("".join(known))).rstrip("\r")
    said = layout_advice(heard)
    assert said is None if advice is None else advice in str(said)


def test_an_unknown_keyboard_and_a_caps_lock_are_told_too() -> None:
    assert "caps lock" in str(layout_advice(CALIBRATION.swapcase()))
    assert "another keyboard" in str(layout_advice("HQLL24"))
