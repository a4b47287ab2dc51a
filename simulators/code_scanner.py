"""A bar code scanner, serial or as a keyboard: somebody shows it a code, its faults are fields.

`python -m simulators code_scanner --listen pty:run/scanner0 --setup demonstration`
"""

import asyncio
from dataclasses import dataclass, field

from hallkit.codecs.hid_keys import DOWN, ENTER, EV_KEY, EV_SYN, EVENT, LAYOUTS, LEFT_SHIFT, SYN_DROPPED, UP
from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream

BYTE_TIME = 10 / 9600
END = b"\r\n"


@dataclass(slots=True)
class SimulatedScanner:
    """The scanner itself; `show` holds a code before it.

    `prefix` and `end` go around each code; `stalls_after` stops in the middle for `stalls_for` seconds; `repeats` reads
    one code so often; `layout`, `keeps_shift`, `drops_keys` are what a keyboard scanner does to it.
    """

    is_keyboard: bool = False
    prefix: bytes = b""
    end: bytes = b"\r"
    stalls_after: int | None = None
    stalls_for: float = 0.3
    repeats: int = 1
    layout: str = "us"
    keeps_shift: bool = True
    drops_keys: bool = False
    shown: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    def show(self, code: str | bytes) -> None:
        """Hold a code before the scanner."""
        self.shown.put_nowait(code.encode() if isinstance(code, str) else code)

    def pieces(self, code: bytes) -> list[tuple[float, bytes]]:
        """Return what goes out on the line: seconds to wait, and bytes."""
        if self.is_keyboard:
            return [(0.0, self.type(code.decode()))] * self.repeats
        data = self.prefix + code + self.end
        if self.stalls_after is None:
            return [(0.0, data)] * self.repeats
        return [(0.0, data[: self.stalls_after]), (self.stalls_for, data[self.stalls_after :])]

    def type(self, text: str) -> bytes:
        """Return the input events of `text` and Enter."""
        events: list[tuple[int, int, int]] = []
        for key, shift in LAYOUTS[self.layout].strokes(text):
            holds = shift and self.keeps_shift
            strokes = [(key, DOWN), (key, UP)]
            for code, value in [(LEFT_SHIFT, DOWN), *strokes, (LEFT_SHIFT, UP)] if holds else strokes:
                events += [(EV_KEY, code, value), (EV_SYN, 0, 0)]
        if self.drops_keys:
            events = [*events[: len(events) // 2], (EV_SYN, SYN_DROPPED, 0)]
        events += [(EV_KEY, ENTER, DOWN), (EV_SYN, 0, 0), (EV_KEY, ENTER, UP), (EV_SYN, 0, 0)]
        return b"".join(EVENT.pack(0, 0, *event) for event in events)


async def serve(device: SimulatedScanner, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone."""
    mouth = asyncio.create_task(_speak(device, stream), name="simulated scanner")
    try:
        while await stream.read():
            pass
    finally:
        mouth.cancel()
        await asyncio.gather(mouth, return_exceptions=True)


async def _speak(device: SimulatedScanner, stream: ByteStream) -> None:
    while True:
        for wait, data in device.pieces(await device.shown.get()):
            await asyncio.sleep(wait + len(data) * BYTE_TIME)
            try:
                await stream.write(data)
            except StreamClosedError:
                return


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "crlf": {"end": END},
    "prefixed": {"prefix": b"]Q1"},
    "no_end": {"end": b""},
    "stalling": {"stalls_after": 5},
    "flooding": {"repeats": 500},
    "keyboard": {"is_keyboard": True},
    "keyboard_of_another_layout": {"is_keyboard": True, "layout": "de"},
    "keyboard_without_shift": {"is_keyboard": True, "keeps_shift": False},
    "keyboard_dropping_keys": {"is_keyboard": True, "drops_keys": True},
    "demonstration": {},
}
"""Named starting points; `demonstration` shows one code by itself."""


def build(setup: str = "normal") -> SimulatedScanner:
    """Return a scanner in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedScanner()
    for name, value in SETUPS[setup].items():
        setattr(device, name, value)
    if setup == "demonstration":
        device.show("hall24-demonstration-000000")
    return device
