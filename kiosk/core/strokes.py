"""A signature: strokes as they were drawn, a picture of them, and the document they belong to, inseparably."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from math import dist
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

from kiosk.errors import SignatureError

LEAST_INK = 120
"""Pixels a signature is long at least: a dot is none."""
MOST_POINTS = 20_000
MARGIN = 12
THINNEST, THICKEST = 2.0, 7.0
FAST = 3.0
"""Pixels a millisecond at which a pen without pressure draws its thinnest line."""
SUPERSAMPLE = 3
DOCUMENT_KEY, STROKES_KEY = "hall24-document-sha256", "hall24-strokes"


@dataclass(frozen=True, slots=True)
class Ink:
    """One point: milliseconds since the first, pixels from the pad's corner, pressure 0 to 1 (None: no such pen)."""

    at: int
    x: float
    y: float
    pressure: float | None = None


Stroke = tuple[Ink, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Strokes on a pad of `size`, given for the document with this SHA-256 (hex)."""

    strokes: tuple[Stroke, ...] = field(repr=False)
    size: tuple[int, int]
    document_sha256: str

    @property
    def length(self) -> float:
        """Return how long the line is in pixels."""
        pairs = ((one, two) for stroke in self.strokes for one, two in pairwise(stroke))
        return sum(dist((one.x, one.y), (two.x, two.y)) for one, two in pairs)

    def packed(self) -> bytes:
        """Return the one spelling of the signature, its document included: JSON, coordinates in tenths of a pixel."""
        strokes = [[_packed(ink) for ink in stroke] for stroke in self.strokes]
        spelled = {"document": self.document_sha256, "size": list(self.size), "strokes": strokes}
        return json.dumps(spelled, separators=(",", ":"), sort_keys=True).encode()

    @property
    def sha256(self) -> str:
        """Return the hash of the spelling; what the case keeps beside the picture."""
        return hashlib.sha256(self.packed()).hexdigest()


def sign(strokes: Sequence[Stroke], size: tuple[int, int], document: bytes) -> Signature:
    """Return the signature of `document`; SignatureError if it is a dot, endless, or off the pad."""
    drawn = Signature(tuple(strokes), size, hashlib.sha256(document).hexdigest())
    signature = _unpacked(json.loads(drawn.packed()))
    points = [ink for stroke in strokes for ink in stroke]
    if len(points) > MOST_POINTS:
        raise SignatureError("the signature has too many points; sign again")
    if any(not (0 <= ink.x < size[0] and 0 <= ink.y < size[1]) for ink in points):
        raise SignatureError("the signature leaves the pad; sign again")
    if signature.length < LEAST_INK:
        raise SignatureError("this is a dot and no signature; sign again")
    return signature


def picture_of(signature: Signature) -> bytes:
    """Return the signature as PNG, black on nothing, cropped; document and strokes are written into the file."""
    boxes = [(ink.x, ink.y) for stroke in signature.strokes for ink in stroke]
    left, top = min(x for x, _ in boxes) - MARGIN, min(y for _, y in boxes) - MARGIN
    width, height = (int(max(values) - min(values)) + 2 * MARGIN + 1 for values in zip(*boxes, strict=True))
    ink = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE), 0)
    draw = ImageDraw.Draw(ink)
    for stroke in signature.strokes:
        _draw(draw, stroke, (left, top))
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    picture.putalpha(ink.resize((width, height), Image.Resampling.BOX))
    return _png(picture, signature)


def check_picture(png: bytes, document: bytes) -> Signature:
    """Return the signature a PNG carries; SignatureError if it is another document's, or altered."""
    try:
        with Image.open(BytesIO(png)) as picture:
            spelled = picture.info.get(STROKES_KEY, "")
            signature = _unpacked(json.loads(spelled))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SignatureError("the picture carries no signature") from error
    if signature.document_sha256 != hashlib.sha256(document).hexdigest():
        raise SignatureError("the signature belongs to another document")
    if picture_of(signature) != png:
        raise SignatureError("the picture is not the one of its strokes")
    return signature


def _png(picture: Image.Image, signature: Signature) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text(DOCUMENT_KEY, signature.document_sha256)
    notes.add_text(STROKES_KEY, signature.packed().decode(), zip=True)
    out = BytesIO()
    picture.save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def _draw(draw: ImageDraw.ImageDraw, stroke: Stroke, corner: tuple[float, float]) -> None:
    """Draw one stroke: round at its ends, thinner where the pen was fast or light."""
    place = [((ink.x - corner[0]) * SUPERSAMPLE, (ink.y - corner[1]) * SUPERSAMPLE) for ink in stroke]
    width = THICKEST
    for at, (x, y) in enumerate(place):
        width += (_width(stroke, at) - width) / 3
        radius = width * SUPERSAMPLE / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        if at:
            draw.line((place[at - 1], (x, y)), fill=255, width=round(2 * radius))


def _width(stroke: Stroke, at: int) -> float:
    ink, before = stroke[at], stroke[max(at - 1, 0)]
    if ink.pressure is not None:
        return THINNEST + (THICKEST - THINNEST) * min(max(ink.pressure, 0.0), 1.0)
    speed = dist((ink.x, ink.y), (before.x, before.y)) / max(ink.at - before.at, 1)
    return THICKEST - (THICKEST - THINNEST) * min(speed / FAST, 1.0)


def _packed(ink: Ink) -> list[int]:
    place = [ink.at, round(ink.x * 10), round(ink.y * 10)]
    return place if ink.pressure is None else [*place, round(ink.pressure * 1000)]


def _unpacked(spelled: dict[str, Any]) -> Signature:
    strokes = tuple(
        tuple(Ink(at, x / 10, y / 10, *(value / 1000 for value in rest)) for at, x, y, *rest in stroke)
        for stroke in spelled["strokes"]
    )
    width, height = spelled["size"]
    return Signature(strokes, (width, height), spelled["document"])
