"""Pictures of every screen of the kiosk, and one of the usual walk: `python -m hall24.kiosk_pictures [FOLDER]`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from hall24.kiosk_moments import MOMENTS, moment
from hallkit.touch.scene import Scene
from hallkit.touch.theme import Theme
from kiosk.screens import View, show

FOLDER = Path(__file__).parents[1] / "docs" / "kiosk"
SIZE = (360, 640)
SMALL = (180, 320)
PAIRS = (("ink", "paper"), ("ink", "card"), ("ink2", "paper"), ("ink2", "card"), ("onact", "act"), ("act", "card"))
GREYS = ((127, 127, 127), (60, 60, 60), (30, 30, 30), (38, 52, 58), (20, 38, 45), (200, 200, 200), (150, 158, 160))
"""Between the pictures of a sheet, below a question, and in photographs."""
ACROSS = 12
WALK = ("home", "guide", "identify", "form", "sign", "deliver")
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


def walk() -> Image.Image:
    """Return the screens a citizen sees on the way from home to the notice, side by side."""
    width, height = SIZE
    sheet = Image.new("RGB", (len(WALK) * (width + 16) - 16, height), (127, 127, 127))
    for place, name in enumerate(WALK):
        sheet.paste(small(painted(moment(name))), (place * (width + 16), 0))
    return sheet


def palette(theme: Theme) -> Image.Image:
    """Return the colours of a theme and what lies between text and its grounds."""
    colours = list(dict.fromkeys(theme.colours))
    for ink, ground in PAIRS:
        for share in (1, 2, 3):
            mixed = zip(theme[ink], theme[ground], strict=True)
            colours.append((*((one * share + other * (4 - share)) // 4 for one, other in mixed),))  # type: ignore[arg-type]
    picture = Image.new("P", (1, 1))
    picture.putpalette([part for colour in [*colours, *GREYS] for part in colour])
    return picture


def save(picture: Image.Image, path: Path, theme: Theme) -> None:
    """Write a picture in the colours of its theme, as small as it goes."""
    few = picture.quantize(palette=palette(theme), dither=Image.Dither.NONE)
    few.save(path, "PNG", optimize=True)


def main(folder: Path = FOLDER) -> None:
    """Write one picture a moment, and one sheet a mode."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MOMENTS:
        view = moment(name)
        save(small(painted(view)), folder / f"{name}.png", view.look.theme)
    for mode in MODES:
        theme = moment("home", mode).look.theme
        save(together(painted(moment(name, mode)) for name in MOMENTS), folder / f"all-{mode}.png", theme)
    save(walk(), folder / "walk.png", moment("home").look.theme)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
