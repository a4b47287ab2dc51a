"""The document camera: V4L2 in a process of its own, or a folder of pictures; both give RGB pictures."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from kiosk.core.page_finder import Picture
from kiosk.drivers.v4l2_child import HEADER, NO_EXTRA, REQUEST
from kiosk.errors import CameraError, ExtraMissingError

_LOGGER = logging.getLogger(__name__)

MOST_PIXELS = 40_000_000
KINDS = (".png", ".jpg", ".jpeg")


class Camera(Protocol):
    """Whatever takes pictures of sheets."""

    async def look(self) -> Picture:
        """Take a picture now; CameraError says what to check."""

    async def glance(self) -> Picture | None:
        """Return what it sees now, to be shown only; None where seeing is scanning. CameraError as `look`."""

    async def close(self) -> None:
        """Let go of the camera; the next look opens it again."""


class FolderCamera:
    """A folder of PNG and JPEG pictures, one a look, by name, over and over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = 0
        self._seen: tuple[tuple[Path, int], Picture] | None = None

    async def look(self) -> Picture:
        """Return the next picture; CameraError if there is none."""
        picture = self._read()
        self._next += 1
        return picture

    async def glance(self) -> Picture | None:
        """Return the picture that the next look takes: the same object as long as it is the same."""
        return self._read()

    async def close(self) -> None:
        """Begin with the first picture again."""
        self._next, self._seen = 0, None

    def _read(self) -> Picture:
        files = sorted(file for file in self._folder.glob("*") if file.suffix.lower() in KINDS)
        if not files:
            raise CameraError(f"no pictures in {self._folder}; put some there")
        file = files[self._next % len(files)]
        seen = (file, file.stat().st_mtime_ns)
        if self._seen is not None and self._seen[0] == seen:
            return self._seen[1]
        try:
            with Image.open(file) as image:
                picture = np.asarray(image.convert("RGB"), dtype=np.uint8)
                self._seen = (seen, picture)
                return picture
        except OSError as error:
            raise CameraError(f"{file.name} is no picture: {error}") from error


class V4l2Camera:
    """A UVC camera through opencv (extra `kiosk`), in a process of its own: a hung driver hangs nobody else."""

    def __init__(
        self,
        device: str = "/dev/video0",
        size: tuple[int, int] = (2592, 1944),
        *,
        deadline: float = 8.0,
        command: Sequence[str] = (sys.executable, "-m", "kiosk.drivers.v4l2_child"),
    ) -> None:
        self._arguments = (*command, device, str(size[0]), str(size[1]))
        self._device = device
        self._deadline = deadline
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def look(self) -> Picture:
        """Take a picture; CameraError names the device, ExtraMissingError the package to install."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._deadline):
                    return await self._ask()
            except TimeoutError:
                await self._end()
                raise CameraError(f"{self._device} takes no picture; unplug it and plug it in again") from None
            except (asyncio.IncompleteReadError, ConnectionError, OSError) as error:
                raise await self._reason() from error
            except asyncio.CancelledError:
                await self._end()
                raise

    async def glance(self) -> Picture | None:
        """Return what it sees now."""
        return await self.look()

    async def close(self) -> None:
        """Let go of the camera: its light goes out."""
        async with self._turn:
            await self._end()

    async def _ask(self) -> Picture:
        if self._child is None:
            pipe = asyncio.subprocess.PIPE
            self._child = await asyncio.create_subprocess_exec(*self._arguments, stdin=pipe, stdout=pipe, stderr=pipe)
        asking, answer = self._child.stdin, self._child.stdout
        if asking is None or answer is None:
            raise ConnectionError("the camera's process has no pipes")
        asking.write(REQUEST)
        await asking.drain()
        width, height = HEADER.unpack(await answer.readexactly(HEADER.size))
        if not 0 < width * height <= MOST_PIXELS:
            raise ConnectionError(f"a picture of {width} x {height}")
        data = await answer.readexactly(width * height * 3)
        return np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)

    async def _reason(self) -> CameraError:
        """Return why the process ended."""
        child = self._child
        if child is None or child.stderr is None:
            return CameraError(f"{self._device} cannot be used; its process does not start")
        code = await self._end()
        said = (await child.stderr.read()).decode("utf-8", errors="replace").strip()[-300:]
        if code == NO_EXTRA:
            return ExtraMissingError("the document camera needs opencv: pip install 'hall24[kiosk]'")
        return CameraError(f"{self._device} cannot be used: {said}; is it plugged in, and may we read it?")

    async def _end(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(1.0):
                return await child.wait()
        except TimeoutError:
            _LOGGER.warning("%s does not let go: ending its process", self._device)
            child.kill()
            return await child.wait()
