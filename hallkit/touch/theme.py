"""Colours, type sizes and spacing of every touch screen, as data; four themes."""

from dataclasses import dataclass
from functools import lru_cache

Rgb = tuple[int, int, int]


def rgb(text: str) -> Rgb:
    """Read a colour written #RRGGBB."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@lru_cache(maxsize=4096)
def luminance(colour: Rgb) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@dataclass(frozen=True)
class TypeRole:
    """Size of one role on a 1080×1920 screen and in the elder theme, in pixels; `leading` times the size is a line."""

    px: int
    elder_px: int
    bold: bool = False
    leading: float = 1.3


TYPE = {
    "ticket": TypeRole(300, 300, True, 1.0),
    "ticket_beside_code": TypeRole(260, 260, True, 1.0),
    "hero": TypeRole(150, 150, True, 1.1),
    "value": TypeRole(112, 150, True, 1.1),
    "ask": TypeRole(96, 112, True),
    "title_fault": TypeRole(72, 96, True),
    "title": TypeRole(60, 88, True),
    "title_steps": TypeRole(56, 84, True),
    "pointer": TypeRole(52, 68, True),
    "key": TypeRole(52, 72, True),
    "clock": TypeRole(48, 68, True),
    "row_large": TypeRole(46, 72, True),
    "row": TypeRole(40, 60, True),
    "button": TypeRole(40, 60, True),
    "typed": TypeRole(48, 64),
    "candidate": TypeRole(46, 54),
    "strong": TypeRole(38, 57, True),
    "lead": TypeRole(36, 54, False, 1.4),
    "hall": TypeRole(34, 50, True),
    "body": TypeRole(32, 48, False, 1.5),
    "phone": TypeRole(32, 46, True),
    "note": TypeRole(30, 42),
    "small": TypeRole(28, 42),
    "small_strong": TypeRole(28, 42, True),
}

TOKENS = (
    *("paper", "card", "ink", "ink2", "line", "edge", "act", "actdown", "onact", "tint", "lamp", "onlamp"),
    *("ok", "oktint", "warn", "warntint", "bad", "badtint", "off", "offink"),
)

NORMAL = """#F4F2EC #FFFFFF #14262D #47585F #DAD6CB #75848A #0B5A68 #073E48 #FFFFFF #E2EEEF #F4B63F #14262D
            #1B6B40 #E3F1E8 #855000 #FFEFD6 #A2301F #FBE8E4 #E7E4DC #536166"""
ELDER = """#FFFFFF #FFFFFF #0A161B #1F3138 #8A9499 #4F5E65 #0B5A68 #073E48 #FFFFFF #E2EEEF #F4B63F #14262D
           #1B6B40 #E3F1E8 #855000 #FFEFD6 #A2301F #FBE8E4 #E7E4DC #47585F"""
NIGHT = """#0D181D #16262D #EAF0F1 #A8B7BD #2A3D45 #6C828B #63C3D0 #8FD8E2 #062229 #17363E #F4B63F #14262D
           #7FD3A0 #14362A #F0B86A #3A2B12 #F2A091 #41201A #22323A #93A3A9"""
HIGH_CONTRAST = """#000000 #000000 #FFFFFF #FFFFFF #FFFFFF #FFFFFF #FFD400 #FFFFFF #000000 #000000 #FFD400 #000000
                   #7CFF9B #000000 #FFD400 #000000 #FFB0A3 #000000 #000000 #C8C8C8"""

ZONES = {
    letter: rgb(colour)
    for letter, colour in (
        ("A", "#0B5A68"), ("C", "#2A4A8F"), ("E", "#3A6628"), ("H", "#6E4A12"), ("K", "#6B376F"), ("M", "#4A5359"),
    )
}  # fmt: skip
"""Ground of a zone's letter; the letter itself is white."""

MARK = {"normal": ("#0B5A68", "#FFFFFF", "#F4B63F"), "high_contrast": ("#FFD400", "#000000", "#000000")}
"""The doorway with a lamp: ground, lines, lamp."""

WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)


@dataclass(frozen=True)
class Theme:
    """One look of the screens: a colour for every token, the type scale, and whether things may move."""

    name: str
    colours: tuple[Rgb, ...]
    elder: bool = False
    still: bool = False
    pressed_border: int = 3

    def __getitem__(self, token: str) -> Rgb:
        return self.colours[TOKENS.index(token)]

    def px(self, role: str) -> int:
        """Return the size of a type role in pixels."""
        return TYPE[role].elder_px if self.elder else TYPE[role].px

    @property
    def min_px(self) -> int:
        """Return the smallest text this theme may show."""
        return 42 if self.elder else 28

    @property
    def mark(self) -> tuple[Rgb, Rgb, Rgb]:
        """Return ground, lines and lamp of the mark."""
        ground, lines, lamp = MARK["high_contrast" if self.name == "high_contrast" else "normal"]
        return rgb(ground), rgb(lines), rgb(lamp)


def _colours(text: str) -> tuple[Rgb, ...]:
    return tuple(rgb(colour) for colour in text.split())


THEMES = {
    "normal": Theme("normal", _colours(NORMAL)),
    "elder": Theme("elder", _colours(ELDER), elder=True, still=True),
    "night": Theme("night", _colours(NIGHT)),
    "high_contrast": Theme("high_contrast", _colours(HIGH_CONTRAST), still=True, pressed_border=6),
}

GRID = 8
MARGIN = 56
GUTTER = 24
CONTENT_WIDTH = 968
TARGET = 96
LEAST_DOTS = 240
"""Width of the smallest QR code a phone reads off a screen, in pixels without its quiet zone."""

RADIUS = {"tag": 10, "key": 14, "tool": 16, "button": 20, "card": 24, "dialog": 32}
