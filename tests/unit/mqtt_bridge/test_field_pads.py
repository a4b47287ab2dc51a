import pytest

from mqtt_bridge.core.field_census import Count, Verdict
from mqtt_bridge.core.field_exchange import (
    Answer,
    Census,
    Done,
    Figure,
    HealthChanged,
    Identify,
    Idle,
    KeyPress,
    PadDisplay,
    PadHealth,
    PadKey,
    PadLamp,
    Poll,
    Pressed,
    Refused,
    Resync,
    Roll,
    ShowState,
    ShowTicket,
    Told,
    Who,
)
from mqtt_bridge.core.field_keys import KeyGuard
from mqtt_bridge.core.field_pads import _VERDICTS, _WHEN_LIVE, Pad, Phase

SERIAL = 1007


def answer(pad: Pad, said: Answer, now: float = 0.0) -> tuple[object, ...]:
    return pad.answered(pad.ask(), said, now)


def greeted(count: int = 0, epoch: int = 1) -> Pad:
    pad = Pad(7, 2.0)
    greet(pad, count, epoch)
    return pad


def greet(pad: Pad, count: int, epoch: int = 1, serial: int = SERIAL) -> tuple[object, ...]:
    if pad.phase is Phase.ABSENT:
        answer(pad, Told(Figure.EPOCH, epoch))
    answer(pad, Roll((serial,), garbled=False))
    answer(pad, Told(Figure.EPOCH, epoch))
    return answer(pad, Told(Figure.COUNT, count))


def pressed(number: int, key: PadKey = PadKey.NEXT) -> Pressed:
    return Pressed(number, key)


def test_a_pad_is_probed_counted_and_greeted_before_it_is_polled() -> None:
    pad = Pad(7, 2.0)
    asked = []
    for said in (Told(Figure.EPOCH, 4), Roll((SERIAL,), garbled=False), Told(Figure.EPOCH, 4), Told(Figure.COUNT, 20)):
        asked.append(pad.ask())
        events = answer(pad, said)

    assert asked == [Who(Figure.EPOCH), Census(0), Who(Figure.EPOCH), Who(Figure.COUNT)]
    assert events == (HealthChanged(7, PadHealth.ONLINE, (SERIAL,)),)
    assert pad.ask() == Poll(20 % 16)


def test_a_key_press_is_offered_until_it_is_stored_and_only_then_acknowledged() -> None:
    pad = greeted()
    press = KeyPress(7, SERIAL, 1, 1, PadKey.NEXT)

    assert answer(pad, pressed(1)) == (press,)
    assert pad.ask() == Poll(0)
    assert answer(pad, pressed(1)) == (press,)
    pad.acknowledge(press)
    assert pad.ask() == Poll(1)
    assert answer(pad, Idle(1)) == ()


def test_a_key_press_is_acknowledged_once() -> None:
    pad = greeted()
    (press,) = answer(pad, pressed(1))
    assert isinstance(press, KeyPress)
    pad.acknowledge(press)
    pad.acknowledge(press)
    assert pad.taken == 1


def test_a_press_is_named_for_ever() -> None:
    pad = greeted(count=40_000, epoch=3)
    (press,) = answer(pad, pressed(40_001 % 16, PadKey.FINISH))
    assert isinstance(press, KeyPress)
    assert press.name == "pad-1007-3-40001"


def test_a_pad_out_of_step_is_greeted_again_and_its_press_neither_doubled_nor_lost() -> None:
    pad = greeted()
    (press,) = answer(pad, pressed(1))
    assert isinstance(press, KeyPress)
    pad.acknowledge(press)
    answer(pad, Resync())
    assert pad.ask() == Census(1)
    greet(pad, count=0)

    assert pad.ask() == Poll(1)


def test_a_restarted_pad_counts_from_nothing() -> None:
    pad = greeted(count=9)
    answer(pad, Resync())
    greet(pad, count=0, epoch=2)

    assert pad.ask() == Poll(0)
    assert answer(pad, pressed(1)) == (KeyPress(7, SERIAL, 2, 1, PadKey.NEXT),)


def test_another_pad_at_the_address_is_another_count() -> None:
    pad = greeted(count=9)
    answer(pad, Resync())
    greet(pad, count=3, serial=2000)
    assert pad.ask() == Poll(3)


@pytest.mark.parametrize("said", [Idle(5), pressed(9)])
def test_a_number_out_of_step_brings_no_press(said: Answer) -> None:
    pad = greeted()
    assert answer(pad, said) == ()
    assert pad.phase is Phase.CENSUS


def test_three_silences_make_a_pad_silent_and_one_answer_in_between_does_not() -> None:
    pad = greeted()
    assert (pad.silent(1.0), pad.silent(1.1)) == ((), ())
    answer(pad, Idle(0))
    assert (pad.silent(1.2), pad.silent(1.3)) == ((), ())
    assert pad.silent(1.4) == (HealthChanged(7, PadHealth.SILENT),)
    assert pad.due == pytest.approx(3.4)
    assert pad.silent(3.4) == ()


def test_a_pad_that_never_answered_is_silent_after_one_probe() -> None:
    assert Pad(7, 2.0).silent(0.1) == (HealthChanged(7, PadHealth.SILENT),)


def test_two_pads_with_one_address_are_named_by_their_serials_and_not_polled() -> None:
    pad = greeted()
    for _ in range(3):
        pad.garbled(1.0)
    assert isinstance(pad.ask(), Census)

    assert answer(pad, Roll((1007, 1044), garbled=False), 1.0) == (HealthChanged(7, PadHealth.CONFLICT, (1007, 1044)),)
    assert not pad.in_cycle
    assert pad.due == pytest.approx(3.0)
    assert answer(pad, Roll((1007, 1044), garbled=False), 3.0) == ()
    assert greet(pad, 0) == (HealthChanged(7, PadHealth.ONLINE, (1007,)),)


def test_a_pad_nobody_understands_is_noisy() -> None:
    pad = Pad(7, 2.0)
    pad.garbled(0.0)
    events = [answer(pad, Roll((), garbled=True), 0.1) for _ in range(4)]
    assert events == [(), (), (), (HealthChanged(7, PadHealth.NOISY),)]


def test_a_display_is_shown_once_and_again_after_a_restart() -> None:
    pad = greeted()
    pad.show(PadDisplay("A012", 3, PadLamp.CALLING, beep=True))
    asked = [pad.ask()]
    answer(pad, Done())
    asked.append(pad.ask())
    answer(pad, Done())
    assert asked == [ShowTicket("A012"), ShowState(3, PadLamp.CALLING, beep=True)]
    assert pad.ask() == Poll(0)

    answer(pad, Resync())
    greet(pad, 0, epoch=2)
    assert pad.ask() == ShowTicket("A012")
    answer(pad, Done())
    assert pad.ask() == ShowState(3, PadLamp.CALLING, beep=False)


def test_only_what_changed_is_shown() -> None:
    pad = greeted()
    pad.show(PadDisplay("A012", 3))
    answer(pad, Done())
    answer(pad, Done())
    pad.show(PadDisplay("A012", 4))
    assert pad.ask() == ShowState(4, PadLamp.OFF, beep=False)
    answer(pad, Refused())
    assert pad.ask() == Poll(0)


def test_a_picture_replaced_while_it_is_shown_is_shown_again() -> None:
    pad = greeted()
    pad.show(PadDisplay("A012"))
    asked = pad.ask()
    pad.show(PadDisplay("A013"))
    pad.answered(asked, Done(), 0.0)
    assert pad.ask() == ShowTicket("A013")


def test_a_press_that_waits_behind_a_picture_is_asked_for_at_once() -> None:
    pad = greeted()
    pad.show(PadDisplay("A012", 1))
    answer(pad, Done(key_waiting=True))
    assert pad.hurried
    assert pad.ask() == Poll(0)


def test_a_pad_is_found_by_blinking() -> None:
    pad = greeted()
    pad.identify(20)
    assert pad.ask() == Identify(20)
    answer(pad, Done())
    assert pad.ask() == Poll(0)


def test_a_lost_line_is_told_and_everybody_greeted_again() -> None:
    pad = greeted(count=5)
    assert pad.lose_line() == (HealthChanged(7, PadHealth.LINE_LOST),)
    assert pad.restless
    greet(pad, 5)
    assert pad.ask() == Poll(5)


def test_every_verdict_and_every_answer_has_its_place() -> None:
    assert {*_VERDICTS, Verdict.ONE} == set(Verdict)
    assert set(_WHEN_LIVE) == {Idle, Pressed, Done, Refused, Resync}


@pytest.mark.parametrize(
    "rolls, verdict",
    [
        ([Roll((1,), garbled=False)], Verdict.ONE),
        ([Roll((), garbled=False)] * 3, Verdict.NOBODY),
        ([Roll((), garbled=True), Roll((1, 2), garbled=False)], Verdict.SEVERAL),
        ([Roll((1,), garbled=True), Roll((2,), garbled=True)], Verdict.SEVERAL),
        ([Roll((1,), garbled=True)] * 4, Verdict.ONE),
        ([Roll((), garbled=True)] * 4, Verdict.NOISE),
    ],
)
def test_a_census_ends_when_it_is_sure(rolls: list[Roll], verdict: Verdict) -> None:
    count = Count(salt=15)
    said = [count.add(roll) for roll in rolls]
    assert said == [None] * (len(rolls) - 1) + [verdict]
    assert count.salt == len(rolls) - 1


def test_a_second_next_within_a_blink_is_a_slip() -> None:
    guard = KeyGuard()
    assert guard.admits(KeyPress(7, SERIAL, 1, 1, PadKey.NEXT), 10.0)
    assert not guard.admits(KeyPress(7, SERIAL, 1, 2, PadKey.NEXT), 10.3)
    assert guard.admits(KeyPress(7, SERIAL, 1, 3, PadKey.NEXT), 10.5)
    assert guard.dropped == 1


def test_a_press_offered_again_because_it_could_not_be_stored_is_no_slip() -> None:
    guard = KeyGuard()
    press = KeyPress(7, SERIAL, 1, 1, PadKey.NEXT)
    assert guard.admits(press, 10.0)
    assert guard.admits(press, 10.1)


def test_another_key_another_pad_a_held_key_and_an_old_press_are_no_slip() -> None:
    guard = KeyGuard()
    assert guard.admits(KeyPress(7, SERIAL, 1, 1, PadKey.NEXT), 10.0)
    assert guard.admits(KeyPress(8, SERIAL, 1, 1, PadKey.NEXT), 10.0)
    assert guard.admits(KeyPress(7, SERIAL, 1, 2, PadKey.NEXT, held=True), 10.1)
    assert guard.admits(KeyPress(7, SERIAL, 1, 3, PadKey.NEXT, age=5), 10.2)
    assert guard.admits(KeyPress(7, SERIAL, 1, 4, PadKey.FINISH), 10.3)
