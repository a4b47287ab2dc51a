"""Play marks onto a Pillow picture; every shape that costs more than a copy is drawn once and kept."""

from collections.abc import Iterable
from functools import lru_cache

from PIL import Image, ImageDraw

from hallkit.text.draw import draw_block
from hallkit.touch.box import Box
from hallkit.touch.codes import code_picture
from hallkit.touch.icons import draw_icon
from hallkit.touch.marks import Arrow, Code, Icon, Ink, Mark, Panel, Picture, Polygon, Ring, Veil, Words
from hallkit.touch.photo import picture_of
from hallkit.touch.theme import Rgb

OVERSAMPLE = 4
INK_OVERSAMPLE = 2


def paint(image: Image.Image, marks: Iterable[Mark], region: Box) -> None:
    """Paint the marks that meet `region` onto `image`, whose top left corner shows the corner of `region`."""
    for mark in marks:
        if mark.box.meets(region):
            _paint(image, mark, -region.x, -region.y)


def _paint(image: Image.Image, mark: Mark, x: int, y: int) -> None:
    match mark:
        case Panel():
            _panel(image, mark, x, y)
        case Words():
            draw_block(image, (mark.x + x, mark.y + y), mark.block, mark.colour)
        case Icon():
            draw_icon(image, (mark.box.x + x, mark.box.y + y), mark.name, mark.box.width, mark.colour)
        case Ring():
            _ring(image, mark, x, y)
        case Polygon():
            _polygon(image, mark, x, y)
        case Arrow():
            image.paste(mark.colour, (mark.box.x + x, mark.box.y + y), _arrow_mask(mark.box.width, mark.box.height))
        case Veil():
            image.paste(image.point(lambda light: light * mark.percent // 100))
        case Ink():
            _ink(image, mark, x, y)
        case _:
            _pasted(image, mark, (mark.box.x + x, mark.box.y + y))


def _pasted(image: Image.Image, mark: Code | Picture, at: tuple[int, int]) -> None:
    width, height = mark.box.width, mark.box.height
    picture = code_picture(mark.rows, width) if isinstance(mark, Code) else picture_of(mark.data, width, height)
    if picture is not None:
        image.paste(picture, at)


def _panel(image: Image.Image, mark: Panel, x: int, y: int) -> None:
    box = mark.box.moved(x, y)
    if mark.border and mark.border_width:
        _rounded(image, box, mark.radius, mark.border)
        inner = max(mark.radius - mark.border_width, 0)
        _rounded(image, box.grown(-mark.border_width), inner, mark.fill)
    else:
        _rounded(image, box, mark.radius, mark.fill)


def _rounded(image: Image.Image, box: Box, radius: int, colour: Rgb) -> None:
    radius = min(radius, box.width // 2, box.height // 2)
    image.paste(colour, (box.x + radius, box.y, box.right - radius, box.bottom))
    if not radius:
        return
    image.paste(colour, (box.x, box.y + radius, box.x + radius, box.bottom - radius))
    image.paste(colour, (box.right - radius, box.y + radius, box.right, box.bottom - radius))
    corners = _corners(radius)
    right, bottom = box.right - radius, box.bottom - radius
    places = ((box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom))
    for corner, place in zip(corners, places, strict=True):
        image.paste(colour, place, corner)


@lru_cache(maxsize=128)
def _corners(radius: int) -> tuple[Image.Image, ...]:
    """Return the masks of the corners, clockwise from the top left."""
    size = radius * OVERSAMPLE
    quarter = Image.new("L", (size, size))
    ImageDraw.Draw(quarter).ellipse((0, 0, 2 * size - 1, 2 * size - 1), fill=255)
    first = quarter.resize((radius, radius), Image.Resampling.BOX)
    flips = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM)
    return (first, *(first.transpose(flip) for flip in flips))


def _ring(image: Image.Image, mark: Ring, x: int, y: int) -> None:
    at = (mark.box.x + x, mark.box.y + y)
    for index in range(mark.count):
        colour = mark.on if index >= mark.count - mark.lit else mark.off
        image.paste(colour, at, _tick_mask(mark.box.width, mark.thickness, mark.count, index))


@lru_cache(maxsize=128)
def _tick_mask(size: int, thickness: int, count: int, index: int) -> Image.Image:
    """Return one tick of a ring; ticks fill four fifths of the ring."""
    big, deep = size * OVERSAMPLE, thickness * OVERSAMPLE
    mask = Image.new("L", (big, big))
    draw = ImageDraw.Draw(mask)
    step = 360 / count
    start = index * step - 90 + step / 10
    draw.pieslice((0, 0, big - 1, big - 1), start, start + step * 0.8, fill=255)
    draw.ellipse((deep, deep, big - 1 - deep, big - 1 - deep), fill=0)
    return mask.resize((size, size), Image.Resampling.BOX)


def _polygon(image: Image.Image, mark: Polygon, x: int, y: int) -> None:
    at = (mark.box.x + x, mark.box.y + y)
    size = (mark.box.width, mark.box.height)
    image.paste(mark.fill, at, _polygon_mask(size, mark.points, 0))
    image.paste(mark.border, at, _polygon_mask(size, mark.points, mark.border_width))


@lru_cache(maxsize=16)
def _polygon_mask(size: tuple[int, int], points: tuple[tuple[int, int], ...], line: int) -> Image.Image:
    """Return the mask of the whole shape, or of its outline when `line` is its width."""
    big = Image.new("L", (size[0] * OVERSAMPLE, size[1] * OVERSAMPLE))
    draw = ImageDraw.Draw(big)
    corners = [(across * OVERSAMPLE, down * OVERSAMPLE) for across, down in points]
    if line:
        draw.line([*corners, corners[0], corners[1]], fill=255, width=line * OVERSAMPLE, joint="curve")
    else:
        draw.polygon(corners, fill=255)
    return big.resize(size, Image.Resampling.BOX)


def _ink(image: Image.Image, mark: Ink, x: int, y: int) -> None:
    box = mark.box
    big = Image.new("L", (box.width * INK_OVERSAMPLE, box.height * INK_OVERSAMPLE))
    draw = ImageDraw.Draw(big)
    place = [((across - box.x) * INK_OVERSAMPLE, (down - box.y) * INK_OVERSAMPLE) for across, down in mark.points]
    radius = mark.width * INK_OVERSAMPLE / 2
    if len(place) > 1:
        draw.line(place, fill=255, width=round(2 * radius))
    for across, down in place:
        draw.ellipse((across - radius, down - radius, across + radius, down + radius), fill=255)
    image.paste(mark.colour, (box.x + x, box.y + y), big.resize((box.width, box.height), Image.Resampling.BOX))


@lru_cache(maxsize=8)
def _arrow_mask(width: int, height: int) -> Image.Image:
    big = Image.new("L", (width * OVERSAMPLE, height * OVERSAMPLE))
    across, down = big.width - 1, big.height - 1
    shaft, neck = across * 0.33, down * 0.46
    points = (
        (shaft, 0),
        (across - shaft, 0),
        (across - shaft, neck),
        (across, neck),
        (across / 2, down),
        (0, neck),
        (shaft, neck),
    )
    ImageDraw.Draw(big).polygon(points, fill=255)
    return big.resize((width, height), Image.Resampling.BOX)
