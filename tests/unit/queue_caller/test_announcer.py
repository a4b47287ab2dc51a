from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.board import CallOnBoard, HallMode, ZoneBoard
from hallkit.runtime.clock import SHANGHAI
from queue_caller.core.announcer import Announcer, AnnouncerRules, Mark, Urgency, Utterance
from queue_caller.core.phrase import Language

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
MANDARIN_ONLY = AnnouncerRules(languages=(Language.MANDARIN,))


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def call(number: int, ticket: str, window: int, made: datetime = TEN, count: int = 1) -> CallOnBoard:
    return CallOnBoard(call=number, ticket=ticket, window=window, count=count, at=made)


def board(*calls: CallOnBoard, as_of: datetime = TEN, mode: HallMode = HallMode.OPEN, zone: str = "A") -> ZoneBoard:
    newest_first = tuple(sorted(calls, key=lambda one: -one.call))
    return ZoneBoard(
        zone=zone,
        business_day=date(2026, 9, 14),
        as_of=as_of,
        mode=mode,
        windows=(),
        queues=(),
        calls=newest_first,
    )


def speak_all(announcer: Announcer, now: datetime, *, seconds: float = 4.0) -> list[str]:
    """Say everything that is due, each sentence taking `seconds`."""
    said = []
    while (utterance := announcer.next(now)) is not None and len(said) < 60:
        said.append(utterance.phrase.text)
        now += timedelta(seconds=seconds)
        announcer.said(utterance, now)
    return said


def next_now(announcer: Announcer, now: datetime) -> Utterance:
    utterance = announcer.next(now)
    assert utterance is not None
    return utterance


def test_a_new_call_is_spoken_twice_in_both_languages() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 3)), TEN)
    mandarin, english = "请A零零幺号到三号窗口办理", "Ticket A zero zero one, please go to window three"
    assert speak_all(announcer, TEN) == [mandarin, english, mandarin, english]


def test_the_same_board_again_says_nothing() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 3)), TEN)
    speak_all(announcer, TEN)
    announcer.hear(board(call(1, "A001", 3), as_of=at(20)), at(20))
    assert speak_all(announcer, at(20)) == []


def test_a_recall_is_spoken_again() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 3)), TEN)
    speak_all(announcer, TEN)
    announcer.hear(board(call(1, "A001", 3), call(2, "A001", 3, at(15), 2), as_of=at(15)), at(15))
    assert speak_all(announcer, at(15)) == ["请A零零幺号到三号窗口办理"] * 2


def test_calls_older_than_thirty_seconds_are_not_spoken() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    calls = (call(1, "A001", 3, at(-31)), call(2, "A002", 4, at(-29)))
    announcer.hear(board(*calls, as_of=TEN), TEN)
    assert speak_all(announcer, TEN)[0] == "请A零零二号到四号窗口办理"


def test_a_stored_board_is_as_old_as_it_lay_there() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 3)), at(31), live=False)
    assert announcer.next(at(31)) is None


def test_a_wrong_clock_does_not_make_the_voice_mute() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    slow_by_an_hour = at(3600)
    announcer.hear(board(call(1, "A001", 3)), slow_by_an_hour)
    assert len(speak_all(announcer, slow_by_an_hour)) == 2


def test_after_a_restart_what_was_spoken_is_not_spoken_again() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY, {"A": Mark(1, TEN)})
    announcer.hear(board(call(1, "A001", 3), call(2, "A002", 4, at(5)), as_of=at(6)), at(6), live=False)
    assert speak_all(announcer, at(6)) == ["请A零零二号到四号窗口办理"] * 2


def test_the_mark_to_keep_comes_with_the_first_sentence_of_a_call_only() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(7, "A001", 3)), TEN)
    first = next_now(announcer, TEN)
    announcer.said(first, at(4))
    assert (first.zone, first.mark) == ("A", Mark(7, TEN))
    assert next_now(announcer, at(4)).mark is None


def test_numbering_that_starts_over_is_heard() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY, {"A": Mark(900, TEN)})
    announcer.hear(board(call(1, "A001", 3, at(60)), as_of=at(60)), at(60))
    assert len(speak_all(announcer, at(60))) == 2


def test_a_clock_set_back_does_not_silence_or_repeat_calls() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 3)), TEN)
    speak_all(announcer, TEN)
    both = (call(1, "A001", 3), call(2, "A002", 4, at(-20)))
    announcer.hear(board(*both, as_of=at(-20)), at(-20))
    assert speak_all(announcer, at(-20)) == ["请A零零二号到四号窗口办理"] * 2
    announcer.hear(board(*both, as_of=at(-15)), at(-15))
    assert speak_all(announcer, at(-15)) == []


def test_while_others_wait_a_call_is_said_once_in_each_language() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 3), call(2, "A002", 4)), TEN)
    said = speak_all(announcer, TEN)
    assert [text[:7] for text in said[:3]] == ["请A零零幺号到", "Ticket ", "请A零零二号到"]
    assert len(said) == 2 + 4


def test_in_a_crowd_each_call_is_said_once_in_mandarin_until_the_crowd_is_gone() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(*(call(n, f"A00{n}", n) for n in range(1, 6))), TEN)
    said = speak_all(announcer, TEN)
    assert [text[0] for text in said] == ["请", "请", "请", "请", "T", "请", "T", "请", "T"]
    assert said[0] != said[1]


def test_calls_that_come_while_one_is_spoken_cut_its_repetition_not_its_first_sentence() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 1)), TEN)
    first = next_now(announcer, TEN)
    announcer.hear(board(*(call(n, f"A00{n}", n) for n in range(1, 6))), at(1))
    announcer.said(first, at(4))
    assert next_now(announcer, at(4)).phrase.text == "请A零零二号到二号窗口办理"


def test_more_calls_than_can_be_spoken_in_time_pass_over_the_oldest_never_the_newest() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(*(call(n, f"A{n:03}", n) for n in range(1, 11))), TEN)
    said = speak_all(announcer, TEN)
    assert said[0] == "请A零零六号到六号窗口办理"
    assert said[-1] == "请A零幺零号到十号窗口办理"
    assert announcer.passed_over == 5


def test_a_newer_call_at_the_same_window_replaces_one_that_still_waits() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 1), call(2, "A002", 2), call(3, "A003", 2)), TEN)
    said = speak_all(announcer, TEN)
    assert "请A零零二号到二号窗口办理" not in said
    assert said[-1] == "请A零零三号到二号窗口办理"


def test_a_ticket_called_to_another_window_while_it_waits_is_sent_there_only() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 1), call(2, "A002", 2), call(3, "A002", 5)), TEN)
    assert "请A零零二号到二号窗口办理" not in speak_all(announcer, TEN)


def test_a_waiting_call_that_grew_old_is_passed_over() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 1)), TEN)
    assert announcer.next(at(31)) is None
    assert announcer.passed_over == 1


def test_an_emergency_stops_what_sounds_and_comes_before_every_call() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(call(1, "A001", 3)), TEN)
    announcer.next(TEN)
    assert announcer.hear(board(call(1, "A001", 3), mode=HallMode.EMERGENCY), at(1))
    utterance = next_now(announcer, at(1))
    assert utterance.urgency is Urgency.EVACUATION
    assert utterance.phrase.text == "请注意，请立即从最近的安全出口撤离，不要乘坐电梯"


def test_evacuation_texts_repeat_with_a_pause_until_the_emergency_is_cleared() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(mode=HallMode.EMERGENCY), TEN)
    for second in (0, 5):
        announcer.said(next_now(announcer, at(second)), at(second + 5))
    assert announcer.next(at(11)) is None
    assert announcer.wakes_at() == at(12)
    assert next_now(announcer, at(12)).phrase.language is Language.MANDARIN
    assert announcer.hear(board(as_of=at(13)), at(13))
    assert announcer.next(at(13)) is None
    assert announcer.wakes_at() is None


def test_a_call_cut_off_by_an_emergency_is_spoken_after_it_if_still_fresh() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 3)), TEN)
    cut = next_now(announcer, TEN)
    announcer.hear(board(call(1, "A001", 3), mode=HallMode.EMERGENCY), at(1))
    announcer.said(cut, at(1), whole=False)
    announcer.hear(board(call(1, "A001", 3), as_of=at(9)), at(9))
    assert speak_all(announcer, at(9)) == ["请A零零幺号到三号窗口办理"] * 2


def test_an_emergency_in_one_zone_is_heard_at_a_loudspeaker_for_two() -> None:
    announcer = Announcer(["A", "C"])
    announcer.hear(board(mode=HallMode.EMERGENCY, zone="C"), TEN)
    announcer.hear(board(), TEN)
    assert announcer.is_evacuating
    assert next_now(announcer, TEN).urgency is Urgency.EVACUATION


def test_a_failed_evacuation_text_is_tried_again_after_the_pause_not_at_once() -> None:
    announcer = Announcer(["A"])
    announcer.hear(board(mode=HallMode.EMERGENCY), TEN)
    announcer.said(next_now(announcer, TEN), TEN, whole=False)
    assert announcer.next(TEN) is None
    assert announcer.wakes_at() == at(2)


def test_the_voice_is_lower_at_night_and_in_unattended_hours_but_never_in_an_emergency() -> None:
    night = datetime(2026, 9, 14, 23, 30, tzinfo=SHANGHAI)
    for now, mode, volume in ((night, HallMode.OPEN, 50), (TEN, HallMode.UNATTENDED, 50), (TEN, HallMode.OPEN, 100)):
        announcer = Announcer(["A"])
        announcer.hear(board(call(1, "A001", 3, now), as_of=now, mode=mode), now)
        assert next_now(announcer, now).volume == volume
    announcer.hear(board(as_of=night, mode=HallMode.EMERGENCY), night)
    assert next_now(announcer, night).volume == 100


def test_a_hall_may_keep_quiet_in_unattended_hours() -> None:
    announcer = Announcer(["A"], AnnouncerRules(speaks_unattended=False))
    announcer.hear(board(call(1, "A001", 3), mode=HallMode.UNATTENDED), TEN)
    assert announcer.next(TEN) is None


def test_a_call_to_a_window_without_a_spoken_name_does_not_stop_the_others() -> None:
    announcer = Announcer(["A"], MANDARIN_ONLY)
    announcer.hear(board(call(1, "A001", 0), call(2, "A002", 4)), TEN)
    assert speak_all(announcer, TEN) == ["请A零零二号到四号窗口办理"] * 2


def test_boards_of_other_zones_are_not_spoken() -> None:
    announcer = Announcer(["A"])
    assert not announcer.hear(board(call(1, "C001", 3), zone="C"), TEN)
    assert announcer.next(TEN) is None


@given(gaps=st.lists(st.floats(0, 12), min_size=1, max_size=40), windows=st.lists(st.integers(1, 26), min_size=40))
def test_the_newest_call_is_always_begun_within_thirty_seconds(gaps: list[float], windows: list[int]) -> None:
    announcer = Announcer(["A"])
    now, free, number = TEN, TEN, 0
    begun: dict[str, datetime] = {}
    speaking: Utterance | None = None
    made: list[CallOnBoard] = []

    def run_until(limit: datetime) -> None:
        nonlocal free, speaking
        while free <= limit:
            if speaking is not None:
                announcer.said(speaking, free)
            speaking = announcer.next(free)
            if speaking is None:
                break
            begun.setdefault(speaking.phrase.text[1:5], free)
            free += timedelta(seconds=4.9)

    for gap in gaps:
        now += timedelta(seconds=gap)
        run_until(now)
        number += 1
        made.append(call(number, f"A{number:03}", windows[number - 1], now))
        announcer.hear(board(*made[-12:], as_of=now), now)
        free = free if speaking is not None else now
    run_until(now + timedelta(seconds=60))
    name = f"A{number:03}".translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    assert begun[name] - made[-1].at <= timedelta(seconds=30)
