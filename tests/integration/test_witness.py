"""A witness of a journal: what it saw, whom it believes, and that it can be missing."""

from pathlib import Path

import pytest

from queue_caller.drivers import witness as driver
from queue_caller.drivers.witness import Witness


def test_what_one_run_noted_the_next_one_finds(tmp_path: Path) -> None:
    first = Witness(tmp_path)
    assert first.last("inc-1") is None
    first.note(7)
    first.note(41)
    assert Witness(tmp_path).last("inc-1") == 41
    assert Witness(tmp_path).last("inc-2") is None


def test_nothing_is_known_of_a_journal_of_which_nothing_was_told(tmp_path: Path) -> None:
    assert Witness(tmp_path).last("inc-1") is None
    assert Witness(tmp_path).last("inc-1") is None


def test_a_clean_end_is_forgotten(tmp_path: Path) -> None:
    one = Witness(tmp_path)
    one.last("inc-1")
    one.note(3)
    one.forget()
    one.note(4)
    assert Witness(tmp_path).last("inc-1") is None


def test_another_users_word_and_a_link_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Witness(tmp_path)
    one.last("inc-1")
    one.note(3)
    (tmp_path / "hall24-journal-inc-2").symlink_to(tmp_path / "hall24-journal-inc-1")
    assert Witness(tmp_path).last("inc-2") is None
    monkeypatch.setattr(driver.os, "geteuid", lambda: 4711)
    assert Witness(tmp_path).last("inc-1") is None


def test_without_such_memory_there_is_no_witness(tmp_path: Path) -> None:
    one = Witness(tmp_path / "missing")
    assert one.last("inc-1") is None
    one.note(3)
    one.forget()
