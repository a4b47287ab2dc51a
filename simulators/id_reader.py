"""A SAM-V identity card reader: a card is laid on and lifted, its faults are fields.

`python -m simulators id_reader --listen pty:run/idcard0 --setup rare_name`
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from hallkit.codecs.sam_v import Ask, AskDecoder, Reply, Status, encode_reply, pack_card
from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from simulators.id_cards import CARDS, SimulatedCard

PIECE = 240
"""Bytes a paced reader writes at a time: 21 ms at 115,200 baud."""
FLIP_AT = 12
AGAIN_AFTER = 0.3
"""Seconds after which a doubled answer comes again, in the middle of the next exchange."""


class Handled(IntEnum):
    """How far the reader is with the card on it."""

    NEW = 0
    FOUND = 1
    SELECTED = 2
    READ = 3


@dataclass(slots=True)
class SimulatedIdReader:
    """The reader itself; change its fields while it is in use.

    `sam` is what its security module says of itself, `read_fault` how the next reads fail, `silent` swallows every
    ask, `hung` too but until `power_cycle`, `wedged` until a RESET; `flips`, `cuts`, `doubles` are counts of coming
    answers with a wrong bit, broken off, given twice; `noise` comes before every answer; `late` holds the coming
    answers back by these seconds; `card_time` is what reading takes inside; `baud` paces answers (0 = at once).
    """

    card: SimulatedCard | None = None
    sam: Status = Status.OK
    read_fault: Status | None = None
    silent: bool = False
    hung: bool = False
    wedged: bool = False
    flips: int = 0
    cuts: int = 0
    doubles: int = 0
    noise: bytes = b""
    late: list[float] = field(default_factory=list)
    card_time: float = 0.0
    baud: int = 0
    asked: list[Ask | None] = field(default_factory=list)
    _handled: Handled = Handled.NEW
    on_ask: Callable[[Ask | None], None] = lambda _: None

    def lay_on(self, card: SimulatedCard) -> None:
        """Lay a card on the reader."""
        self.card, self._handled = card, Handled.NEW

    def lift(self) -> None:
        """Take the card off, also in the middle of a read."""
        self.card, self._handled = None, Handled.NEW

    def power_cycle(self) -> None:
        """Take the power away and give it back."""
        self.hung = self.wedged = False
        self._handled = Handled.NEW

    def answer(self, ask: Ask | None) -> Reply | None:
        """Return what the reader says to `ask`, None if nothing."""
        self.asked.append(ask)
        self.on_ask(ask)
        if ask is Ask.RESET and not self.hung:
            self.wedged = False
        if self.silent or self.hung or self.wedged:
            return None
        if ask is None:
            return Reply(Status.BAD_COMMAND)
        if self.sam is not Status.OK:
            return Reply(self.sam)
        return self._serve(ask)

    def _serve(self, ask: Ask) -> Reply:
        match ask:
            case Ask.RESET | Ask.STATUS:
                return Reply(Status.OK)
            case Ask.SAM_ID:
                return Reply(Status.OK, bytes(16))
            case Ask.FIND:
                return self._find()
            case Ask.SELECT:
                return self._select()
            case Ask.READ_ADDRESS:
                return self._address()
            case Ask.READ | Ask.READ_FINGERPRINT:
                return self._read(with_fingerprint=ask is Ask.READ_FINGERPRINT)

    def _find(self) -> Reply:
        if self.card is None or self._handled is Handled.READ:
            return Reply(Status.NOT_FOUND)
        self._handled = Handled.FOUND
        return Reply(Status.FOUND, bytes(4))

    def _select(self) -> Reply:
        if self.card is None or self._handled is not Handled.FOUND:
            return Reply(Status.SELECT_FAILED)
        self._handled = Handled.SELECTED
        return Reply(Status.OK, bytes(8))

    def _read(self, *, with_fingerprint: bool) -> Reply:
        if self.card is None or self._handled is not Handled.SELECTED:
            return Reply(Status.READ_FAILED)
        self._handled = Handled.READ
        if self.read_fault is not None:
            return Reply(self.read_fault)
        return Reply(Status.OK, pack_card(self.card.data(), with_fingerprint=with_fingerprint))

    def _address(self) -> Reply:
        if self.card is None or self._handled is not Handled.READ:
            return Reply(Status.READ_FAILED)
        if not self.card.newest_address:
            return Reply(Status.ABSENT_ON_CARD)
        return Reply(Status.OK, self.card.newest_address.ljust(35).encode("utf-16-le"))

    def say(self, reply: Reply) -> bytes:
        """Return what the line carries of `reply`."""
        data = encode_reply(reply)
        if self.flips:
            self.flips -= 1
            at = min(FLIP_AT, len(data) - 1)
            data = data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]
        if self.cuts:
            self.cuts -= 1
            data = data[: len(data) // 3]
        return self.noise + data


async def serve(device: SimulatedIdReader, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone."""
    decoder = AskDecoder()
    while data := await stream.read():
        for ask in decoder.feed(data):
            try:
                await _answer(device, ask, stream)
            except StreamClosedError:
                return


async def _answer(device: SimulatedIdReader, ask: Ask | None, stream: ByteStream) -> None:
    if device.late:
        await asyncio.sleep(device.late.pop(0))
    reading = ask in (Ask.READ, Ask.READ_FINGERPRINT)
    if reading and device.card_time:
        await asyncio.sleep(device.card_time)
    reply = device.answer(ask)
    if reply is None:
        return
    data, card = device.say(reply), device.card
    size = PIECE if device.baud else len(data)
    for at in range(0, len(data), size):
        if reading and device.card is not card:
            return
        piece = data[at : at + size]
        await stream.write(piece)
        if device.baud:
            await asyncio.sleep(len(piece) * 10 / device.baud)
    if device.doubles:
        device.doubles -= 1
        await asyncio.sleep(AGAIN_AFTER)
        await stream.write(data)


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "usual": {"baud": 115_200, "card_time": 0.4},
    "silent": {"silent": True},
    "hung": {"hung": True},
    "wedged": {"wedged": True},
    "sam_fault": {"sam": Status.SELF_TEST_FAILED},
    "not_authorised": {"sam": Status.NOT_AUTHORISED},
    "unreadable": {"card": CARDS["resident"], "read_fault": Status.CARD_REJECTS_SAM},
    "noisy": {"noise": b"\xaa\x00\xaa\xaa\x96\x69\xaa\xaa\xaa"},
    **{name: {"card": card} for name, card in CARDS.items()},
}
"""Named starting points; the name of a card lies it on the reader."""


def build(setup: str = "normal") -> SimulatedIdReader:
    """Return a reader in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedIdReader()
    for name, value in SETUPS[setup].items():
        setattr(device, name, value)
    return device
