from datetime import date

import pytest

from hallkit.rules.calendar import published

CALENDAR = published()


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-18", 3, "2026-09-22"),
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-11-20", 5, "2026-11-27"),
    ],
)
def test_due_dates_count_shifted_weekends_and_skip_holidays(start, days, due):
    assert CALENDAR.after(date.fromisoformat(start), days) == (date.fromisoformat(due), False)


def test_a_shifted_sunday_is_a_working_day_and_a_festival_weekday_is_not():
    assert CALENDAR.is_workday(date(2026, 9, 20))
    assert not CALENDAR.is_workday(date(2026, 10, 1))


def test_both_published_years_have_248_working_days():
    assert [CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) for year in (2025, 2026)] == [248, 248]


def test_past_the_last_published_year_a_date_is_provisional():
    last = CALENDAR.last_year
    assert CALENDAR.after(date(last, 12, 30), 3).provisional
    assert not CALENDAR.after(date(last, 12, 1), 1).provisional


def test_days_between_are_negative_backwards_and_zero_on_the_day():
    assert CALENDAR.between(date(2026, 9, 18), date(2026, 9, 22)) == 3
    assert CALENDAR.between(date(2026, 9, 22), date(2026, 9, 18)) == -3
    assert CALENDAR.between(date(2026, 9, 22), date(2026, 9, 22)) == 0


def test_a_new_notice_replaces_one_year_only():
    year = CALENDAR.last_year + 1
    changed = CALENDAR.changed("notice", [date(year, 1, 1)], [date(year, 1, 2)], year)
    assert changed.covers(date(year, 6, 1))
    assert not changed.is_workday(date(year, 1, 1))
    assert changed.is_workday(date(year, 1, 2))
    assert changed.is_workday(date(2026, 9, 20))
