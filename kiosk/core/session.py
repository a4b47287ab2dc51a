"""One citizen at a kiosk: everything a screen needs to know. Personal, so nothing of it outlives the session."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from contract.case_requests import CheckReply, MaterialOnFile
from contract.cases import Answer, CaseProgress, CaseRefusal, DeliveryWay, Notice
from contract.catalogue import CatalogueEntry, FormField, GuideMaterial, ItemGuide, MaterialWay, TopicGuide
from contract.queue_requests import TicketIssuedReply
from contract.rating import RatingGrade, RatingReason
from kiosk.core.moves import ELDER_LEAST, LIMITS, MACHINES
from kiosk.core.strokes import Stroke
from kiosk.core.table import State

PAD_TARGET = "pad"
"""The action of the signature pad's target: touches on it are strokes in its own pixels, not presses."""

FIELDS_SHOWN = 4
"""Fields of a form on one screen; half as many lowered to a wheelchair's reach, one in large print."""

ROWS_SHOWN = 6
"""Lines of a list on one screen; half as many in large print or lowered."""


class Aim(StrEnum):
    """What the citizen came for; several screens serve more than one."""

    NONE = ""
    APPLY = "apply"
    CONSULT = "consult"
    PRECHECK = "precheck"
    PROGRESS = "progress"
    PRINT = "print"
    RATE = "rate"
    SUPPLEMENT = "supplement"
    WRONG = "wrong"


class Layout(StrEnum):
    """Which keys the keyboard shows."""

    PINYIN = "pinyin"
    LATIN = "latin"
    DIGITS = "digits"
    SYMBOLS = "symbols"


class Reading(StrEnum):
    """How identifying goes; `TRIED` is after three failures, when another way is offered first."""

    WAITING = "waiting"
    KEEP_STILL = "keep_still"
    LIFT = "lift"
    EXPIRED = "expired"
    UNUSABLE = "unusable"
    BAD_CODE = "bad_code"
    BAD_NUMBER = "bad_number"
    TRIED = "tried"


class Proof(StrEnum):
    """How the citizen proved who is standing here; a keyed number proves nothing and shows nothing personal."""

    CARD = "card"
    CODE = "code"
    NUMBER = "number"


class Slip(StrEnum):
    """What is known of the paper of a notice."""

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How this citizen reads and reaches."""

    english: bool = False
    elder: bool = False
    lowered: bool = False
    contrast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What is being typed into the field `code`.

    Keys are single characters and `delete`, `clear`, `space`, `shift`, `layout:NAME`, `pick:N` (a candidate), `page:1`.
    `composing` is pinyin not yet turned into characters, `candidates` what it may become (one page of them).
    """

    code: str = ""
    text: str = field(default="", repr=False)
    longest: int = 50
    layout: Layout = Layout.LATIN
    shifted: bool = False
    composing: str = field(default="", repr=False)
    candidates: tuple[str, ...] = field(default=(), repr=False)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where the citizen is in the catalogue: a theme, a page, and what the search found."""

    theme: str = ""
    page: int = 0
    found: tuple[CatalogueEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The item or topic chosen: its guide and the answers to its situation questions."""

    kind: str = "item"
    code: str = ""
    item: ItemGuide | None = None
    topic: TopicGuide | None = None
    situation: tuple[Answer, ...] = ()
    asked: tuple[GuideMaterial, ...] = ()
    """What a case still needs, where that is what was chosen."""
    page: int = 0

    @property
    def guide(self) -> ItemGuide | TopicGuide | None:
        """Return the guide, once it came."""
        return self.topic or self.item

    @property
    def materials(self) -> tuple[GuideMaterial, ...]:
        """Return the materials that the situation asks for."""
        guide = self.guide
        if guide is None:
            return self.asked
        told = {one.code: one.value for one in self.situation}
        return tuple(
            one for one in guide.materials if all(told.get(need.question) in need.answers for need in one.when)
        )

    @property
    def is_answered(self) -> bool:
        """Return whether every situation question is answered."""
        told = {one.code for one in self.situation}
        return self.guide is not None and all(one.code in told for one in self.guide.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who identified, and how."""

    name: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    proof: Proof = Proof.CARD
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """What is wrong with a field: `required`, `too_long`, `number`, `date`, `phone`, `identity`, `credit_code`, …"""

    code: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields asked, the answers so far and where they came from, and the faults to show beside them."""

    fields: tuple[FormField, ...] = ()
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    known: tuple[str, ...] = ()
    """Fields filled from the card or from the centre's files."""
    faults: tuple[FieldFault, ...] = ()
    page: int = 0

    def value(self, code: str) -> str:
        """Return the answer to a field, empty for none."""
        return next((one.value for one in self.answers if one.code == code), "")

    def fault(self, code: str) -> str:
        """Return the word for what is wrong with a field, empty for nothing."""
        return next((one.word for one in self.faults if one.code == code), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One captured page: a small JPEG to show, the hash of the whole picture, and what is wrong with it."""

    thumbnail: bytes = field(default=b"", repr=False)
    sha256: str = ""
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One material as the citizen brings it; no way yet is None, `is_later` is the promise to bring it."""

    code: str
    way: MaterialWay | None = None
    pages: tuple[Page, ...] = ()
    digest: str = ""
    """Hash of the one document its pages make."""
    is_later: bool = False
    until: date | None = None
    """Last day a material on file may be used again."""

    @property
    def is_given(self) -> bool:
        """Return whether nothing more is needed of it."""
        return self.is_later or (self.way is not None and (bool(self.pages) or self.way not in CAPTURED))


CAPTURED = (MaterialWay.PHOTO, MaterialWay.SCAN)
"""Ways that need pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A case that exists: its notice and what became of the paper."""

    notice: Notice = field(repr=False)
    slip: Slip = Slip.NONE
    cause: str = ""
    """Why no paper came, as `DeviceWord`."""
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something done or refused that is no case: which text tells it, with a number or a code."""

    word: str = ""
    number: str = ""
    detail: str = ""
    refusal: CaseRefusal | None = None


class Help(StrEnum):
    """What became of a call for help; `HEARD` when the guide desk acknowledged it."""

    NONE = "none"
    CALLING = "calling"
    HEARD = "heard"
    UNHEARD = "unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the kiosk knows of the citizen in front of it; the first one is what everybody finds."""

    state: State = State.ATTRACT
    below: State = State.HOME
    """What a question stands over."""
    origin: State = State.HOME
    """Where the work under way was asked; a refusal leads back there with all that was typed."""
    aim: Aim = Aim.NONE
    mode: Mode = Mode()
    shelf: Shelf = Shelf()
    choice: Choice | None = None
    person: Person | None = None
    by: Proof = Proof.CARD
    """The way of identifying that is shown."""
    reading: Reading = Reading.WAITING
    failures: int = 0
    typing: Typing | None = None
    """The field with the keyboard, None while no keyboard is up."""
    form: Form = Form()
    """The application's fields."""
    entry: Form = Form()
    """The fields of the small forms: number, find, complain, wrong."""
    on_file: tuple[MaterialOnFile, ...] = ()
    brought: tuple[Brought, ...] = ()
    material: str = ""
    """The material whose pages are being taken."""
    strokes: tuple[Stroke, ...] = field(default=(), repr=False)
    pad: tuple[int, int] = (0, 0)
    """Size of the pad the strokes are on, in pixels."""
    check: CheckReply | None = None
    delivery: DeliveryWay = DeliveryWay.WINDOW
    issued: Issued | None = None
    sheet: Slip = Slip.NONE
    """What is known of the A4 page asked for last."""
    cases: tuple[CaseProgress, ...] = field(default=(), repr=False)
    case: CaseProgress | None = field(default=None, repr=False)
    page: int = 0
    """Page of the list shown."""
    ticket: TicketIssuedReply | None = None
    grade: RatingGrade | None = None
    reasons: tuple[RatingReason, ...] = ()
    category: str = ""
    told: Told = Told()
    help: Help = Help.NONE
    card_left: bool = False
    paper_left: bool = False

    @property
    def filling(self) -> Form:
        """Return the form that is filled in on this screen."""
        return self.form if self.state is State.FORM else self.entry

    @property
    def limit(self) -> int | None:
        """Return the seconds this screen lasts without a touch; None for ever."""
        if self.state is State.ATTRACT:
            return None
        seconds = LIMITS[self.state]
        return max(3 * seconds, ELDER_LEAST) if self.mode.elder and self.state not in MACHINES else seconds

    @property
    def is_fresh(self) -> bool:
        """Return whether the kiosk is as the next citizen expects it."""
        return self == Session()

    def material_of(self, code: str) -> Brought:
        """Return how a material is brought, with no way yet if it was not touched."""
        return next((one for one in self.brought if one.code == code), Brought(code=code))

    @property
    def fields_shown(self) -> int:
        """Return how many fields of a form one screen asks: one question at a time in large print."""
        return 1 if self.mode.elder else self.shown(FIELDS_SHOWN)

    def shown(self, rows: int) -> int:
        """Return how many of `rows` lines fit with this citizen's print and reach."""
        return rows // 2 if self.mode.elder or self.mode.lowered else rows
