"""A log that a peer cannot fill: a sentence a few times, then how many more."""

import logging

from hallkit.runtime.log import Repeats


def said(
    repeats: Repeats, at: float, sentence: str = "%s refused a message", level: int = logging.WARNING
) -> str | None:
    record = logging.LogRecord("hall", level, "x.py", 1, sentence, ("pad-01",) if "%s" in sentence else (), None)
    record.created = at
    return record.getMessage() if repeats.filter(record) else None


def test_a_sentence_is_written_a_few_times_and_then_counted() -> None:
    repeats = Repeats(most=3, seconds=10)
    written = [said(repeats, at=place / 1_000) for place in range(5_000)]
    assert [one for one in written if one] == ["pad-01 refused a message"] * 3
    assert said(repeats, at=10.0) == "pad-01 refused a message (and 4997 more like it)"
    assert said(repeats, at=10.1) == "pad-01 refused a message"


def test_other_sentences_and_levels_are_not_held_back() -> None:
    repeats = Repeats(most=1, seconds=10)
    assert said(repeats, 0.0)
    assert not said(repeats, 0.1)
    assert said(repeats, 0.2, "the disk is full")
    assert said(repeats, 0.2, level=logging.ERROR)


def test_a_clock_set_back_does_not_silence_the_log() -> None:
    repeats = Repeats(most=1, seconds=10)
    assert said(repeats, 1_000.0)
    assert said(repeats, 5.0)


def test_sentences_without_end_take_no_memory_without_end() -> None:
    repeats = Repeats()
    for place in range(5_000):
        said(repeats, 0.0, f"sentence {place}")
    assert len(repeats._seen) <= 1_000
