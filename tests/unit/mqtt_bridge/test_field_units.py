import itertools

import pytest

from mqtt_bridge.core.field_inputs import SettlingInput, Threshold
from mqtt_bridge.core.field_unit_poll import PROBE_SECONDS, UnitSchedule
from mqtt_bridge.core.field_units import (
    InputChanged,
    InputTable,
    Read,
    Relay,
    Sensor,
    Switch,
    UnitHealth,
    UnitHealthChanged,
    UnitTurn,
)
from mqtt_bridge.wire.modbus import Reply, ReplyReader, Table, encode_read, encode_write

PRESENCE = Sensor("presence", 1, InputTable.DISCRETE_INPUTS, 0, every=0.25)
DOOR = Sensor("door", 1, InputTable.DISCRETE_INPUTS, 1, every=0.25, settle=0.4)
DAYLIGHT = Sensor("daylight", 1, InputTable.INPUT_REGISTERS, 0, every=5.0, threshold=Threshold(200, 300))
LAMP = Relay("lamp", 2, 0)
FAN = Relay("fan", 2, 1)


def asked(turn: UnitTurn | None) -> UnitTurn:
    assert turn is not None
    return turn


def test_reading_and_switching_are_the_bytes_of_the_manual() -> None:
    """Bytes seen between two independent Modbus programs, and the CRC example of the serial line guide."""
    assert encode_write(1, 0, on=True).hex(" ") == "01 05 00 00 ff 00 8c 3a"
    assert encode_read(1, Table.COILS, 0, 8).hex(" ") == "01 01 00 00 00 08 3d cc"
    assert ReplyReader(1, Table.COILS, 8).feed(bytes.fromhex("01 01 01 01 90 48")) == Reply((1, 0, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("cut", [1, 2, 5, 64])
@pytest.mark.parametrize("before", [b"", b"\x00\xff"])
def test_a_reply_survives_cutting_and_noise_before_it(cut: int, before: bytes) -> None:
    reader = ReplyReader(1, Table.COILS, 1)
    data = before + bytes.fromhex("01 01 01 01 90 48")
    heard = [reply for at in range(0, len(data), cut) if (reply := reader.feed(data[at : at + cut])) is not None]
    assert heard == [Reply((1,))]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("01 01 01 01 90 49", id="damaged"),
        pytest.param("02 01 01 01 60 48", id="another unit's"),
        pytest.param("01 01 01", id="cut short"),
        pytest.param("01 05 00 00 ff 00 8c 3a", id="to another question"),
        pytest.param("ff " * 300, id="babble"),
    ],
)
def test_what_is_no_reply_to_the_question_is_none(data: str) -> None:
    assert ReplyReader(1, Table.COILS, 1).feed(bytes.fromhex(data)) is None


def test_a_refusal_tells_its_code() -> None:
    assert ReplyReader(1, Table.COILS, 1).feed(bytes.fromhex("01 81 02 c1 91")) == Reply(refusal=2)


def test_a_contact_counts_once_it_has_settled() -> None:
    contact = SettlingInput(settle=0.4)
    readings = [(0, 0.0), (1, 0.25), (0, 0.5), (1, 0.75), (1, 1.0), (1, 1.25), (1, 1.5)]

    assert [contact.take(value, at) for value, at in readings] == [False, None, None, None, None, True, None]


def test_a_level_between_its_limits_stays_what_it_was() -> None:
    dark = SettlingInput(Threshold(on_at=200, off_at=300))

    assert [dark.take(level, 0.0) for level in (250, 199, 250, 300, 250, 200)] == [False, True, None, False, None, True]


def test_a_rising_level_has_its_hysteresis_too() -> None:
    warm = Threshold(on_at=30, off_at=25)
    assert [warm.judge(value, was_active=True) for value in (31, 26, 25)] == [True, True, False]
    assert [warm.judge(value, was_active=False) for value in (30, 29)] == [True, False]


def test_neighbours_are_read_at_once_and_others_at_their_own_pace() -> None:
    schedule = UnitSchedule([DOOR, PRESENCE, DAYLIGHT], [], gap=0.004)
    reads = []
    now = 0.0
    for _ in range(4):
        turn = asked(schedule.next_poll(now))
        now = turn.at + 0.02
        schedule.on_reply(now, (0, 0))
        reads.append((round(turn.at, 3), turn.request))
    contacts = Read(1, InputTable.DISCRETE_INPUTS, 0, 2)
    assert reads == [
        (0.0, contacts),
        (0.024, Read(1, InputTable.INPUT_REGISTERS, 0, 1)),
        (0.25, contacts),
        (0.5, contacts),
    ]


def test_a_relay_goes_before_the_readings_and_is_switched_again_when_its_unit_comes_back() -> None:
    schedule = UnitSchedule([PRESENCE], [LAMP, FAN], gap=0.0)
    schedule.switch("lamp", on=True)
    assert asked(schedule.next_poll(0.0)).request == Switch(2, 0, on=True)
    assert schedule.on_reply(0.0, (1,)) == (UnitHealthChanged(2, UnitHealth.ONLINE),)
    schedule.switch("fan", on=True)
    for _ in range(3):
        assert asked(schedule.next_poll(0.0)).request == Switch(2, 1, on=True)
        events = schedule.on_silence(0.0)
    assert events == (UnitHealthChanged(2, UnitHealth.SILENT),)
    assert asked(schedule.next_poll(0.1)).request.unit == 1
    schedule.on_reply(0.1, (0,))
    assert schedule.next_effective(0.2) is None

    schedule.stir(2, 60.1)
    turn = asked(schedule.next_effective(60.1))
    assert (turn.at, turn.request) == (65.0, Switch(2, 1, on=True))
    assert schedule.on_reply(65.0, (1,)) == (UnitHealthChanged(2, UnitHealth.ONLINE),)
    assert asked(schedule.next_effective(65.0)).request == Switch(2, 0, on=True)
    schedule.on_reply(65.0, (1,))
    assert schedule.next_effective(65.0) is None


def test_a_relay_switched_back_while_it_is_being_switched_is_switched_back() -> None:
    schedule = UnitSchedule([], [LAMP], gap=0.0)
    schedule.switch("lamp", on=True)
    schedule.next_poll(0.0)
    schedule.switch("lamp", on=False)
    schedule.on_reply(0.0, (1,))
    assert asked(schedule.next_poll(0.0)).request == Switch(2, 0, on=False)
    schedule.on_reply(0.0, (0,))
    assert schedule.next_poll(0.0) is None


def test_a_silent_unit_is_probed_and_does_not_hold_up_the_others() -> None:
    other = Sensor("other", 3, InputTable.DISCRETE_INPUTS, 0, every=0.25)
    schedule = UnitSchedule([PRESENCE, other], [], gap=0.0)
    now, probes = 0.0, []
    events: list[object] = []
    while now < 21.0:
        turn = asked(schedule.next_poll(now))
        now = turn.at + 0.01
        if turn.request.unit == 1:
            probes.append(turn.at)
            events += schedule.on_silence(now + 0.1)
        else:
            schedule.on_reply(now, (0,))
    assert events == [UnitHealthChanged(1, UnitHealth.SILENT)]
    assert len(probes) == 7
    assert all(later - sooner >= PROBE_SECONDS for sooner, later in itertools.pairwise(probes[2:]))


def test_a_refusing_unit_is_told_once_and_well_only_when_nothing_is_refused() -> None:
    schedule = UnitSchedule([PRESENCE, DAYLIGHT], [], gap=0.0)
    schedule.next_poll(0.0)
    assert schedule.on_refusal(0.0, 2) == (UnitHealthChanged(1, UnitHealth.REFUSES, 2),)
    schedule.next_poll(0.0)
    assert schedule.on_reply(0.0, (250,)) == (InputChanged("daylight", False),)
    later = asked(schedule.next_poll(0.0))
    while later.request != Read(1, InputTable.DISCRETE_INPUTS, 0, 1):
        schedule.on_reply(later.at, (250,))
        later = asked(schedule.next_poll(later.at))
    assert later.at == pytest.approx(30.0)
    assert schedule.on_reply(30.0, (0,)) == (UnitHealthChanged(1, UnitHealth.ONLINE), InputChanged("presence", False))


def test_a_busy_unit_is_asked_again_soon() -> None:
    schedule = UnitSchedule([PRESENCE], [], gap=0.0)
    schedule.next_poll(0.0)
    assert schedule.on_refusal(0.0, 6) == ()
    assert asked(schedule.next_poll(0.0)).at == pytest.approx(0.25)


def test_a_quiet_line_has_no_effective_turn_and_a_stirred_unit_is_read_on_its_grid() -> None:
    schedule = UnitSchedule([PRESENCE], [], gap=0.0)
    schedule.next_effective(0.0)
    schedule.on_reply(0.02, (0,))
    assert schedule.next_effective(0.02) is None
    schedule.stir(1, 3600.1)
    turn = asked(schedule.next_effective(3600.1))
    assert turn.at == pytest.approx(3600.25)
    assert schedule.on_reply(turn.at + 0.02, (1,)) == (InputChanged("presence", True),)
    assert schedule.next_effective(3600.3) is None


def test_an_unsettled_contact_is_read_until_it_has_settled() -> None:
    schedule = UnitSchedule([DOOR], [], gap=0.0)
    schedule.next_effective(0.0)
    schedule.on_reply(0.02, (0,))
    schedule.stir(1, 10.0)
    now, events = 10.0, []
    while (turn := schedule.next_effective(now)) is not None:
        now = turn.at + 0.02
        events += [(round(turn.at, 3), event) for event in schedule.on_reply(now, (1,))]
    assert events == [(10.5, InputChanged("door", True))]


def test_a_lost_line_is_told_for_every_unit() -> None:
    schedule = UnitSchedule([PRESENCE], [LAMP], gap=0.0)
    assert schedule.on_line_lost() == (
        UnitHealthChanged(1, UnitHealth.LINE_LOST),
        UnitHealthChanged(2, UnitHealth.LINE_LOST),
    )


def test_an_unknown_relay_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        UnitSchedule([], [LAMP], gap=0.0).switch("door", on=True)
