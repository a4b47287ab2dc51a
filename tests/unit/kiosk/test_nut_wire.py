"""Lines of the NUT server: words, lists, refusals, and a line that never ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.drivers.ups import Power, UpsCause, UpsView, view_of
from kiosk.wire.nut import (
    AnswerDecoder,
    NutNameError,
    Refusal,
    Variables,
    encode_list,
    encode_variables,
    quote,
    split_words,
)

LIST = (
    b'BEGIN LIST VAR kiosk\nVAR kiosk battery.charge "90"\nVAR kiosk ups.status "OB LB DISCHRG"\nEND LIST VAR kiosk\n'
)
ANSWER = Variables("kiosk", {"battery.charge": "90", "ups.status": "OB LB DISCHRG"})


def test_the_question_and_the_list_are_those_of_the_protocol() -> None:
    assert encode_list("kiosk") == b"LIST VAR kiosk\n"
    assert encode_variables(ANSWER) == LIST


@pytest.mark.parametrize("cut", [1, 7, 4096])
@pytest.mark.parametrize("noise", [b"", b"\n\n", b"HTTP/1.1 400\r\n", b"VAR kiosk ups.status \xff\n"])
def test_a_list_survives_noise_and_cutting(cut: int, noise: bytes) -> None:
    decoder = AnswerDecoder()
    data = noise + LIST + LIST.replace(b"\n", b"\r\n")
    found = [one for at in range(0, len(data), cut) for one in decoder.feed(data[at : at + cut])]
    assert found == [ANSWER, ANSWER]
    assert (decoder.pending, decoder.discarded) == (0, len(noise))


def test_a_refusal_is_an_answer() -> None:
    assert AnswerDecoder().feed(b"ERR DATA-STALE\n") == [Refusal("DATA-STALE")]


def test_a_line_or_a_list_without_end_fills_nothing() -> None:
    decoder = AnswerDecoder()
    assert decoder.feed(b"x" * 100_000) == []
    assert decoder.pending <= 1024
    assert decoder.feed(b"\n" + LIST) == [ANSWER]
    decoder.feed(b"BEGIN LIST VAR kiosk\n" + b"".join(b'VAR kiosk n%d "1"\n' % at for at in range(9999)))
    (answer,) = decoder.feed(b"END LIST VAR kiosk\n")
    assert isinstance(answer, Variables)
    assert len(answer.values) == 500


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('VAR a b ""', ["VAR", "a", "b", ""]),
        (r'VAR a b "say \"hi\" \\ now"', ["VAR", "a", "b", 'say "hi" \\ now']),
        ("  OK  then ", ["OK", "then"]),
        ("", []),
        ('broken "quote', ["broken", "quote"]),
    ],
)
def test_words_may_be_in_quotation_marks(line: str, words: list[str]) -> None:
    assert split_words(line) == words


@given(st.text(max_size=12))
def test_a_quoted_value_comes_back_as_it_was(value: str) -> None:
    assert split_words(f"VAR kiosk x {quote(value)}")[3:] == [value]


@given(st.binary(max_size=3000))
def test_no_bytes_break_the_ear(data: bytes) -> None:
    AnswerDecoder().feed(data)


@pytest.mark.parametrize("name", ["", "a b", "kiosk\nSHUTDOWN", "市电"])
def test_a_name_that_would_be_another_command_is_refused(name: str) -> None:
    with pytest.raises(NutNameError):
        encode_list(name)


@pytest.mark.parametrize(
    ("status", "power", "stops"),
    [
        ("OL", Power.MAINS, False),
        ("OL CHRG LB", Power.MAINS, False),
        ("OB DISCHRG", Power.BATTERY, False),
        ("OB LB DISCHRG", Power.LOW, True),
        ("FSD OL", Power.LOW, True),
        ("", Power.UNKNOWN, False),
    ],
)
def test_what_the_supply_says_decides_whether_to_go_on(status: str, power: Power, stops: bool) -> None:
    view = view_of({"ups.status": status, "battery.charge": "97.5", "battery.runtime": "soon"})
    assert (view.power, view.must_stop, view.takes_new_sessions) == (power, stops, not stops)
    assert (view.charge, view.runtime) == (97, None)


def test_no_more_news_on_battery_is_the_end_and_on_mains_is_not() -> None:
    assert UpsView(UpsCause.SILENT, Power.BATTERY).must_stop
    assert not UpsView(UpsCause.SILENT, Power.MAINS).must_stop
    assert view_of({"ups.status": "OL RB OVER"}).replace_battery
    assert view_of({"ups.status": "OL RB OVER"}).overloaded
