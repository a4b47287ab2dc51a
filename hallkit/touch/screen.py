"""Where pictures are shown and touches come from; the only module that opens a display."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from PIL import Image

from hallkit.errors import HallkitError
from hallkit.touch.box import Box
from hallkit.touch.frame import SIZE
from hallkit.touch.pointer import Phase, Pointer, RawTouch, Touch

RESTING_POLL = 1 / 30
MOVING_POLL = 1 / 60

SDL_SETTINGS = {"SDL_FRAMEBUFFER_ACCELERATION": "0", "SDL_TOUCH_MOUSE_EVENTS": "0", "SDL_MOUSE_TOUCH_EVENTS": "0"}


class ScreenError(HallkitError):
    """The display cannot be opened; check the cable, the X server or SDL_VIDEODRIVER."""


@dataclass(frozen=True)
class Key:
    """A key was pressed: its name as SDL spells it, and the text it types."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Closed:
    """Somebody closed the screen."""


InputEvent = Touch | Key | Closed


class Screen(Protocol):
    """A display with a touch panel."""

    size: tuple[int, int]

    def show(self, image: Image.Image, dirty: Sequence[Box] | None = None) -> None:
        """Put `image` on the display; `dirty` names what changed since the last one, None is everything."""

    async def touched(self) -> InputEvent:
        """Wait for the next event; may be cancelled and called again."""

    def close(self) -> None:
        """Give the display back."""


class PictureScreen:
    """A screen in memory: keeps the last picture, gives it as PNG, and takes touches from whoever calls."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.image = Image.new("RGB", size)
        self.version = 0
        self._events: asyncio.Queue[InputEvent] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._png = (-1, b"")

    def show(self, image: Image.Image, dirty: Sequence[Box] | None = None) -> None:
        """Copy what changed; an empty list changes nothing."""
        for box in _whole(self.size) if dirty is None else dirty:
            self.image.paste(image if box.edges == (0, 0, *image.size) else image.crop(box.edges), (box.x, box.y))
        if dirty is None or dirty:
            self.version += 1
            self._changed.set()

    def png(self) -> bytes:
        """Return the picture as PNG bytes; encoded once per change."""
        if self._png[0] != self.version:
            file = BytesIO()
            self.image.save(file, "PNG", compress_level=1)
            self._png = (self.version, file.getvalue())
        return self._png[1]

    async def changed(self, since: int) -> int:
        """Wait until the picture is newer than version `since`; return its version."""
        while self.version <= since:
            self._changed.clear()
            await self._changed.wait()
        return self.version

    def tap(self, x: int, y: int) -> None:
        """Touch the panel at a point and let go."""
        self.send(Touch(Phase.DOWN, x, y))
        self.send(Touch(Phase.UP, x, y))

    def send(self, event: InputEvent) -> None:
        """Let an event happen."""
        self._events.put_nowait(event)

    async def touched(self) -> InputEvent:
        """Wait for the next event somebody sent."""
        return await self._events.get()

    def close(self) -> None:
        """Tell whoever waits that the screen is gone."""
        self.send(Closed())


class NoScreen:
    """No display: whoever looks takes the picture that the scene keeps, and touches come as commands."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self._closed = asyncio.Event()

    def show(self, image: Image.Image, dirty: Sequence[Box] | None = None) -> None:
        """Show nothing and keep no second copy of `image`, which takes eight megabytes."""

    async def touched(self) -> InputEvent:
        """Wait until the screen is closed; nobody can touch it."""
        await self._closed.wait()
        return Closed()

    def close(self) -> None:
        """Tell whoever waits that the screen is gone."""
        self._closed.set()


class PygameScreen:
    """A real display through SDL; one a process, because SDL has only one."""

    def __init__(self, size: tuple[int, int] = SIZE, *, full_screen: bool = False, title: str = "hall24") -> None:
        for name, value in SDL_SETTINGS.items():
            os.environ.setdefault(name, value)
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        import pygame

        self.size = size
        self._pygame: Any = pygame
        self._pointer = Pointer()
        self._waiting: list[InputEvent] = []
        try:
            pygame.display.init()
            self._surface = pygame.display.set_mode(size, pygame.FULLSCREEN if full_screen else 0)
        except pygame.error as error:
            raise ScreenError(f"no display: {error}; check the cable, the X server or SDL_VIDEODRIVER") from error
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(not full_screen)

    def show(self, image: Image.Image, dirty: Sequence[Box] | None = None) -> None:
        """Copy what changed to the display; an empty list costs nothing."""
        boxes = _whole(self.size) if dirty is None else list(dirty)
        for box in boxes:
            part = image.crop(box.edges)
            surface = self._pygame.image.frombuffer(part.tobytes(), part.size, "RGB")
            self._surface.blit(surface, (box.x, box.y))
        if boxes:
            self._pygame.display.update([(box.x, box.y, box.width, box.height) for box in boxes])

    async def touched(self) -> InputEvent:
        """Wait for the next event; SDL cannot wake us, so its queue is read 30 times a second, 60 under a finger."""
        while not self._waiting:
            self._read()
            if not self._waiting:
                await asyncio.sleep(MOVING_POLL if self._pointer.is_down else RESTING_POLL)
        return self._waiting.pop(0)

    def picture(self) -> Image.Image:
        """Return what the display shows."""
        return Image.frombytes("RGB", self.size, self._pygame.image.tobytes(self._surface, "RGB"))

    def close(self) -> None:
        """Give the display back."""
        self._pygame.display.quit()

    def _read(self) -> None:
        now = asyncio.get_running_loop().time()
        for event in self._pygame.event.get():
            found = self._translate(event, now)
            if found:
                self._waiting.append(found)

    def _translate(self, event: Any, now: float) -> InputEvent | None:
        pygame = self._pygame
        if event.type == pygame.QUIT:
            return Closed()
        if event.type == pygame.KEYDOWN:
            return Key(pygame.key.name(event.key), event.unicode)
        raw = self._raw(event)
        return self._pointer.feed(raw, now) if raw else None

    def _raw(self, event: Any) -> RawTouch | None:
        pygame = self._pygame
        fingers = {pygame.FINGERDOWN: Phase.DOWN, pygame.FINGERMOTION: Phase.MOVE, pygame.FINGERUP: Phase.UP}
        if phase := fingers.get(event.type):
            place = round(event.x * (self.size[0] - 1)), round(event.y * (self.size[1] - 1))
            return RawTouch(phase, "finger", *place, finger=event.finger_id)
        buttons = {pygame.MOUSEBUTTONDOWN: Phase.DOWN, pygame.MOUSEMOTION: Phase.MOVE, pygame.MOUSEBUTTONUP: Phase.UP}
        phase = buttons.get(event.type)
        if phase is None or getattr(event, "touch", False) or getattr(event, "button", 1) != 1:
            return None
        return RawTouch(phase, "mouse", *event.pos)


def _whole(size: tuple[int, int]) -> list[Box]:
    return [Box(0, 0, *size)]
