"""Where header, content, actions, pointer and footer lie on a portrait screen."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN

SIZE = (1080, 1920)
SCREEN = Box(0, 0, *SIZE)
HEADER = Box(0, 0, 1080, 144)
POINTER = Box(0, 1624, 1080, 168)
FOOTER = Box(0, 1792, 1080, 128)
LOWERED_TOP = 960


@dataclass(frozen=True)
class Frame:
    """The regions of one screen."""

    header: Box
    content: Box
    actions: Box
    pointer: Box
    footer: Box
    tag: Box


def frame(*, pointer: bool = False, lowered: bool = False) -> Frame:
    """Return the regions; `pointer` makes room for a device pointer, `lowered` keeps all in reach of a wheelchair."""
    actions = Box(MARGIN, 1480 if pointer else 1640, CONTENT_WIDTH, 120)
    top = LOWERED_TOP if lowered else 184
    content = Box(MARGIN, top, CONTENT_WIDTH, actions.y - 24 - top)
    tag_top = LOWERED_TOP - 64 if lowered else 160
    return Frame(HEADER, content, actions, POINTER, FOOTER, Box(MARGIN, tag_top, CONTENT_WIDTH, 44))
