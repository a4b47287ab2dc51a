"""Pictures of every screen of the kiosk for its page: `python -m hall24.kiosk_pictures [FOLDER]`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from hall24.kiosk_moments import MOMENTS, moment
from hallkit.touch.scene import Scene
from kiosk.screens import View, show

FOLDER = Path(__file__).parents[1] / "docs" / "kiosk"
SIZE = (360, 640)
SMALL = (180, 320)
COLOURS, FEW = 32, 24
ACROSS = 12
MODES = ("elder", "english", "lowered", "contrast", "night", "elder-lowered")


def painted(view: View) -> Image.Image:
    """Return what a citizen sees."""
    scene = Scene()
    show(scene, view)
    return scene.image


def small(picture: Image.Image, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture at the size of a page."""
    return picture.resize(size, Image.Resampling.LANCZOS)


def together(pictures: Iterable[Image.Image]) -> Image.Image:
    """Return small pictures side by side on one sheet."""
    shown = [small(one, SMALL) for one in pictures]
    rows = -(-len(shown) // ACROSS)
    width, height = SMALL
    sheet = Image.new("RGB", (ACROSS * (width + 8) - 8, rows * (height + 8) - 8), (127, 127, 127))
    for place, one in enumerate(shown):
        sheet.paste(one, (place % ACROSS * (width + 8), place // ACROSS * (height + 8)))
    return sheet


def save(picture: Image.Image, path: Path, colours: int = COLOURS) -> None:
    """Write a picture with few colours, as small as it goes."""
    few = picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, "PNG", optimize=True)


def main(folder: Path = FOLDER) -> None:
    """Write one picture a moment, and one sheet a mode."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MOMENTS:
        save(small(painted(moment(name))), folder / f"{name}.png")
    for mode in MODES:
        save(together(painted(moment(name, mode)) for name in MOMENTS), folder / f"all-{mode}.png", FEW)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
