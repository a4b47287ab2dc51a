"""Draw line icons smoothly: at four times the size with round caps, scaled down once and kept."""

import math
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from hallkit.touch.icon_shapes import SHAPES, Shape

GRID = 48
OVERSAMPLE = 4
STROKE = 4.0
STROKE_LARGE = 3.4
LARGE_FROM = 80
ARC_STEP = 4.0


@lru_cache(maxsize=512)
def icon_mask(name: str, size: int) -> Image.Image:
    """Return icon `name` as a mask of `size`×`size`; kept, so never draw on it; KeyError for an unknown name."""
    scale = size * OVERSAMPLE / GRID
    mask = Image.new("L", (size * OVERSAMPLE, size * OVERSAMPLE))
    draw = ImageDraw.Draw(mask)
    stroke = (STROKE_LARGE if size > LARGE_FROM else STROKE) * scale
    for shape in SHAPES[name]:
        _draw(draw, shape, scale, stroke)
    return mask.resize((size, size), Image.Resampling.BOX)


def draw_icon(image: Image.Image, at: tuple[int, int], name: str, size: int, colour: tuple[int, int, int]) -> None:
    """Draw icon `name` with its top left corner at `at`."""
    image.paste(colour, at, icon_mask(name, size))


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, scale: float, stroke: float) -> None:
    kind, numbers = shape
    place = [number * scale for number in numbers]
    if kind == "line":
        _stroke(draw, list(zip(place[::2], place[1::2], strict=True)), stroke)
    elif kind == "arc":
        _stroke(draw, _arc(place[0], place[1], place[2], *numbers[3:]), stroke)
    elif kind in ("circle", "disc"):
        x, y, radius = place
        _disc(draw, x, y, radius, stroke if kind == "circle" else 0)
    else:
        _rounded(draw, place, stroke if kind == "rect" else 0)


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], stroke: float) -> None:
    draw.line(points, fill=255, width=round(stroke), joint="curve")
    radius = stroke / 2
    for x, y in points:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _arc(x: float, y: float, radius: float, start: float, end: float) -> list[tuple[float, float]]:
    steps = max(round((end - start) / ARC_STEP), 1)
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, stroke: float) -> None:
    outer = radius + stroke / 2
    draw.ellipse((x - outer, y - outer, x + outer, y + outer), fill=255)
    if stroke:
        inner = radius - stroke / 2
        draw.ellipse((x - inner, y - inner, x + inner, y + inner), fill=0)


def _rounded(draw: ImageDraw.ImageDraw, place: Sequence[float], stroke: float) -> None:
    left, top, right, bottom, radius = place
    half = stroke / 2
    box = (left - half, top - half, right + half, bottom + half)
    if stroke:
        draw.rounded_rectangle(box, radius + half, outline=255, width=round(stroke))
    else:
        draw.rounded_rectangle(box, radius, fill=255)
