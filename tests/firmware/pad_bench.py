"""A rating pad's firmware as a process of its own: its settings, its keys, its screen."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

from firmware.artwork.pad_pictures import PadArtwork, pictures
from firmware.artwork.strip_file import pack
from firmware.bytecode import compile_tree, rom_image
from hallkit.pad.face import Face, paint

MAIN = Path(__file__).parents[2] / "firmware" / "device" / "main.py"
ARTWORK = PadArtwork(window=3, zone_name="综合区", names=("䶮*", "张*"))
_strips: list[bytes] = []
_image: list[bytes] = []


def strips() -> bytes:
    """Return pad-03's picture file."""
    if not _strips:
        _strips.append(pack(pictures(ARTWORK)))
    return _strips[0]


def write_settings(folder: Path, port: int, **more: Any) -> Path:
    """Write what pad-03 has to know; return the settings file."""
    (folder / "pad.strips").write_bytes(strips())
    settings = {
        "hall": "demo", "kind": "rating-pad", "name": "pad-03", "password": "secret", "version": "0.1.0",
        "window": 3, "zone": "A", "strips": str(folder / "pad.strips"), "root": str(folder),
        "broker_host": "127.0.0.1", "broker_port": port,
    }  # fmt: skip
    path = folder / "settings.json"
    path.write_text(json.dumps(settings | more))
    return path


def image(folder: Path) -> Path:
    """Return the read-only image of the device's programs, compiled once for all tests."""
    target = folder / "device.romfs"
    if not _image:
        compile_tree(folder / "slot")
        _image.append(rom_image(folder / "slot", target).read_bytes())
    target.write_bytes(_image[0])
    return target


def on_micropython(program: str, folder: Path, module: str = "main", heap: str = "64k") -> list[str]:
    """Return the command that runs a module of the image in a heap of a board's size."""
    return [program, "-X", f"heapsize={heap}", str(Path(__file__).with_name("rom_main.py")), str(image(folder)), module]


def in_565(picture: Image.Image) -> bytes:
    """Return a picture's RGB565 bytes, high byte first."""
    red, green, blue = (numpy.asarray(picture.convert("RGB"), numpy.uint16)[:, :, band] for band in range(3))
    return (red >> 3 << 11 | green >> 2 << 5 | blue >> 3).astype(">u2").tobytes()


def screen(folder: Path) -> bytes:
    """Return what is on the pad's screen now, RGB565, high byte first."""
    return (folder / "lcd.565").read_bytes()


def likeness(seen: bytes, face: Face) -> float:
    """Return the share of pixels that are the simulated pad's, but for one step of a colour."""
    one, two = (numpy.frombuffer(data, ">u2").astype(int) for data in (seen, in_565(paint(face))))
    steps = [abs((one >> shift & mask) - (two >> shift & mask)) for shift, mask in ((11, 31), (5, 63), (0, 31))]
    return float(((steps[0] < 6) & (steps[1] < 12) & (steps[2] < 6)).mean())


class Panel:
    """Whoever plays the citizen: presses keys, and sees which screen is on."""

    def __init__(self) -> None:
        self.screen = ""
        self.changed = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while line := await reader.readline():
            self.screen = json.loads(line)["screen"]
            self.changed.set()
        writer.close()

    async def send(self, *event: str | int) -> None:
        assert self._writer is not None, "the pad is not there yet"
        self._writer.write(json.dumps(event).encode() + b"\n")
        await self._writer.drain()

    async def sees(self, wanted: str) -> None:
        async with asyncio.timeout(60):
            while self.screen != wanted:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def running(python: list[str], folder: Path, port: int, **more: Any) -> AsyncIterator[Panel]:
    """Run the pad's firmware on a Python while entered; its last words are printed."""
    panel = Panel()
    server = await asyncio.start_server(panel.serve, "127.0.0.1", 0)
    panel_port = server.sockets[0].getsockname()[1]
    settings = write_settings(folder, port, panel_port=panel_port, **more)
    process = await asyncio.create_subprocess_exec(
        *python, str(settings), stderr=asyncio.subprocess.STDOUT, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield panel
    finally:
        if process.returncode is None:
            process.kill()
        words, _ = await process.communicate()
        sys.stdout.write(words.decode(errors="replace"))
        server.close()
        await server.wait_closed()
