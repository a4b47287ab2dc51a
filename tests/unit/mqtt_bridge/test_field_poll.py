import itertools

import pytest

from mqtt_bridge.core.field_exchange import (
    Ask,
    Census,
    Figure,
    HealthChanged,
    Idle,
    PadDisplay,
    PadHealth,
    Poll,
    Roll,
    ShowState,
    ShowTicket,
    Told,
    Who,
)
from mqtt_bridge.core.field_poll import PollSchedule, Turn
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.wire import call_pad, call_pad_values

TIMING = LineTiming()
EXCHANGE = TIMING.idle_exchange - TIMING.gap


def answer_well(schedule: PollSchedule, turn: Turn) -> None:
    """Answer as a pad with nothing to say does."""
    ask, done = turn.ask, turn.at + EXCHANGE
    if isinstance(ask, Census):
        schedule.on_reply(done, Roll((1000 + turn.address,), garbled=False))
    elif isinstance(ask, Who):
        schedule.on_reply(done, Told(ask.figure, 1 if ask.figure is Figure.EPOCH else 0))
    elif isinstance(ask, Poll):
        schedule.on_reply(done, Idle(ask.taken))
    else:
        raise TypeError(ask)


def live(*addresses: int, dead: tuple[int, ...] = ()) -> tuple[PollSchedule, float]:
    """Return a schedule all of whose pads but the dead ones are greeted, and the time."""
    schedule = PollSchedule((*addresses, *dead), TIMING)
    now = 0.0
    while any(schedule.pad(address).restless for address in (*addresses, *dead)):
        turn = schedule.next_poll(now)
        if turn.address in dead:
            schedule.on_silence(turn.at + 0.006)
        else:
            answer_well(schedule, turn)
        now = turn.at + EXCHANGE
    return schedule, now


def polled(schedule: PollSchedule, now: float, turns: int) -> list[int]:
    addresses = []
    for _ in range(turns):
        turn = schedule.next_poll(now)
        answer_well(schedule, turn)
        addresses.append(turn.address)
    return addresses


def test_the_arithmetic_of_a_hall() -> None:
    assert TIMING.frames(3) == pytest.approx(0.00078125)
    assert TIMING.idle_exchange == pytest.approx(0.0035625)
    assert TIMING.cycle(26) == pytest.approx(0.092625)
    assert TIMING.longest_key(26) < 0.150


def test_master_and_pads_reckon_with_the_same_line() -> None:
    assert TIMING.baud == call_pad.BAUD
    assert TIMING.turnaround == call_pad.TURNAROUND
    assert TIMING.reply_slot == pytest.approx(call_pad.REPLY_SLOT)
    assert call_pad_values.REPLY_SLOTS == 8


def test_every_live_pad_has_its_turn_in_every_cycle() -> None:
    schedule, now = live(3, 1, 2)
    first = polled(schedule, now, 6)
    assert first in ([1, 2, 3] * 2, [2, 3, 1] * 2, [3, 1, 2] * 2)


def test_the_master_leaves_a_gap_between_two_exchanges() -> None:
    schedule, now = live(1)
    turn = schedule.next_poll(now)
    answer_well(schedule, turn)
    assert schedule.next_poll(turn.at + EXCHANGE).at == pytest.approx(turn.at + TIMING.idle_exchange)


def test_dead_pads_are_probed_every_two_seconds_and_one_a_cycle() -> None:
    schedule, now = live(1, 2, dead=(3, 4, 5))
    probes: dict[int, list[float]] = {3: [], 4: [], 5: []}
    between = 0
    end = now + 9.0
    while now < end:
        turn = schedule.next_poll(now)
        if turn.address in probes:
            probes[turn.address].append(turn.at)
            assert between >= 2 or not any(probes.values())
            between = 0
            schedule.on_silence(turn.at + 0.006)
            now = turn.at + 0.006
        else:
            between += 1
            answer_well(schedule, turn)
            now = turn.at + EXCHANGE
    for times in probes.values():
        assert len(times) in (4, 5)
        assert all(2.0 <= later - sooner < 2.05 for sooner, later in itertools.pairwise(times))


def test_a_line_without_a_live_pad_rests_between_probes() -> None:
    schedule, now = live(dead=(1,))
    assert schedule.next_poll(now).at == pytest.approx(schedule.pad(1).due)
    assert schedule.pad(1).due > now + 1.9


def test_a_quiet_line_has_no_effective_turn() -> None:
    schedule, now = live(1, 2, 3)
    assert schedule.next_effective(now + 3600) is None


def test_an_effective_turn_is_the_one_polling_without_pause_would_reach() -> None:
    for pressed_after in (0.0, 0.001, 0.00357, 0.0101, 0.9):
        for address in (1, 2, 3):
            full, now = live(1, 2, 3)
            brief, _ = live(1, 2, 3)
            at = now + pressed_after
            turn = full.next_poll(now)
            while turn.at < at or turn.address != address:
                answer_well(full, turn)
                turn = full.next_poll(turn.at + EXCHANGE)
            brief.stir(address, at)

            effective = brief.next_effective(at)

            assert effective is not None
            assert (effective.address, effective.ask) == (turn.address, turn.ask)
            assert effective.at == pytest.approx(turn.at, abs=1e-6)


def test_a_second_press_before_the_first_turn_comes_in_its_own_place() -> None:
    schedule, now = live(1, 2, 3)
    schedule.stir(3, now)
    first = schedule.next_effective(now)
    schedule.stir(1, now)
    schedule.stir(2, now)
    assert first is not None
    turns = []
    while (turn := schedule.next_effective(now)) is not None:
        turns.append(turn.address)
        answer_well(schedule, turn)
        now = turn.at + EXCHANGE
    assert sorted(turns) == [1, 2, 3]


def test_a_dead_pad_plugged_in_again_is_heard_at_its_next_probe() -> None:
    schedule, now = live(1, dead=(2,))
    due = schedule.pad(2).due
    schedule.stir(2, now + 100)

    turn = schedule.next_effective(now + 100)

    assert turn is not None
    assert turn.address == 2
    assert now + 100 <= turn.at <= now + 102.01
    assert (turn.at - due) % 2.0 == pytest.approx(0.0, abs=TIMING.idle_exchange + 1e-6)


def test_a_new_display_is_work() -> None:
    schedule, now = live(1, 2)
    schedule.show(2, PadDisplay("A012", 5))
    asked: list[Ask] = []
    for _ in range(4):
        turn = schedule.next_poll(now)
        asked.append(turn.ask)
        if isinstance(turn.ask, ShowTicket | ShowState):
            break
        answer_well(schedule, turn)
    assert ShowTicket("A012") in asked


def test_a_lost_line_is_told_for_every_pad() -> None:
    schedule, _ = live(1, 2)
    assert schedule.on_line_lost() == (
        HealthChanged(1, PadHealth.LINE_LOST),
        HealthChanged(2, PadHealth.LINE_LOST),
    )


def test_an_answer_without_a_turn_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(RuntimeError):
        PollSchedule((1,)).on_silence(0.0)
