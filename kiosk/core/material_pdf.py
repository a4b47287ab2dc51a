"""One PDF file for each material, from its pages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from kiosk.core.camera_image import CapturedPage
from kiosk.errors import PictureError

DOTS_PER_INCH = 200
MOST_PAGES = 50
QUALITY = 85


@dataclass(frozen=True, slots=True)
class MaterialFile:
    """A material: PDF bytes, their SHA-256 in hex, and the hashes of its pages in order."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: tuple[str, ...]


def material_file(pages: Sequence[CapturedPage], title: str, now: datetime) -> MaterialFile:
    """Return the pages as one PDF; the same pages, title and time make the same bytes; PictureError."""
    if not 1 <= len(pages) <= MOST_PAGES:
        raise PictureError(f"a material has 1 to {MOST_PAGES} pages, not {len(pages)}")
    first, *others = (_opened(page) for page in pages)
    day = now.astimezone(UTC).timetuple()
    out = BytesIO()
    first.save(
        out,
        "PDF",
        save_all=True,
        append_images=others,
        resolution=DOTS_PER_INCH,
        quality=QUALITY,
        title=title,
        producer="hall24",
        creationDate=day,
        modDate=day,
    )
    pdf = out.getvalue()
    return MaterialFile(pdf, hashlib.sha256(pdf).hexdigest(), tuple(page.sha256 for page in pages))


def _opened(page: CapturedPage) -> Image.Image:
    try:
        with Image.open(BytesIO(page.jpeg)) as image:
            return image.convert("RGB")
    except (OSError, ValueError) as error:
        raise PictureError("a page is no picture; take it again") from error
