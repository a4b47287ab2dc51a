"""What a document camera sees: sheets on a dark mat, laid askew, blurred, shining or half beyond the edge.

`python -m simulators.document_camera FOLDER` fills a folder for the kiosk's folder camera.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from hallkit.text.draw import draw_block
from hallkit.text.fonts import system_fonts
from hallkit.text.layout import lay_out

SIZE = 1600, 1200
SHEET = 620, 877
PAPER, INK, MAT = (224, 224, 218), (36, 36, 40), (38, 40, 44)
SAMPLE = (
    "营业执照(演示件)",
    "统一社会信用代码 000000000000000000",
    "名称 演示市示范小吃店",
    "经营者 演示人",
    "经营范围 演示用途,不具效力。" * 6,
)
Point = tuple[float, float]


@dataclass(slots=True)
class SimulatedSheet:
    """One sheet under the camera: its corners in the picture, and what spoils the picture.

    `blur` in pixels, `shine` radius of a lamp's reflection, `light` 1.0 as it should be; `is_there` False: bare mat.
    """

    corners: tuple[Point, Point, Point, Point] = ((560.0, 110.0), (1180.0, 150.0), (1150.0, 1080.0), (500.0, 1030.0))
    lines: Sequence[str] = SAMPLE
    blur: float = 0.0
    shine: int = 0
    light: float = 1.0
    is_there: bool = True

    def paper(self) -> Image.Image:
        """Return the sheet as it was printed."""
        sheet = Image.new("RGB", SHEET, PAPER)
        at, fonts = 60, system_fonts()
        for number, line in enumerate(self.lines):
            block = lay_out(line, fonts.ui(34 if number == 0 else 22), SHEET[0] - 120)
            draw_block(sheet, (60, at), block, INK)
            at += block.height + 26
        if any(line.strip() for line in self.lines):
            ImageDraw.Draw(sheet).rectangle((24, 24, SHEET[0] - 24, SHEET[1] - 24), outline=INK, width=2)
        return sheet

    def picture(self) -> Image.Image:
        """Return what the camera sees, 1600 × 1200 RGB."""
        picture = Image.new("RGB", SIZE, MAT)
        if self.is_there and self.lines:
            mask = Image.new("L", SHEET, 255)
            place = self._place()
            warped = self.paper().transform(SIZE, Image.Transform.PERSPECTIVE, place, Image.Resampling.BICUBIC)
            inside = mask.transform(SIZE, Image.Transform.PERSPECTIVE, place, Image.Resampling.BICUBIC)
            picture.paste(warped, (0, 0), inside)
        if self.shine:
            x, y = (sum(point[axis] for point in self.corners) / 4 for axis in (0, 1))
            draw = ImageDraw.Draw(picture)
            draw.ellipse((x - self.shine, y - self.shine, x + self.shine, y + self.shine), fill=(255, 255, 255))
        picture = picture.filter(ImageFilter.GaussianBlur(max(self.blur, 0.6)))
        return ImageEnhance.Brightness(picture).enhance(self.light) if self.light != 1.0 else picture

    def _place(self) -> list[float]:
        width, height = SHEET
        on_sheet = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        return _projection(self.corners, on_sheet)


def _projection(target: Sequence[Point], source: Sequence[Point]) -> list[float]:
    """Return the numbers Pillow wants for the map from each target point to its source point (Gauss-Jordan)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [one - factor * two for one, two in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


SETUPS: dict[str, SimulatedSheet] = {
    "normal": SimulatedSheet(),
    "straight": SimulatedSheet(corners=((490.0, 162.0), (1110.0, 162.0), (1110.0, 1039.0), (490.0, 1039.0))),
    "askew": SimulatedSheet(corners=((700.0, 90.0), (1270.0, 330.0), (930.0, 1130.0), (370.0, 890.0))),
    "across": SimulatedSheet(corners=((260.0, 300.0), (1340.0, 260.0), (1380.0, 1010.0), (240.0, 1040.0))),
    "blurred": SimulatedSheet(blur=4.0),
    "shining": SimulatedSheet(shine=90),
    "dark": SimulatedSheet(light=0.35),
    "cut_off": SimulatedSheet(corners=((560.0, -60.0), (1180.0, -20.0), (1150.0, 910.0), (500.0, 860.0))),
    "small": SimulatedSheet(corners=((700.0, 400.0), (940.0, 400.0), (940.0, 740.0), (700.0, 740.0))),
    "empty": SimulatedSheet(lines=(" ",)),
    "nothing": SimulatedSheet(is_there=False),
}
"""Named sheets."""


def fill(folder: Path, names: Sequence[str] = ("normal", "askew")) -> None:
    """Write pictures of the named sheets into `folder`, in that order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        SETUPS[name].picture().save(folder / f"{number:03d}-{name}.png")


if __name__ == "__main__":
    fill(Path(sys.argv[1]), sys.argv[2:] or ("normal", "askew"))
