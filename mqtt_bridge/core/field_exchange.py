"""What the master and the call pads say to each other, and what a hall learns from it; no bytes."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class PadKey(StrEnum):
    """The keys of a call pad; `found` is any key while the pad blinks, `unknown` one of a newer pad."""

    NEXT = "next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    TRANSFER = "transfer"
    PAUSE = "pause"
    RESUME = "resume"
    HOLD = "hold"
    FOUND = "found"
    UNKNOWN = "unknown"


class PadLamp(StrEnum):
    """What the pad's lamp says."""

    OFF = "off"
    FREE = "free"
    CALLING = "calling"
    SERVING = "serving"
    PAUSED = "paused"
    REFUSED = "refused"
    OFFLINE = "offline"


class PadHealth(StrEnum):
    """How a pad is; everything but `online` needs somebody to come."""

    ONLINE = "online"
    SILENT = "silent"
    NOISY = "noisy"
    CONFLICT = "conflict"
    LINE_LOST = "line_lost"


class Figure(Enum):
    """The figures a pad keeps of itself: power-ups ever, and key presses taken since the last one."""

    EPOCH = 0
    COUNT = 1


@dataclass(frozen=True, slots=True)
class PadDisplay:
    """What a pad shows: ticket (one letter at most, one to four digits) or none, people waiting, lamp."""

    ticket: str | None = None
    waiting: int = 0
    lamp: PadLamp = PadLamp.OFF
    beep: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask for the next key press after `taken` (modulo 16)."""

    taken: int


@dataclass(frozen=True, slots=True)
class Who:
    """Ask for one figure."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Census:
    """Ask every pad at the address for its serial, each in the slot that serial and `salt` give it."""

    salt: int


@dataclass(frozen=True, slots=True)
class ShowTicket:
    """Show `ticket`, blank for None."""

    ticket: str | None


@dataclass(frozen=True, slots=True)
class ShowState:
    """Show waiting people and lamp."""

    waiting: int
    lamp: PadLamp
    beep: bool


@dataclass(frozen=True, slots=True)
class Identify:
    """Blink the address for `seconds` (0 to 127; 0 stops)."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Select:
    """Address the pad with `serial`, wherever it is, for one `Assign`."""

    serial: int


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the selected pad its new address."""

    address: int


Ask = Poll | Who | Census | ShowTicket | ShowState | Identify | Select | Assign


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing new; `taken` (modulo 16) is the last key press the pad knows to be taken."""

    taken: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """Key press `number` (modulo 16), waiting in the pad for at least `age` seconds."""

    number: int
    key: PadKey
    held: bool = False
    age: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One figure."""

    figure: Figure
    value: int


@dataclass(frozen=True, slots=True)
class Roll:
    """The serials heard in one census, in the order heard, and whether something else was heard as well."""

    serials: tuple[int, ...]
    garbled: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The ask was carried out; a key press may be waiting."""

    key_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The pad cannot carry out the ask."""


@dataclass(frozen=True, slots=True)
class Resync:
    """The pad restarted or lost step."""


Answer = Idle | Pressed | Told | Roll | Done | Refused | Resync


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key press of one pad; (`serial`, `epoch`, `count`) names it for ever, whoever hears it twice."""

    address: int
    serial: int
    epoch: int
    count: int
    key: PadKey
    held: bool = False
    age: int = 0

    @property
    def name(self) -> str:
        """Return the idempotency key of the press."""
        return f"pad-{self.serial}-{self.epoch}-{self.count}"


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """A pad is now `health`; `serials` are the pads heard at its address."""

    address: int
    health: PadHealth
    serials: tuple[int, ...] = ()


PadEvent = KeyPress | HealthChanged
