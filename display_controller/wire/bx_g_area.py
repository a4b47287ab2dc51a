"""Dynamic areas of `bx-g` cards: one page of bitmap, 5th and 6th generation (dynamic area manuals §5.4.1)."""

from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error

from display_controller.errors import WireError
from display_controller.wire.bx_g import Command, Request

PLACE = Struct("<BBHBHB4xBHHHHB")
PAGE_5 = Struct("<HIBBBBHBH4x")
BACKGROUND_6 = Struct("<BBBB5x")
PAGE_6 = Struct("<HIBBBBHBH9xII")
SET_UP = Struct("<HI")
AREA_TYPE = 0x10
ALL_PROGRAMS = 1
STATIC = 1


@dataclass(frozen=True)
class LengthRules:
    """What the 6th generation manual leaves open.

    `area_counts_bitmap` and `page_counts_bitmap`: whether AreaDataLen and PageDataLen include the bitmap, which is
    sent after all parameters. `sound_parameters`: whether SoundReservedParaLen (0) is sent while sound is off.
    """

    area_counts_bitmap: bool = False
    page_counts_bitmap: bool = False
    sound_parameters: bool = False


DEFAULT_LENGTHS = LengthRules()


@dataclass(frozen=True)
class Area:
    """One dynamic area: place in dots, `timeout` and run mode as `bx-k`, `stay` in 10 ms; `bitmap` already packed."""

    x: int
    y: int
    width: int
    height: int
    bitmap: bytes
    number: int = 0
    run_mode: int = 0
    timeout: int = 0
    immediate: bool = True
    display_mode: int = STATIC
    speed: int = 1
    stay: int = 300

    def place(self) -> bytes:
        """Return everything before the page, shared by both generations; no border."""
        head = (self.number, self.run_mode, self.timeout, ALL_PROGRAMS, 0, self.immediate)
        return PLACE.pack(*head, AREA_TYPE, self.x, self.y, self.width, self.height, 0)

    def page(self) -> tuple[int, ...]:
        """Return the page's fields from its style to the valid length."""
        return (0, self.display_mode, 0, self.speed, self.stay, 0, self.width)


def update_5(area: Area) -> Request:
    """Return the request that shows `area` on a BX-5E or BX-5Q."""
    length = PAGE_5.size - 6 + len(area.bitmap)
    body = area.place() + PAGE_5.pack(1, length, *area.page()) + area.bitmap
    return Request(Command.UPDATE_AREA, SET_UP.pack(0, len(body)) + body)


def update_6(area: Area, rules: LengthRules = DEFAULT_LENGTHS) -> Request:
    """Return the request that shows `area` on a BX-6E or BX-6Q."""
    bitmap = len(area.bitmap)
    page_length = PAGE_6.size - 6 + (bitmap if rules.page_counts_bitmap else 0)
    page = PAGE_6.pack(1, page_length, *area.page(), 0, bitmap)
    body = area.place() + _background(rules) + page
    area_length = len(body) + (bitmap if rules.area_counts_bitmap else 0)
    payload = b"\x00\x00" + (1).to_bytes(2, "little") + area_length.to_bytes(4, "little") + body + area.bitmap
    return Request(Command.UPDATE_AREA, payload)


def parse_5(payload: bytes) -> Area:
    """Read the payload of `update_5`; raise WireError when lengths disagree."""
    try:
        _, length = SET_UP.unpack_from(payload)
        body = payload[SET_UP.size :]
        place = PLACE.unpack_from(body)
        pages, page_length, *page = PAGE_5.unpack_from(body, PLACE.size)
    except struct_error as error:
        raise WireError("the dynamic area is cut short") from error
    bitmap = body[PLACE.size + PAGE_5.size :]
    _check(length == len(body) and page_length == PAGE_5.size - 6 + len(bitmap), "lengths")
    return _area(place, pages, page, bitmap)


def parse_6(payload: bytes, rules: LengthRules = DEFAULT_LENGTHS) -> Area:
    """Read the payload of `update_6`; raise WireError when lengths disagree."""
    background = len(_background(rules))
    try:
        count, length = SET_UP.unpack_from(payload, 2)
        body = payload[2 + SET_UP.size :]
        place = PLACE.unpack_from(body)
        pages, page_length, *page, offset, size = PAGE_6.unpack_from(body, PLACE.size + background)
    except struct_error as error:
        raise WireError("the dynamic area is cut short") from error
    parameters = PLACE.size + background + PAGE_6.size
    _check(count == 1 and offset == 0, "one area of one page")
    _check(length == parameters + (size if rules.area_counts_bitmap else 0), "AreaDataLen")
    _check(page_length == PAGE_6.size - 6 + (size if rules.page_counts_bitmap else 0), "PageDataLen")
    _check(len(body) == parameters + size, "DataLen")
    return _area(place, pages, page, body[parameters:])


def _background(rules: LengthRules) -> bytes:
    plain = BACKGROUND_6.pack(0, 0, 0, 0)
    return plain[:4] + b"\x00" + plain[4:] if rules.sound_parameters else plain


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise WireError(f"the dynamic area's {what} do not fit its bytes")


def _area(place: tuple[int, ...], pages: int, page: list[int], bitmap: bytes) -> Area:
    number, run_mode, timeout, _, related, immediate, kind, x, y, width, height, border = place
    _check(pages == 1 and related == 0 and kind == AREA_TYPE and border == 0, "pages, programs, type or border")
    _, display_mode, _, speed, stay, _, _ = page
    return Area(x, y, width, height, bitmap, number, run_mode, timeout, bool(immediate), display_mode, speed, stay)
