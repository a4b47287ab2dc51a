"""What the document camera sees, live on the screen while a sheet is laid under it; the camera rests otherwise."""

import asyncio
import logging
from collections.abc import Callable

from hallkit.runtime.clock import Clock
from kiosk.app.display import Corners
from kiosk.core.camera_image import seen
from kiosk.core.page_finder import Picture
from kiosk.drivers.document_camera import Camera
from kiosk.errors import CameraError

_LOGGER = logging.getLogger(__name__)

EVERY = 0.25
"""Seconds between two pictures: a hand that moves a sheet sees it follow."""

TRY_EVERY = 10.0
"""Seconds between two tries of a camera that failed."""

Shows = Callable[[bytes, Corners], None]
"""Takes a JPEG and the corners of the sheet in it; nothing when the camera rests."""


class Preview:
    """Looks through `camera` between `start` and `stop`; `on_trouble` hears why it cannot, and None when it can again.

    A camera that failed is tried again every `TRY_EVERY` seconds: nobody has to start the kiosk anew.
    """

    def __init__(
        self, camera: Camera | None, clock: Clock, shows: Shows, *, on_trouble: Callable[[CameraError | None], None]
    ) -> None:
        self._camera, self._clock, self._shows, self._on_trouble = camera, clock, shows, on_trouble
        self._task: asyncio.Task[None] | None = None
        self._failed = asyncio.Event()

    def start(self) -> None:
        """Begin to look, unless it looks already or the camera cannot be used."""
        idle = self._task is None or self._task.done()
        if self._camera is not None and idle and not self._failed.is_set():
            self._task = asyncio.get_running_loop().create_task(self._look(self._camera), name="kiosk preview")

    def stop(self) -> None:
        """Look no more and let go of what was seen."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._shows(b"", ())

    def broken(self, error: CameraError) -> None:
        """Note that the camera cannot be used."""
        self._failed.set()
        self._shows(b"", ())
        self._on_trouble(error)

    async def run(self) -> None:
        """Try a camera that failed until it can be used again; ends by cancellation."""
        while True:
            await self._failed.wait()
            await self._clock.sleep(TRY_EVERY)
            if self._camera is not None and await self._works(self._camera):
                self._failed.clear()
                self._on_trouble(None)

    async def _works(self, camera: Camera) -> bool:
        try:
            await camera.glance()
            await camera.close()
        except CameraError as error:
            _LOGGER.info("the camera still cannot be used: %s", error)
            return False
        return True

    async def _look(self, camera: Camera) -> None:
        last: Picture | None = None
        while True:
            try:
                picture = await camera.glance()
            except CameraError as error:
                self.broken(error)
                return
            if picture is None:
                return
            if picture is not last:
                last = picture
                self._shows(*seen(picture))
            await self._clock.sleep(EVERY)
