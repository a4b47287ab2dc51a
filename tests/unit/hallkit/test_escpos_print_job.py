"""Print jobs and paper rolls: chunks, marks, causes, forecasts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.escpos import Cut, FeedDots, FeedLines, Init, LineFeed, PrinterStatus, Raster, encode
from hallkit.devices.paper_roll import DOTS_PER_METRE, PaperRoll
from hallkit.devices.print_job import LINE_DOTS, Cause, PrintJob, cause_in, chunks, mark, paper_dots

BANDS = tuple(Raster(72, bytes([n]) * 72 * 24) for n in range(1, 30))
JOB = PrintJob("t1", (*BANDS, Cut()))


@given(st.integers(1, 20_000))
def test_a_job_is_cut_between_commands_and_nothing_is_lost_or_changed(size: int) -> None:
    parts = list(chunks(JOB, (Init(),), size))
    assert b"".join(part.data for part in parts) == encode((Init(), *JOB.commands))
    assert sum(part.dots for part in parts) == 29 * 24
    assert len({part.mark for part in parts}) == len(parts)


def test_the_marks_of_a_reprint_are_not_those_of_the_first_print() -> None:
    first = {part.mark for part in chunks(JOB, (), 2048)}
    again = {part.mark for part in chunks(PrintJob("t1", JOB.commands, 1), (), 2048)}
    assert not first & again


@given(st.integers(0, 2**33))
def test_a_mark_is_four_printable_bytes(serial: int) -> None:
    assert len(mark(serial)) == 4
    assert all(0x20 <= byte <= 0x7E for byte in mark(serial))


def test_paper_is_counted_in_dots() -> None:
    assert paper_dots((Raster(1, bytes(5)), Raster(1, bytes(5), mode=2), FeedDots(24))) == 5 + 10 + 24
    assert paper_dots((LineFeed(), FeedLines(3))) == 4 * LINE_DOTS


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (PrinterStatus(), None),
        (PrinterStatus(paper_near_end=True), None),
        (PrinterStatus(offline=True, cover_open=True, paper_end=True), Cause.COVER_OPEN),
        (PrinterStatus(offline=True, paper_end=True), Cause.PAPER_OUT),
        (PrinterStatus(offline=True, cutter_error=True), Cause.CUTTER_JAM),
        (PrinterStatus(offline=True, head_hot=True), Cause.HEAD_HOT),
        (PrinterStatus(offline=True, unrecoverable=True), Cause.OUT_OF_ORDER),
        (PrinterStatus(offline=True), Cause.OFFLINE),
    ],
)
def test_a_status_names_what_a_person_must_see_to(status: PrinterStatus, cause: Cause | None) -> None:
    assert cause_in(status) is cause
    assert status.can_print is (cause is None)


def test_a_roll_foretells_its_slips_and_the_sensor_corrects_it() -> None:
    roll = PaperRoll(metres=50, near_end_metres=3)
    assert roll.slips_left(1000) == 400
    roll = roll.printed(10 * DOTS_PER_METRE)
    assert roll.left_metres == 40
    roll = roll.sensed(PrinterStatus(paper_near_end=True))
    assert roll.left_metres == 3
    assert roll.printed(DOTS_PER_METRE).left_metres == 2
    assert roll.printed(9 * DOTS_PER_METRE).left_metres == 0


def test_a_roll_counted_as_empty_still_has_what_the_sensor_sees() -> None:
    assert PaperRoll(metres=50, near_end_metres=3).printed(60 * DOTS_PER_METRE).left_metres == 3


def test_an_ended_roll_has_nothing_left_and_a_new_one_is_full() -> None:
    ended = PaperRoll().printed(5000).sensed(PrinterStatus(offline=True, paper_near_end=True, paper_end=True))
    assert ended.left_metres == 0
    assert ended.sensed(PrinterStatus()) == PaperRoll()
    assert ended.sensed(PrinterStatus(paper_near_end=True)).left_metres == 3


def test_a_roll_changed_before_its_end_is_full_again() -> None:
    near = PaperRoll().printed(5000).sensed(PrinterStatus(paper_near_end=True))
    assert near.sensed(PrinterStatus()) == PaperRoll()
