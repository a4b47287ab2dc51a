"""A pickup locker's board, of either family: doors spring open when told and stay open until somebody shuts them.

`python -m simulators lock_board --listen pty:run/locker0 --setup stuck`
"""

import asyncio
from copy import copy
from dataclasses import dataclass, field

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from kiosk.wire.lock_8a import ASK, DO_OPEN, HIGH, HOW_IS_IT, LOW, OPEN, Decoder8A, encode
from kiosk.wire.lock_board import DoorContact, Report
from kiosk.wire.lock_kerong import STATUS, UNLOCK, AskDecoderKerong, encode_report

GARBLE = 0x5A


@dataclass(slots=True)
class SimulatedLockBoard:
    """The board and its doors; change its fields while it is in use.

    `open_doors` stand open, `filled` boxes hold something, `stuck` doors do not move, `crossed` maps an ordered lock to
    the one wired there, `dead_contacts` always read the same; `answers_as` another board, `silent`, `garbled`, `echoes`
    are the line's; a lock takes `moves_for` seconds.
    """

    family: str = "8a"
    board: int = 1
    locks: int = 16
    contact: DoorContact = DoorContact.CLOSED_WHEN_LOCKED
    open_doors: list[int] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    crossed: dict[int, int] = field(default_factory=dict)
    dead_contacts: list[int] = field(default_factory=list)
    answers_as: int | None = None
    silent: bool = False
    garbled: bool = False
    echoes: bool = False
    moves_for: float = 1.0
    asked: int = 0

    def shut(self, door: int) -> None:
        """Shut a door."""
        self.open_doors = [one for one in self.open_doors if one != door]

    def force(self, door: int) -> None:
        """Break a door open."""
        self.open_doors = [*self.open_doors, door]

    def unlock(self, lock: int) -> None:
        """Let the lock that is wired as `lock` spring open."""
        door = self.crossed.get(lock, lock)
        if door not in self.stuck and door not in self.open_doors:
            self.force(door)

    def level(self, door: int) -> bool:
        """Return how a door's contact is read."""
        return self.contact.level(is_open=door in self.open_doors and door not in self.dead_contacts)

    def report(self) -> Report:
        """Return what a board that tells of all locks tells."""
        doors = range(1, self.locks + 1)
        levels = {door: self.level(door) for door in doors}
        return Report(self._name(), levels, {door: door in self.filled for door in doors})

    def single(self, head: int, lock: int) -> bytes:
        """Return what a board that tells of one lock tells."""
        return encode(head, self._name(), lock, HIGH if self.level(lock) else LOW)

    def line(self, data: bytes) -> bytes:
        """Return what the line makes of an answer."""
        return bytes(byte ^ GARBLE for byte in data) if self.garbled else data

    def _name(self) -> int:
        return self.board if self.answers_as is None else self.answers_as


async def serve(device: SimulatedLockBoard, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone."""
    decoder_8a, decoder_kerong = Decoder8A(), AskDecoderKerong()
    while data := await stream.read():
        try:
            if device.echoes:
                await stream.write(data)
            if device.family == "8a":
                for frame in decoder_8a.frames(data):
                    await _answer_8a(device, frame, stream)
            else:
                for ask in decoder_kerong.feed(data):
                    await _answer_kerong(device, ask, stream)
        except StreamClosedError:
            return


async def _answer_8a(device: SimulatedLockBoard, frame: bytes, stream: ByteStream) -> None:
    head, board, lock, function = frame[:4]
    if device.silent or board != device.board or not 1 <= lock <= device.locks:
        return
    device.asked += 1
    if (head, function) == (OPEN, DO_OPEN):
        await asyncio.sleep(device.moves_for)
        device.unlock(lock)
        await stream.write(device.line(device.single(OPEN, lock)))
    elif (head, function) == (ASK, HOW_IS_IT):
        await stream.write(device.line(device.single(ASK, lock)))


async def _answer_kerong(device: SimulatedLockBoard, ask: tuple[int, int, int], stream: ByteStream) -> None:
    board, lock, command = ask
    if device.silent or board != device.board:
        return
    device.asked += 1
    if command == UNLOCK:
        asyncio.get_running_loop().call_later(device.moves_for, device.unlock, lock)
    elif command == STATUS:
        await stream.write(device.line(encode_report(device.report())))


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "kerong": {"family": "kerong"},
    "other_contact": {"contact": DoorContact.CLOSED_WHEN_OPEN},
    "stuck": {"stuck": [1, 2, 3]},
    "crossed": {"crossed": {1: 2, 2: 1}},
    "left_open": {"open_doors": [5]},
    "dead_contact": {"dead_contacts": [1]},
    "wrong_board": {"answers_as": 7},
    "silent": {"silent": True},
    "garbled": {"garbled": True},
    "echoing": {"echoes": True},
}
"""Named starting points."""


def build(setup: str = "normal") -> SimulatedLockBoard:
    """Return a board in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedLockBoard()
    for name, value in SETUPS[setup].items():
        setattr(device, name, copy(value))
    return device
