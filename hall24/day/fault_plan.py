"""What breaks on a day, as data: drawn from the seed, written to a report, read back to replay it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hall24.day.options import DayOptions, Profile
from simulators.chance import Weighted, stream, within


class FaultKind(StrEnum):
    """Everything that can break."""

    KILL = "kill"
    KILL_AT_COMMIT = "kill_at_commit"
    BROKER_RESTART = "broker_restart"
    UPLINK_DOWN = "uplink_down"
    WEATHER = "weather"
    MISROUTED = "misrouted"
    HALF_OPEN = "half_open"
    CLOCK_JUMP = "clock_jump"
    DISK_FULL = "disk_full"
    POWER_CUT = "power_cut"
    PANEL_SILENT = "panel_silent"
    PANEL_NACKS = "panel_nacks"
    PANEL_DARK = "panel_dark"
    LINE_CUT = "line_cut"
    LINE_NOISE = "line_noise"
    CALLER_UNPLUGGED = "caller_unplugged"
    CALLER_GARBLED = "caller_garbled"
    CALLER_RESTART = "caller_restart"
    PAPER_OUT = "paper_out"
    PAPER_OUT_MID_PRINT = "paper_out_mid_print"
    PAPER_NEAR_END = "paper_near_end"
    PRINTER_OPEN = "printer_open"
    CUTTER_JAM = "cutter_jam"
    PRINTER_SILENT = "printer_silent"
    PRINTER_GARBLED = "printer_garbled"
    READER_SILENT = "reader_silent"
    VOICE_SILENT = "voice_silent"
    EMERGENCY = "emergency"
    PAD_RADIO = "pad_radio"
    PAD_BATTERY = "pad_battery"
    PAD_KEY_DEAD = "pad_key_dead"


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """One fault: when (seconds since the first midnight), what, on whom, for how long, and a number of its kind's own.

    `value` is the commit counted to (negative: the death comes after it), the write to a disk in which the power goes
    (0: between two), or the seconds a clock jumps.
    """

    at: float
    kind: FaultKind
    target: str = ""
    lasts: float = 0.0
    value: int = 0


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to break, by name; `stores` commit, `busy` programs do so whenever anybody does anything."""

    programs: tuple[str, ...]
    stores: tuple[str, ...]
    busy: tuple[str, ...]
    pads: tuple[str, ...]
    panels: tuple[str, ...]
    callers: tuple[str, ...]
    machines: tuple[str, ...]
    voices: tuple[str, ...]
    hosts: tuple[str, ...]


_K = FaultKind
_STORM = {
    _K.KILL: 12, _K.KILL_AT_COMMIT: 22, _K.BROKER_RESTART: 8, _K.UPLINK_DOWN: 3, _K.WEATHER: 10, _K.MISROUTED: 4,
    _K.HALF_OPEN: 8,
    _K.CLOCK_JUMP: 6, _K.DISK_FULL: 6, _K.POWER_CUT: 1, _K.PANEL_SILENT: 5, _K.PANEL_NACKS: 5, _K.PANEL_DARK: 5,
    _K.LINE_CUT: 3, _K.LINE_NOISE: 2, _K.CALLER_UNPLUGGED: 4, _K.CALLER_GARBLED: 3, _K.CALLER_RESTART: 4,
    _K.PAD_RADIO: 6, _K.PAD_BATTERY: 4, _K.PAD_KEY_DEAD: 2, _K.PAPER_OUT: 4, _K.PAPER_OUT_MID_PRINT: 4,
    _K.PAPER_NEAR_END: 1, _K.PRINTER_OPEN: 3, _K.CUTTER_JAM: 4, _K.PRINTER_SILENT: 3, _K.PRINTER_GARBLED: 3,
    _K.READER_SILENT: 2, _K.VOICE_SILENT: 2, _K.EMERGENCY: 3,
}  # fmt: skip
_NORMAL = {
    _K.KILL: 2, _K.BROKER_RESTART: 1, _K.UPLINK_DOWN: 2, _K.HALF_OPEN: 1, _K.CLOCK_JUMP: 1, _K.PANEL_SILENT: 3,
    _K.PAPER_OUT: 2, _K.PAPER_NEAR_END: 2, _K.CUTTER_JAM: 1,
    _K.PANEL_DARK: 2, _K.CALLER_UNPLUGGED: 2, _K.PAD_RADIO: 4, _K.PAD_BATTERY: 3, _K.PAD_KEY_DEAD: 1,
}  # fmt: skip
_HUNT = _STORM | {
    _K.KILL: 20, _K.KILL_AT_COMMIT: 200, _K.BROKER_RESTART: 20, _K.MISROUTED: 16, _K.POWER_CUT: 4,
}  # fmt: skip
_WEIGHTS = {Profile.NORMAL: _NORMAL, Profile.STORM: _STORM, Profile.HUNT: _HUNT}
_AN_HOUR = {Profile.NONE: 0.0, Profile.NORMAL: 0.6, Profile.STORM: 16.0, Profile.HUNT: 40.0}
_JUMPS = (3600, -3600, 90, -90, 2, -2, 0)
"""Seconds a clock jumps; 0 stands for 1970, from which it comes back."""

EIGHT_HOURS = 8 * 3600.0


def plan_faults(options: DayOptions, targets: Targets) -> list[FaultPlan]:
    """Return the faults of the asked days in the order they begin; none begins in the last ten minutes."""
    if options.faults is Profile.NONE:
        return []
    chance = stream(options.seed, "faults", options.faults.value)
    weights, shapes = _WEIGHTS[options.faults], _SHAPES | (_AIMED if options.faults is Profile.HUNT else {})
    kinds, draw = list(weights), Weighted(list(weights.values()))
    begins, span = options.begins * 3600, int(options.span)
    number = int(_AN_HOUR[options.faults] * span / 3600) + 1
    found = [
        _fault(chance, kinds[draw.draw(chance)], begins + within(chance, 60, max(61, span - 600)), targets, shapes)
        for _ in range(number)
    ]
    if options.faults is Profile.STORM and span >= 86_400:
        found.append(FaultPlan(begins + within(chance, 8, 13) * 3600, _K.UPLINK_DOWN, "intake", EIGHT_HOURS))
        found.append(FaultPlan(begins + within(chance, 9, 16) * 3600, _K.POWER_CUT, "", 120.0, within(chance, 1, 60)))
    return sorted(found, key=lambda one: (one.at, one.kind, one.target))


def _fault(chance: random.Random, kind: FaultKind, at: float, targets: Targets, shapes: "_Shapes") -> FaultPlan:
    pick, shortest, longest = shapes[kind]
    of = pick(targets)
    target = of[chance.randrange(len(of))] if of else ""
    lasts = float(within(chance, shortest, longest))
    return FaultPlan(at, kind, target, lasts, _value(chance, kind))


def _value(chance: random.Random, kind: FaultKind) -> int:
    if kind is _K.CLOCK_JUMP:
        return _JUMPS[chance.randrange(len(_JUMPS))]
    if kind is _K.POWER_CUT:
        return within(chance, 0, 60)
    if kind is _K.KILL_AT_COMMIT:
        return within(chance, 1, 12) * (1 if chance.randrange(2) else -1)
    return within(chance, 1, 5)


def _mains(targets: Targets) -> Sequence[str]:
    """Return the programs of the hall's computer three times as often as a machine's, a voice's or a pad's own."""
    return _weighted(targets.programs, targets)


def _storing(targets: Targets) -> Sequence[str]:
    """Return the programs that commit, those of the hall's computer three times as often as the others."""
    return _weighted(targets.stores, targets)


def _busy(targets: Targets) -> Sequence[str]:
    """Return each busy program of the hall's computer as often as all ticket machines together."""
    core = tuple(name for name in targets.busy if name not in targets.machines)
    return (*core * len(targets.machines), *targets.machines)


def _weighted(names: Sequence[str], targets: Targets) -> Sequence[str]:
    own = (*targets.machines, *targets.voices)
    core = tuple(name for name in names if name not in own)
    return (*core, *core, *core, *targets.machines, *targets.voices[:1], *targets.pads[:4])


_Pick = Callable[[Targets], Sequence[str]]
_Shapes = dict[FaultKind, tuple[_Pick, int, int]]
_SHAPES: _Shapes = {
    _K.KILL: (_mains, 1, 90),
    _K.KILL_AT_COMMIT: (_storing, 1, 60),
    _K.BROKER_RESTART: (lambda _: ("broker",), 1, 60),
    _K.UPLINK_DOWN: (lambda _: ("intake",), 30, 1_800),
    _K.WEATHER: (lambda _: ("broker",), 20, 300),
    _K.MISROUTED: (lambda _: ("broker",), 20, 300),
    _K.HALF_OPEN: (lambda one: one.programs, 5, 60),
    _K.CLOCK_JUMP: (lambda one: one.hosts, 30, 600),
    _K.DISK_FULL: (_storing, 5, 120),
    _K.POWER_CUT: (lambda _: ("",), 30, 180),
    _K.PANEL_SILENT: (lambda one: one.panels, 5, 300),
    _K.PANEL_NACKS: (lambda one: one.panels, 5, 120),
    _K.PANEL_DARK: (lambda one: one.panels, 5, 300),
    _K.LINE_CUT: (lambda _: ("bridge-1",), 2, 60),
    _K.LINE_NOISE: (lambda _: ("bridge-1",), 2, 60),
    _K.CALLER_UNPLUGGED: (lambda one: one.callers, 5, 120),
    _K.CALLER_GARBLED: (lambda one: one.callers, 5, 120),
    _K.CALLER_RESTART: (lambda one: one.callers, 1, 1),
    _K.PAPER_OUT: (lambda one: one.machines, 20, 600),
    _K.PAPER_OUT_MID_PRINT: (lambda one: one.machines, 60, 600),
    _K.PAPER_NEAR_END: (lambda one: one.machines, 60, 600),
    _K.PRINTER_OPEN: (lambda one: one.machines, 5, 120),
    _K.CUTTER_JAM: (lambda one: one.machines, 60, 300),
    _K.PRINTER_SILENT: (lambda one: one.machines, 5, 300),
    _K.PRINTER_GARBLED: (lambda one: one.machines, 5, 300),
    _K.READER_SILENT: (lambda one: one.machines, 30, 600),
    _K.VOICE_SILENT: (lambda one: one.voices, 30, 300),
    _K.EMERGENCY: (lambda _: ("hall",), 10, 90),
    _K.PAD_RADIO: (lambda one: one.pads, 5, 600),
    _K.PAD_BATTERY: (lambda one: one.pads, 30, 600),
    _K.PAD_KEY_DEAD: (lambda one: one.pads, 30, 600),
}
"""Whom a kind of fault can hit, and its shortest and longest seconds."""

_AIMED: _Shapes = {_K.KILL_AT_COMMIT: (_busy, 1, 20), _K.KILL: (_mains, 5, 60)}
"""What a hunt aims better: at programs that commit, and back soon for the next death."""
