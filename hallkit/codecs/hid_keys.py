"""Scanners that pretend to be keyboards: characters from Linux key codes (linux/input-event-codes.h).

Handles shift, caps lock, the key pad, Alt with key pad digits, key repeat, and keys the kernel had to drop.
"""

from dataclasses import dataclass, field
from struct import Struct

EVENT = Struct("@llHHi")
"""struct input_event of linux/input.h: seconds, microseconds, type, code, value."""

EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
UP, DOWN, REPEAT = 0, 1, 2
LEFT_SHIFT, RIGHT_SHIFT, CAPS_LOCK = 42, 54, 58
LEFT_ALT, RIGHT_ALT = 56, 100
ENTER, PAD_ENTER = 28, 96
SHIFTS, ALTS, ENTERS = (LEFT_SHIFT, RIGHT_SHIFT), (LEFT_ALT, RIGHT_ALT), (ENTER, PAD_ENTER)
LOST = "\x1a"
"""Stands in the text where the kernel dropped keys (SUBSTITUTE)."""

_ROWS = ((2, 13), (16, 27), (30, 41), (43, 53))
"""First and last key code of each row; 57 is the space bar, 86 the key next to the left shift."""

_US = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'`", "\\zxcvbnm,./", " ", "<")
_US_SHIFTED = ("!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"~', "|ZXCVBNM<>?", " ", ">")
_DE = ("1234567890ß´", "qwertzuiopü+", "asdfghjklöä^", "#yxcvbnm,.-", " ", "<")
_DE_SHIFTED = ('!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ°", "'YXCVBNM;:_", " ", ">")
_PAD = {71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2", 81: "3", 82: "0"}
PAD = {**_PAD, 55: "*", 83: ".", 98: "/"}

CALIBRATION = "HALL24-layout_yzYZ?&=/:;#@0189"
"""What the commissioning code says: letters that wander between layouts, shifted signs, digits."""


def _keys(rows: tuple[str, ...]) -> dict[int, str]:
    keys = {first + at: sign for (first, _), row in zip(_ROWS, rows, strict=False) for at, sign in enumerate(row)}
    return {**keys, 57: rows[4], 86: rows[5]}


@dataclass(frozen=True, slots=True)
class Layout:
    """What the keys say, plain and with shift."""

    plain: dict[int, str]
    shifted: dict[int, str]

    def strokes(self, text: str) -> list[tuple[int, bool]]:
        """Return key and shift for each character; KeyError for one the layout has not."""
        plain = {sign: key for key, sign in self.plain.items()}
        shifted = {sign: key for key, sign in self.shifted.items()}
        return [(plain[sign], False) if sign in plain else (shifted[sign], True) for sign in text]


LAYOUTS = {"us": Layout(_keys(_US), _keys(_US_SHIFTED)), "de": Layout(_keys(_DE), _keys(_DE_SHIFTED))}


@dataclass(slots=True)
class KeyDecoder:
    """Turns bytes of input events, cut anyhow, into text; Enter is a carriage return."""

    layout: Layout = field(default_factory=lambda: LAYOUTS["us"])
    _held: bytes = b""
    _down: list[int] = field(default_factory=list)
    _caps: bool = False
    _alt_digits: str = ""

    def feed(self, data: bytes) -> str:
        """Take `data`; return the characters typed by now."""
        self._held += data
        whole = len(self._held) // EVENT.size * EVENT.size
        ready, self._held = self._held[:whole], self._held[whole:]
        return "".join(self._take(kind, code, value) for _, _, kind, code, value in EVENT.iter_unpack(ready))

    def _take(self, kind: int, code: int, value: int) -> str:
        if kind == EV_SYN and code == SYN_DROPPED:
            self._down.clear()
            self._alt_digits = ""
            return LOST
        if kind != EV_KEY or value == REPEAT:
            return ""
        if value == UP:
            return self._lift(code)
        return self._press(code)

    def _lift(self, code: int) -> str:
        if code in self._down:
            self._down.remove(code)
        if code in ALTS and self._alt_digits:
            number, self._alt_digits = int(self._alt_digits), ""
            return bytes((number,)).decode("cp1252", errors="replace") if number < 256 else LOST
        return ""

    def _press(self, code: int) -> str:
        if code not in self._down:
            self._down.append(code)
        if code == CAPS_LOCK:
            self._caps = not self._caps
        if code in (*SHIFTS, *ALTS, CAPS_LOCK):
            return ""
        if any(alt in self._down for alt in ALTS) and PAD.get(code, "").isdigit():
            self._alt_digits = (self._alt_digits + PAD[code])[-4:]
            return ""
        return "\r" if code in ENTERS else self._sign(code)

    def _sign(self, code: int) -> str:
        if code in PAD:
            return PAD[code]
        is_shifted = any(shift in self._down for shift in SHIFTS)
        sign = self.layout.plain.get(code, "")
        if sign.isalpha() and self._caps:
            is_shifted = not is_shifted
        return self.layout.shifted.get(code, "") if is_shifted else sign


def layout_advice(heard: str) -> str | None:
    """Return what is wrong with a scanner that read CALIBRATION as `heard`; None if nothing."""
    if heard == CALIBRATION:
        return None
    if heard.lower() == CALIBRATION.lower() or heard == _without_shift():
        return "the scanner's shift or caps lock is lost: set it to send shift with every capital"
    for name, layout in LAYOUTS.items():
        if heard == _misread(layout):
            return f"the scanner types a keyboard of layout {name!r}: set it to US, or the configuration to {name!r}"
    return "the scanner types another keyboard: set it to US, without prefix, with Enter at the end"


def _without_shift() -> str:
    plain = LAYOUTS["us"].plain
    return "".join(plain[key] for key, _ in LAYOUTS["us"].strokes(CALIBRATION))


def _misread(layout: Layout) -> str:
    """Return what a US reader makes of the calibration code typed on `layout`; what `layout` has not is left out."""
    known = "".join(sign for sign in CALIBRATION if sign in (*layout.plain.values(), *layout.shifted.values()))
    us = LAYOUTS["us"]
    return "".join((us.shifted if shift else us.plain)[key] for key, shift in layout.strokes(known))
