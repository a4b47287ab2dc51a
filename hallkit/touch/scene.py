"""The picture of a screen, kept between changes: only what differs is painted again."""

from collections.abc import Sequence

from PIL import Image

from hallkit.text.draw import forget_texts
from hallkit.touch.box import Box, merged
from hallkit.touch.codes import forget_codes
from hallkit.touch.frame import SIZE
from hallkit.touch.look import RESTING, Look, TouchState
from hallkit.touch.marks import Mark, Placement, Target, Veil
from hallkit.touch.paint import paint
from hallkit.touch.photo import forget_pictures
from hallkit.touch.widgets.base import Widget

WHOLE = 0.6
"""Share of the screen from which one whole repaint is cheaper than many parts."""


class Scene:
    """Widgets in painting order on one picture; `image` is what the citizen sees."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.image = Image.new("RGB", size)
        self._screen = Box(0, 0, *size)
        self._marks: tuple[Mark, ...] = ()
        self.placements: tuple[Placement, ...] = ()

    def show(self, look: Look, widgets: Sequence[Widget], state: TouchState = RESTING) -> list[Box]:
        """Lay out `widgets` and repaint what changed; return the changed boxes, none when nothing did."""
        self.placements = tuple(widget.layout(look, state) for widget in widgets)
        marks = tuple(mark for placement in self.placements for mark in placement.marks)
        dirty = self._changes(marks)
        self._marks = ()  # a painting that fails half way leaves nothing that could be kept
        for box in dirty:
            self._repaint(marks, box)
        self._marks = marks
        return dirty

    def clear(self) -> None:
        """End a session: paint black and drop every kept text, code and photograph; nothing of a citizen stays."""
        forget_texts()
        forget_codes()
        forget_pictures()
        self._marks, self.placements = (), ()
        self.image.paste((0, 0, 0), self._screen.edges)

    @property
    def live(self) -> tuple[Placement, ...]:
        """Return the placements that can be touched: from the topmost modal one upward."""
        modal = [index for index, placement in enumerate(self.placements) if placement.modal]
        return self.placements[modal[-1] if modal else 0 :]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return what can be touched now, in focus order."""
        return tuple(target for placement in self.live for target in placement.targets)

    def hit(self, x: int, y: int) -> Target | None:
        """Return the topmost target at a point."""
        return next((target for target in reversed(self.targets) if target.box.holds(x, y)), None)

    def next_focus(self, focused: str, step: int = 1) -> str:
        """Return the action that has the focus after `focused`, going round; the first when none has it."""
        actions = [target.action for target in self.targets]
        if not actions:
            return ""
        if focused not in actions:
            return actions[0 if step > 0 else -1]
        return actions[(actions.index(focused) + step) % len(actions)]

    def reading(self) -> list[str]:
        """Return what is read aloud of this screen, in order, without private labels."""
        spoken = [text for placement in self.live for text in placement.spoken]
        return spoken + [target.spoken for target in self.targets if not target.private]

    def _repaint(self, marks: tuple[Mark, ...], box: Box) -> None:
        """Paint one part on a copy of it, the whole screen without one: it takes eight megabytes."""
        if box == self._screen:
            paint(self.image, marks, box)
            return
        part = self.image.crop(box.edges)
        paint(part, marks, box)
        self.image.paste(part, (box.x, box.y))

    def _changes(self, marks: tuple[Mark, ...]) -> list[Box]:
        if marks == self._marks:
            return []
        if not self._marks or _veils(marks) != _veils(self._marks):
            return [self._screen]
        before, after = set(self._marks), set(marks)
        boxes = [mark.box for mark in self._marks if mark not in after] + [m.box for m in marks if m not in before]
        if not boxes:
            return [self._screen]
        dirty = merged(box for mark in boxes if (box := mark.grown(1).clipped(self._screen)).width and box.height)
        area = sum(box.width * box.height for box in dirty)
        return [self._screen] if area > WHOLE * self._screen.width * self._screen.height else dirty


def _veils(marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if isinstance(mark, Veil)]
