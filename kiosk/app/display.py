"""The kiosk's screen: paints what changed, tells what was pressed, follows the finger on the signature pad."""

from datetime import datetime

from contract.screen import PictureTaken, TakePicture
from hallkit.text.fonts import FontLibrary
from hallkit.touch.box import Box
from hallkit.touch.far_picture import FarPicture
from hallkit.touch.look import RESTING, Look, TouchState
from hallkit.touch.pointer import Phase, Presses, Touch
from hallkit.touch.scene import Scene
from hallkit.touch.screen import Screen
from kiosk.core.happening import Drawn
from kiosk.core.session import PAD_TARGET, Session
from kiosk.core.strokes import Ink
from kiosk.core.table import State
from kiosk.core.world import Face, World
from kiosk.screens import COUNTED, View, is_pointed, theme_of, widgets

Corners = tuple[tuple[float, float], ...]
"""Corners of a sheet in shares of a picture."""

ARROW_SECONDS = 10
ANYWHERE = {State.ATTRACT: "start", State.STILL_THERE: "stay"}
"""What a touch beside every target means."""


class Display:
    """One scene on one screen."""

    def __init__(self, screen: Screen, face: Face, fonts: FontLibrary) -> None:
        self.scene = Scene(screen.size)
        self._screen, self._face, self._fonts = screen, face, fonts
        self._presses = Presses()
        self._ink: list[Ink] = []
        self._began = 0.0
        self._pad: Box | None = None
        self._camera: tuple[bytes, Corners] = (b"", ())
        self._far = FarPicture()
        self.paints = 0

    def paint(self, session: Session, world: World, now: datetime, left: int | None, since: float) -> None:
        """Show a session; `left` is the seconds until its screen ends, `since` how long it has been there."""
        view = self.view(session, world, now, left)
        still = view.look.theme.still or not is_pointed(session) or since > ARROW_SECONDS
        arrow = 0 if still else int(since)
        dirty = self.scene.show(view.look, widgets(view), TouchState(self._presses.pressed, "", arrow))
        if dirty:
            self.paints += 1
            self._screen.show(self.scene.image, dirty)

    def lay_out(self, session: Session, world: World, now: datetime, left: int | None) -> None:
        """Place what the screen would show without painting it: its targets, and whether it can be shown at all."""
        view = self.view(session, world, now, left)
        self.scene.placements = tuple(widget.layout(view.look, RESTING) for widget in widgets(view))

    def view(self, session: Session, world: World, now: datetime, left: int | None) -> View:
        """Return what a painting needs."""
        look = Look(theme_of(session, now), self._fonts)
        line = tuple((round(ink.x), round(ink.y)) for ink in self._ink)
        preview, corners = self._camera
        return View(session=session, world=world, face=self._face, now=now, look=look, left=left, line=line,
                    preview=preview, corners=corners)  # fmt: skip

    def sees(self, preview: bytes = b"", corners: Corners = ()) -> None:
        """Take what the document camera sees and the sheet found in it; nothing when it is not looked at."""
        self._camera = (preview, corners)

    def next_look(self, session: Session, now: datetime, left: float | None, since: float, still: bool) -> float:
        """Return the seconds until the picture changes by time alone: clock, seconds left, arrow."""
        minute = 60.0 - now.second - now.microsecond / 1_000_000
        waits = [minute]
        if session.state in COUNTED and left is not None:
            waits.append(left % 1.0 or 1.0)
        if is_pointed(session) and not still and since < ARROW_SECONDS:
            waits.append(1.0 - since % 1.0)
        return max(min(waits), 0.001)

    def touch(self, touch: Touch, session: Session, at: float) -> str | Drawn:
        """Take a touch at steady seconds `at`; return the action it chose, the stroke it ended, or nothing."""
        target = self.scene.hit(touch.x, touch.y)
        if self._pad is not None or (touch.phase is Phase.DOWN and target and target.action == PAD_TARGET):
            return self._draw(touch, target.box if target else None, at)
        if target is None and touch.phase is Phase.UP and session.state in ANYWHERE:
            self._presses.feed(touch, target)
            return ANYWHERE[session.state]
        chosen = self._presses.feed(touch, target)
        return chosen.action if chosen else ""

    def targets(self) -> dict[str, Box]:
        """Return where each action is touched on the screen as it is."""
        return {target.action: target.box for target in self.scene.targets}

    def spoken(self) -> list[str]:
        """Return what is read aloud of the screen, without private labels."""
        return self.scene.reading()

    def forget(self) -> None:
        """Drop every kept text, code, stroke and picture of a citizen, and paint over the screen."""
        self._ink.clear()
        self._pad = None
        self.sees()
        self._far.forget()
        self.scene.clear()

    def picture(self, asked: TakePicture) -> PictureTaken:
        """Return the screen as a PNG of few colours, at most 45 kB; empty if the asker has it."""
        return self._far.take(self.scene.image, asked)

    def _draw(self, touch: Touch, box: Box | None, at: float) -> str | Drawn:
        """Follow a finger that began on the pad; what leaves it is held at its edge."""
        if touch.phase is Phase.DOWN:
            self._pad, self._began = box, at
            self._ink.clear()
        pad = self._pad
        if pad is None:
            return ""
        x = min(max(touch.x - pad.x, 0), pad.width - 1)
        y = min(max(touch.y - pad.y, 0), pad.height - 1)
        self._ink.append(Ink(round((at - self._began) * 1000), float(x), float(y)))
        if touch.phase is not Phase.UP:
            return ""
        stroke = tuple(self._ink)
        self._ink.clear()
        self._pad = None
        return Drawn(stroke, (pad.width, pad.height))
