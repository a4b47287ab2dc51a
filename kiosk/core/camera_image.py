"""From a photograph of a sheet to a straight page of bounded size, with its hash and what is wrong with it."""

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from math import dist

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kiosk.core.page_finder import Corners, Gray, Picture, find_page, gray_of
from kiosk.core.page_quality import Flaw, flaws_of_page, flaws_of_place

LONGEST = 2339
"""Pixels of the longer side: A4 at 200 dots per inch."""
MOST_BYTES = 600_000
QUALITIES = (85, 75, 65, 55)
SHRINK = 0.8
LEAST_SIDE = 64
SHOWN, SHOWN_QUALITY = 640, 70
"""Pixels of the longer side, about, and JPEG quality of the picture that is shown while a sheet is laid down."""
A4 = 297 / 210
A4_TOLERANCE = 0.05
MARGIN = 0.02
"""Share of a page's border left out when it is judged: the mat shines in there."""


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """One page: JPEG bytes, their SHA-256 in hex, width and height, and flaws, first what to mend first."""

    jpeg: bytes = field(repr=False)
    sha256: str
    size: tuple[int, int]
    flaws: tuple[Flaw, ...] = ()


def scan(picture: Picture, *, most_bytes: int = MOST_BYTES) -> CapturedPage:
    """Return the page found in `picture`, straight and cropped; the whole picture, flawed, if none is found."""
    corners = find_page(picture)
    page = picture if corners is None else straighten(picture, corners)
    flaws = flaws_of_place(corners)
    if corners is not None:
        flaws += flaws_of_page(_inner(gray_of(page)))
    return page_of(page, flaws, most_bytes=most_bytes)


def page_of(picture: Picture, flaws: tuple[Flaw, ...] = (), *, most_bytes: int = MOST_BYTES) -> CapturedPage:
    """Return `picture` as a page as it is, for a flatbed."""
    jpeg, size = bounded(picture, most_bytes)
    return CapturedPage(jpeg, hashlib.sha256(jpeg).hexdigest(), size, flaws)


def seen(picture: Picture) -> tuple[bytes, tuple[tuple[float, float], ...]]:
    """Return `picture` small as a JPEG to be shown, and the corners of the sheet found in it, in shares of it."""
    image = Image.fromarray(picture).reduce(max(1, max(picture.shape[:2]) // SHOWN))
    found = find_page(picture)
    if found is None:
        return _jpeg(image, SHOWN_QUALITY), ()
    height, width = picture.shape[:2]
    corners = (found.top_left, found.top_right, found.bottom_right, found.bottom_left)
    return _jpeg(image, SHOWN_QUALITY), tuple((x / width, y / height) for x, y in corners)


def straighten(picture: Picture, corners: Corners, longest: int = LONGEST) -> Picture:
    """Return what lies between `corners`, upright; a sheet nearly of A4's shape gets exactly that shape."""
    width, height = page_size(corners, longest)
    target = ((0, 0), (width, 0), (width, height), (0, height))
    source = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    image = Image.fromarray(picture).transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        perspective(target, source).tolist(),
        Image.Resampling.BICUBIC,
    )
    return np.asarray(image, dtype=np.uint8)


def page_size(corners: Corners, longest: int = LONGEST) -> tuple[int, int]:
    """Return width and height of the straightened page, at most `longest`."""
    across = max(dist(corners.top_left, corners.top_right), dist(corners.bottom_left, corners.bottom_right))
    down = max(dist(corners.top_left, corners.bottom_left), dist(corners.top_right, corners.bottom_right))
    if abs(down / across / A4 - 1) < A4_TOLERANCE:
        down = across * A4
    elif abs(across / down / A4 - 1) < A4_TOLERANCE:
        across = down * A4
    scale = min(1.0, longest / max(across, down))
    return max(1, round(across * scale)), max(1, round(down * scale))


def perspective(
    target: tuple[tuple[float, float], ...], source: tuple[tuple[float, float], ...]
) -> NDArray[np.float64]:
    """Return the eight numbers that lead from each `target` point to its `source` point (projective map)."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows, dtype=np.float64), np.array(values, dtype=np.float64))


def bounded(picture: Picture, most_bytes: int = MOST_BYTES) -> tuple[bytes, tuple[int, int]]:
    """Return `picture` as JPEG of at most `most_bytes` and its size: first coarser, then smaller."""
    image = Image.fromarray(picture)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    while True:
        for quality in QUALITIES:
            jpeg = _jpeg(image, quality)
            if len(jpeg) <= most_bytes:
                return jpeg, image.size
        if min(image.size) * SHRINK < LEAST_SIDE:
            return jpeg, image.size
        image = image.resize((int(image.width * SHRINK), int(image.height * SHRINK)), Image.Resampling.LANCZOS)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(200, 200))
    return out.getvalue()


def _inner(page: Gray) -> Gray:
    down, across = (max(1, int(side * MARGIN)) for side in page.shape)
    return page[down:-down, across:-across] if min(page.shape) > 4 else page
