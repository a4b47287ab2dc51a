"""A photograph in a frame, and the pad a pen or a finger writes on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Ink, Mark, Panel, Picture, Placement, Target
from hallkit.touch.photo import size_of
from hallkit.touch.theme import RADIUS, WHITE, rgb

DARK = rgb("#14262D")
"""Around a photograph in every theme."""
PEN = 8
RUN = 12
"""Points in one mark: what was written before is not painted again."""

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Photo:
    """A JPEG or PNG as large as its box allows, its shape kept; `corners` are drawn in amber, in shares of the picture.

    Without data, or with damaged data, the box stays dark with the words for that.
    """

    box: Box
    data: bytes = field(repr=False)
    missing: str
    corners: tuple[tuple[float, float], ...] = ()

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return frame and picture; it is not touched."""
        ground = DARK
        frame = Panel(self.box, ground, RADIUS["card"], look["edge"], 2)
        size = size_of(self.data) if self.data else None
        if size is None:
            room = self.box.grown(-24)
            words = look.words(self.missing, "body", room, colour=WHITE, ground=ground, align="centre")
            return Placement((frame, words), spoken=(self.missing,))
        inner = self.box.grown(-12)
        share = min(inner.width / size[0], inner.height / size[1])
        width, height = max(round(size[0] * share), 1), max(round(size[1] * share), 1)
        shown = Box(inner.x + (inner.width - width) // 2, inner.y + (inner.height - height) // 2, width, height)
        marks: list[Mark] = [frame, Picture(shown, self.data)]
        if self.corners:
            points = [(shown.x + round(x * width), shown.y + round(y * height)) for x, y in self.corners]
            marks += [
                ink_of((one, other), look["lamp"], 8)
                for one, other in zip(points, points[1:] + points[:1], strict=True)
            ]
        return Placement(tuple(marks))


@dataclass(frozen=True)
class InkPad:
    """What a finger writes; `strokes` are points from the pad's corner; the action is drawn on, not pressed."""

    box: Box
    strokes: tuple[Points, ...] = field(repr=False)
    action: str
    spoken: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return the pad, always white with dark ink, as the signature will be kept."""
        ground = look["card"]
        marks: list[Mark] = [Panel(self.box, ground, RADIUS["card"], look["edge"], 3)]
        line = self.box.bottom - self.box.height // 5
        marks.append(Panel(Box(self.box.x + 48, line, self.box.width - 96, 2), look["edge"]))
        for stroke in self.strokes:
            marks += [ink_of(run, look["ink"], PEN) for run in _runs(self._placed(stroke))]
        return Placement(tuple(marks), (Target(self.box, self.action, self.spoken),))

    def _placed(self, stroke: Points) -> Points:
        inner = self.box.grown(-PEN)
        return tuple(
            (min(max(self.box.x + x, inner.x), inner.right), min(max(self.box.y + y, inner.y), inner.bottom))
            for x, y in stroke
        )


def ink_of(points: Points, colour: tuple[int, int, int], width: int) -> Ink:
    """Return a line through points with the box it needs."""
    across, down = [x for x, _ in points], [y for _, y in points]
    reach = width // 2 + 2
    box = Box(min(across), min(down), max(across) - min(across), max(down) - min(down)).grown(reach)
    return Ink(box, points, colour, width)


def _runs(points: Points) -> Iterator[Points]:
    """Cut a stroke into short runs, each beginning where the one before ends."""
    for start in range(0, max(len(points) - 1, 1), RUN):
        yield points[start : start + RUN + 1]
