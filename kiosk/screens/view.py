"""One moment of one kiosk, and the words, dates and numbers its screens are made of."""

from dataclasses import dataclass, field
from datetime import date, datetime

from contract.catalogue import (
    CatalogueEntry,
    FormField,
    GuideMaterial,
    ItemGuide,
    Option,
    SituationQuestion,
    TopicGuide,
)
from hallkit.rules.masking import mask_identity, mask_name, mask_phone
from hallkit.touch.look import Look
from hallkit.touch.widgets.photo import Points
from kiosk.core.session import Mode, Session
from kiosk.core.world import Face, World
from kiosk.screens.words import MONTHS, WEEKDAYS, say

CARD_X, CODE_X, CAMERA_X, SLIP_X = 860, 180, 220, 800
"""Where card reader, code window, document table and slip lie below the screen, in pixels from its left edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one painting needs; `left` is the seconds until the screen ends, None for never.

    `preview` is a JPEG of what the document camera sees, `corners` the sheet found in it in shares of the picture,
    `line` the stroke a finger is drawing, in pixels from the pad's corner.
    """

    session: Session
    world: World
    face: Face
    now: datetime
    look: Look
    left: int | None = None
    preview: bytes = field(default=b"", repr=False)
    corners: tuple[tuple[float, float], ...] = ()
    line: Points = field(default=(), repr=False)

    @property
    def mode(self) -> Mode:
        """Return how this citizen reads and reaches."""
        return self.session.mode

    @property
    def english(self) -> bool:
        """Return whether the screens are in English."""
        return self.session.mode.english

    @property
    def is_large(self) -> bool:
        """Return whether the print is large."""
        return self.session.mode.elder

    @property
    def is_tight(self) -> bool:
        """Return whether there is room for the chief thing only: large print, or all within a wheelchair's reach."""
        return self.session.mode.elder or self.session.mode.lowered

    @property
    def is_tightest(self) -> bool:
        """Return whether large print has to do with a wheelchair's reach: keys only, the words above the middle."""
        return self.session.mode.elder and self.session.mode.lowered

    def say(self, name: str, /, **values: object) -> str:
        """Return a sentence in the session's language."""
        return say(name, self.english, **values)

    def name(self, thing: CatalogueEntry | ItemGuide | TopicGuide) -> str:
        """Return what an item or a topic is called."""
        return (thing.name_en if self.english else "") or thing.name

    def label(self, thing: FormField | Option) -> str:
        """Return what a field or an option is called."""
        return (thing.label_en if self.english else "") or thing.label

    def ask(self, question: SituationQuestion) -> str:
        """Return a situation question."""
        return (question.text_en if self.english else "") or question.text

    def day(self, day: date) -> str:
        """Return a date with its weekday."""
        weekday = WEEKDAYS[self.english][day.weekday()]
        if self.english:
            return f"{weekday} {day.day} {MONTHS[day.month - 1]}"
        return f"{day.month}月{day.day}日 {weekday}"

    def moment(self, moment: datetime) -> str:
        """Return a date and a time of day."""
        return f"{self.day(moment.date())} {moment.hour}:{moment.minute:02d}"

    def joined(self, parts: list[str]) -> str:
        """Return short phrases in one line."""
        return (", " if self.english else "·").join(part for part in parts if part)


def masked(code: str, kind: str, value: str) -> str:
    """Return an answer as others at the screen may read it: identity and telephone with stars, the rest whole."""
    if kind == "identity":
        return mask_identity(value)
    if kind == "phone":
        return mask_phone(value)
    return mask_name(value) if code == "applicant-name" else value


def case_number(number: str) -> str:
    """Return a case number in groups for the eye: place, day, running number, check digit."""
    if len(number) != 20 or not number.isascii():
        return number
    return f"{number[:6]} {number[6:12]} {number[12:19]} {number[19:]}"


def query_code(code: str) -> str:
    """Return a query code in groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def material_name(materials: tuple[GuideMaterial, ...], code: str) -> str:
    """Return what a material is called."""
    return next((one.name for one in materials if one.code == code), code)
