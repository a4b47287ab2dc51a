"""A window call pad: its keys, lamp and display, and its faults."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from mqtt_bridge.wire.call_pad import EVERYBODY, Answer, Ask, Frame
from mqtt_bridge.wire.call_pad_values import (
    AgeCode,
    Figure,
    KeyCode,
    KeyData,
    LampCode,
    pack_key,
    pack_value,
    unpack_state,
    unpack_ticket,
    unpack_value,
)

KEYS_KEPT = 8
NUMBERS = 16
BOUNCE_SECONDS = 0.03
HOLD_SECONDS = 0.8
AGE_LIMITS = ((1.0, AgeCode.FRESH), (5.0, AgeCode.SECONDS), (30.0, AgeCode.LATE))
_FELT = ("plugged", "silent", "garbled", "slow", "address")


@dataclass(slots=True)
class _Waiting:
    key: KeyCode
    held: bool
    since: float


@dataclass
class SimulatedCallPad:
    """One pad: what it shows, which key presses wait in it, and its faults as fields.

    `plugged` false: off the line; `silent`: hears but says nothing; `garbled`: its answers are damaged; `slow`: seconds
    its answers come late.
    """

    serial: int
    address: int = 0
    epoch: int = 1
    ticket: str | None = None
    waiting: int = 0
    lamp: LampCode = LampCode.OFF
    beeps: int = 0
    plugged: bool = True
    silent: bool = False
    garbled: bool = False
    slow: float = 0.0
    time: Callable[[], float] = field(default=lambda: 0.0, repr=False)
    on_stir: Callable[[int], None] = field(default=lambda _: None, repr=False)
    count: int = 0
    _fresh: bool = True
    _sent: bool = False
    _selected: bool = False
    _blinks_until: float = -1.0
    _keys: deque[_Waiting] = field(default_factory=deque)
    _down: dict[KeyCode, float] = field(default_factory=dict)
    _up: dict[KeyCode, float] = field(default_factory=dict)

    def __setattr__(self, name: str, value: object) -> None:
        felt = name in _FELT and "on_stir" in self.__dict__
        if felt:
            self.on_stir(self.address)
        super().__setattr__(name, value)
        if felt:
            self.on_stir(self.address)

    @property
    def blinks(self) -> bool:
        """Say whether the pad blinks its address."""
        return self.time() < self._blinks_until

    @property
    def keys_waiting(self) -> tuple[KeyCode, ...]:
        """Return the key presses the master has not taken yet, oldest first."""
        return tuple(waiting.key for waiting in self._keys)

    def press(self, key: KeyCode) -> bool:
        """Press and release `key`; return False if the pad keeps no new press: the same still waits, or it is full."""
        return self._keep(key, held=False)

    def hold(self, key: KeyCode) -> bool:
        """Press `key` and keep it down for 0.8 s: a press, and then its second event."""
        self._keep(key, held=False)
        return self._keep(key, held=True)

    def contact(self, key: KeyCode, *, closed: bool) -> None:
        """Take one change of a key's contact; a bouncing contact is one press, one kept closed for 0.8 s also held."""
        now = self.time()
        if closed and key not in self._down:
            self._down[key] = now
            if now - self._up.get(key, -BOUNCE_SECONDS) >= BOUNCE_SECONDS:
                self._keep(key, held=False)
        elif not closed and key in self._down:
            since = self._down.pop(key)
            self._up[key] = now
            if now - since >= HOLD_SECONDS:
                self._keep(key, held=True)

    def restart(self) -> None:
        """Lose power and come back: display and waiting presses are gone, the epoch is the next one."""
        self.epoch += 1
        self.count = 0
        self.ticket, self.waiting, self.lamp = None, 0, LampCode.OFF
        self._fresh, self._sent, self._selected, self._blinks_until = True, False, False, -1.0
        self._keys.clear()
        self.on_stir(self.address)

    def hear(self, asked: Frame) -> Frame | None:
        """Take a frame from the line; return the answer, None where this pad has none to give."""
        if asked.address == EVERYBODY:
            return self._hear_everybody(asked)
        if asked.address != self.address or not isinstance(asked.kind, Ask):
            return None
        return _HANDLERS[asked.kind](self, asked) if asked.kind in _HANDLERS else None

    def _keep(self, key: KeyCode, *, held: bool) -> bool:
        if self.blinks:
            key, self._blinks_until = KeyCode.FOUND, -1.0
        last = self._keys[-1] if self._keys else None
        if len(self._keys) == KEYS_KEPT or (last is not None and (last.key, last.held) == (key, held)):
            return False
        self._keys.append(_Waiting(key, held, self.time()))
        self.on_stir(self.address)
        return True

    def _poll(self, asked: Frame) -> Frame:
        if self._sent and asked.number == (self.count + 1) % NUMBERS:
            self._keys.popleft()
            self.count, self._sent = self.count + 1, False
        if self._fresh or asked.number != self.count % NUMBERS:
            return Frame(self.address, Answer.RESYNC)
        if not self._keys:
            return Frame(self.address, Answer.IDLE, self.count % NUMBERS)
        self._sent = True
        head = self._keys[0]
        data = KeyData(head.key, head.held, self._age(head))
        return Frame(self.address, Answer.KEY, (self.count + 1) % NUMBERS, pack_key(data))

    def _age(self, waiting: _Waiting) -> AgeCode:
        age = self.time() - waiting.since
        return next((code for limit, code in AGE_LIMITS if age < limit), AgeCode.STALE)

    def _who(self, asked: Frame) -> Frame | None:
        if asked.number == Figure.EPOCH:
            return Frame(self.address, Answer.FIGURE, asked.number, pack_value(self.epoch))
        if asked.number == Figure.COUNT:
            self._fresh = False
            return Frame(self.address, Answer.FIGURE, asked.number, pack_value(self.count))
        return None

    def _census(self, asked: Frame) -> Frame:
        return Frame(self.address, Answer.IDENTITY, asked.number, pack_value(self.serial))

    def _show_ticket(self, asked: Frame) -> Frame:
        self.ticket = unpack_ticket(asked.data)
        return self._done(asked)

    def _show_state(self, asked: Frame) -> Frame:
        state = unpack_state(asked.data)
        if state is None:
            return Frame(self.address, Answer.REFUSED, Ask.STATE.code)
        self.waiting, self.lamp, beep = state
        self.beeps += beep
        return self._done(asked)

    def _blink(self, asked: Frame) -> Frame:
        self._blinks_until = self.time() + asked.data[0]
        return self._done(asked)

    def _hear_everybody(self, asked: Frame) -> Frame | None:
        if asked.kind is Ask.SELECT:
            self._selected = unpack_value(asked.data) == self.serial
            return self._done(asked) if self._selected else None
        if asked.kind is Ask.ASSIGN and self._selected:
            self._selected = False
            self.address = asked.data[0]
            return self._done(asked)
        return None

    def _done(self, asked: Frame) -> Frame:
        assert isinstance(asked.kind, Ask)
        return Frame(self.address, Answer.DONE, asked.kind.code | (8 if self._keys else 0))


_HANDLERS: dict[Ask, Callable[[SimulatedCallPad, Frame], Frame | None]] = {
    Ask.POLL: SimulatedCallPad._poll,
    Ask.WHO: SimulatedCallPad._who,
    Ask.CENSUS: SimulatedCallPad._census,
    Ask.TICKET: SimulatedCallPad._show_ticket,
    Ask.STATE: SimulatedCallPad._show_state,
    Ask.IDENTIFY: SimulatedCallPad._blink,
}
