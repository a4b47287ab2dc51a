"""A power supply behind upsd: the mains fail and come back, its faults are fields.

`python -m simulators ups --listen tcp://127.0.0.1:3493 --setup on_battery`
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from kiosk.wire.nut import LONGEST_LINE, Variables, encode_variables, quote, split_words


@dataclass(slots=True)
class SimulatedUps:
    """The supply and its upsd; change it by `change`, so that whoever watches may look.

    `refusal` is the word upsd refuses with, `silent` a hung upsd, `garbled` something else on its port.
    """

    name: str = "kiosk"
    on_battery: bool = False
    low: bool = False
    charge: int = 100
    runtime: int = 1800
    flags: str = ""
    refusal: str | None = None
    silent: bool = False
    garbled: bool = False
    on_news: list[Callable[[], None]] = field(default_factory=list)
    asked: int = 0

    def change(self, **fields: object) -> None:
        """Set fields and tell whoever watches."""
        for name, value in fields.items():
            setattr(self, name, value)
        for tell in self.on_news:
            tell()

    @property
    def values(self) -> dict[str, str]:
        """Return the variables of the supply."""
        words = ["OB" if self.on_battery else "OL", *(["LB"] if self.low else []), *self.flags.split()]
        return {
            "battery.charge": str(self.charge),
            "battery.runtime": str(self.runtime),
            "device.model": 'Demonstration "24"',
            "ups.status": " ".join([*words, "DISCHRG"] if self.on_battery else words),
        }

    def answer(self, line: str) -> bytes:
        """Return what upsd says to a line."""
        self.asked += 1
        match split_words(line):
            case [_, "VAR", name, *_] if name != self.name:
                return b"ERR UNKNOWN-UPS\n"
            case [_, "VAR", *_] if self.refusal is not None:
                return f"ERR {self.refusal}\n".encode()
            case ["LIST", "VAR", name]:
                return encode_variables(Variables(name, self.values))
            case ["GET", "VAR", name, variable] if variable in self.values:
                return f"VAR {name} {variable} {quote(self.values[variable])}\n".encode()
            case ["GET", "VAR", _, _]:
                return b"ERR VAR-NOT-SUPPORTED\n"
            case _:
                return b"ERR UNKNOWN-COMMAND\n"


async def serve(device: SimulatedUps, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone."""
    held = b""
    while data := await stream.read():
        *lines, held = (held + data).split(b"\n")
        held = held[:LONGEST_LINE]
        for line in lines:
            if device.silent:
                continue
            answer = device.answer(line.decode("utf-8", errors="replace").rstrip("\r"))
            try:
                await stream.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" if device.garbled else answer)
            except StreamClosedError:
                return


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "on_battery": {"on_battery": True, "charge": 80, "runtime": 900},
    "low": {"on_battery": True, "low": True, "charge": 8, "runtime": 60},
    "old_battery": {"flags": "RB"},
    "stale": {"refusal": "DATA-STALE"},
    "no_driver": {"refusal": "DRIVER-NOT-CONNECTED"},
    "silent": {"silent": True},
    "garbled": {"garbled": True},
}
"""Named starting points."""


def build(setup: str = "normal") -> SimulatedUps:
    """Return a supply in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedUps()
    device.change(**SETUPS[setup])
    return device
