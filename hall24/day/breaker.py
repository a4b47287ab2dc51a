"""Does what the fault plan says, and mends it again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from contract.board import HallMode
from contract.body import Reply
from contract.queue_requests import SetMode
from contract.rating import RatingGrade
from hall24.day.calm import Calm
from hall24.day.disk import Moment, Trap
from hall24.day.fault_plan import FaultKind, FaultPlan, Targets
from hall24.day.figures import Figures
from hall24.day.film import Film
from hall24.day.stage import Stage
from simulators.chance import happens, stream, within
from simulators.panel_ddp import SimulatedDdpPanel

KEEPALIVE = 30.0
WRITES_WITHIN = 60.0
NO_STORE = ("manager-1",)
_ROUGH = ("/ev", "/req", "/rep", "/ack", "/cmd")
BROKER = "broker"
"""The part that tells who is online; a broker that restarted has forgotten it."""

HALL = "hall"
"""The part whose calm every display depends on: engine, broker, displays, their disks and clocks."""


PRINTER_FAULTS: dict[FaultKind, dict[str, object]] = {
    FaultKind.PAPER_OUT: {"paper_dots": 0},
    FaultKind.PAPER_OUT_MID_PRINT: {"paper_dots": 300},
    FaultKind.PAPER_NEAR_END: {"near_end": True},
    FaultKind.PRINTER_OPEN: {"cover_open": True},
    FaultKind.CUTTER_JAM: {"cutter_jams": 1},
    FaultKind.PRINTER_SILENT: {"silent": True},
    FaultKind.PRINTER_GARBLED: {"garbled": True},
}
"""What of a receipt printer each fault sets; a knife jams as often as the fault's value says."""

MENDED: dict[str, object] = {"paper_dots": None, "cutter_jams": 0}


class Breaker:
    """Breaks and mends; `survived` counts the faults that are over by kind."""

    def __init__(self, stage: Stage, calm: Calm, plan: Sequence[FaultPlan], figures: Figures, film: Film) -> None:
        self._stage, self._calm, self._plan, self._figures, self._film = stage, calm, plan, figures, film
        self._chance = stream(stage.options.seed, "breaker")
        self.injected: dict[str, int] = {}
        self.survived: dict[str, int] = {}
        self.on_outage: Callable[[str, float], None] = lambda part, seconds: None

    async def run(self) -> None:
        """Carry the plan out; every fault is mended before this returns."""
        loop = asyncio.get_running_loop()
        going: list[asyncio.Task[None]] = []
        for fault in self._plan:
            await asyncio.sleep(max(0.0, fault.at - loop.time()))
            going.append(loop.create_task(self._carry_out(fault)))
        await asyncio.gather(*going)

    async def _carry_out(self, fault: FaultPlan) -> None:
        kind = fault.kind.value
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.injected[kind] = self.injected.get(kind, 0) + 1
        self._figures.at(began).faults_injected += 1
        self._film.mark(kind, fault.target)
        await _DOINGS[fault.kind](self, fault)
        self.survived[kind] = self.survived.get(kind, 0) + 1
        hour = self._figures.at(began)
        hour.faults_survived += 1
        hour.downtime += loop.time() - began

    async def _kill(self, fault: FaultPlan) -> None:
        program = self._stage.programs[fault.target]
        self._calm.begin(*_parts_of(fault.target))
        program.kill(pause=fault.lasts)
        self.on_outage(fault.target, fault.lasts)
        await self._until_alive(fault)

    async def _kill_at_commit(self, fault: FaultPlan) -> None:
        program = self._stage.programs[fault.target]
        died = asyncio.Event()

        def spring(owner: str) -> None:
            self._calm.begin(*_parts_of(fault.target))
            program.kill(pause=fault.lasts)
            died.set()

        moment = Moment.AFTER if fault.value < 0 else Moment.BEFORE
        trap = Trap(fault.target, abs(fault.value), moment, spring)
        self._stage.disk.set_trap(trap)
        try:
            async with asyncio.timeout(600):
                await died.wait()
        except TimeoutError:
            self._stage.disk.take_trap(trap)
            return
        self.on_outage(fault.target, fault.lasts)
        await self._until_alive(fault)

    async def _until_alive(self, fault: FaultPlan) -> None:
        await asyncio.sleep(fault.lasts + 1)
        self._calm.end(*_parts_of(fault.target), after=3.0)

    async def _restart_broker(self, fault: FaultPlan) -> None:
        self._calm.begin(HALL, BROKER)
        self._stage.broker.stop()
        self.on_outage("broker", fault.lasts)
        await asyncio.sleep(fault.lasts)
        self._stage.broker.start()
        self._calm.end(HALL, BROKER, after=1.0)

    async def _cut_uplink(self, fault: FaultPlan) -> None:
        broker = self._stage.broker
        broker.barred["intake"] = True
        broker.cut("intake")
        await asyncio.sleep(fault.lasts)
        broker.barred["intake"] = False

    async def _weather(self, fault: FaultPlan) -> None:
        self._calm.begin(HALL)
        self._stage.broker.weather = self._rough
        await asyncio.sleep(fault.lasts)
        self._stage.broker.weather = lambda topic, user: None
        self._calm.end(HALL, after=5.0)

    def _rough(self, topic: str, user: str) -> Sequence[float] | None:
        """Double, delay, lose or let overtake one message in five; boards and states keep the order MQTT gives them."""
        if not topic.endswith(_ROUGH) or not happens(self._chance, 200):
            return None
        late = within(self._chance, 1, 3_000) / 1000
        return ((0.0, late), (late,), (), (0.0, 0.0, late))[self._chance.randrange(4)]

    async def _misroute(self, fault: FaultPlan) -> None:
        """Let the broker hand acknowledgements to everybody, and lose facts, as one found in the field does."""
        broker = self._stage.broker
        broker.misroute = lambda topic: topic.endswith("/ack") and happens(self._chance, 500)
        broker.weather = lambda topic, user: () if topic.endswith("/ev") and happens(self._chance, 300) else None
        await asyncio.sleep(fault.lasts)
        broker.misroute = lambda topic: False
        broker.weather = lambda topic, user: None

    async def _half_open(self, fault: FaultPlan) -> None:
        broker, users = self._stage.broker, self._stage.programs[fault.target].users
        self._calm.begin(*_parts_of(fault.target))
        for user in users:
            broker.half_open[user] = True
        await asyncio.sleep(min(fault.lasts, KEEPALIVE))
        for user in users:
            broker.half_open[user] = False
            broker.cut(user)
        self._calm.end(*_parts_of(fault.target), after=1.0)

    async def _jump_clock(self, fault: FaultPlan) -> None:
        clock = self._stage.clock_of(fault.target)
        jump = fault.value or (datetime(1970, 1, 1, 8, tzinfo=UTC) - clock.now()).total_seconds()
        self._calm.begin(HALL)
        clock.jump(jump)
        await asyncio.sleep(fault.lasts)
        clock.jump(-jump)
        self._calm.end(HALL, after=10.0)

    async def _fill_disk(self, fault: FaultPlan) -> None:
        self._calm.begin(*_parts_of(fault.target))
        self._stage.disk.full[fault.target] = True
        await asyncio.sleep(fault.lasts)
        self._stage.disk.full[fault.target] = False
        self._calm.end(*_parts_of(fault.target), after=3.0)

    async def _cut_power(self, fault: FaultPlan) -> None:
        """Cut the whole hall's power, in the middle of the value-th write to a disk from now if there is a drive."""
        stage = self._stage
        panels = tuple(stage.hardware.panels)
        await self._until_power_goes(fault, panels)
        for line in stage.hardware.pad_lines.values():
            for pad in line.pads:
                pad.restart()
        await asyncio.sleep(fault.lasts)
        stage.broker.start()
        for name in panels:
            self._lighten(name)
        await asyncio.sleep(3)
        self._calm.end(HALL, BROKER, *panels, after=6.0)

    async def _until_power_goes(self, fault: FaultPlan, panels: Sequence[str]) -> None:
        gone = asyncio.Event()

        def cut() -> None:
            if gone.is_set():
                return
            gone.set()
            self._calm.begin(HALL, BROKER, *panels)
            self._stage.broker.stop()
            for program in self._stage.programs.values():
                if program.name != "intake":
                    program.kill(pause=fault.lasts + 1)
            self._stage.disk.lose_power()
            for name in panels:
                self._darken(name)

        drive = self._stage.disk.drive
        if drive is not None and fault.value:
            self._stage.disk.on_no_power, drive.countdown = cut, fault.value
            with suppress(TimeoutError):
                async with asyncio.timeout(WRITES_WITHIN):
                    await gone.wait()
        cut()

    async def _silence_panel(self, fault: FaultPlan) -> None:
        await self._panel(fault, self._hush, self._lighten)

    async def _refuse_at_panel(self, fault: FaultPlan) -> None:
        panel = self._stage.hardware.panels[fault.target]
        if isinstance(panel, SimulatedDdpPanel):
            await self._panel(fault, self._hush, self._lighten)
            return
        self._calm.begin(fault.target)
        panel.faults.busy, panel.faults.garbled = 5, 2
        await asyncio.sleep(fault.lasts)
        panel.faults.busy = panel.faults.garbled = 0
        self._calm.end(fault.target)

    async def _darken_panel(self, fault: FaultPlan) -> None:
        await self._panel(fault, self._darken, self._lighten)

    async def _panel(self, fault: FaultPlan, harm: Callable[[str], None], mend: Callable[[str], None]) -> None:
        self._calm.begin(fault.target)
        harm(fault.target)
        await asyncio.sleep(fault.lasts)
        mend(fault.target)
        self._calm.end(fault.target)

    def _hush(self, name: str) -> None:
        """Let a panel hear nothing; one that never answers is unplugged, which its host tells."""
        panel = self._stage.hardware.panels[name]
        if isinstance(panel, SimulatedDdpPanel):
            self._stage.unplug(name)
        else:
            panel.faults.silent = True

    def _darken(self, name: str) -> None:
        panel = self._stage.hardware.panels[name]
        if isinstance(panel, SimulatedDdpPanel):
            panel.cut_power(self._stage.clock.monotonic())
        else:
            panel.cut_power()
        self._stage.unplug(name)

    def _lighten(self, name: str) -> None:
        panel = self._stage.hardware.panels[name]
        panel.restore_power()
        if not isinstance(panel, SimulatedDdpPanel):
            panel.faults.silent = False
        self._stage.plug_back(name)

    async def _cut_line(self, fault: FaultPlan) -> None:
        line = self._stage.hardware.pad_lines[fault.target]
        line.cut = True
        await asyncio.sleep(fault.lasts)
        line.cut = False

    async def _make_noise(self, fault: FaultPlan) -> None:
        line = self._stage.hardware.pad_lines[fault.target]
        line.noise = b"\xff\x00\x87"
        await asyncio.sleep(fault.lasts)
        line.noise = b""

    async def _unplug_caller(self, fault: FaultPlan) -> None:
        pad = self._stage.caller(fault.target)
        pad.plugged = False
        await asyncio.sleep(fault.lasts)
        pad.plugged = True

    async def _garble_caller(self, fault: FaultPlan) -> None:
        pad = self._stage.caller(fault.target)
        pad.garbled = True
        await asyncio.sleep(fault.lasts)
        pad.garbled = False

    async def _restart_caller(self, fault: FaultPlan) -> None:
        self._stage.caller(fault.target).restart()

    async def _break_printer(self, fault: FaultPlan) -> None:
        """Break a ticket machine's printer; whoever mends it puts a new roll in and frees the knife."""
        printer, broken = self._stage.hardware.printers[fault.target], PRINTER_FAULTS[fault.kind]
        printer.change(**{name: fault.value if name == "cutter_jams" else value for name, value in broken.items()})
        await asyncio.sleep(fault.lasts)
        printer.change(**dict.fromkeys(broken, False) | {one: MENDED[one] for one in broken if one in MENDED})

    async def _silence_reader(self, fault: FaultPlan) -> None:
        reader = self._stage.hardware.readers[fault.target]
        reader.silent = True
        await asyncio.sleep(fault.lasts)
        reader.silent = False

    async def _silence_voice(self, fault: FaultPlan) -> None:
        self._calm.begin(fault.target)
        self._stage.ears[fault.target].silent = True
        await asyncio.sleep(fault.lasts)
        self._stage.ears[fault.target].silent = False
        self._calm.end(fault.target)

    async def _raise_alarm(self, fault: FaultPlan) -> None:
        """Let the manager clear the hall, and call everybody back."""
        name = f"alarm-{fault.at:g}"
        await self._set_mode(HallMode.EMERGENCY, f"{name}-on")
        await asyncio.sleep(fault.lasts)
        await self._set_mode(None, f"{name}-off")

    async def _set_mode(self, mode: HallMode | None, key: str) -> None:
        answer: Reply | None = None
        while answer is None:
            answer = await self._stage.desk.ask(SetMode(mode=mode), key)

    async def _silence_pad(self, fault: FaultPlan) -> None:
        self._stage.pad(fault.target).silent = True
        await asyncio.sleep(fault.lasts)
        self._stage.pad(fault.target).silent = False

    async def _empty_pad(self, fault: FaultPlan) -> None:
        self._stage.pad(fault.target).battery = 0
        await asyncio.sleep(fault.lasts)
        self._stage.pad(fault.target).battery = 100

    async def _freeze_key(self, fault: FaultPlan) -> None:
        self._stage.pad(fault.target).frozen_key = RatingGrade(fault.value)
        await asyncio.sleep(fault.lasts)
        self._stage.pad(fault.target).frozen_key = None


def _parts_of(program: str) -> tuple[str, ...]:
    return (HALL,) if program in ("queue-engine", "displays-1") else (program,)


def targets_of(stage: Stage) -> Targets:
    """Return what there is to break on a stage."""
    hall = stage.hall
    pads = tuple(one.name for one in hall.of_kind("rating-pad"))
    programs = tuple(name for name in stage.programs if name not in pads)
    callers = tuple(one.name for one in hall.of_kind("call-pad"))
    stores = tuple(name for name in programs if name not in NO_STORE)
    machines = tuple(one.name for one in hall.of_kind("ticket-machine"))
    voices = tuple(one.name for one in hall.of_kind("voice"))
    seldom = (*voices, *(one.name for one in hall.of_kind("display-controller")))
    busy = tuple(name for name in stores if name not in seldom)
    panels, hosts = tuple(stage.hardware.panels), tuple(stage.clocks)
    return Targets(programs, stores, busy, pads, panels, callers, machines, voices, hosts)


_K = FaultKind
_DOINGS: dict[FaultKind, Callable[[Breaker, FaultPlan], Awaitable[None]]] = {
    _K.KILL: Breaker._kill,
    _K.KILL_AT_COMMIT: Breaker._kill_at_commit,
    _K.BROKER_RESTART: Breaker._restart_broker,
    _K.UPLINK_DOWN: Breaker._cut_uplink,
    _K.WEATHER: Breaker._weather,
    _K.MISROUTED: Breaker._misroute,
    _K.HALF_OPEN: Breaker._half_open,
    _K.CLOCK_JUMP: Breaker._jump_clock,
    _K.DISK_FULL: Breaker._fill_disk,
    _K.POWER_CUT: Breaker._cut_power,
    _K.PANEL_SILENT: Breaker._silence_panel,
    _K.PANEL_NACKS: Breaker._refuse_at_panel,
    _K.PANEL_DARK: Breaker._darken_panel,
    _K.LINE_CUT: Breaker._cut_line,
    _K.LINE_NOISE: Breaker._make_noise,
    _K.CALLER_UNPLUGGED: Breaker._unplug_caller,
    _K.CALLER_GARBLED: Breaker._garble_caller,
    _K.CALLER_RESTART: Breaker._restart_caller,
    **dict.fromkeys(PRINTER_FAULTS, Breaker._break_printer),
    _K.READER_SILENT: Breaker._silence_reader,
    _K.VOICE_SILENT: Breaker._silence_voice,
    _K.EMERGENCY: Breaker._raise_alarm,
    _K.PAD_RADIO: Breaker._silence_pad,
    _K.PAD_BATTERY: Breaker._empty_pad,
    _K.PAD_KEY_DEAD: Breaker._freeze_key,
}
