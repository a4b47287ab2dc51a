"""Sensors and relays on a memory cable in virtual time, and against pymodbus' own server on a pseudo terminal."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hallkit.errors import StreamError
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable, MemoryStream, memory_pair
from hallkit.transports.serve import serve as serve_url
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import open_stream
from mqtt_bridge.core.field_inputs import Threshold
from mqtt_bridge.core.field_units import InputTable, Relay, Sensor, UnitHealth, UnitHealthChanged
from mqtt_bridge.drivers.line_turns import EffectiveTurns, EveryTurn, Turns
from mqtt_bridge.drivers.modbus_line import ModbusLine
from mqtt_bridge.errors import FieldConfigError
from simulators.modbus_unit import build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
SENSORS = [
    Sensor("presence", 1, InputTable.DISCRETE_INPUTS, 0),
    Sensor("door", 1, InputTable.DISCRETE_INPUTS, 1, settle=0.5),
    Sensor("dark", 1, InputTable.INPUT_REGISTERS, 0, every=2.0, threshold=Threshold(200, 300)),
]
RELAYS = [Relay("lamp", 2, 0), Relay("door_opener", 2, 1)]
BOTH_WAYS = pytest.mark.parametrize("turns", [EveryTurn(), EffectiveTurns()], ids=["every turn", "effective turns"])


class Rig:
    """One Modbus line between a bridge and its simulated units."""

    def __init__(self, clock: Clock, turns: Turns, setup: str = "normal") -> None:
        self.clock = clock
        self.line = build(setup)
        self.changes: list[tuple[float, str, bool]] = []
        self.health: list[UnitHealthChanged] = []
        self.near: MemoryStream | None = None
        self.plugged = True
        self._far: list[asyncio.Task[None]] = []
        self.driver = ModbusLine(
            self._open,
            SENSORS,
            RELAYS,
            clock,
            on_change=lambda name, active: self.changes.append((clock.monotonic(), name, active)),
            on_health=lambda _, change: self.health.append(change),
            turns=turns,
        )
        if isinstance(turns, EffectiveTurns):
            self.line.on_stir = self.driver.stir

    async def _open(self) -> ByteStream:
        if not self.plugged:
            raise StreamError("the adapter is not plugged in")
        self.near, far = memory_pair(Cable(baud=9600))
        self._far.append(asyncio.create_task(serve(self.line, far)))
        return self.near

    async def __aenter__(self) -> "Rig":
        self._running = asyncio.create_task(self.driver.run())
        await self.clock.sleep(3.0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._running, *self._far):
            task.cancel()
        await asyncio.gather(self._running, *self._far, return_exceptions=True)

    def said(self, name: str) -> list[bool]:
        return [active for _, what, active in self.changes if what == name]

    def states(self, unit: int) -> list[UnitHealth]:
        return [change.health for change in self.health if change.unit == unit]


def on_a_line(story: Callable[[Rig], Awaitable[None]], turns: Turns, setup: str = "normal") -> None:
    async def main(clock: Clock) -> None:
        async with Rig(clock, turns, setup) as rig:
            await story(rig)

    run_virtual(main, NIGHT)


@BOTH_WAYS
def test_who_comes_in_is_noticed_within_a_third_of_a_second(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        at = rig.clock.monotonic()
        rig.line.units[1].set_input(0, active=True)
        await rig.clock.sleep(1.0)
        assert rig.said("presence") == [False, True]
        assert rig.changes[-1][0] - at < 0.33

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_door_contact_that_chatters_is_told_once(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        for active in (True, False, True, False, True):
            rig.line.units[1].set_input(1, active=active)
            await rig.clock.sleep(0.3)
        await rig.clock.sleep(2.0)
        assert rig.said("door") == [False, True]

    on_a_line(story, turns)


@BOTH_WAYS
def test_dusk_is_told_once_however_the_clouds_move(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        for level in (250, 199, 210, 280, 190, 250, 301, 250):
            rig.line.units[1].set_level(0, level)
            await rig.clock.sleep(4.0)
        assert rig.said("dark") == [False, True, False]

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_lamp_is_switched_and_switched_again_after_its_unit_was_away(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        unit = rig.line.units[2]
        rig.driver.switch("lamp", on=True)
        await rig.clock.sleep(0.2)
        assert unit.coils == {0: True, 1: False, 2: False, 3: False}
        unit.plugged = False
        rig.driver.switch("door_opener", on=True)
        await rig.clock.sleep(10.0)
        assert rig.states(2) == [UnitHealth.ONLINE, UnitHealth.SILENT]
        unit.restart()
        unit.plugged = True
        await rig.clock.sleep(7.0)
        assert unit.coils == {0: True, 1: True, 2: False, 3: False}
        assert rig.states(2)[-1] is UnitHealth.ONLINE

    on_a_line(story, turns)


@BOTH_WAYS
@pytest.mark.parametrize("setup", ["silent", "garbled", "cut"])
def test_a_unit_that_gives_no_answer_is_silent_and_others_go_on(turns: Turns, setup: str) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(1) == [UnitHealth.SILENT]
        rig.line.cut = rig.line.units[1].silent = rig.line.units[1].garbled = False
        await rig.clock.sleep(7.0)
        assert rig.states(1) == [UnitHealth.SILENT, UnitHealth.ONLINE]
        rig.driver.switch("lamp", on=True)
        await rig.clock.sleep(0.5)
        assert rig.line.units[2].coils[0]

    on_a_line(story, turns, setup)


@BOTH_WAYS
def test_a_busy_unit_is_waited_for(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.changes == []
        rig.line.units[1].busy = False
        await rig.clock.sleep(3.0)
        assert [name for _, name, _ in rig.changes] == ["presence", "door", "dark"]
        assert rig.states(1) == [UnitHealth.ONLINE]

    on_a_line(story, turns, "busy")


@BOTH_WAYS
def test_a_unit_without_the_configured_address_refuses(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        del rig.line.units[2].coils[1]
        rig.driver.switch("door_opener", on=True)
        await rig.clock.sleep(1.0)
        assert rig.health[-1] == UnitHealthChanged(2, UnitHealth.REFUSES, 2)

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pulled_adapter_is_opened_again(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.near is not None
        rig.plugged = False
        rig.near.close()
        rig.line.units[1].set_input(0, active=True)
        await rig.clock.sleep(10.0)
        assert rig.states(1)[-1] is UnitHealth.LINE_LOST
        rig.plugged = True
        await rig.clock.sleep(20.0)
        assert rig.states(1)[-1] is UnitHealth.ONLINE
        assert rig.said("presence") == [False, True]

    on_a_line(story, turns)


def ten_minutes(turns: Turns) -> list[tuple[float, str, bool]]:
    changes: list[tuple[float, str, bool]] = []

    async def story(rig: Rig) -> None:
        for step in range(120):
            rig.line.units[1].set_input(step % 2, active=step % 3 == 0)
            rig.line.units[1].set_level(0, step * 37 % 400)
            await rig.clock.sleep(4.93)
        changes.extend(rig.changes)

    on_a_line(story, turns)
    return changes


def test_ten_minutes_of_effective_turns_are_ten_minutes_of_reading() -> None:
    full, brief = ten_minutes(EveryTurn()), ten_minutes(EffectiveTurns())

    assert len(full) > 100
    assert [change[1:] for change in brief] == [change[1:] for change in full]
    pace = {sensor.name: sensor.every for sensor in SENSORS}
    for one, other in zip(full, brief, strict=True):
        assert abs(one[0] - other[0]) < pace[one[1]] + 0.05


def test_a_quiet_line_costs_nothing_all_night() -> None:
    async def story(rig: Rig) -> None:
        heard = itertools.count()
        answer = rig.line.hear
        rig.line.hear = lambda request: (next(heard), answer(request))[1]  # type: ignore[method-assign]
        await rig.clock.sleep(8 * 3600.0)
        assert next(heard) == 0

    on_a_line(story, EffectiveTurns())


@pytest.mark.parametrize(
    "sensors, relays",
    [
        ([SENSORS[0], SENSORS[0]], []),
        ([Sensor("presence", 0, InputTable.COILS, 0)], []),
        ([Sensor("presence", 1, InputTable.COILS, 0, every=0.0)], []),
        ([], [Relay("lamp", 1, 65_536)]),
    ],
)
async def test_a_wrong_configuration_is_said_so(sensors: list[Sensor], relays: list[Relay]) -> None:
    async def nothing() -> ByteStream:
        raise StreamError("never opened")

    with pytest.raises(FieldConfigError):
        ModbusLine(nothing, sensors, relays, SystemClock(), on_change=lambda *_: None, on_health=lambda *_: None)


class Watch:
    """What a line told, with an event per word."""

    def __init__(self) -> None:
        self.changes: dict[str, bool] = {}
        self.health: dict[int, UnitHealth] = {}
        self._news = asyncio.Event()

    def change(self, name: str, active: bool) -> None:
        self.changes[name] = active
        self._news.set()

    def unit(self, number: int, change: UnitHealthChanged) -> None:
        self.health[number] = change.health
        self._news.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not done():
                await self._news.wait()
                self._news.clear()


def line_at(open_line: Callable[[], Awaitable[ByteStream]], watch: Watch) -> ModbusLine:
    return ModbusLine(open_line, SENSORS, RELAYS, SystemClock(), on_change=watch.change, on_health=watch.unit)


async def test_the_simulated_units_answer_on_a_pseudo_terminal(tmp_path: Path) -> None:
    units, watch = build("person_inside"), Watch()
    async with serve_url(f"pty:{tmp_path / 'field'}", lambda stream: serve(units, stream)) as url:
        driver = line_at(lambda: open_stream(url), watch)
        running = asyncio.create_task(driver.run())
        try:
            driver.switch("lamp", on=True)
            await watch.until(lambda: len(watch.changes) == 3 and watch.health.get(2) is UnitHealth.ONLINE)
            assert watch.changes == {"presence": True, "door": False, "dark": False}
            assert units.units[2].coils[0]
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_server_nobody_here_wrote_is_read_and_switched(tmp_path: Path) -> None:
    bits, words = DataType.BITS, DataType.REGISTERS
    inputs = [SimData(0, values=[True, False] + [False] * 14, datatype=bits)]
    coils = [SimData(0, count=16, values=False, datatype=bits)]
    devices = [
        SimDevice(
            unit, (coils, inputs, [SimData(0, values=7, datatype=words)], [SimData(0, values=150, datatype=words)])
        )
        for unit in (1, 2)
    ]
    port, watch = PtyPort(tmp_path / "field"), Watch()
    stream = port.plug_in()

    async def near() -> ByteStream:
        return stream

    server = ModbusSerialServer(devices, port=str(tmp_path / "field"), baudrate=9600)
    await server.serve_forever(background=True)
    driver = line_at(near, watch)
    running = asyncio.create_task(driver.run())
    try:
        driver.switch("door_opener", on=True)
        await watch.until(lambda: len(watch.changes) == 3 and watch.health.get(2) is UnitHealth.ONLINE)
        assert watch.changes == {"presence": True, "door": False, "dark": True}
        assert (await server.context.async_getValues(2, 1, 1, 1))[0]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await server.shutdown()
        port.unplug()
