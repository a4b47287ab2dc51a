"""A ticket machine's screen in virtual time: felt where it is touched, painted for nobody."""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime

from PIL import Image

from hallkit.text.fonts import FontLibrary
from hallkit.touch.box import Box
from hallkit.touch.look import RESTING
from hallkit.touch.marks import Placement
from hallkit.touch.pointer import Phase, Touch
from hallkit.touch.screen import InputEvent, Screen
from queue_caller.app.machine_display import Display
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_table import State
from queue_caller.core.machine_world import World
from queue_caller.screens import Face, widgets


class TouchPanel:
    """A panel people touch by pixels; it shows nothing, and its picture takes no room."""

    size = (1, 1)

    def __init__(self) -> None:
        self._events: asyncio.Queue[InputEvent] = asyncio.Queue()

    def show(self, image: Image.Image, dirty: Sequence[Box] | None = None) -> None:
        """Show nothing."""

    def tap(self, box: Box) -> None:
        """Touch the middle of a box and let go."""
        x, y = box.x + box.width // 2, box.y + box.height // 2
        self._events.put_nowait(Touch(Phase.DOWN, x, y))
        self._events.put_nowait(Touch(Phase.UP, x, y))

    async def touched(self) -> InputEvent:
        """Wait for the next touch."""
        return await self._events.get()

    def close(self) -> None:
        """Nothing to give back."""


class UnseenDisplay(Display):
    """The machine's own screens, laid out when somebody looks for a place to touch and never painted."""

    def __init__(self, screen: Screen, face: Face, fonts: FontLibrary) -> None:
        super().__init__(screen, face, fonts)
        self._due: tuple[Session, World, datetime, int | None] | None = None
        self._laid: tuple[Session, World] | None = None
        self._homes: dict[Hashable, tuple[Placement, ...]] = {}

    def paint(self, session: Session, world: World, now: datetime, left: int | None, since: float) -> None:
        """Note what the screen shows from now on."""
        self._due = session, world, now, left

    def touch(self, touch: Touch, session: Session) -> str:
        """Take a touch on the screen as it is; return the action it chose, empty for none."""
        self._lay_out()
        return super().touch(touch, session)

    def targets(self) -> dict[str, Box]:
        """Return where each action is touched on the screen as it is."""
        self._lay_out()
        return super().targets()

    def forget(self) -> None:
        """Drop every kept text of a citizen, and what the screen showed."""
        super().forget()
        self._laid = None

    def _lay_out(self) -> None:
        """Place what can be touched; the clock and the seconds left move nothing."""
        due, self._due = self._due, None
        if due is None or (self._laid is not None and due[0] is self._laid[0] and due[1] is self._laid[1]):
            return
        self._laid = due[:2]
        session, world = self._laid
        if session.state is not State.HOME:
            self.scene.placements = self._placed(due)
            return
        key = _places_of(session, world)
        if key not in self._homes:
            self._homes[key] = self._placed(due)
        self.scene.placements = self._homes[key]

    def _placed(self, due: tuple[Session, World, datetime, int | None]) -> tuple[Placement, ...]:
        shown = self.shown(*due)
        return tuple(widget.layout(shown.look, RESTING) for widget in widgets(shown))


def _places_of(session: Session, world: World) -> Hashable:
    """Return what decides where things are on the first screen, whatever the numbers on it say."""
    full = tuple(one for one in sorted(world.queues) if world.is_full(one))
    return (
        full,
        world.faults,
        world.is_stale,
        replace(session, person="somebody" if session.person else None, holder=""),
    )
