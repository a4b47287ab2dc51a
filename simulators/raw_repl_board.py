"""A board with MicroPython on its serial port: a real interpreter in a process, its files in a folder of its own."""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream

PORT = Path(__file__).with_name("raw_repl_port.py")
COMMAND = "HALL24_MICROPYTHON"
UNPACKED = Path("run/micropython/micropython").absolute()
INTERRUPT = b"\x03"
RESET_RAW, RESET = 3, 4
HEAP = "256k"


@dataclass(slots=True)
class SimulatedBoard:
    """One board: `folder` is its flash, `python` starts MicroPython's unix port.

    Faults: `rots` is a file that loses a bit once it is written, `deaf` never answers.
    """

    folder: Path
    python: str
    deaf: bool = False
    rots: str = ""
    starts: int = 0
    _say: Callable[[bytes], None] = lambda _: None
    _process: asyncio.subprocess.Process | None = None
    _life: asyncio.Task[None] | None = None
    _ending: list[asyncio.Task[None]] = field(default_factory=list)
    _at_prompt: bool = False
    _is_interrupted: bool = False
    _state: str = ""
    _size: int = 0
    _held: bytearray = field(default_factory=bytearray)

    def start(self, say: Callable[[bytes], None]) -> None:
        """Begin as after power-on; `say` puts bytes on the line."""
        self._say = say
        self._held.clear()
        if not self.deaf:
            self._life = asyncio.get_running_loop().create_task(self._live(), name="board")

    def hear(self, data: bytes) -> None:
        """Take bytes of the line: a running program sees only Ctrl-C, the prompt gets the rest once it is there."""
        for part in re.split(b"(\x03)", data):
            if part == INTERRUPT and not self._at_prompt:
                self._is_interrupted = True
            else:
                self._held += part
        self._pass_on()

    def stop(self) -> None:
        """Take the power away."""
        if self._life is not None:
            self._life.cancel()
            self._ending = [*(one for one in self._ending if not one.done()), self._life]
            self._life = None

    async def gone(self) -> None:
        """Take the power away and return once nothing of the board runs."""
        self.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _live(self) -> None:
        mode = "main"
        while True:
            code = await self._run(mode)
            if code not in (RESET, RESET_RAW):
                return
            mode = "raw" if code == RESET_RAW else "main"

    async def _run(self, mode: str) -> int:
        self.starts += 1
        self._at_prompt, self._state = False, ""
        pipe = asyncio.subprocess.PIPE
        program = (self.python, "-X", f"heapsize={HEAP}", str(PORT), str(self.folder), mode)
        process = await asyncio.create_subprocess_exec(*program, cwd=self.folder, stdin=pipe, stdout=pipe, stderr=pipe)
        self._process = process
        states = asyncio.create_task(self._watch(process))
        try:
            assert process.stdout is not None
            while data := await process.stdout.read(4096):
                self._say(data)
            return await process.wait()
        finally:
            states.cancel()
            self._process = None
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while states := await process.stderr.read(256):
            self._state = chr(states[-1])
            self._at_prompt = self._state == "P"
            self._is_interrupted = self._is_interrupted and not self._at_prompt
            if self._at_prompt:
                self._rot()
            self._pass_on()

    def _pass_on(self) -> None:
        if self._is_interrupted and self._state == "R":
            self._is_interrupted = False
            self._interrupt()
        if self._at_prompt and self._held and self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(bytes(self._held))
            self._held.clear()

    def _interrupt(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)

    def _rot(self) -> None:
        file = self.folder / self.rots
        if not self.rots or not file.is_file():
            return
        data, grown = file.read_bytes(), self._size
        self._size = len(data)
        if data and grown == len(data):
            middle = len(data) // 2
            file.write_bytes(data[:middle] + bytes((data[middle] ^ 1,)) + data[middle + 1 :])
            self.rots = ""


def find_python() -> str | None:
    """Return the command that starts MicroPython: from the environment, on PATH, or unpacked in run/micropython."""
    unpacked = str(UNPACKED) if UNPACKED.exists() else None
    return os.environ.get(COMMAND) or shutil.which("micropython") or unpacked


def build(setup: str = "normal") -> SimulatedBoard:
    """Return a board in a named condition, its flash empty; KeyError for an unknown one, OSError if none can start."""
    python = find_python()
    if python is None:
        raise OSError(f"install the package micropython, or name its command in {COMMAND}")
    return SimulatedBoard(Path(tempfile.mkdtemp(prefix="hall24-board-")), python, deaf=SETUPS[setup])


SETUPS = {"normal": False, "deaf": True}
"""Named conditions, and whether a board in them is deaf."""


async def serve(board: SimulatedBoard, stream: ByteStream) -> None:
    """Connect the board to its line until the far end goes."""
    outbox: asyncio.Queue[bytes] = asyncio.Queue()
    speaking = asyncio.create_task(_speak(outbox, stream))
    board.start(outbox.put_nowait)
    try:
        while data := await stream.read():
            board.hear(data)
    finally:
        await board.gone()
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)


async def _speak(outbox: "asyncio.Queue[bytes]", stream: ByteStream) -> None:
    try:
        while True:
            await stream.write(await outbox.get())
    except StreamClosedError:
        return
