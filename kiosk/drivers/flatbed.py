"""The flatbed scanner, through SANE's own program: one page a look, ended when it hangs."""

import asyncio
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from kiosk.core.page_finder import Picture
from kiosk.errors import CameraError, ExtraMissingError

DOTS_PER_INCH = 200


class Flatbed:
    """A SANE device ("" is the first one found); answers like a camera, so a folder of pictures can stand for it."""

    def __init__(
        self, device: str = "", *, deadline: float = 60.0, options: Sequence[str] = (), program: str = "scanimage"
    ) -> None:
        chosen = ("--device-name", device) if device else ()
        self._arguments = (program, *chosen, "--format=png", "--mode=Color", f"--resolution={DOTS_PER_INCH}", *options)
        self._deadline = deadline

    async def look(self) -> Picture:
        """Scan the page that lies on the glass; CameraError says what SANE says."""
        pipe = asyncio.subprocess.PIPE
        try:
            child = await asyncio.create_subprocess_exec(*self._arguments, stdout=pipe, stderr=pipe)
        except OSError as error:
            raise ExtraMissingError("the flatbed needs SANE: apt-get install sane-utils") from error
        try:
            async with asyncio.timeout(self._deadline):
                data, said = await child.communicate()
        except TimeoutError:
            raise CameraError("the flatbed does not finish; switch it off and on") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode:
            reason = said.decode("utf-8", errors="replace").strip()[-300:]
            raise CameraError(f"the flatbed scans nothing: {reason}; is it switched on, its lid shut?")
        return _picture(data)

    async def glance(self) -> Picture | None:
        """Return None: the glass is seen by scanning it."""
        return None

    async def close(self) -> None:
        """Nothing is held between two pages."""


def _picture(data: bytes) -> Picture:
    try:
        with Image.open(BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, Image.DecompressionBombError) as error:
        raise CameraError("the flatbed gave no picture; scan again") from error
