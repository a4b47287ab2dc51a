"""Complaints and the guide desk: numbers, days, order, and what may be published."""

from datetime import date, datetime, timedelta

import pytest

from contract.guide_desk import ComplaintCategory, ComplaintFiled, HelpCalled
from hallkit.rules.calendar import published
from intake_server.core.complaints import Complaints, number_of
from intake_server.core.desk_facts import CallBackAsked, CallHeard, ComplaintAnswered
from intake_server.core.guide_desk import GuideDesk
from intake_server.core.ledger import SHANGHAI
from intake_server.errors import ComplaintError
from intake_server.store.case_data import load_roster

FRIDAY = datetime(2026, 9, 18, 16, 0, tzinfo=SHANGHAI)
ONE, TWO = "01K5ABCDEFGHJKMNPQRSTVWXY1", "01K5ABCDEFGHJKMNPQRSTVWXY2"


def filed(complaint: str = ONE, *, at: datetime = FRIDAY, phone: str = "") -> ComplaintFiled:
    return ComplaintFiled(complaint=complaint, category=ComplaintCategory.SLOW, at=at, text="等得太久", phone=phone)


def complaints(*facts) -> Complaints:
    found = Complaints(published(), 5)
    for fact in facts:
        found.apply(fact, "kiosk/kiosk-1")
    return found


def test_a_complaint_is_due_five_working_days_later_and_found_by_the_number_its_giver_was_told():
    found = complaints(filed()).find(f" {ONE[-10:].lower()} ")
    assert (found.number, found.due, found.where) == (number_of(ONE), date(2026, 9, 24), "kiosk/kiosk-1")


def test_the_exchanged_sunday_before_a_festival_counts_and_the_festival_does_not():
    due = complaints(filed(at=datetime(2026, 9, 23, 9, 0, tzinfo=SHANGHAI))).open()[0].due
    assert due == published().after(date(2026, 9, 23), 5).day


def test_the_same_complaint_heard_twice_is_one():
    assert len(complaints(filed(), filed()).open()) == 1


def test_complaints_wait_by_their_day_and_leave_the_list_when_answered():
    found = complaints(filed(TWO, at=FRIDAY + timedelta(days=4)), filed(ONE))
    assert [one.complaint for one in found.open()] == [ONE, TWO]
    found.apply(found.answer(number_of(ONE), "4001", "等候时间", "已加开窗口", FRIDAY), "")
    assert [one.complaint for one in found.open()] == [TWO]
    assert [one.answered.answer for one in found.answered()] == ["已加开窗口"]


def test_an_answer_that_comes_before_its_complaint_is_not_lost():
    said = ComplaintAnswered(complaint=ONE, by="4001", at=FRIDAY, subject="问题", answer="答复")
    assert complaints(said, filed()).find(number_of(ONE)).answered == said


@pytest.mark.parametrize(
    ("subject", "answer", "why"),
    [
        ("", "答复", "empty"),
        ("问题", "  ", "empty"),
        ("问题", "请打 10000000001", "names"),
        ("身份证 000000190001010017", "答复", "names"),
        ("问题", "0537-2351234", "names"),
        ("问题", "请找 10086", "names"),
    ],
)
def test_nothing_is_published_that_is_empty_or_may_name_somebody(subject, answer, why):
    with pytest.raises(ComplaintError, match=why):
        complaints(filed(phone="10086")).answer(number_of(ONE), "4001", subject, answer, FRIDAY)


def test_an_unknown_or_answered_complaint_is_not_answered():
    found = complaints(filed())
    with pytest.raises(ComplaintError, match="unknown"):
        found.answer("NOTHING", "4001", "问题", "答复", FRIDAY)
    found.apply(found.answer(number_of(ONE), "4001", "问题", "2026年9月起加开", FRIDAY), "")
    with pytest.raises(ComplaintError, match="answered"):
        found.answer(number_of(ONE), "4001", "问题", "答复", FRIDAY)


def test_every_category_has_somebody_who_answers():
    roster = load_roster()
    assert {one: roster.for_complaint(one).number for one in ComplaintCategory} == {
        ComplaintCategory.ATTITUDE: "4001", ComplaintCategory.SLOW: "4001", ComplaintCategory.UNCLEAR: "3001",
        ComplaintCategory.DEVICE: "3001", ComplaintCategory.SUGGESTION: "4001", ComplaintCategory.OTHER: "4001",
    }  # fmt: skip


def called(name: str, minutes: int) -> HelpCalled:
    return HelpCalled(help=name, screen="identify", at=FRIDAY + timedelta(minutes=minutes))


def asked(name: str, minutes: int) -> CallBackAsked:
    return CallBackAsked(call=name, case="C1", at=FRIDAY + timedelta(minutes=minutes), due=FRIDAY.date(), phone="")


def desk(*facts) -> GuideDesk:
    found = GuideDesk()
    for fact in facts:
        found.apply(fact, "kiosk/kiosk-2")
    return found


def test_who_stands_at_a_machine_comes_before_who_waits_at_home():
    found = desk(asked("b", 0), called("h2", 2), called("h1", 1))
    assert [one.call for one in found.waiting()] == ["h1", "h2", "b"]


def test_a_heard_call_is_waited_for_no_more_and_stays_in_the_log_whatever_came_first():
    heard = CallHeard(call="h1", by="0101", at=FRIDAY + timedelta(minutes=3))
    for facts in ((called("h1", 1), heard), (heard, called("h1", 1)), (called("h1", 1), heard, heard)):
        found = desk(*facts)
        assert found.waiting() == []
        assert [one.heard.by for one in found.heard()] == ["0101"]


def test_a_case_is_on_the_list_of_calls_once_until_it_was_called():
    found = desk(asked("b", 0))
    assert found.asked_for("C1").call == "b"
    found.apply(CallHeard(call="b", by="0101", at=FRIDAY), "")
    assert found.asked_for("C1") is None
