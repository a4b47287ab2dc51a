"""What a display is asked to show: dots, and for cards with their own font the words the dots spell."""

from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from display_controller.core.palette import Ink


@dataclass(frozen=True)
class TextLine:
    """One piece of text: left, top, width and height in dots, and its ink."""

    x: int
    y: int
    width: int
    height: int
    text: str
    ink: Ink


@dataclass(frozen=True, eq=False)
class Picture:
    """An RGB image and its text; two pictures are the same only if they are the same object."""

    image: Image.Image
    lines: tuple[TextLine, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) in dots."""
        return self.image.size

    @cached_property
    def pixels(self) -> bytes:
        """Return the dots as RGB888, row after row; panels that show the same picture share them."""
        return (self.image if self.image.mode == "RGB" else self.image.convert("RGB")).tobytes()
