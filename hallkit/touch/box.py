"""Rectangles of a screen, in pixels from its top left corner."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Box:
    """A rectangle: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Return the first row below the box."""
        return self.y + self.height

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) as Pillow takes it."""
        return self.x, self.y, self.right, self.bottom

    def holds(self, x: int, y: int) -> bool:
        """Tell whether a point lies in the box."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def covers(self, other: "Box") -> bool:
        """Tell whether `other` lies wholly inside."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom

    def meets(self, other: "Box") -> bool:
        """Tell whether the boxes share a pixel."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def grown(self, by: int) -> "Box":
        """Return the box with `by` pixels more on every side; fewer when negative."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, right: int = 0, down: int = 0) -> "Box":
        """Return the box shifted."""
        return Box(self.x + right, self.y + down, self.width, self.height)

    def joined(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def clipped(self, other: "Box") -> "Box":
        """Return the part shared with `other`; empty boxes have no width or height."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(x, y, max(min(self.right, other.right) - x, 0), max(min(self.bottom, other.bottom) - y, 0))

    def columns(self, count: int, gap: int) -> list["Box"]:
        """Cut the box into `count` equal columns with `gap` between them."""
        width = (self.width - gap * (count - 1)) // count
        return [Box(self.x + index * (width + gap), self.y, width, self.height) for index in range(count)]

    def stack(self, heights: Iterable[int], gap: int) -> list["Box"]:
        """Return boxes of these heights from the top down with `gap` between them; the rest stays empty."""
        found = []
        y = self.y
        for height in heights:
            found.append(Box(self.x, y, self.width, height))
            y += height + gap
        return found


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Join boxes that meet until none do; sorted, so the same change repaints the same rectangles."""
    found: list[Box] = []
    for box in sorted(boxes):
        joined = box
        while near := next((other for other in found if other.meets(joined)), None):
            found.remove(near)
            joined = joined.joined(near)
        found.append(joined)
    return sorted(found)
