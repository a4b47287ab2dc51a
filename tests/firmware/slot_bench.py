"""A board with two slots that is started again whenever it resets, and a server it fetches releases from."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import board_bench
from board_bench import BoardPanel
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pad_bench import MAIN

from firmware.bytecode import belongs
from firmware.bytecode import programs as compiled
from firmware.updates.core.manifest import MANIFEST, SIGNATURE, Manifest, encode, files_of, sign

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = KEY.public_key().public_bytes_raw().hex()
DEVICE = MAIN.parent
START = Path(__file__).with_name("slot_main.py")
FAR = 4_000_000_000
RESET, LET_IN = 3, 4
_bytecode: dict[str, bytes] = {}


def programs(python: str) -> dict[str, bytes]:
    """Return the rating pad's programs as `cpython` or `micropython` runs them."""
    if python == "micropython":
        if not _bytecode:
            _bytecode.update(compiled("rating-pad", "sim"))
        return dict(_bytecode)
    sources = {one.relative_to(DEVICE).as_posix(): one.read_bytes() for one in sorted(DEVICE.glob("**/*.py"))}
    named = {
        name.removeprefix("lib/"): data
        for name, data in sources.items()
        if name != "boot.py" and not name.startswith("boards/")
    }
    hals = ("hal/__init__.py", "hal/sim.py", "hal/sim_line.py")
    return {
        name: data
        for name, data in named.items()
        if belongs(name, "rating-pad") and (not name.startswith("hal/") or name in hals)
    }


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    """Write a new board's flash: start code, and the programs in slot a."""
    shutil.copy(DEVICE / "boot.py", root / "boot.py")
    for name, data in files.items():
        write(root / "a" / name, data)
        if Path(name).parts[0] == "h24" and Path(name).stem in ("__init__", "flash_files", "slots", "errors"):
            write(root / "start" / name, data)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


class Releases:
    """An HTTP server of one release; `asked` lists the paths."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    def offer(self, files: Mapping[str, bytes], version: str, counter: int, **more: Any) -> None:
        """Sign and offer a release."""
        known = {"kind": "rating-pad", "chip": "sim", "until": FAR} | more
        data = encode(Manifest(version=version, counter=counter, files=files_of(files), **known))
        self.files = {**files, MANIFEST: data, SIGNATURE: sign(data, KEY)}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split(b" ")[1].decode()
        while (await reader.readline()).strip():
            continue
        self.asked.append(path)
        data = self.files.get(path.removeprefix("/r/"))
        head = b"404 Not Found" if data is None else b"200 OK"
        body = data or b""
        writer.write(b"HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body))
        await writer.drain()
        writer.close()


@asynccontextmanager
async def releases() -> AsyncIterator[Releases]:
    """Serve releases while entered."""
    made = Releases()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/r"
    try:
        yield made
    finally:
        server.close()


class KeptBoard:
    """A board that starts again after each reset; `starts` counts, `ended` is how it ended for good."""

    def __init__(self, command: list[str], path: Path) -> None:
        self.panel = BoardPanel()
        self._command = [*command, str(path)]
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self.ended: int | None = None
        self.words = ""

    async def run(self) -> None:
        """Start it again and again."""
        while True:
            self.starts += 1
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stderr=asyncio.subprocess.STDOUT, stdout=asyncio.subprocess.PIPE
            )
            words, _ = await self._process.communicate()
            self.words += words.decode(errors="replace")
            if self._process.returncode not in (RESET, -9):
                self.ended = self._process.returncode
                return

    def cut_power(self) -> None:
        """Take the power away; it comes back at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


@asynccontextmanager
async def kept(command: list[str], folder: Path, **settings: Any) -> AsyncIterator[KeptBoard]:
    """Keep a board running while entered; its last words are printed."""
    server_of: list[KeptBoard] = []
    server = await asyncio.start_server(lambda r, w: server_of[0].panel.serve(r, w), "127.0.0.1", 0)
    path = board_bench.write_settings(folder, panel_port=server.sockets[0].getsockname()[1], **settings)
    board = KeptBoard(command, path)
    server_of.append(board)
    running = asyncio.ensure_future(board.run())
    try:
        yield board
    finally:
        running.cancel()
        board.cut_power()
        await asyncio.gather(running, return_exceptions=True)
        sys.stdout.write(board.words)
        server.close()
        await board.panel.leave()
