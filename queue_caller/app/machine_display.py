"""The machine's screen: paints what changed, tells what was pressed, knows when to look again."""

from datetime import datetime

from contract.screen import PictureTaken, TakePicture
from hallkit.text.fonts import FontLibrary
from hallkit.touch.box import Box
from hallkit.touch.far_picture import FarPicture
from hallkit.touch.look import Look, TouchState
from hallkit.touch.pointer import Phase, Presses, Touch
from hallkit.touch.scene import Scene
from hallkit.touch.screen import Screen
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_table import State
from queue_caller.core.machine_world import World
from queue_caller.screens import COUNTED, POINTED, Face, Shown, theme_of, widgets

ARROW_SECONDS = 10


class Display:
    """One scene on one screen."""

    def __init__(self, screen: Screen, face: Face, fonts: FontLibrary) -> None:
        self.scene = Scene(screen.size)
        self._screen, self._face, self._fonts = screen, face, fonts
        self._presses = Presses()
        self._far = FarPicture()
        self.paints = 0

    def paint(self, session: Session, world: World, now: datetime, left: int | None, since: float) -> None:
        """Show a session; `left` is the seconds until its screen ends, `since` how long it has been there."""
        shown = self.shown(session, world, now, left)
        still = shown.look.theme.still or session.state not in POINTED or since > ARROW_SECONDS
        arrow = 0 if still else int(since)
        dirty = self.scene.show(shown.look, widgets(shown), TouchState(self._presses.pressed, "", arrow))
        if dirty:
            self.paints += 1
            self._screen.show(self.scene.image, dirty)

    def shown(self, session: Session, world: World, now: datetime, left: int | None) -> Shown:
        """Return what a painting needs."""
        look = Look(theme_of(session, now), self._fonts)
        return Shown(session=session, world=world, face=self._face, now=now, look=look, left=left)

    def next_look(self, session: Session, now: datetime, left: float | None, since: float, still: bool) -> float:
        """Return the seconds until the picture changes by time alone: clock, seconds left, arrow."""
        minute = 60.0 - now.second - now.microsecond / 1_000_000
        waits = [minute]
        if session.state in COUNTED and left is not None:
            waits.append(left % 1.0 or 1.0)
        if session.state in POINTED and not still and since < ARROW_SECONDS:
            waits.append(1.0 - since % 1.0)
        return max(min(waits), 0.001)

    def touch(self, touch: Touch, session: Session) -> str:
        """Take a touch; return the action it chose, empty for none."""
        target = self.scene.hit(touch.x, touch.y)
        if session.state is State.STILL_THERE and target is None and touch.phase is Phase.UP:
            return "stay"
        chosen = self._presses.feed(touch, target)
        return chosen.action if chosen else ""

    def targets(self) -> dict[str, Box]:
        """Return where each action is touched on the screen as it is."""
        return {target.action: target.box for target in self.scene.targets}

    def forget(self) -> None:
        """Drop every kept text and code of a citizen."""
        self.scene.clear()

    def picture(self, asked: TakePicture) -> PictureTaken:
        """Return the screen as a PNG of few colours, at most 45 kB; empty if the asker has it."""
        return self._far.take(self.scene.image, asked)
