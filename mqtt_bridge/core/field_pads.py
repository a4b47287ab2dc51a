"""One call pad as the master knows it: how far its greeting is, what it shows, which key press comes next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from mqtt_bridge.core.field_census import Count, Verdict
from mqtt_bridge.core.field_exchange import (
    Answer,
    Ask,
    Census,
    Done,
    Figure,
    HealthChanged,
    Identify,
    Idle,
    KeyPress,
    PadDisplay,
    PadEvent,
    PadHealth,
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

MISSES_ALLOWED = 2
GARBLES_ALLOWED = 2
NUMBERS = 16


class Phase(Enum):
    """How far the master is with a pad; each phase asks one thing and ends by the answer to it."""

    ABSENT = "probe it every probe interval"
    CENSUS = "count the pads at its address"
    CONFLICT = "count them again every probe interval"
    EPOCH = "learn which power-up this is"
    COUNT = "learn which key presses were taken"
    LIVE = "poll it every cycle"


IN_CYCLE = (Phase.EPOCH, Phase.COUNT, Phase.LIVE)
RESTING = (Phase.ABSENT, Phase.CONFLICT)


@dataclass(slots=True)
class Pad:
    """The pad at `address`; `due` is when one outside the cycle is asked next."""

    address: int
    interval: float
    due: float = 0.0
    phase: Phase = Phase.ABSENT
    health: PadHealth | None = None
    hurried: bool = False
    stirred: bool = True
    taken: int | None = None
    _count: Count = field(default_factory=Count)
    _serial: int = 0
    _power_up: tuple[int, int] | None = None
    _display: PadDisplay | None = None
    _ticket: ShowTicket | None = None
    _state: ShowState | None = None
    _identify: Identify | None = None
    _misses: int = 0
    _garbles: int = 0

    @property
    def in_cycle(self) -> bool:
        """Say whether the pad has a turn in every cycle; any other is asked at most once a cycle, when due."""
        return self.phase in IN_CYCLE

    @property
    def restless(self) -> bool:
        """Say whether asking can tell or change anything, as far as the master knows."""
        if self.phase is Phase.LIVE:
            return bool(self.stirred or self._pending() or self._misses or self._garbles)
        return self.stirred or self.phase not in RESTING

    def show(self, display: PadDisplay) -> None:
        """Have `display` shown, again after every restart of the pad, until another replaces it."""
        shown, self._display = self._display, display
        if shown is None or shown.ticket != display.ticket:
            self._ticket = ShowTicket(display.ticket)
        if shown is None or display.beep or (shown.waiting, shown.lamp) != (display.waiting, display.lamp):
            self._state = ShowState(display.waiting, display.lamp, display.beep)

    def identify(self, seconds: int) -> None:
        """Have the pad blink its address."""
        self._identify = Identify(seconds)

    def ask(self) -> Ask:
        """Return what to ask this pad now."""
        if self.phase in (Phase.CENSUS, Phase.CONFLICT):
            return Census(self._count.salt)
        if self.phase is Phase.COUNT:
            return Who(Figure.COUNT)
        if self.phase is not Phase.LIVE:
            return Who(Figure.EPOCH)
        return (None if self.hurried else self._pending()) or Poll((self.taken or 0) % NUMBERS)

    def answered(self, ask: Ask, answer: Answer, now: float) -> tuple[PadEvent, ...]:
        """Take the answer to `ask`; a key press is returned again until it is acknowledged."""
        self.hurried = False
        if isinstance(answer, Roll):
            return self._counted(answer, now)
        self._misses = self._garbles = 0
        if self.phase is Phase.ABSENT:
            self._start_census(now)
        elif isinstance(answer, Told):
            return self._learned(answer)
        elif self.phase is Phase.LIVE:
            return _WHEN_LIVE[type(answer)](self, ask, answer, now)
        return ()

    def acknowledge(self, press: KeyPress) -> None:
        """Let the pad forget `press`: it is stored."""
        if (press.serial, press.epoch) == self._power_up and self.taken == press.count - 1:
            self.taken = press.count

    def silent(self, now: float) -> tuple[PadEvent, ...]:
        """Take that nothing was heard."""
        self.hurried = False
        self._misses += 1
        if self.phase is Phase.ABSENT or self._misses > MISSES_ALLOWED:
            return self._rest(Phase.ABSENT, PadHealth.SILENT, (), now)
        return ()

    def garbled(self, now: float) -> tuple[PadEvent, ...]:
        """Take that something was heard and was no answer: noise, or two pads at once."""
        self.hurried = False
        self._garbles += 1
        if self.phase is Phase.ABSENT or self._garbles > GARBLES_ALLOWED:
            self._start_census(now)
        return ()

    def lose_line(self) -> tuple[PadEvent, ...]:
        """Take that the master's end of the line is gone; the pad is greeted again when it is back."""
        changed = self._rest(Phase.ABSENT, PadHealth.LINE_LOST, (), -self.interval)
        self.stirred = True
        return changed

    def stir(self, now: float) -> None:
        """Take that something happened at this pad and it is worth asking."""
        self.stirred = True
        if self.phase in RESTING and self.due < now:
            self.due += (int((now - self.due) / self.interval) + 1) * self.interval

    def _pending(self) -> Ask | None:
        return self._identify or self._ticket or self._state

    def _rest(self, phase: Phase, health: PadHealth, serials: tuple[int, ...], now: float) -> tuple[PadEvent, ...]:
        self.phase, self.due, self.stirred, self.hurried = phase, now + self.interval, False, False
        self._misses = self._garbles = 0
        self._identify = None
        return self._become(health, serials)

    def _become(self, health: PadHealth, serials: tuple[int, ...]) -> tuple[PadEvent, ...]:
        changed, self.health = health is not self.health, health
        return (HealthChanged(self.address, health, serials),) if changed else ()

    def _start_census(self, now: float) -> None:
        self.phase, self.due = Phase.CENSUS, now
        self._misses = self._garbles = 0
        self._count = Count(self._count.salt)

    def _counted(self, roll: Roll, now: float) -> tuple[PadEvent, ...]:
        verdict = self._count.add(roll)
        if verdict is None:
            self.phase, self.due = Phase.CENSUS, now
            return ()
        serials, self._count = self._count.serials, Count(self._count.salt)
        if verdict is Verdict.ONE:
            self._serial, self.phase = serials[0], Phase.EPOCH
            return ()
        phase, health = _VERDICTS[verdict]
        return self._rest(phase, health, serials, now)

    def _learned(self, told: Told) -> tuple[PadEvent, ...]:
        if told.figure is Figure.EPOCH and self.phase is Phase.EPOCH:
            if self._power_up != (self._serial, told.value):
                self._power_up, self.taken = (self._serial, told.value), None
            self.phase = Phase.COUNT
        elif told.figure is Figure.COUNT and self.phase is Phase.COUNT:
            if self.taken not in (told.value, told.value + 1):
                self.taken = told.value
            return self._go_live()
        return ()

    def _go_live(self) -> tuple[PadEvent, ...]:
        self.phase, self.stirred = Phase.LIVE, True
        if self._display is not None:
            self._ticket = ShowTicket(self._display.ticket)
            self._state = ShowState(self._display.waiting, self._display.lamp, beep=False)
        return self._become(PadHealth.ONLINE, (self._serial,))

    def _on_idle(self, _: Ask, answer: Idle, now: float) -> tuple[PadEvent, ...]:
        self.stirred = False
        if answer.taken != (self.taken or 0) % NUMBERS:
            self._start_census(now)
        return ()

    def _on_pressed(self, _: Ask, answer: Pressed, now: float) -> tuple[PadEvent, ...]:
        self.stirred = True
        count = (self.taken or 0) + 1
        if answer.number != count % NUMBERS:
            self._start_census(now)
            return ()
        serial, epoch = self._power_up or (0, 0)
        return (KeyPress(self.address, serial, epoch, count, answer.key, answer.held, answer.age),)

    def _on_done(self, ask: Ask, answer: Done | Refused, _: float) -> tuple[PadEvent, ...]:
        self._identify = None if ask == self._identify else self._identify
        self._ticket = None if ask == self._ticket else self._ticket
        self._state = None if ask == self._state else self._state
        self.hurried = isinstance(answer, Done) and answer.key_waiting
        self.stirred = self.stirred or self.hurried
        return ()

    def _on_resync(self, _: Ask, __: Resync, now: float) -> tuple[PadEvent, ...]:
        self._start_census(now)
        return ()


_VERDICTS = {
    Verdict.SEVERAL: (Phase.CONFLICT, PadHealth.CONFLICT),
    Verdict.NOBODY: (Phase.ABSENT, PadHealth.SILENT),
    Verdict.NOISE: (Phase.ABSENT, PadHealth.NOISY),
}
_WHEN_LIVE: dict[type, Callable[..., tuple[PadEvent, ...]]] = {
    Idle: Pad._on_idle,
    Pressed: Pad._on_pressed,
    Done: Pad._on_done,
    Refused: Pad._on_done,
    Resync: Pad._on_resync,
}
