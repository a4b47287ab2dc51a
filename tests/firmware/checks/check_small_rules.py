"""Hysteresis, slots, supervisor, service door, board scanner, clock."""

from expect import raises
from h24.board_scanner import BoardScanner
from h24.flash_files import FlashFiles
from h24.health_gate import HealthGate
from h24.hysteresis import Contact, Level
from h24.slots import TRIAL, Slots
from h24.supervisor import Supervisor
from h24.wall_clock import WallClock


def test_a_contact_counts_when_it_has_lasted():
    door = Contact(50)
    assert door.read(False, 0)
    seen = [door.read(closed, at) for at, closed in ((10, True), (20, False), (30, True), (79, True), (80, True))]
    assert seen == [False, False, False, False, True] and door.active


def test_a_level_between_its_thresholds_stays_what_it_was():
    warm = Level(28, 30, 0)
    assert [warm.read(one, at) for at, one in enumerate((25, 29, 30, 29, 28, 29))] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    raises(ValueError, Level, 30, 30, 0)


def test_a_release_on_trial_that_proves_nothing_is_left_after_three_starts():
    files = FlashFiles("slots-1")
    Slots(files).try_spare(7)
    assert [Slots(files).start() for _ in range(5)] == ["b", "b", "b", "a", "a"]
    assert Slots(files).counter == 0


def test_a_release_the_hall_heard_and_acknowledged_is_kept():
    slots = Slots(FlashFiles("slots-2"))
    slots.try_spare(7)
    gate = HealthGate(slots, 1000, 0)
    assert not gate.seen(connected=True)
    assert gate.is_over(1001) and not gate.is_over(999)
    assert gate.seen(acknowledged=True)
    again = Slots(FlashFiles("slots-2"))
    assert (again.start(), again.state, again.counter) == ("b", 0, 7)


def test_a_torn_slot_record_leaves_the_one_before():
    files = FlashFiles("slots-3")
    slots = Slots(files)
    slots.try_spare(3)
    slots.confirm()
    for size in range(23):
        with files.open("slot1", "rb") as file:
            whole = file.read()
        slots = Slots(files)
        slots.try_spare(9)
        with files.open("slot1", "rb") as file:
            torn = file.read()
        with files.open("slot1", "wb") as file:
            file.write(torn[:size])
        assert (Slots(files).active, Slots(files).counter) == (1, 3)
        with files.open("slot1", "wb") as file:
            file.write(whole)
    assert TRIAL


def test_the_watchdog_is_fed_only_while_every_task_was_seen():
    now, fed, notes = [0], [], []
    watch = Supervisor(lambda: now[0], lambda: fed.append(now[0]), notes.append)
    beats = [watch.add(name, None, limit) for name, limit in (("keys", 5), ("link", 60))]
    for at in (1000, 5000, 5001, 6000):
        now[0] = at
        watch.look()
    assert (fed, notes) == ([1000, 5000], ["silent keys"])
    beats[0]()
    watch.look()
    assert fed == [1000, 5000, 6000]


def test_a_counter_that_wraps_goes_on_and_the_time_is_unknown_until_told():
    ticks = [90]
    clock = WallClock(lambda: ticks[0] % 100, 100)
    for ticks[0] in (95, 105, 180, 210):
        clock.monotonic()
    assert (clock.monotonic(), clock.quality) == (120, "none")
    clock.set(1000000, "ntp")
    ticks[0] += 5
    assert (clock.now(), clock.quality) == (1000005, "ntp")


def test_one_window_is_read_out_of_a_long_board_cut_anywhere():
    windows = ",".join(
        ['{"window":%d,"state":"%s","ticket":null}' % (n, "paused" if n == 3 else "serving") for n in range(1, 40)]
    )
    calls = '[{"window":3,"state":"serving","ticket":"A\\"]}"}]'
    text = '{"v":1,"type":"ZoneBoard","body":{"zone":"A","mode":"open","calls":%s,"windows":[%s],"queues":[{"x":[]}]}}'
    data = (text % (calls, windows)).encode()
    for size in (1, 7, 256, 9999):
        scanner = BoardScanner(3)
        for start in range(0, len(data), size):
            scanner.feed(data[start : start + size])
        assert scanner.is_whole and scanner.mode == "open", size
        assert scanner.mine["state"] == "paused" and len(scanner.serving) == 38, size
    scanner = BoardScanner(3)
    scanner.feed(data[:-2])
    assert not scanner.is_whole
