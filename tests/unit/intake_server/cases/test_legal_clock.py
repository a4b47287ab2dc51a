"""Due dates by the legal clock: every day explained, suspensions left out, nothing guessed past the table."""

from datetime import date

import pytest

from contract.cases import DayMark, Lamp
from hallkit.rules.calendar import published
from intake_server.core.cases.legal_clock import Suspension, count, first_counted
from intake_server.core.cases.supervision import LampRules, stands, worst

CALENDAR = published()
VECTORS = [
    ("2026-09-18", 3, "2026-09-22", "2026-09-21", "2026-09-23", "2026-09-24"),
    ("2026-09-24", 5, "2026-10-09", "2026-10-08", "2026-10-10", "2026-10-12"),
    ("2026-02-13", 1, "2026-02-14", "2026-02-13", "2026-02-24", "2026-02-25"),
    ("2026-11-20", 5, "2026-11-27", "2026-11-26", "2026-11-30", "2026-12-01"),
]


@pytest.mark.parametrize(("accepted", "days", "due", "warned", "yellow", "red"), VECTORS)
def test_due_dates_and_lamps_follow_the_published_working_days(accepted, days, due, warned, yellow, red):
    counted = count(CALENDAR, date.fromisoformat(accepted), days)
    assert counted.due == date.fromisoformat(due)
    assert not counted.provisional

    def on(day: str):
        return stands(counted.due, date.fromisoformat(day), CALENDAR, LampRules())

    assert on(warned).warns
    assert on(due).lamp is Lamp.GREEN
    assert (on(yellow).lamp, on(red).lamp) == (Lamp.YELLOW, Lamp.RED)
    assert on(red).days_left == -2


def test_every_day_of_the_way_says_why_it_counts():
    counted = count(CALENDAR, date(2026, 9, 24), 5)
    marks = {day.day.day: day.mark for day in counted.days if day.day.month == 10}
    assert counted.days[0].mark is DayMark.START
    assert [day.number for day in counted.days if day.number] == [1, 2, 3, 4, 5]
    assert marks[1] is DayMark.HOLIDAY
    assert (counted.days[-1].day - counted.days[0].day).days == len(counted.days) - 1


def test_a_shifted_sunday_counts_and_is_called_so():
    counted = count(CALENDAR, date(2026, 9, 18), 3)
    assert {day.day: day.mark for day in counted.days}[date(2026, 9, 20)] is DayMark.SHIFTED


def test_a_sunday_night_application_is_counted_from_monday():
    counted = count(CALENDAR, date(2026, 9, 13), 2)
    assert (counted.due, first_counted(counted)) == (date(2026, 9, 15), date(2026, 9, 14))


def test_past_the_published_table_a_due_date_is_provisional():
    counted = count(CALENDAR, date(2026, 12, 30), 2)
    assert counted.provisional
    assert [day.provisional for day in counted.days if day.number] == [False, True]
    known = CALENDAR.changed("2027 notice", [date(2027, 1, 1)], [], 2027)
    assert not count(known, date(2026, 12, 30), 2).provisional


def test_days_of_a_special_procedure_do_not_count():
    pause = Suspension("现场检验", date(2026, 9, 15), date(2026, 9, 17))
    counted = count(CALENDAR, date(2026, 9, 14), 3, (pause,))
    assert counted.due == date(2026, 9, 20)
    assert [day.day.day for day in counted.days if day.mark is DayMark.SUSPENDED] == [15, 16]


def test_while_it_is_suspended_there_is_no_due_date():
    assert count(CALENDAR, date(2026, 9, 14), 3, (Suspension("检验", date(2026, 9, 15)),)).due is None


def test_an_item_done_the_same_day_is_due_today_or_on_the_next_working_day():
    assert count(CALENDAR, date(2026, 9, 18), 0).due == date(2026, 9, 18)
    assert count(CALENDAR, date(2026, 9, 13), 0).due == date(2026, 9, 14)
    late = stands(date(2026, 9, 18), date(2026, 9, 20), CALENDAR, LampRules())
    assert late.lamp is Lamp.YELLOW


def test_a_site_may_read_more_than_one_day_as_a_day_gone_by():
    rules = LampRules(elapsed=True)
    due = date(2026, 9, 22)
    assert stands(due, date(2026, 9, 23), CALENDAR, rules).lamp is Lamp.GREEN
    assert stands(due, date(2026, 9, 24), CALENDAR, rules).lamp is Lamp.YELLOW


def test_a_chain_shows_the_worst_lamp_of_its_parts():
    assert worst((Lamp.GREEN, Lamp.RED, Lamp.YELLOW)) is Lamp.RED
    assert worst(()) is Lamp.GREEN
