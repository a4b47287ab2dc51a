"""A rating pad's colour screen, 320 by 240 pixels: what is on it as a value, its boxes, its picture."""

from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageDraw

from contract.rating import RatingGrade, RatingReason
from hallkit.pad.pause import PauseShown
from hallkit.pad.state import PadScreen
from hallkit.pad.texts import TEXTS, PadLanguage, PadTexts
from hallkit.text.draw import draw_block
from hallkit.text.errors import TextDoesNotFitError
from hallkit.text.fonts import system_fonts
from hallkit.text.layout import Align, cut, lay_out
from hallkit.touch.theme import rgb

SIZE = (320, 240)
BAR = 36
FINE = 4
"""Shapes are drawn four times as large and scaled down once."""

PAPER, CARD, INK, INK2 = rgb("#F4F2EC"), rgb("#FFFFFF"), rgb("#14262D"), rgb("#47585F")
EDGE, ACT, ON_ACT, TINT, OK = rgb("#75848A"), rgb("#0B5A68"), rgb("#FFFFFF"), rgb("#E2EEEF"), rgb("#1B6B40")
DARK = rgb("#000000")


class Box(NamedTuple):
    """A place on the screen: left, top, width, height in pixels."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a touch at (x, y) is inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def middle(self) -> tuple[int, int]:
        """Return the point to touch."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Face:
    """All that is to be seen; equal faces are equal pictures."""

    window: int
    screen: PadScreen = PadScreen.IDLE
    zone_name: str = ""
    staff: str = ""
    masked_name: str = ""
    seconds_left: int = 0
    ticks: tuple[RatingReason, ...] = ()
    pause: PauseShown | None = None
    offline: bool = False
    waiting: int = 0
    supplement_days: int = 5
    battery: int = 100
    demo: bool = False
    language: PadLanguage = "zh"
    dark: bool = False


GRADE_BOXES = {grade: Box(6, 39 + 40 * row, 308, 38) for row, grade in enumerate(sorted(RatingGrade, reverse=True))}
"""Five equal boxes, 5 at the top, 1 at the bottom; side keys stand beside them."""

_REASON_ORDER = (
    RatingReason.WAITED_LONG,
    RatingReason.UNCLEAR,
    RatingReason.ATTITUDE,
    RatingReason.ASKED_TOO_MUCH,
    RatingReason.TOO_MANY_VISITS,
    RatingReason.OTHER,
)
REASON_BOXES = {
    reason: Box(7 + 156 * (place % 2), 42 + 48 * (place // 2), 150, 43) for place, reason in enumerate(_REASON_ORDER)
}
NO_REASON_BOX = Box(7, 190, 96, 45)
SUBMIT_BOX = Box(109, 190, 204, 45)

LOW_BATTERY = 15


def paint(face: Face) -> Image.Image:
    """Return the screen as an RGB picture."""
    if face.dark:
        return Image.new("RGB", SIZE, DARK)
    canvas = _Canvas(TEXTS[face.language])
    painters = {PadScreen.GRADES: _grades, PadScreen.REASONS: _reasons, PadScreen.THANKS: _thanks}
    painter = painters.get(face.screen, _idle if face.pause is None else _paused)
    painter(canvas, face)
    return canvas.image


class _Canvas:
    def __init__(self, texts: PadTexts) -> None:
        self.image = Image.new("RGB", SIZE, PAPER)
        self.texts = texts

    def shape(self, box: Box, radius: int, fill: tuple[int, int, int], edge: tuple[int, int, int], line: int) -> None:
        """Draw a rounded box with smooth corners."""
        size = (box.width * FINE, box.height * FINE)
        for inset, colour in ((0, edge), (line, fill)):
            mask = Image.new("L", size)
            bounds = (inset * FINE, inset * FINE, size[0] - 1 - inset * FINE, size[1] - 1 - inset * FINE)
            ImageDraw.Draw(mask).rounded_rectangle(bounds, max(radius - inset, 0) * FINE, fill=255)
            self.image.paste(colour, (box.x, box.y), mask.resize((box.width, box.height), Image.Resampling.BOX))

    def strokes(
        self, box: Box, paths: list[list[tuple[float, float]]], width: float, colour: tuple[int, int, int]
    ) -> None:
        """Draw open lines with round ends; points are pixels inside `box`."""
        mask = Image.new("L", (box.width * FINE, box.height * FINE))
        draw = ImageDraw.Draw(mask)
        reach = width * FINE / 2
        for path in paths:
            points = [(x * FINE, y * FINE) for x, y in path]
            draw.line(points, fill=255, width=round(width * FINE), joint="curve")
            for x, y in (points[0], points[-1]):
                draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
        self.image.paste(colour, (box.x, box.y), mask.resize((box.width, box.height), Image.Resampling.BOX))

    def rings(
        self, box: Box, rings: list[tuple[float, float, float, float]], colour: tuple[int, int, int], sweep: float = 360
    ) -> None:
        """Draw circles (x, y, radius, line; line 0 is a disc) or, with `sweep` 180, upper half circles."""
        mask = Image.new("L", (box.width * FINE, box.height * FINE))
        draw = ImageDraw.Draw(mask)
        for x, y, radius, line in rings:
            bounds = ((x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE - 1, (y + radius) * FINE - 1)
            if not line:
                draw.ellipse(bounds, fill=255)
            else:
                draw.arc(bounds, 360 - sweep, 360, fill=255, width=round(line * FINE))
        self.image.paste(colour, (box.x, box.y), mask.resize((box.width, box.height), Image.Resampling.BOX))

    def text(
        self,
        text: str,
        box: Box,
        px: int,
        colour: tuple[int, int, int],
        *,
        bold: bool = False,
        align: Align = "left",
        foreign: bool = False,
    ) -> None:
        """Draw one line in `box`, in the middle of its height; a `foreign` text that is too long ends with …"""
        chain = system_fonts().ui(px, bold)
        block = lay_out(text, chain, leading=1.0)
        if block.width > box.width and foreign:
            block = cut(text, chain, box.width, 1, leading=1.0)
        if block.width > box.width:
            raise TextDoesNotFitError(text, (block.width, px), (box.width, box.height))
        spare = {"left": 0, "centre": (box.width - block.width) // 2, "right": box.width - block.width}[align]
        draw_block(self.image, (box.x + spare, box.y + (box.height - px) // 2), block, colour)

    def bar(self, title: str, right: str) -> None:
        """Draw the title bar."""
        self.image.paste(ACT, (0, 0, SIZE[0], BAR))
        self.text(right, Box(147, 0, 160, BAR), 16, ON_ACT, align="right", foreign=True)
        self.text(title, Box(12, 0, 240, BAR), 20, ON_ACT, bold=True)

    def foot(self, top: int, lines: tuple[tuple[str, int, int, bool], ...]) -> None:
        """Draw the white part at the bottom: each line its text, centre, size and weight."""
        self.image.paste(EDGE, (0, top, SIZE[0], top + 1))
        self.image.paste(CARD, (0, top + 1, *SIZE))
        for text, middle, px, bold in lines:
            self.text(text, Box(6, middle - 15, 308, 30), px, INK if bold else INK2, bold=bold, align="centre")


def _corner(face: Face, texts: PadTexts) -> str:
    """Return what stands at the right of the title: what does not work comes before the zone's name."""
    if face.offline:
        return texts.offline.format(face.waiting)
    return texts.battery.format(face.battery) if face.battery <= LOW_BATTERY else face.zone_name


def _idle(canvas: _Canvas, face: Face) -> None:
    texts = canvas.texts
    canvas.bar(texts.window.format(face.window), _corner(face, texts))
    if face.staff:
        _staff_card(canvas, face)
    else:
        name = texts.window.format(face.window)
        canvas.text(name, Box(6, 66, 308, 52), 44, INK, bold=True, align="centre")
        canvas.text(face.zone_name, Box(6, 118, 308, 28), 20, INK2, align="centre", foreign=True)
    canvas.foot(172, ((texts.rate_here, 194, 20, True), (texts.not_told, 221, 16, False)))


def _staff_card(canvas: _Canvas, face: Face) -> None:
    texts, card = canvas.texts, Box(12, 48, 80, 108)
    canvas.shape(card, 10, TINT, EDGE, 1)
    canvas.rings(card, [(40, 30, 16, 3.5)], ACT)
    canvas.rings(card, [(40, 82, 27, 3.5)], ACT, sweep=180)
    if face.demo:
        canvas.text(texts.demo, Box(12, 135, 80, 20), 14, INK2, align="centre")
    canvas.text(face.masked_name, Box(108, 52, 206, 42), 36, INK, bold=True, foreign=True)
    canvas.text(texts.staff.format(face.staff), Box(108, 96, 206, 26), 20, INK, foreign=True)
    canvas.text(texts.at_your_service, Box(108, 125, 206, 26), 20, INK2)


def _paused(canvas: _Canvas, face: Face) -> None:
    texts, pause = canvas.texts, face.pause or PauseShown()
    canvas.bar(texts.window.format(face.window), _corner(face, texts))
    canvas.text(texts.closed if pause.closed else texts.paused, Box(6, 75, 308, 52), 48, INK, bold=True, align="centre")
    if pause.until:
        canvas.text(texts.resumes.format(pause.until), Box(6, 132, 308, 30), 26, INK, align="centre")
    note = texts.wait_for_call if pause.elsewhere is None else texts.go_to.format(pause.elsewhere)
    canvas.foot(184, ((texts.rate_by_code if pause.full else note, 213, 20, True),))


def _grades(canvas: _Canvas, face: Face) -> None:
    texts = canvas.texts
    canvas.bar(texts.how_was_it, texts.seconds.format(face.seconds_left))
    for grade, box in GRADE_BOXES.items():
        canvas.shape(box, 8, CARD, EDGE, 2)
        canvas.rings(box, [(18 + 11 * place, 19, 4, 0) for place in range(grade)], ACT)
        canvas.rings(box, [(18 + 11 * place, 19, 4, 1) for place in range(grade, 5)], ACT)
        canvas.text(texts.grades[grade], Box(90, box.y, 140, box.height), 22, INK, bold=True)
        canvas.text(texts.second_grades[grade], Box(200, box.y, 102, box.height), 15, INK2, align="right")


def _reasons(canvas: _Canvas, face: Face) -> None:
    texts = canvas.texts
    canvas.bar(texts.what_was_wrong, texts.seconds.format(face.seconds_left))
    for reason, box in REASON_BOXES.items():
        is_ticked = reason in face.ticks
        canvas.shape(box, 8, TINT if is_ticked else CARD, ACT if is_ticked else EDGE, 3 if is_ticked else 2)
        square = Box(box.x + 9, box.y + 13, 17, 17)
        canvas.shape(square, 1, TINT if is_ticked else CARD, ACT if is_ticked else INK2, 2)
        if is_ticked:
            canvas.strokes(square, [[(3.5, 8.5), (7, 12.5), (14.5, 2.5)]], 3, ACT)
        label = Box(box.x + 34, box.y, box.width - 38, box.height)
        canvas.text(texts.reasons[reason], label, 20, INK, bold=is_ticked)
    canvas.shape(NO_REASON_BOX, 8, CARD, EDGE, 2)
    canvas.text(texts.no_reason, NO_REASON_BOX, 20, INK, bold=True, align="centre")
    canvas.shape(SUBMIT_BOX, 10, ACT, ACT, 0)
    canvas.text(texts.submit, SUBMIT_BOX, 22, ON_ACT, bold=True, align="centre")


def _thanks(canvas: _Canvas, face: Face) -> None:
    texts = canvas.texts
    corner = _corner(face, texts) if face.offline else ""
    canvas.bar(texts.window.format(face.window), corner)
    sign = Box(120, 48, 80, 80)
    canvas.rings(sign, [(40, 40, 36, 4)], OK)
    canvas.strokes(sign, [[(22, 41), (35, 54), (58, 28)]], 5, OK)
    if not face.waiting:
        title, note = texts.received, tuple(line.format(face.supplement_days) for line in texts.received_note)
    else:
        title, note = texts.stored, texts.stored_offline if face.offline else texts.stored_sending
    canvas.text(title, Box(6, 134, 308, 34), 28, INK, bold=True, align="centre")
    for line, top in zip(note, (174, 200), strict=True):
        canvas.text(line, Box(6, top, 308, 26), 18, INK2, align="centre")
