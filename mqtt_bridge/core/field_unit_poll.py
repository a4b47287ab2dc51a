"""Which Modbus unit is asked what and when: sensors read on a grid of times, relays switched before them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from mqtt_bridge.core.field_inputs import SettlingInput
from mqtt_bridge.core.field_units import (
    InputChanged,
    Read,
    Relay,
    Sensor,
    Switch,
    UnitEvent,
    UnitHealth,
    UnitHealthChanged,
    UnitTurn,
)

SILENT_AFTER = 3
PROBE_SECONDS = 5.0
REFUSED_SECONDS = 30.0
BUSY_SECONDS = 0.2
BUSY_CODES = (5, 6)
LONGEST_READ = 16
SAME_TIME = 1e-9


@dataclass(slots=True)
class _Group:
    """Neighbouring sensors read at once, on the grid of times `due` + n * `every` that the first read begins."""

    read: Read
    every: float
    sensors: tuple[Sensor, ...]
    due: float
    inputs: tuple[SettlingInput, ...] = ()
    stirred: bool = True

    def __post_init__(self) -> None:
        self.inputs = tuple(SettlingInput(sensor.threshold, sensor.settle) for sensor in self.sensors)

    @property
    def never_read(self) -> bool:
        return any(one.active is None for one in self.inputs)

    @property
    def restless(self) -> bool:
        return self.stirred or any(one.unsettled for one in self.inputs)

    def due_from(self, now: float) -> float:
        """Return the first time of the grid that is not before `now`."""
        return self.due + max(0, ceil((now - self.due) / self.every - SAME_TIME)) * self.every

    def take(self, values: Sequence[int], now: float) -> tuple[UnitEvent, ...]:
        self.stirred = False
        first = self.read.address
        return tuple(
            InputChanged(sensor.name, active)
            for sensor, one in zip(self.sensors, self.inputs, strict=True)
            if (active := one.take(values[sensor.address - first], now)) is not None
        )


@dataclass(slots=True)
class _Unit:
    """One unit; `not_before` holds it back while silent or busy, `refused` are the requests it cannot do."""

    number: int
    health: UnitHealth | None = None
    misses: int = 0
    stirred: bool = True
    not_before: float = 0.0
    refused: dict[object, None] = field(default_factory=dict)

    @property
    def silent(self) -> bool:
        return self.misses >= SILENT_AFTER

    @property
    def restless(self) -> bool:
        return self.stirred if self.silent else self.misses > 0

    def become(self, health: UnitHealth, code: int | None = None) -> tuple[UnitEvent, ...]:
        changed, self.health = health is not self.health, health
        return (UnitHealthChanged(self.number, health, code),) if changed else ()


class UnitSchedule:
    """The timetable of one Modbus line; after a turn call exactly one of `on_reply`, `on_refusal`, `on_silence`."""

    def __init__(self, sensors: Iterable[Sensor], relays: Iterable[Relay], gap: float, start: float = 0.0) -> None:
        self._groups = _grouped(tuple(sensors), start)
        self._relays = {relay.name: relay for relay in relays}
        numbers = {group.read.unit for group in self._groups} | {relay.unit for relay in self._relays.values()}
        self._units = {number: _Unit(number) for number in sorted(numbers)}
        self._wanted: dict[str, bool] = {}
        self._unwritten: dict[str, None] = {}
        self._gap = gap
        self._free_at = start
        self._turn: tuple[_Group | str, Read | Switch] | None = None

    def switch(self, name: str, *, on: bool) -> None:
        """Have a relay switched, again after its unit was away; raise KeyError for an unknown name."""
        if name not in self._relays:
            raise KeyError(name)
        self._wanted[name] = on
        self._unwritten[name] = None

    def stir(self, number: int, now: float) -> None:
        """Take that something happened at unit `number`; one not on this line is ignored."""
        if number not in self._units:
            return
        unit = self._units[number]
        if unit.not_before < now and unit.silent:
            unit.not_before += ceil((now - unit.not_before) / PROBE_SECONDS) * PROBE_SECONDS
        unit.stirred = True
        for group in self._groups_of(number):
            if not group.restless:
                group.due, group.stirred = group.due_from(now), True

    def next_poll(self, now: float) -> UnitTurn | None:
        """Return the next turn of a master that reads everything in time; None where there is nothing to ask."""
        return self._choose(now, self._groups, tuple(self._unwritten))

    def next_effective(self, now: float) -> UnitTurn | None:
        """Return the first turn that can tell or change anything; None while there is none."""
        groups = [group for group in self._groups if self._is_restless(group)]
        relays = [name for name in self._unwritten if self._may_answer(self._units[self._relays[name].unit])]
        return self._choose(now, groups, relays)

    def on_reply(self, now: float, values: Sequence[int]) -> tuple[UnitEvent, ...]:
        """Take the values of the last turn's request."""
        asked, request, unit = self._finish(now)
        came_back = unit.health in (UnitHealth.SILENT, UnitHealth.LINE_LOST)
        unit.misses, unit.not_before = 0, 0.0
        unit.refused.pop(request, None)
        events = unit.become(UnitHealth.ONLINE) if not unit.refused else ()
        if came_back:
            self._greet_again(unit.number, now)
        if isinstance(asked, _Group):
            return events + asked.take(values, now)
        if isinstance(request, Switch) and self._wanted[asked] is request.on:
            self._unwritten.pop(asked, None)
        return events

    def on_refusal(self, now: float, code: int) -> tuple[UnitEvent, ...]:
        """Take that the unit answered with an exception; a busy one is asked again, another needs a technician."""
        asked, request, unit = self._finish(now)
        unit.misses = 0
        if code in BUSY_CODES:
            unit.not_before = now + BUSY_SECONDS
            return ()
        unit.not_before = 0.0
        unit.refused[request] = None
        if isinstance(asked, _Group):
            asked.stirred, asked.due = False, now + REFUSED_SECONDS
        else:
            self._unwritten.pop(asked, None)
        return unit.become(UnitHealth.REFUSES, code)

    def on_silence(self, now: float) -> tuple[UnitEvent, ...]:
        """Take that nothing that is an answer was heard."""
        _, _, unit = self._finish(now)
        unit.misses = min(unit.misses + 1, SILENT_AFTER)
        if not unit.silent:
            return ()
        unit.not_before, unit.stirred = now + PROBE_SECONDS, False
        return unit.become(UnitHealth.SILENT)

    def on_line_lost(self) -> tuple[UnitEvent, ...]:
        """Take that the master's own end of the line is gone."""
        events: tuple[UnitEvent, ...] = ()
        for unit in self._units.values():
            unit.stirred, unit.misses, unit.not_before = True, 0, 0.0
            events += unit.become(UnitHealth.LINE_LOST)
        for group in self._groups:
            group.stirred = True
        return events

    def _groups_of(self, number: int) -> list[_Group]:
        return [group for group in self._groups if group.read.unit == number]

    def _may_answer(self, unit: _Unit) -> bool:
        return unit.stirred or not unit.silent

    def _is_restless(self, group: _Group) -> bool:
        unit = self._units[group.read.unit]
        return self._may_answer(unit) and (unit.restless or group.restless)

    def _choose(self, now: float, groups: Sequence[_Group], relays: Sequence[str]) -> UnitTurn | None:
        at = max(now, self._free_at)
        times: list[tuple[float, int, _Group | str]] = [
            (max(at, self._units[self._relays[name].unit].not_before), -1, name) for name in relays
        ]
        times += [(self._time_of(group, at), index, group) for index, group in enumerate(groups)]
        if not times:
            return None
        when, _, asked = min(times, key=lambda entry: entry[:2])
        request = asked.read if isinstance(asked, _Group) else self._switch(asked)
        self._turn = asked, request
        return UnitTurn(when, request)

    def _time_of(self, group: _Group, at: float) -> float:
        if group.due < at - group.every:
            group.due = at if group.never_read else group.due_from(at)
        return max(at, group.due, self._units[group.read.unit].not_before)

    def _switch(self, name: str) -> Switch:
        relay = self._relays[name]
        return Switch(relay.unit, relay.address, self._wanted[name])

    def _finish(self, now: float) -> tuple[_Group | str, Read | Switch, _Unit]:
        if self._turn is None:
            raise RuntimeError("an answer was handed to the schedule without a turn")
        (asked, request), self._turn = self._turn, None
        self._free_at = now + self._gap
        if isinstance(asked, _Group):
            asked.due += asked.every
            asked.due = asked.due_from(now)
        return asked, request, self._units[request.unit]

    def _greet_again(self, number: int, now: float) -> None:
        for group in self._groups_of(number):
            group.stirred = True
        self._unwritten.update({name: None for name in self._wanted if self._relays[name].unit == number})


def _grouped(sensors: Sequence[Sensor], start: float) -> tuple[_Group, ...]:
    """Return the reads that cover `sensors`: neighbours of one unit, table and pace go together."""
    ordered = sorted(sensors, key=lambda one: (one.unit, one.table, one.every, one.address))
    runs: list[list[Sensor]] = []
    for sensor in ordered:
        if not runs or not _joins(runs[-1], sensor):
            runs.append([])
        runs[-1].append(sensor)
    return tuple(_group(run, start) for run in runs)


def _joins(run: Sequence[Sensor], sensor: Sensor) -> bool:
    first, last = run[0], run[-1]
    same = (first.unit, first.table, first.every) == (sensor.unit, sensor.table, sensor.every)
    return same and sensor.address - last.address <= 1 and sensor.address - first.address < LONGEST_READ


def _group(run: Sequence[Sensor], start: float) -> _Group:
    first, last = run[0], run[-1]
    read = Read(first.unit, first.table, first.address, last.address - first.address + 1)
    return _Group(read, first.every, tuple(run), start)
