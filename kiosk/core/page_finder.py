"""Where a sheet lies under the document camera: the bright quadrilateral on a dark mat, to less than a small pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB."""
Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Point = tuple[float, float]
"""x to the right, y down, in pixels."""

LOOK_WIDTH = 360
LEAST_SHARE = 0.02
LEAST_CONTRAST = 40
EDGE = 3
"""Small pixels from the picture's edge within which a corner counts as cut off."""


@dataclass(frozen=True, slots=True)
class Corners:
    """The corners in the whole picture; `is_cut_off` if the sheet reaches beyond, `share` of the picture it fills."""

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point
    is_cut_off: bool
    share: float


def gray_of(picture: Picture, width: int | None = None) -> Gray:
    """Return `picture` in shades of gray, `width` pixels wide if given."""
    image = Image.fromarray(picture).convert("L")
    if width is not None and width < image.width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.uint8)


def find_page(picture: Picture) -> Corners | None:
    """Return where the sheet lies; None if nothing bright enough and big enough lies on the mat."""
    small = gray_of(picture, LOOK_WIDTH)
    cut = threshold(small)
    if cut is None:
        return None
    sheet = largest_patch(small > cut)
    share = float(sheet.mean())
    if share < LEAST_SHARE:
        return None
    corners = _corners(sheet)
    if corners is None:
        return None
    return _scaled(corners, small.shape, picture.shape, share)


def threshold(gray: Gray) -> int | None:
    """Return the gray that best parts bright from dark (Otsu 1979); None if there are no two to part."""
    counts = np.bincount(gray.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        dark, bright = sums / below, (sums[-1] - sums) / above
        between = np.nan_to_num(below * above * (bright - dark) ** 2)
    best = int(np.argmax(between))
    return best if bright[best] - dark[best] >= LEAST_CONTRAST else None


def largest_patch(mask: Mask) -> Mask:
    """Return the largest connected patch of `mask` (rows touching rows), found run by run."""
    runs: list[tuple[int, int, int]] = []
    parents: list[int] = []
    above: list[int] = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(row, prepend=False, append=False)).tolist()
        here = []
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            here.append(len(runs))
            runs.append((y, begin, end))
            parents.append(len(parents))
            for other in above:
                if runs[other][1] < end and begin < runs[other][2]:
                    parents[_root(parents, other)] = _root(parents, here[-1])
        above = here
    return _paint(mask, runs, parents)


def _root(parents: list[int], one: int) -> int:
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one


def _paint(mask: Mask, runs: list[tuple[int, int, int]], parents: list[int]) -> Mask:
    sizes: dict[int, int] = {}
    roots = [_root(parents, one) for one in range(len(runs))]
    for root, (_, begin, end) in zip(roots, runs, strict=True):
        sizes[root] = sizes.get(root, 0) + end - begin
    patch = np.zeros_like(mask)
    largest = max(sizes, key=lambda root: sizes[root], default=-1)
    for root, (y, begin, end) in zip(roots, runs, strict=True):
        if root == largest:
            patch[y, begin:end] = True
    return patch


def _corners(sheet: Mask) -> list[Point] | None:
    """Return the four corners as the crossings of straight lines along the four sides; None if it has none."""
    height, width = sheet.shape
    rows, columns = np.flatnonzero(sheet.any(axis=1)), np.flatnonzero(sheet.any(axis=0))
    left, right = sheet.argmax(axis=1), width - sheet[:, ::-1].argmax(axis=1)
    top, bottom = sheet.argmax(axis=0), height - sheet[::-1].argmax(axis=0)
    ys, xs = np.nonzero(sheet)
    sums, differences = xs + ys, xs - ys
    ends = [(xs[at], ys[at]) for at in (sums.argmin(), differences.argmax(), sums.argmax(), differences.argmin())]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ends
    sides = (
        _line(columns, top[columns], ax, bx),
        _line(rows, right[rows], by, cy),
        _line(columns, bottom[columns], dx, cx),
        _line(rows, left[rows], ay, dy),
    )
    if any(side is None for side in sides):
        return None
    lines = [side for side in sides if side is not None]
    return [
        _crossing(lines[3], lines[0]),
        _crossing(lines[1], lines[0]),
        _crossing(lines[1], lines[2]),
        _crossing(lines[3], lines[2]),
    ]


Line = tuple[float, float]
"""Slope and offset: of y over x for the upper and lower side, of x over y for the others."""


def _line(at: NDArray[np.intp], edge: NDArray[np.intp], begin: int, end: int) -> Line | None:
    """Fit a line to the middle of a side, leaving out what lies off it (a thumb, a fold); None if it is too short."""
    margin = 0.1 * (end - begin)
    middle = (at >= begin + margin) & (at <= end - margin)
    x, y = at[middle] + 0.5, edge[middle].astype(np.float64)
    if len(x) < 8:
        return None
    for _ in range(2):
        slope, offset = np.polyfit(x, y, 1)
        distance = np.abs(y - slope * x - offset)
        near = distance <= max(1.0, 2 * float(np.median(distance)))
        x, y = x[near], y[near]
    slope, offset = np.polyfit(x, y, 1)
    return float(slope), float(offset)


def _crossing(upright: Line, level: Line) -> Point:
    x = (upright[0] * level[1] + upright[1]) / (1 - upright[0] * level[0])
    return x, level[0] * x + level[1]


def _scaled(corners: list[Point], small: tuple[int, ...], whole: tuple[int, ...], share: float) -> Corners:
    height, width = small[:2]
    is_cut_off = any(x < EDGE or y < EDGE or x > width - EDGE or y > height - EDGE for x, y in corners)
    across, down = whole[1] / width, whole[0] / height
    points = [(x * across, y * down) for x, y in corners]
    return Corners(points[0], points[1], points[2], points[3], is_cut_off, share)
