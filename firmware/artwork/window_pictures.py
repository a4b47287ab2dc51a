"""Every picture a window display needs, in dots as on the hall's LED panels: states, tickets, when it goes on."""

from collections.abc import Iterator
from string import ascii_uppercase

from PIL import Image, ImageChops, ImageDraw

from firmware.artwork.words import DIGITS, Rgb
from hallkit.text.font import FontChain, glyphs
from hallkit.text.fonts import system_fonts

SIZE = (320, 64)
BLACK: Rgb = (0, 0, 0)
AMBER: Rgb = (0xFF, 0xB4, 0x00)
WHITE: Rgb = (0xFF, 0xFF, 0xFF)
DIM: Rgb = (0x8C, 0x84, 0x70)
CYAN: Rgb = (0x30, 0xC8, 0xE8)
GREEN: Rgb = (0x30, 0xE0, 0x50)
RED: Rgb = (0xFF, 0x30, 0x18)
BOX, LEFT, RIGHT = 80, 92, 310
STATES: dict[str, tuple[str, Rgb]] = {
    "free": ("空闲", GREEN),
    "paused": ("暂停服务", RED),
    "closed": ("未开放", DIM),
    "stale": ("请听广播", RED),
    "starting": ("正在启动", DIM),
}
WITH_TICKET: dict[str, tuple[str, Rgb, Rgb, Rgb]] = {
    "calling": ("请办理", AMBER, AMBER, WHITE),
    "serving": ("办理中", CYAN, DIM, DIM),
}
"""Words beside the ticket; colours of the box, of those words and of the business."""

TICKET_SIZES = (46, 40, 34, 28)
"""Sizes a ticket is shown in, the largest that fits."""

WORDS = {
    "take-ticket": ("请取号", WHITE),
    "back": (" 恢复", WHITE),
    "opens": (" 开放", WHITE),
    "tomorrow": ("明天 ", WHITE),
    "month": ("月", WHITE),
    "day": ("日 ", WHITE),
    "reason-break": ("短时休息", DIM),
    "reason-meal": ("正在用餐", DIM),
    "reason-meeting": ("正在开会", DIM),
    "reason-fault": ("设备检修", DIM),
}


def pictures(window: int, business: str) -> dict[str, Image.Image]:
    """Return a window display's pictures by name; `business` is what the window does, in a few characters."""
    found = {name: _state(window, business, *look) for name, look in STATES.items()}
    found |= {name: _with_ticket(window, business, name, look) for name, look in WITH_TICKET.items()}
    found["emergency"] = _emergency()
    found |= {name: dots(text, 16, ink) for name, (text, ink) in WORDS.items()}
    found |= {f"n{ord(one):x}": dots(one, 16, WHITE) for one in DIGITS + ":"}
    return found | dict(_tickets())


def dots(text: str, px: int, ink: Rgb, ground: Rgb = BLACK) -> Image.Image:
    """Return `text` as a panel lights it, dots on or off; raise MissingGlyphError for a character no font has."""
    chain = system_fonts().led(px)
    picture = Image.new("RGB", (max(sum(chain.advance(one) for one in text), 1), px + round(px * 0.12)), ground)
    pen = 0
    for one in text:
        _light(picture, chain, one, pen, ink)
        pen += chain.advance(one)
    return picture


def _light(picture: Image.Image, chain: FontChain, one: str, pen: int, ink: Rgb) -> None:
    font = chain.font_for(one)
    chain.require(one)
    if font is not None and not one.isspace():
        mask, left, top = glyphs(font, one, True)
        picture.paste(ink, (pen + max(left, 0), chain.ascent + top), mask.convert("1"))


def _tickets() -> Iterator[tuple[str, Image.Image]]:
    """Yield letters and digits standing on their lowest row: `c` called, `s` served, with the size's place."""
    for place, px in enumerate(TICKET_SIZES):
        foot = system_fonts().led(px).ascent + 2
        for state, ink in (("c", AMBER), ("s", WHITE)):
            for one in ascii_uppercase + DIGITS:
                yield (
                    f"{state}{place}{ord(one):x}",
                    dots(one, px, ink).crop((0, 0, system_fonts().led(px).advance(one), foot)),
                )


def _frame(window: int, edge: Rgb, *, full: bool = False) -> Image.Image:
    picture = Image.new("RGB", SIZE, BLACK)
    ground, ink = (edge, BLACK) if full else (BLACK, edge)
    ImageDraw.Draw(picture).rectangle((0, 0, BOX - 1, SIZE[1] - 1), fill=ground, outline=edge, width=2)
    number = _inked(dots(str(window), 46, ink, ground), ground)
    picture.paste(number, ((BOX - number.width) // 2, (50 - number.height) // 2))
    label = dots("号窗口", 12, ink, ground)
    picture.paste(label, ((BOX - label.width) // 2, SIZE[1] - 18))
    return picture


def _inked(picture: Image.Image, ground: Rgb) -> Image.Image:
    """Return the part of a picture that is not ground."""
    return picture.crop(ImageChops.difference(picture, Image.new("RGB", picture.size, ground)).getbbox())


def _state(window: int, business: str, text: str, ink: Rgb) -> Image.Image:
    picture = _frame(window, ink)
    picture.paste(dots(business, 16, DIM), (LEFT, 3))
    words = dots(text, 34, ink)
    picture.paste(words, (LEFT, SIZE[1] - 3 - words.height))
    return picture


def _with_ticket(window: int, business: str, name: str, look: tuple[str, Rgb, Rgb, Rgb]) -> Image.Image:
    text, edge, beside, above = look
    picture = _frame(window, edge, full=name == "calling")
    picture.paste(dots(business, 16, above), (LEFT, 3))
    words = dots(text, 24, beside)
    picture.paste(words, (RIGHT - words.width, SIZE[1] - 8 - words.height))
    return picture


def _emergency() -> Image.Image:
    picture = Image.new("RGB", SIZE, BLACK)
    ImageDraw.Draw(picture).rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), outline=RED, width=2)
    words = dots("请马上离开", 50, AMBER)
    picture.paste(words, ((SIZE[0] - words.width) // 2, (SIZE[1] - words.height) // 2))
    return picture
