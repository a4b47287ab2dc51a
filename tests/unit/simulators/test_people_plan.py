"""People of the simulated hall: the same seed gives the same people, and they come as a weekday's do."""

import random
from decimal import Decimal
from functools import cache

from mqtt_bridge.wire.call_pad_values import KeyCode, LampCode
from simulators.chance import Weighted, exponential, happens, lognormal, stream, within
from simulators.people.clerk import CALL_PATIENCE, CALLS, Clerk, Duty, Look, duty_of
from simulators.people.plan import HOUR, Habit, Queue, Visit, plan_day

QUEUES = (Queue("A", 8, 780_000, 70), Queue("E", 2, 180_000, 50))
DUTY = Duty(8 * HOUR, 18 * HOUR, ((11 * HOUR, 12 * HOUR, True),))
NINE = 9 * HOUR


@cache
def day(seed: int = 7, visitors: int = 2_000) -> list[Visit]:
    return plan_day(seed, 0, visitors, QUEUES, 3)


def look(lamp: LampCode, waiting: int = 0, ticket: str | None = None, person: bool = False) -> Look:
    return Look(lamp, ticket, waiting, person)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert day() == day.__wrapped__()
    assert day(8) != day()


def test_more_visitors_leave_the_first_ones_as_they_were() -> None:
    few = {visit.number: visit for visit in day(visitors=100)}
    many = {visit.number: visit for visit in day(visitors=2_000)}
    assert all(many[number] == visit for number, visit in few.items())


def test_visitors_come_in_order_and_mostly_in_the_morning() -> None:
    arrivals = [visit.arrives for visit in day()]
    morning = sum(9 * HOUR <= at < 11 * HOUR for at in arrivals)
    assert arrivals == sorted(arrivals)
    assert 0.35 < morning / len(arrivals) < 0.5
    assert any(at < 6 * HOUR for at in arrivals)


def test_a_family_wants_two_different_services() -> None:
    families = [visit for visit in day() if visit.habit is Habit.FAMILY]
    assert families
    assert all(len(dict.fromkeys(visit.services)) == len(visit.services_take) == 2 for visit in families)


def test_bad_ratings_are_rare_and_most_people_do_not_rate() -> None:
    rates = [visit.rates for visit in day() if visit.rates is not None]
    assert 0.4 < len(rates) / 2_000 < 0.5
    assert 0 < sum(rate <= 2 for rate in rates) < 40


def test_a_stream_is_its_own_whatever_else_is_drawn() -> None:
    first = stream(1, "people", 4)
    random.random()
    stream(1, "people", 5).random()
    assert first.random() == stream(1, "people", 4).random()
    assert stream(1, "people", 4).random() != stream(2, "people", 4).random()


def test_distributions_have_the_mean_they_are_asked_for() -> None:
    chance = stream(1, "test")
    for table, mean in ((lognormal(780_000, 70), 780_000), (exponential(60_000), 60_000)):
        drawn = [table.draw(chance) for _ in range(20_000)]
        assert abs(sum(drawn) / len(drawn) / mean - 1) < 0.06
        assert min(drawn) > 0


def test_a_table_is_the_same_on_every_machine() -> None:
    chance = stream(3, "table")
    assert [lognormal(1_000, 50).draw(chance) for _ in range(4)] == [1152, 369, 1924, 888]


def test_weights_and_shares_are_kept() -> None:
    chance = stream(1, "weights")
    draws = [Weighted((1, 0, 3)).draw(chance) for _ in range(4_000)]
    assert draws.count(1) == 0
    assert 0.7 < draws.count(2) / 4_000 < 0.8
    assert 0.05 < sum(happens(chance, 60) for _ in range(4_000)) / 4_000 < 0.07
    assert {within(chance, 2, 4) for _ in range(100)} == {2, 3, 4}
    assert Decimal(1).exp() > 2


def test_a_clerk_opens_calls_serves_and_finishes() -> None:
    clerk = Clerk(1, 4)
    steps = [
        (look(LampCode.OFF), False, KeyCode.RESUME),
        (look(LampCode.FREE, waiting=2), False, KeyCode.NEXT),
        (look(LampCode.CALLING, ticket="A001", person=True), False, KeyCode.START),
        (look(LampCode.SERVING, ticket="A001"), True, KeyCode.FINISH),
    ]
    for seen, over, key in steps:
        move = clerk.look(seen, DUTY, NINE, over)
        assert move is not None
        assert move.key is key
    assert clerk.look(look(LampCode.FREE), DUTY, NINE, False) is None


def test_a_clerk_calls_three_times_and_then_gives_up() -> None:
    clerk, keys, now = Clerk(1, 4), [], NINE
    calling = look(LampCode.CALLING, ticket="A001")
    for _ in range(8):
        move = clerk.look(calling, DUTY, now, False)
        assert move is not None
        keys += [move.key] if move.key is not None else []
        now += CALL_PATIENCE if move.key is None else 0
    assert keys[:CALLS] == [KeyCode.RECALL, KeyCode.RECALL, KeyCode.NO_SHOW]


def test_a_clerk_goes_to_lunch_and_comes_back() -> None:
    clerk, noon = Clerk(1, 4), 11 * HOUR
    away = clerk.look(look(LampCode.FREE, waiting=3), DUTY, noon, False)
    waiting = clerk.look(look(LampCode.PAUSED), DUTY, noon, False)
    back = clerk.look(look(LampCode.PAUSED), DUTY, 12 * HOUR, False)
    assert away is not None
    assert (away.key, away.held) == (KeyCode.PAUSE, True)
    assert waiting is not None
    assert (waiting.key, waiting.pause) == (None, HOUR)
    assert back is not None
    assert back.key is KeyCode.RESUME


def test_a_clerk_off_duty_presses_nothing_and_a_refused_key_is_thought_over() -> None:
    clerk = Clerk(1, 4)
    assert clerk.look(look(LampCode.OFF), DUTY, 7 * HOUR, False) is None
    assert clerk.look(look(LampCode.FREE, waiting=1), DUTY, 19 * HOUR, False) is None
    clerk.look(look(LampCode.SERVING, ticket="A001"), DUTY, NINE, False)
    refused = clerk.look(look(LampCode.REFUSED, ticket="A001"), DUTY, NINE, True)
    assert refused is not None
    assert refused.key is KeyCode.FINISH


def test_neighbours_eat_in_turns() -> None:
    meals = [
        next(p for p in duty_of(1, window, 0, 510 * 60_000, 1_080 * 60_000).pauses if p[2]) for window in (1, 2, 3)
    ]
    assert len({meal[0] // (20 * 60_000) for meal in meals}) == 3
