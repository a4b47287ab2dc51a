"""The ESP32's serial loader: the ROM's commands, and those of the stub a host puts into its memory."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.esp32_chip import SECTOR, Chip
from simulators.esp32_frames import Command, Refusal, RefusedError, Request, decode, encode_reply

SYNC_ANSWERS = 8
ROM_VALUE = 0x20120707
"""What a ROM answers a SYNC with; a stub answers 0."""
GREETING = b"OHAI"
FIRST_BAUD = 115_200
STUB_ONLY = (Command.ERASE_FLASH, Command.ERASE_REGION, Command.READ_FLASH, Command.RUN_USER_CODE)
SLOW_READ = 64
MOST_INFLIGHT = 64


@dataclass(slots=True)
class Sending:
    """A part of the flash on its way to the host, which acknowledges the bytes it has."""

    address: int
    size: int
    packet: int
    inflight: int
    sent: int = 0

    def due(self, acknowledged: int) -> list[tuple[int, int]]:
        """Return the (address, size) of packets that may be sent now."""
        found = []
        while self.sent < self.size and self.sent - acknowledged < self.packet * self.inflight:
            size = min(self.packet, self.size - self.sent)
            found.append((self.address + self.sent, size))
            self.sent += size
        return found


@dataclass(slots=True)
class Loader:
    """One start of the loader over a `chip`; `feed` turns a frame's payload into the payloads answered.

    `on_baud` is told a new speed after its answer was sent, `on_leave` that the loader ends and the program runs.
    """

    chip: Chip
    on_baud: Callable[[int], None] = lambda _: None
    on_leave: Callable[[], None] = lambda: None
    is_stub: bool = False
    written: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    _place: int = 0
    _inflater: "zlib._Decompress | None" = None
    _memory: int = 0
    _sending: Sending | None = None
    _is_ending: bool = False

    def feed(self, payload: bytes) -> list[bytes]:
        """Return the answers to a frame."""
        if self._sending is not None and len(payload) == 4:
            return self._send_on(int.from_bytes(payload, "little"))
        request = decode(payload)
        if request is None:
            return []
        try:
            command = Command(request.op)
            if command in STUB_ONLY and not self.is_stub:
                raise RefusedError(Refusal.WRONG_MESSAGE)
            self.seen[command.name] = self.seen.get(command.name, 0) + 1
            return self._carry_out(command, request)
        except ValueError:
            return [self._reply(request.op, refusal=Refusal.WRONG_MESSAGE)]
        except RefusedError as error:
            return [self._reply(request.op, refusal=error.refusal)]

    def _carry_out(self, command: Command, request: Request) -> list[bytes]:
        value, data, more = ACTIONS[command](self, request)
        first = self._reply(command, value=value, data=data)
        if command is Command.SYNC:
            return [first] * SYNC_ANSWERS
        self.is_stub = (self.is_stub or GREETING in more) and not self._is_ending
        self._is_ending = False
        return [first, *more]

    def _reply(self, op: int, *, value: int = 0, data: bytes = b"", refusal: int = 0) -> bytes:
        return encode_reply(op, value=value, data=data, refusal=refusal, status_size=2 if self.is_stub else 4)

    def sync(self, request: Request) -> "Answer":
        """Answer that somebody is here."""
        return (0 if self.is_stub else ROM_VALUE), b"", []

    def read_register(self, request: Request) -> "Answer":
        """Answer a register."""
        return self.chip.read_register(request.words(1)[0]), b"", []

    def write_register(self, request: Request) -> "Answer":
        """Change registers: (address, value, mask, delay in µs) each."""
        for at in range(0, len(request.data) // 16 * 4, 4):
            address, value, mask, _ = request.words(at + 4)[at:]
            self.chip.write_register(address, value, mask)
        return NOTHING

    def nothing(self, request: Request) -> "Answer":
        """Agree: the flash is attached, its size known."""
        return NOTHING

    def flash_begin(self, request: Request) -> "Answer":
        """Erase `size` bytes at `offset` and wait for blocks."""
        size, _, _, offset = request.words(4)
        if not self.chip.erase(offset, size):
            raise RefusedError(Refusal.FAILED)
        self._place, self._inflater = offset, None
        return NOTHING

    def deflate_begin(self, request: Request) -> "Answer":
        """The same for compressed blocks; a ROM is told the size to erase, a stub the size to write."""
        self.flash_begin(request)
        self._inflater = zlib.decompressobj()
        return NOTHING

    def flash_data(self, request: Request) -> "Answer":
        """Write a block."""
        self._write(request.block())
        return NOTHING

    def deflate_data(self, request: Request) -> "Answer":
        """Write what a compressed block unpacks to."""
        if self._inflater is None:
            raise RefusedError(Refusal.FAILED)
        try:
            self._write(self._inflater.decompress(request.block()))
        except zlib.error as error:
            raise RefusedError(Refusal.DEFLATE) from error
        return NOTHING

    def flash_end(self, request: Request) -> "Answer":
        """End writing: a ROM then runs the flash, a stub told 0 goes back to the ROM's loader."""
        if not self.is_stub:
            self.on_leave()
        elif request.words(1)[0] == 0:
            self._end_stub()
        return NOTHING

    def memory_begin(self, request: Request) -> "Answer":
        """Wait for code."""
        self._memory = request.words(1)[0]
        return NOTHING

    def memory_data(self, request: Request) -> "Answer":
        """Take a block of code."""
        self._memory -= len(request.block())
        return NOTHING

    def memory_end(self, request: Request) -> "Answer":
        """Start the code if an entry is named: from the greeting on the stub answers."""
        if request.words(2)[1] == 0:
            return NOTHING
        return 0, b"", [GREETING]

    def change_baud(self, request: Request) -> "Answer":
        """Answer at the old speed, then speak at the new one."""
        self.on_baud(request.words(1)[0])
        return NOTHING

    def md5(self, request: Request) -> "Answer":
        """Answer a region's MD5: 32 hexadecimal digits from a ROM, 16 bytes from a stub."""
        address, size = request.words(2)
        found = self.chip.digest(address, size)
        return 0, found if self.is_stub else found.hex().encode(), []

    def read_slowly(self, request: Request) -> "Answer":
        """Answer 64 bytes of flash."""
        address, size = request.words(2)
        return 0, bytes(self.chip.flash[address : address + min(size, SLOW_READ)]).ljust(SLOW_READ, b"\0"), []

    def erase_all(self, request: Request) -> "Answer":
        """Erase the whole flash."""
        self.chip.erase(0, len(self.chip.flash))
        return NOTHING

    def erase_region(self, request: Request) -> "Answer":
        """Erase whole sectors."""
        offset, size = request.words(2)
        if offset % SECTOR or size % SECTOR or not self.chip.erase(offset, size):
            raise RefusedError(Refusal.FAILED)
        return NOTHING

    def read_flash(self, request: Request) -> "Answer":
        """Send a region in packets, then its MD5."""
        address, size, packet, inflight = request.words(4)
        if not packet or address + size > len(self.chip.flash):
            raise RefusedError(Refusal.FAILED)
        self._sending = Sending(address, size, packet, min(max(inflight, 1), MOST_INFLIGHT))
        return 0, b"", self._packets(0)

    def leave(self, request: Request) -> "Answer":
        """End the stub, which returns to the ROM that called it."""
        self._end_stub()
        return NOTHING

    def _end_stub(self) -> None:
        self._is_ending = True
        self.on_baud(FIRST_BAUD)

    def _write(self, data: bytes) -> None:
        if not self.chip.program(self._place, data):
            raise RefusedError(Refusal.FLASH_WRITE)
        self._place += len(data)
        self.written += len(data)

    def _packets(self, acknowledged: int) -> list[bytes]:
        assert self._sending is not None
        return [bytes(self.chip.flash[at : at + size]) for at, size in self._sending.due(acknowledged)]

    def _send_on(self, acknowledged: int) -> list[bytes]:
        found, sending = self._packets(acknowledged), self._sending
        assert sending is not None
        if acknowledged < sending.size:
            return found
        self._sending = None
        return [self.chip.digest(sending.address, sending.size)]


Answer = tuple[int, bytes, list[bytes]]
NOTHING: Answer = (0, b"", [])
ACTIONS: dict[Command, Callable[[Loader, Request], Answer]] = {
    Command.SYNC: Loader.sync,
    Command.READ_REG: Loader.read_register,
    Command.WRITE_REG: Loader.write_register,
    Command.SPI_ATTACH: Loader.nothing,
    Command.SPI_SET_PARAMS: Loader.nothing,
    Command.FLASH_BEGIN: Loader.flash_begin,
    Command.FLASH_DATA: Loader.flash_data,
    Command.FLASH_END: Loader.flash_end,
    Command.FLASH_DEFL_BEGIN: Loader.deflate_begin,
    Command.FLASH_DEFL_DATA: Loader.deflate_data,
    Command.FLASH_DEFL_END: Loader.flash_end,
    Command.MEM_BEGIN: Loader.memory_begin,
    Command.MEM_DATA: Loader.memory_data,
    Command.MEM_END: Loader.memory_end,
    Command.CHANGE_BAUDRATE: Loader.change_baud,
    Command.SPI_FLASH_MD5: Loader.md5,
    Command.READ_FLASH_SLOW: Loader.read_slowly,
    Command.ERASE_FLASH: Loader.erase_all,
    Command.ERASE_REGION: Loader.erase_region,
    Command.READ_FLASH: Loader.read_flash,
    Command.RUN_USER_CODE: Loader.leave,
}
