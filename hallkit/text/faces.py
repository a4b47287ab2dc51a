"""Faces of font files, opened when something is measured or drawn and closed again when others are needed more."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

from hallkit.text.errors import FontFileError

MOST_OPEN = 8
"""Every open face maps two megabytes of its file; opening one again takes a fifth of a millisecond."""


@dataclass(frozen=True, slots=True)
class FaceKey:
    """One face of a file at one size; `weight` sets the axis of a variable font."""

    path: Path
    px: int
    index: int = 0
    weight: int | None = None


class OpenFaces:
    """At most `most` open faces; the one unused for longest is closed when another is needed."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._open: OrderedDict[FaceKey, ImageFont.FreeTypeFont] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def take(self, key: FaceKey) -> ImageFont.FreeTypeFont:
        """Return a face for use at once, not for keeping; FontFileError when its file cannot be opened."""
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key]
        while len(self._open) >= self._most:
            self._open.popitem(last=False)
        face = self._open[key] = _open(key)
        return face


def _open(key: FaceKey) -> ImageFont.FreeTypeFont:
    try:
        face = ImageFont.truetype(str(key.path), key.px, index=key.index, layout_engine=ImageFont.Layout.BASIC)
        if key.weight:
            face.set_variation_by_axes([key.weight])
    except OSError as error:
        raise FontFileError(f"{key.path.name} cannot be opened at {key.px} px; reinstall its package") from error
    return face
