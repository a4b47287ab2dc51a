"""A scene becomes a picture; equal scenes on equal panels share one."""

from collections import OrderedDict

from display_controller.core.canvas import Canvas
from display_controller.core.glyphs import LedFonts
from display_controller.core.hall_layout import draw_page, draw_table
from display_controller.core.palette import Palette
from display_controller.core.picture import Picture
from display_controller.core.scene import PageScene, Scene, TableScene, WindowScene
from display_controller.core.window_layout import draw_window
from display_controller.errors import PanelTooSmallError

SMALLEST_WINDOW = (160, 32)
SMALLEST_HALL = (156, 64)
SCALED_WINDOW = (320, 64)
SCALED_HALL = (320, 128)
KEPT = 256
"""Pictures kept: both halves of a blink on more than a hundred panels, in at most 31 MB."""


class Renderer:
    """Draws scenes with `fonts` and keeps the last pictures, so that 200 panels with 30 scenes cost 30 drawings."""

    def __init__(self, fonts: LedFonts) -> None:
        self._fonts = fonts
        self._kept: OrderedDict[tuple[Scene, tuple[int, int], Palette], Picture] = OrderedDict()
        self.drawn = 0

    def picture(self, scene: Scene, size: tuple[int, int], palette: Palette = Palette.FULL) -> Picture:
        """Return the picture of `scene` on a panel of `size` (width, height); PanelTooSmallError below the minimum."""
        key = (scene, size, palette)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = draw(scene, size, self._fonts, palette)
            self.drawn += 1
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return kept


def draw(scene: Scene, size: tuple[int, int], fonts: LedFonts, palette: Palette = Palette.FULL) -> Picture:
    """Draw `scene`; panels of twice the standard size or more get dots of twice the size or more."""
    scale = scale_of(scene, size)
    canvas = Canvas((size[0] // scale, size[1] // scale), fonts)
    match scene:
        case WindowScene():
            draw_window(canvas, scene)
        case TableScene():
            draw_table(canvas, scene)
        case PageScene():
            draw_page(canvas, scene)
    return canvas.picture(palette, size, scale)


def scale_of(scene: Scene, size: tuple[int, int]) -> int:
    """Return how many panel dots one drawn dot covers each way; PanelTooSmallError below the minimum."""
    least, full = (SMALLEST_WINDOW, SCALED_WINDOW) if isinstance(scene, WindowScene) else (SMALLEST_HALL, SCALED_HALL)
    if size[0] < least[0] or size[1] < least[1]:
        raise PanelTooSmallError(f"a panel of {size[0]}×{size[1]} is smaller than {least[0]}×{least[1]}")
    return max(1, min(size[0] // full[0], size[1] // full[1]))
