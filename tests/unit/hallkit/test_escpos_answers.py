"""What a receipt printer answers: bytes of the Epson reference, cut, in noise, late, damaged."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.escpos import (
    Answer,
    AnswerDecoder,
    AutoAnswer,
    BuffersCleared,
    PrinterStatus,
    ProcessEcho,
    RealTimeAnswer,
    SentStatus,
)
from hallkit.codecs.escpos.status import from_real_time, real_time_bytes

GOOD = PrinterStatus()
MANUAL: list[tuple[Answer, str]] = [
    (RealTimeAnswer(0x12), "12"),
    (RealTimeAnswer(0x1E), "1E"),
    (RealTimeAnswer(0x72), "72"),
    (AutoAnswer(GOOD), "10 00 00 0F"),
    (AutoAnswer(PrinterStatus(offline=True, cover_open=True)), "38 00 00 0F"),
    (AutoAnswer(PrinterStatus(offline=True, cutter_error=True)), "18 08 00 0F"),
    (AutoAnswer(PrinterStatus(offline=True, paper_near_end=True, paper_end=True)), "18 00 0F 0F"),
    (AutoAnswer(PrinterStatus(offline=True, head_hot=True)), "18 40 00 0F"),
    (SentStatus(0x00), "00"),
    (SentStatus(0x0F), "0F"),
    (ProcessEcho(b"0001"), "37 22 30 30 30 31 00"),
    (BuffersCleared(), "37 25 00"),
]
FLAGS = ("cover_open", "paper_end", "cutter_error", "unrecoverable", "head_hot", "paper_near_end")


@pytest.mark.parametrize("piece", [1, 2, 4096])
@pytest.mark.parametrize(("answer", "manual"), MANUAL)
def test_an_answer_is_the_bytes_of_the_manual_cut_anyhow(answer: Answer, manual: str, piece: int) -> None:
    data = bytes.fromhex(manual)
    decoder = AnswerDecoder()
    assert answer.encode() == data
    assert [a for at in range(0, len(data), piece) for a in decoder.feed(data[at : at + piece])] == [answer]
    assert decoder.discarded == 0


@pytest.mark.parametrize("piece", [1, 3, 4096])
def test_all_kinds_of_answers_in_one_stream_are_told_apart(piece: int) -> None:
    data = b"".join(answer.encode() for answer, _ in MANUAL)
    decoder = AnswerDecoder()
    assert [a for at in range(0, len(data), piece) for a in decoder.feed(data[at : at + piece])] == [
        answer for answer, _ in MANUAL
    ]


@pytest.mark.parametrize("noise", [b"\xff", b"\xff\xa5", b"\x37", b"\x37\x22\x30", b"\x10", b"\x10\x00", b"\x80\x37"])
def test_noise_before_an_answer_is_counted_and_the_answer_is_heard(noise: bytes) -> None:
    decoder = AnswerDecoder()
    answers = decoder.feed(noise + b"\xff" + ProcessEcho(b"A042").encode() + AutoAnswer(GOOD).encode())
    assert answers[-2:] == [ProcessEcho(b"A042"), AutoAnswer(GOOD)]
    assert decoder.discarded >= 1


def test_a_real_time_byte_inside_automatic_status_belongs_to_neither_less() -> None:
    assert AnswerDecoder().feed(bytes.fromhex("18 00 12 0C 0F")) == [
        RealTimeAnswer(0x12),
        AutoAnswer(PrinterStatus(offline=True, paper_end=True)),
    ]


def test_flow_control_bytes_are_neither_answers_nor_noise() -> None:
    decoder = AnswerDecoder()
    assert decoder.feed(b"\x13\x11\x12") == [RealTimeAnswer(0x12)]
    assert decoder.discarded == 0


@given(st.binary(max_size=200))
def test_any_bytes_leave_at_most_six_waiting(data: bytes) -> None:
    decoder = AnswerDecoder()
    decoder.feed(data)
    decoder.feed(b"\xff" * 7)
    assert decoder.feed(b"\x12") == [RealTimeAnswer(0x12)]


def test_every_state_survives_both_ways_a_printer_tells_it() -> None:
    for flags in product([False, True], repeat=len(FLAGS)):
        status = PrinterStatus(offline=any(flags[:-1]), **dict(zip(FLAGS, flags, strict=True)))
        assert from_real_time(real_time_bytes(status)) == status
        assert AnswerDecoder().feed(AutoAnswer(status).encode()) == [AutoAnswer(status)]
        assert status.can_print is not any(flags[:-1]), status


@pytest.mark.parametrize(
    "answers",
    [(0xFF, 0x12, 0x12, 0x12), (0x12, 0x12, 0x00, 0x12), (0x12, 0x16, 0x12, 0x12), (0x12, 0x12, 0x1A, 0x12),
     (0x1A, 0x12, 0x1A, 0x12), (0x12, 0x12, 0x12, 0x16), (0x12, 0x12, 0x12, 0x32)],
)  # fmt: skip
def test_answers_that_contradict_each_other_are_no_status(answers: tuple[int, int, int, int]) -> None:
    assert from_real_time(answers) is None


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        ((0x12, 0x12, 0x12, 0x1E), PrinterStatus(paper_near_end=True)),
        ((0x1A, 0x32, 0x12, 0x72), PrinterStatus(offline=True, paper_end=True)),
        ((0x1A, 0x16, 0x12, 0x12), PrinterStatus(offline=True, cover_open=True)),
        ((0x1A, 0x52, 0x1A, 0x12), PrinterStatus(offline=True, cutter_error=True)),
        ((0x1A, 0x52, 0x52, 0x12), PrinterStatus(offline=True, head_hot=True)),
    ],
)
def test_four_real_time_answers_name_the_cause(answers: tuple[int, int, int, int], meaning: PrinterStatus) -> None:
    assert from_real_time(answers) == meaning
