"""Pictures from a camera or a file, scaled for the screen; kept while they are shown and forgotten with the session."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

MOST = 12


@lru_cache(maxsize=MOST)
def picture_of(data: bytes, width: int, height: int) -> Image.Image | None:
    """Return a JPEG or PNG as RGB pixels of this size, None when it is damaged; kept, so never draw on it."""
    try:
        with Image.open(BytesIO(data)) as opened:
            opened.draft("RGB", (width, height))
            return opened.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


@lru_cache(maxsize=64)
def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG or PNG in pixels, None when it is damaged."""
    try:
        with Image.open(BytesIO(data)) as opened:
            return opened.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def forget_pictures() -> None:
    """Drop every kept picture: it may show a citizen's papers."""
    picture_of.cache_clear()
    size_of.cache_clear()
